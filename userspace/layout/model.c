// SPDX-License-Identifier: GPL-2.0-only
/* model.c - look-ups in a layout, and the memory it lives in. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "model.h"

const char *const record_words[] = {
#define X(id, word) [RECORD_##id] = word,
	KVAS_RECORD_TYPES(X)
#undef X
};

/* The arena is a list of blocks, freed together. */
struct block {
	struct block *next;
	max_align_t data[];
};

void *layout_alloc(struct layout *l, size_t count, size_t size)
{
	struct block *b;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*b), &bytes))
		return NULL;
	b = calloc(1, bytes);
	if (!b)
		return NULL;
	b->next = l->arena;
	l->arena = b;
	return b->data;
}

void layout_free(struct layout *l)
{
	if (!l)
		return;
	for (struct block *b = l->arena, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(l);
}

const char *record_value(const struct record *r, const char *key)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (strcmp(r->fields[i].key, key) == 0)
			return r->fields[i].value;
	return NULL;
}

static const struct fact *find_fact(const struct fact *facts, size_t n,
				    const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(facts[i].name, name) == 0)
			return &facts[i];
	return NULL;
}

const struct fact *layout_fact(const struct layout *l, const char *name)
{
	return find_fact(l->facts, l->n_facts, name);
}

const struct fact *layout_config(const struct layout *l, const char *name)
{
	return find_fact(l->configs, l->n_configs, name);
}

const struct region *layout_region(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < l->n_regions; i++)
		if (!l->regions[i].is_memory &&
		    strcmp(l->regions[i].name, name) == 0)
			return &l->regions[i];
	return NULL;
}

const struct witness *layout_witness(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < l->n_witnesses; i++)
		if (strcmp(l->witnesses[i].name, name) == 0)
			return &l->witnesses[i];
	return NULL;
}

/* Smaller is further in; of two equal ranges the nested one is. */
static bool is_inner(const struct region *a, const struct region *b)
{
	uint64_t span_a = a->end - a->start;
	uint64_t span_b = b->end - b->start;

	if (a->is_overlay != b->is_overlay)
		return b->is_overlay;
	return span_a < span_b || (span_a == span_b && a->depth > b->depth);
}

const struct region *layout_find(const struct layout *l, uint64_t addr)
{
	const struct region *found = NULL;

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->start > addr)
			break;
		if (addr <= r->end && (!found || is_inner(r, found)))
			found = r;
	}
	return found;
}

bool region_is_kernels(const struct region *r)
{
	static const char *const others[] = { "user", "user_guard", "noncanonical" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(r->name, others[i]) == 0)
			return false;
	return true;
}

/* Digits of one base and nothing else; false on overflow. */
static bool parse_digits(const char *s, size_t n, unsigned int base,
			 uint64_t *value)
{
	uint64_t v = 0;

	if (n == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *digits = "0123456789abcdef";
		const char *d = s[i] ? strchr(digits, s[i]) : NULL;

		if (!d || (unsigned int)(d - digits) >= base ||
		    __builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(d - digits), &v))
			return false;
	}
	*value = v;
	return true;
}

bool size_parse(const char *text, uint64_t *less_one)
{
	static const char letters[] = "KMGTPE";
	size_t n = strspn(text, "0123456789");
	unsigned int shift = 0;
	uint64_t v;

	if (text[n]) {
		const char *letter = strchr(letters, text[n]);

		if (!letter || text[n + 1])
			return false;
		shift = 10 * (unsigned int)(letter - letters + 1);
	}
	if (!parse_digits(text, n, 10, &v) || v == 0)
		return false;
	if (v - 1 > UINT64_MAX >> shift)
		return false;
	*less_one = ((v - 1) << shift) | ((UINT64_C(1) << shift) - 1);
	return true;
}

bool fact_number(const struct fact *f, uint64_t *value)
{
	const char *s = f ? f->value : NULL;

	if (!s)
		return false;
	if (strncmp(s, "0x", 2) == 0)
		return parse_digits(s + 2, strlen(s + 2), 16, value);
	if (parse_digits(s, strlen(s), 10, value))
		return true;
	return size_parse(s, value) && ++*value != 0;
}
