// SPDX-License-Identifier: GPL-2.0-only
/* walk_text.c - see walk.h: a walk for people. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "layout/value.h"
#include "output/table.h"
#include "pagetables/mappings.h"
#include "walk.h"

/* --- The bits of the address --------------------------------------------------------- */

/* A group of bits of the address, and what is written above and below it. */
struct part {
	unsigned int first, bits;
	char name[16], value[24], unit[24];
};

struct split {
	struct part parts[TABLES_MAX_LEVELS + 2];
	size_t n;
};

static struct part *add_part(struct split *s, unsigned int first, unsigned int bits)
{
	struct part *p = &s->parts[s->n];

	if (!bits)
		return NULL;
	s->n++;
	p->first = first;
	p->bits = bits;
	return p;
}

/* The module and the reader agree on which bits an index is made of. */
static bool fits(const struct trail *t)
{
	const struct shape *shape = t->shape;
	const struct walk *w = &t->walk;

	for (size_t i = 0; i < w->n_entries; i++) {
		unsigned int level = w->entries[i].level;

		if (level > shape->levels || w->entries[i].index !=
		    (w->addr >> shape->shift[level] & ((UINT64_C(1) << shape->bits[level]) - 1)))
			return false;
	}
	return w->n_entries > 0;
}

static void add_levels(const struct trail *t, struct split *s)
{
	const struct shape *shape = t->shape;

	for (size_t i = 0; i < t->walk.n_entries; i++) {
		const struct walk_entry *e = &t->walk.entries[i];
		struct part *p = add_part(s, shape->shift[e->level], shape->bits[e->level]);
		char *size;

		if (!p)
			continue;
		size = size_human((UINT64_C(1) << shape->shift[e->level]) - 1);
		snprintf(p->name, sizeof(p->name), "level %u", e->level);
		snprintf(p->value, sizeof(p->value), "%u", e->index);
		snprintf(p->unit, sizeof(p->unit), "of %s", size);
		free(size);
	}
}

/* False if it is not known which bits index which table. */
static bool split_address(const struct trail *t, struct split *s)
{
	const struct shape *shape = t->shape;
	unsigned int top = shape->shift[shape->levels] + shape->bits[shape->levels];
	unsigned int bits = t->spot.place.l->bits, rest;
	struct part *p;

	*s = (struct split){ 0 };
	if (!shape->levels || top > bits || !fits(t))
		return false;
	p = add_part(s, top, bits - top);
	if (p)
		snprintf(p->name, sizeof(p->name), "upper bits");
	add_levels(t, s);
	rest = s->n ? s->parts[s->n - 1].first : 0;
	if (!rest)
		return false;
	p = add_part(s, 0, rest);
	snprintf(p->name, sizeof(p->name), t->walk.mapped ? "offset" : "not used");
	if (t->walk.mapped)
		snprintf(p->value, sizeof(p->value), "0x%" PRIx64,
			 t->walk.addr & ((UINT64_C(1) << rest) - 1));
	return true;
}

static void put_bits(const struct part *p, uint64_t addr, char *to)
{
	for (unsigned int i = 0; i < p->bits; i++)
		to[i] = addr >> (p->first + p->bits - 1 - i) & 1 ? '1' : '0';
	to[p->bits] = '\0';
}

static size_t width_of(const struct part *p)
{
	size_t width = p->bits;

	width = strlen(p->name) > width ? strlen(p->name) : width;
	width = strlen(p->value) > width ? strlen(p->value) : width;
	return strlen(p->unit) > width ? strlen(p->unit) : width;
}

/* One line: the cells of all parts, without blanks at its end. */
static void print_line(const struct split *s, char cells[][72])
{
	size_t last = 0;

	for (size_t i = 0; i < s->n; i++)
		if (*cells[i])
			last = i;
	putchar(' ');
	for (size_t i = 0; i < last; i++)
		printf("%-*s ", (int)width_of(&s->parts[i]), cells[i]);
	printf("%s\n", cells[last]);
}

static void print_split(const struct split *s, uint64_t addr)
{
	char cells[TABLES_MAX_LEVELS + 2][72];

	for (size_t i = 0; i < s->n; i++)
		snprintf(cells[i], sizeof(cells[i]), "%s", s->parts[i].name);
	print_line(s, cells);
	for (size_t i = 0; i < s->n; i++)
		put_bits(&s->parts[i], addr, cells[i]);
	print_line(s, cells);
	for (size_t i = 0; i < s->n; i++)
		snprintf(cells[i], sizeof(cells[i]), "%s", s->parts[i].value);
	print_line(s, cells);
	for (size_t i = 0; i < s->n; i++)
		snprintf(cells[i], sizeof(cells[i]), "%s", s->parts[i].unit);
	print_line(s, cells);
	putchar('\n');
}

/* --- Where it leads ------------------------------------------------------------------ */

