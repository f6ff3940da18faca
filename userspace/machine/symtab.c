// SPDX-License-Identifier: GPL-2.0-only
/* symtab.c - see symtab.h */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
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
	const char *p = s->name + s->name_length + 2;	/* after "\t[" */
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

bool symbol_is_of_image(const struct symbols *s, const struct symbol *y)
{
	uint64_t start, end;

	if (!symbols_find(s, "_text", NULL, &start) &&
	    !symbols_find(s, "_stext", NULL, &start))
		return false;
	return y->addr >= start && symbols_find(s, "_end", NULL, &end) &&
	       y->addr <= end;
}

/* "_etext - 1": an end is the byte before a symbol. */
const struct symbol_mark marks[] = {
	{ NULL, RECORD_REGION, "image", "start", "_text", 0 },
	{ "riscv64", RECORD_REGION, "image", "start", "_start", 0 },
	{ NULL, RECORD_REGION, "image", "end", "_end", -1 },
	{ NULL, RECORD_SECTION, "text", "start", "_text", 0 },
	{ "arm64 arm", RECORD_SECTION, "text", "start", "_stext", 0 },
	{ NULL, RECORD_SECTION, "text", "end", "_etext", -1 },
	{ NULL, RECORD_SECTION, "rodata", "start", "__start_rodata", 0 },
	{ "arm64 arm", RECORD_SECTION, "rodata", "start", "_etext", 0 },
	{ NULL, RECORD_SECTION, "rodata", "end", "__end_rodata", -1 },
	{ "arm64 arm", RECORD_SECTION, "rodata", "end", "__init_begin", -1 },
	{ NULL, RECORD_SECTION, "data", "start", "_sdata", 0 },
	{ "riscv64", RECORD_SECTION, "data", "start", "_data", 0 },
	{ NULL, RECORD_SECTION, "data", "end", "_edata", -1 },
	{ "arm64 arm", RECORD_SECTION, "data_bss", "start", "_sdata", 0 },
	{ "arm64 arm", RECORD_SECTION, "data_bss", "end", "_end", -1 },
	{ NULL, RECORD_SECTION, "init", "start", "__init_begin", 0 },
	{ NULL, RECORD_SECTION, "init", "end", "__init_end", -1 },
	{ NULL, RECORD_SECTION, "init_percpu", "start", "__per_cpu_load", 0 },
	{ NULL, RECORD_SECTION, "bss", "start", "__bss_start", 0 },
	{ NULL, RECORD_SECTION, "bss", "end", "__bss_stop", -1 },
	{ NULL, RECORD_SECTION, "brk", "start", "__brk_base", 0 },
	{ NULL, RECORD_SECTION, "brk", "end", "_end", -1 },
	{ NULL, RECORD_WITNESS, "swapper_stack", "addr", "init_stack", 0 },
	{ NULL, RECORD_WITNESS, "kernel_function", "addr", "schedule", 0 },
};

const size_t n_marks = ARRAY_SIZE(marks);

bool mark_applies(const struct symbol_mark *mark, const char *arch)
{
	if (mark->arch)
		return line_has_word(mark->arch, arch);
	for (size_t i = 0; i < n_marks; i++) {
		if (marks[i].arch && marks[i].type == mark->type &&
		    !strcmp(marks[i].name, mark->name) &&
		    !strcmp(marks[i].key, mark->key) &&
		    line_has_word(marks[i].arch, arch))
			return false;
	}
	return true;
}

const char *mark_symbol(const struct symbol_mark *mark, const struct layout *l)
{
	const struct region *r = layout_region(l, mark->name);
	const struct region *brk = layout_region(l, "brk");

	if (!r || r->absent || strcmp(mark->name, "image"))
		return mark->symbol;
	if (!strcmp(mark->key, "start") && !strcmp(r->start_source, "_stext"))
		return r->start_source;
	if (!strcmp(mark->key, "end") && brk && brk->absent)
		return "__bss_stop";
	return mark->symbol;
}
