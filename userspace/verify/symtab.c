// SPDX-License-Identifier: GPL-2.0-only
/* symtab.c - see symtab.h */
#include <stdio.h>
#include <string.h>

#include "symtab.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static uint32_t hash(const char *name, size_t length)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h;
}

/* "ffffffff81000000 T _stext" and "... t function	[module]". */
static bool parse_line(const char *line, const char *end, struct symbol *s)
{
	const char *p = line, *name_end;
	uint64_t addr = 0;
	int d;

	for (; p < end && (d = digit(*p)) >= 0; p++)
		addr = addr << 4 | (uint64_t)d;
	if (p == line || p - line > 16 || end - p < 4 || p[0] != ' ' ||
	    p[2] != ' ')
		return false;
	s->addr = addr;
	s->type = p[1];
	s->name = p + 3;
	s->key_length = (unsigned int)(end - s->name);
	for (name_end = s->name; name_end < end; name_end++) {
		if (*name_end == ' ' || *name_end == '\t')
			break;
	}
	s->name_length = (unsigned int)(name_end - s->name);
	s->in_module = end - name_end > 1 && name_end[1] == '[';
	return s->name_length > 0;
}

/* The slot of a key: of the symbol that has it, or the free one for it. */
static size_t find_slot(const struct symbols *s, const char *key,
			size_t length)
{
	size_t at = hash(key, length) & (s->n_slots - 1);

	for (; s->slots[at]; at = (at + 1) & (s->n_slots - 1)) {
		const struct symbol *y = &s->list[s->slots[at] - 1];

		if (y->key_length == length && !memcmp(y->name, key, length))
			break;
	}
	return at;
}

static void make_hash(struct symbols *s, struct pool *pool)
{
	s->n_slots = 16;
	while (s->n_slots < s->n * 2)
		s->n_slots *= 2;
	s->slots = pool_alloc(pool, s->n_slots * sizeof(*s->slots));
	for (size_t i = 0; i < s->n; i++) {
		const struct symbol *y = &s->list[i];
		size_t at = find_slot(s, y->name, y->key_length);

		if (!s->slots[at])
			s->slots[at] = (uint32_t)i + 1;
		else if (s->list[s->slots[at] - 1].addr != y->addr)
			s->list[s->slots[at] - 1].ambiguous = true;
	}
}

const struct symbols *symbols_parse(const char *text, struct pool *pool)
{
	struct symbols *s = pool_alloc(pool, sizeof(*s));
	const char *line, *end;
	size_t lines = 1;

	for (line = text; (line = strchr(line, '\n')); line++)
		lines++;
	if (lines > UINT32_MAX / 4)
		lines = UINT32_MAX / 4;
	s->list = pool_alloc(pool, lines * sizeof(*s->list));
	s->all_zero = true;
	for (line = text; *line && s->n < lines; line = *end ? end + 1 : end) {
		struct symbol *y = &s->list[s->n];

		end = strchr(line, '\n');
		if (!end)
			end = line + strlen(line);
		if (!parse_line(line, end, y))
			continue;
		s->n++;
		if (y->addr)
			s->all_zero = false;
	}
	make_hash(s, pool);
	return s;
}

bool symbol_module(const struct symbol *s, char *buf, size_t size)
{
	const char *p = s->name + s->name_length + 2;	/* behind "\t[" */
	size_t n = s->key_length - s->name_length;

	if (!s->in_module || n < 3 || n - 3 >= size)
		return false;
	memcpy(buf, p, n - 3);
	buf[n - 3] = '\0';
	return true;
}

bool symbols_find(const struct symbols *s, const char *name,
		  const char *module, uint64_t *addr)
{
	char key[512];
	const struct symbol *y;
	size_t at;
	int n;

	n = module ? snprintf(key, sizeof(key), "%s\t[%s]", name, module) :
		     snprintf(key, sizeof(key), "%s", name);
	if (n < 0 || (size_t)n >= sizeof(key))
		return false;
	at = find_slot(s, key, (size_t)n);
	if (!s->slots[at])
		return false;
	y = &s->list[s->slots[at] - 1];
	*addr = y->addr;
	return !y->ambiguous;
}