static void print_range(const struct trail *t, const char *label, uint64_t size)
{
	int digits = (int)t->spot.place.l->bits / 4;
	uint64_t start = t->walk.addr & -size;
	char *text = size_human(size - 1);

	printf("%-18s%s, 0x%0*" PRIx64 "-0x%0*" PRIx64 "\n", label, text, digits, start, digits,
	       start + size - 1);
	free(text);
}

static void print_access(const struct trail *t)
{
	const struct walk *w = &t->walk;
	struct access a = attributes_access(t->attributes, w->level, w->attr, w->upper);
	struct access own = attributes_access(t->attributes, w->level, w->attr, 0);
	char text[ACCESS_TEXT], alone[ACCESS_TEXT];
	char *words = access_words(t);

	access_text(a, text);
	access_text(own, alone);
	printf("%-18s%s\n", "access", words);
	free(words);
	if (strcmp(text, alone))
		printf("%-18sthe page's entry alone would allow %s; the levels above take the rest away\n",
		       "", alone);
}

static void print_page(const struct trail *t)
{
	const struct walk *w = &t->walk;
	char *phys = value_number(VALUE_ADDRESS, t->spot.place.l->bits, w->phys, true);

	printf("%-18s%s\n", "physical address", phys);
	free(phys);
	if (w->by_window) {
		printf("%-18sthe processor translates this window without asking any table\n", "");
		return;
	}
	print_range(t, "page", w->size);
	if (w->group > w->size)
		print_range(t, "marked as group", w->group);
	if (t->attributes)
		print_access(t);
}

static void print_end(const struct trail *t)
{
	char *end = walk_end(t);
	uint64_t size = walk_extent(t);

	printf("%-18s%s\n", t->walk.unknown ? "not known" : "not mapped", end);
	if (size)
		print_range(t, "hole", size);
	free(end);
}

/* --- All of it ------------------------------------------------------------------------ */

/* A walk that knows nothing and has no entry found no table to read. */
static bool has_read_tables(const struct walk *w)
{
	return w->n_entries || !w->unknown;
}

static char *tables_name(const struct trail *t)
{
	const struct walk_process *p = t->process;
	char *comm, *text;

	if (!p || (!t->walk.user && !p->tables.kernel_is_own))
		return text_printf("%s tables", t->walk.user ? "this process's own" : "the kernel's");
	comm = escaped(p->comm ? p->comm : "of unknown name");
	text = text_printf("the tables of process %u (%s)", p->pid, comm);
	free(comm);
	return text;
}

static void print_whose(const struct trail *t)
{
	const struct walk_process *p = t->process;
	int digits = (int)t->spot.place.l->bits / 4;
	char *tables = tables_name(t);

	if (has_read_tables(&t->walk))
		printf("by %s, from %s\n", tables, walk_origin(t));
	else
		printf("%s were not read\n", tables);
	free(tables);
	if (p && t->walk.user && t->walk.has_root && p->thread->has_user_root &&
	    t->walk.root == p->thread->user_root)
		printf("user mode runs on this top table; the kernel runs on the one at 0x%0*" PRIx64 ", which leads to the same tables below (page-table isolation)\n",
		       digits, p->thread->root);
	putchar('\n');
}

/* Names of files are in it. */
static void print_escaped_line(const char *text)
{
	char *plain = escaped(text);

	puts(plain);
	free(plain);
}

static void print_refusal(const struct trail *t)
{
	char *line = text_printf("%s: %s", t->query, t->error);

	print_escaped_line(line);
	free(line);
}

static void print_head(const struct trail *t)
{
	const struct spot *s = &t->spot;
	char *in = spot_region(s), *symbol = spot_symbol(s), *module = spot_module(s);

	printf("0x%0*" PRIx64 "%s%s%s%s, ", (int)s->place.l->bits / 4, t->walk.addr,
	       symbol ? " = " : "", symbol ? symbol : "", module ? ", " : "",
	       module ? module : "");
	print_escaped_line(in);
	if (t->note)
		print_escaped_line(t->note);
	print_whose(t);
	free(in);
	free(symbol);
	free(module);
}

void walk_print(const struct options *opt, const struct trail *t, const struct column *columns,
		size_t n_columns, char *(*cell)(const void *item, int column))
{
	struct split split;
	struct table table;
	char *opinion;

	if (t->error) {
		print_refusal(t);
		return;
	}
	print_head(t);
	if (split_address(t, &split))
		print_split(&split, t->walk.addr);
	if (t->walk.n_entries) {
		table_init(&table, opt, columns, n_columns);
		for (size_t i = 0; i < t->walk.n_entries; i++) {
			struct walk_row row = { t, &t->walk.entries[i], false };

			table_add(&table, NULL, NULL, cell, &row);
		}
		table_print(&table, stdout);
		putchar('\n');
	}
	if (t->walk.mapped)
		print_page(t);
	else
		print_end(t);
	opinion = opinion_words(t);
	if (opinion)
		printf("%-18s%s\n", "pagemap", opinion);
	free(opinion);
}
