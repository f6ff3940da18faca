// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges.c - what the kernel calls an address at which something begins or ends.
 *
 * The names are those of the capture: start_source, and end_source, which is
 * of the last address and so has " - 1" at its end where the kernel's macro is
 * of the first address after it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "parts.h"

/* The better the lower. */
enum kind { MACRO, VARIABLE, EXPRESSION, NO_NAME };

struct candidate {
	char *name;
	enum kind kind;
	uint64_t size;		/* less one, of the region */
	bool is_end;
};

static bool ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n >= m && strcmp(text + n - m, tail) == 0;
}

/* Does the bracket that text begins with close at its very end? */
static bool is_in_brackets(const char *text)
{
	int depth = 0;

	for (const char *c = text; *c; c++) {
		depth += (*c == '(') - (*c == ')');
		if (depth == 0)
			return *text == '(' && c[1] == '\0';
	}
	return false;
}

/* Without a cast or brackets around the whole. */
static char *without_shell(char *text)
{
	static const char cast[] = "(unsigned long)";

	if (strncmp(text, cast, strlen(cast)) == 0)
		memmove(text, text + strlen(cast), strlen(text + strlen(cast)) + 1);
	if (is_in_brackets(text)) {
		text[strlen(text) - 1] = '\0';
		memmove(text, text + 1, strlen(text + 1) + 1);
	}
	return text;
}

/* The name of an address, from that of the address before it. */
static char *name_after(const char *source)
{
	static const char *const tails[] = { " - 1 byte", " - 1" };

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (ends_with(source, tails[i]))
			return without_shell(text_printf("%.*s",
				(int)(strlen(source) - strlen(tails[i])), source));
	return text_printf("%s + 1", source);
}

/* A number, or the one after it. */
static bool is_number(const char *name)
{
	size_t n = strcspn(name, " ");

	return isdigit((unsigned char)*name) && (!name[n] || strcmp(name + n, " + 1") == 0);
}

static enum kind kind_of(const char *name)
{
	size_t word = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	if (!*name || is_number(name) || strstr(name, " of "))
		return NO_NAME;	/* " of " is in prose */
	/* x86 ends vmalloc at its VMALLOC_END: the next address is one more. */
	if (!name[word] || strcmp(name + word, " + 1") == 0)
		return MACRO;
	/* Kernel symbols and macros of mixed case, such as __START_KERNEL_map. */
	for (; isalnum((unsigned char)name[word]) || name[word] == '_'; word++)
		;
	return name[word] ? EXPRESSION : VARIABLE;
}

/* The larger region is what people know an address by; then, where it begins. */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind;
	return a->size != b->size ? a->size > b->size : a->is_end < b->is_end;
}

/* Puts a name at its place among the best ones; takes it. */
static void consider(struct candidate *best, const struct region *r, char *name, bool is_end)
{
	struct candidate c = { name, kind_of(name), r->end - r->start, is_end };

	for (size_t i = 0; c.kind != NO_NAME && i < MAX_NAMES; i++) {
		struct candidate other = best[i];

		if (other.name && !is_better(&c, &other)) {
			if (strcmp(other.name, c.name) == 0)
				break;
			continue;
		}
		best[i] = c;
		c = other;
		/* What was there is moved down, unless it is the same name. */
		if (!c.name || strcmp(c.name, best[i].name) == 0)
			break;
	}
	free(c.name);
}

struct edge edge_at(const struct layout *l, uint64_t addr)
{
	struct candidate best[MAX_NAMES] = { 0 };
	struct edge e = { 0 };

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->is_overlay || r->is_memory)
			continue;
		if (r->start == addr && r->start_source)
			consider(best, r, without_shell(text_printf("%s", r->start_source)), false);
		if (addr && r->end == addr - 1 && r->end_source)
			consider(best, r, name_after(r->end_source), true);
		if (addr && r->has_populated && r->populated_end == addr - 1 &&
		    r->populated_source)
			consider(best, r, name_after(r->populated_source), true);
	}
	for (size_t i = 0; i < MAX_NAMES && best[i].name; i++) {
		/* An expression is for what has no name of one word. */
		if (i == 0 || best[i].kind < EXPRESSION)
			e.names[i] = best[i].name;
		else
			free(best[i].name);
		e.is_expression = best[0].kind == EXPRESSION;
	}
	return e;
}

void edge_free(struct edge *e)
{
	for (size_t i = 0; i < MAX_NAMES; i++)
		free(e->names[i]);
	*e = (struct edge){ 0 };
}
