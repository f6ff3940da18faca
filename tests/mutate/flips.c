// SPDX-License-Identifier: GPL-2.0-only
/* flips.c - what is flipped in a capture: each value, each record, all at once. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#include "mutate.h"

/* --- Lies ---------------------------------------------------------------- */

static void start_over(struct mutation *m, const char *kind)
{
	m->kind = kind;
	m->n = 0;
	m->line = NULL;
}

static void edit(struct mutation *m, size_t record, size_t field,
		 const char *value)
{
	if (m->n < MAX_EDITS)
		m->edits[m->n++] = (struct edit) { record, field, value };
}

static bool field_index(const struct record *r, const char *key, size_t *field)
{
	for (*field = 0; *field < r->n_fields; ++*field) {
		if (!strcmp(r->fields[*field].key, key))
			return true;
	}
	return false;
}

static bool is_address(const struct layout *l, const char *text)
{
	return !strncmp(text, "0x", 2) && strlen(text) == 2 + l->bits / 4;
}

static const char *address_text(struct trial *t, uint64_t addr)
{
	return pool_printf(&t->pool, "0x%0*" PRIx64, (int)t->layout->bits / 4,
			   addr & t->layout->max_addr);
}

static uint64_t address_in(const struct record *r, const char *key)
{
	size_t field;

	return field_index(r, key, &field) ?
		strtoull(r->fields[field].value, NULL, 16) : 0;
}

/* The size of a range as the module prints it. */
static const char *size_text(struct trial *t, uint64_t start, uint64_t end)
{
	static const char units[] = " KMGTPE";
	uint64_t size = end - start + 1;
	unsigned int unit = 0;

	if (!size)
		return "16E";
	while (unit < 6 && size % 1024 == 0) {
		size /= 1024;
		unit++;
	}
	return pool_printf(&t->pool, unit ? "%" PRIu64 "%c" : "%" PRIu64, size,
			   units[unit]);
}

/* Keeps in step what the parser would hold against a moved bound. */
static void follow_bound(struct trial *t, struct mutation *m, size_t record,
			 const char *key, uint64_t addr)
{
	const struct record *r = &t->layout->records[record];
	uint64_t start = address_in(r, "start"), end = address_in(r, "end");
	const char *populated = strcmp(key, "start") ? "populated_end" :
						      "populated_start";
	size_t field;

	if (!strcmp(key, "start"))
		start = addr;
	else
		end = addr;
	if (field_index(r, "size", &field))
		edit(m, record, field, size_text(t, start, end));
	if (field_index(r, populated, &field) &&
	    address_in(r, populated) == address_in(r, key))
		edit(m, record, field, address_text(t, addr));
}

static void try_address(struct trial *t, struct mutation *m, const char *kind,
			size_t record, size_t field, uint64_t addr)
{
	const char *key = t->layout->records[record].fields[field].key;
	const char *text = address_text(t, addr);

	if (!strcmp(text, t->layout->records[record].fields[field].value))
		return;
	start_over(m, kind);
	edit(m, record, field, text);
	if (!strcmp(key, "start") || !strcmp(key, "end"))
		follow_bound(t, m, record, key, addr);
	attempt(t, m);
}

/* The same key of the next record of that type that has a different value. */
static const char *neighbour(const struct layout *l, size_t record,
			     const char *key, const char *value)
{
	for (size_t step = 1; step < l->n_records; step++) {
		const struct record *o =
			&l->records[(record + step) % l->n_records];
		size_t field;

		if (o->type == l->records[record].type &&
		    field_index(o, key, &field) &&
		    strcmp(o->fields[field].value, value))
			return o->fields[field].value;
	}
	return NULL;
}

static void flip_address(struct trial *t, struct mutation *m, size_t record,
			 size_t field)
{
	const struct field *f = &t->layout->records[record].fields[field];
	uint64_t addr = strtoull(f->value, NULL, 16);
	const char *other = neighbour(t->layout, record, f->key, f->value);
	unsigned int top = t->layout->bits;

	try_address(t, m, "a byte more", record, field, addr + 1);
	try_address(t, m, "a byte less", record, field, addr - 1);
	try_address(t, m, "a page more", record, field, addr + 4096);
	try_address(t, m, "a page less", record, field, addr - 4096);
	try_address(t, m, "1 GiB more", record, field, addr + (1u << 30));
	try_address(t, m, "a high bit flipped", record, field,
		    addr ^ UINT64_C(1) << (top - 20));
	try_address(t, m, "the highest bit flipped", record, field,
		    addr ^ UINT64_C(1) << (top - 1));
	if (other && is_address(t->layout, other))
		try_address(t, m, "that of the next record", record, field,
			    strtoull(other, NULL, 16));
}

static void try_text(struct trial *t, struct mutation *m, const char *kind,
		     size_t record, size_t field, const char *text)
{
	if (!text || !strcmp(text, t->layout->records[record].fields[field].value))
		return;
	start_over(m, kind);
	edit(m, record, field, text);
	attempt(t, m);
}

static bool is_digits(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

/* Decimal with or without a letter, or hexadecimal of any width. */
static void flip_number(struct trial *t, struct mutation *m, size_t record,
			size_t field)
{
	const char *text = t->layout->records[record].fields[field].value;
	bool negative = *text == '-';
	bool hex = !strncmp(text + negative, "0x", 2);
	char *unit;
	uint64_t n = strtoull(text + negative, &unit, hex ? 16 : 10);
	const char *format = hex ? "%s0x%" PRIx64 "%s" : "%s%" PRIu64 "%s";
	const char *sign = negative ? "-" : "";

	try_text(t, m, "one more", record, field,
		 pool_printf(&t->pool, format, sign, n + 1, unit));
	if (n)
		try_text(t, m, "one less", record, field,
			 pool_printf(&t->pool, format, sign, n - 1, unit));
	try_text(t, m, "doubled", record, field,
		 pool_printf(&t->pool, format, sign, n ? n * 2 : 4096, unit));
	try_text(t, m, "a high bit flipped", record, field,
		 pool_printf(&t->pool, format, sign, n ^ 1u << 30, unit));
	if (hex && n)
		try_text(t, m, "the other sign", record, field,
			 pool_printf(&t->pool, format, negative ? "" : "-", n,
				     unit));
}

static void flip_word(struct trial *t, struct mutation *m, size_t record,
		      size_t field)
{
	const struct field *f = &t->layout->records[record].fields[field];
	char *changed = pool_copy(&t->pool, f->value, strlen(f->value));
	size_t last = strlen(changed);

	if (!strcmp(f->value, "y") || !strcmp(f->value, "n")) {
		try_text(t, m, "y for n", record, field,
			 *f->value == 'y' ? "n" : "y");
		return;
	}
	if (!last)
		return;
	changed[last - 1] = changed[last - 1] == 'x' ? 'y' : 'x';
	try_text(t, m, "another word", record, field, changed);
	try_text(t, m, "that of the next record", record, field,
		 neighbour(t->layout, record, f->key, f->value));
	if (!strcmp(f->key, "endian"))
		try_text(t, m, "the other order", record, field,
			 strcmp(f->value, "big") ? "big" : "little");
	if (!strcmp(f->key, "bits"))
		try_text(t, m, "the other width", record, field, "32");
}

/* Of a thing that is not there: a range where nothing is. */
static void make_up(struct trial *t, struct mutation *m, size_t record,
		    size_t field)
{
	const struct record *r = &t->layout->records[record];
	size_t name;

	if (r->type != RECORD_REGION || !field_index(r, "name", &name))
		return;
	start_over(m, "made up");
	edit(m, record, field, r->fields[field].value);
	m->line = pool_printf(&t->pool,
		"region start=%s end=%s size=4K name=%s start_source=0 start_route=macro end_source=0 end_route=macro",
		address_text(t, UINT64_C(0xffffff8000000000)),
		address_text(t, UINT64_C(0xffffff8000000fff)),
		r->fields[name].value);
	attempt(t, m);
}

/* --- All values ---------------------------------------------------------- */

static bool is_provenance(const char *key)
{
	return !strcmp(key, "name") || !strcmp(key, "unit") ||
	       !strcmp(key, "note") || strstr(key, "source") ||
	       strstr(key, "route");
}

static void flip_field(struct trial *t, struct mutation *m, size_t record,
		       size_t field)
{
	const struct record *r = &t->layout->records[record];
	const struct field *f = &r->fields[field];
	const char *digits = f->value + (*f->value == '-');
	const char *name = record_value(r, "name");

	snprintf(m->what, sizeof(m->what), "%s %s%s%s=%s", r->word,
		 name ? name : "", name ? "." : "", f->key, f->value);
	if (!strcmp(f->key, "absent"))
		make_up(t, m, record, field);
	else if (is_address(t->layout, f->value))
		flip_address(t, m, record, field);
	else if (is_digits(digits) || !strncmp(digits, "0x", 2) ||
		 !strcmp(f->key, "size"))
		flip_number(t, m, record, field);
	else
		flip_word(t, m, record, field);
}

/* --- Things left out ----------------------------------------------------- */

static void leave_out_record(struct trial *t, struct mutation *m, size_t record)
{
	const struct record *r = &t->layout->records[record];
	static const char *const reasons[] = {
		"not known", "CONFIG_MMU is not set",
		"needs kallsyms with data symbols, and kprobes",
	};
	const char *name = record_value(r, "name");

	snprintf(m->what, sizeof(m->what), "%s %s", r->word, name ? name : "");
	start_over(m, "record deleted");
	edit(m, record, 0, "");
	m->line = "";
	attempt(t, m);
	if (!name || record_value(r, "absent"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		start_over(m, "made absent");
		edit(m, record, 0, "");
		m->line = pool_printf(&t->pool, "%s name=%s absent=\"%s\"",
				      r->word, name, reasons[i]);
		attempt(t, m);
	}
}

/* Each field alone, and all that tell of the populated part together. */
static void leave_out_fields(struct trial *t, struct mutation *m, size_t record)
{
	const struct record *r = &t->layout->records[record];
	const char *name = record_value(r, "name");
	bool populated = false;

	for (size_t i = 0; i < r->n_fields; i++) {
		/* Words for people; without "absent" nothing would be left. */
		if (!strcmp(r->fields[i].key, "note") ||
		    !strcmp(r->fields[i].key, "absent"))
			continue;
		snprintf(m->what, sizeof(m->what), "%s %s.%s", r->word,
			 name ? name : "", r->fields[i].key);
		start_over(m, "field dropped");
		edit(m, record, i, NULL);
		attempt(t, m);
	}
	start_over(m, "populated_* dropped");
	snprintf(m->what, sizeof(m->what), "%s %s", r->word, name ? name : "");
	for (size_t i = 0; i < r->n_fields; i++) {
		if (strncmp(r->fields[i].key, "populated_", 10))
			continue;
		edit(m, record, i, NULL);
		populated = true;
	}
	if (populated)
		attempt(t, m);
}

/* Routes and units are of a fixed vocabulary; sources and notes are free. */
static void flip_vocabulary(struct trial *t, struct mutation *m, size_t record)
{
	const struct record *r = &t->layout->records[record];
	const char *name = record_value(r, "name");

	for (size_t i = 0; i < r->n_fields; i++) {
		const char *key = r->fields[i].key;
		bool unit = !strcmp(key, "unit");

		if (!unit && !strstr(key, "route"))
			continue;
		snprintf(m->what, sizeof(m->what), "%s %s.%s", r->word,
			 name ? name : "", key);
		try_text(t, m, "another word", record, i, "hearsay");
		if (unit)
			try_text(t, m, "another unit", record, i,
				 strcmp(r->fields[i].value, "text") ? "text" : "count");
	}
}

/* The sizes of all ranges of which only one end has moved. */
static void follow_all_bounds(struct trial *t, struct mutation *m)
{
	const struct layout *l = t->layout;
	size_t start, end, size;

	for (size_t i = 0; i < l->n_records; i++) {
		const struct record *r = &l->records[i];
		const char *from, *to, *text;

		if (!field_index(r, "start", &start) ||
		    !field_index(r, "end", &end) ||
		    !field_index(r, "size", &size))
			continue;
		from = edited(m, i, start, r->fields[start].value);
		to = edited(m, i, end, r->fields[end].value);
		text = size_text(t, strtoull(from, NULL, 16),
				 strtoull(to, NULL, 16));
		if (strcmp(text, r->fields[size].value))
			edit(m, i, size, text);
	}
}

/*
 * A lie that contradicts nothing in the capture: a region and all that lies
 * in it, wherever it is named, stand somewhere else.
 */
static void move_world(struct trial *t, struct mutation *m,
		       const struct region *r, uint64_t by)
{
	const struct layout *l = t->layout;

	start_over(m, "moved, with all that is in it");
	snprintf(m->what, sizeof(m->what), "%s %s", r->record->word, r->name);
	for (size_t i = 0; i < l->n_records; i++) {
		const struct record *o = &l->records[i];
		size_t name;

		for (size_t j = 0; j < o->n_fields; j++) {
			const struct field *f = &o->fields[j];
			uint64_t addr = strtoull(f->value, NULL, 0);

			if (!is_address(l, f->value) || !strcmp(f->key, "phys") ||
			    addr < r->start || addr - 1 > r->end)
				continue;
			/* The address behind it is the start of another. */
			if (addr > r->end && strcmp(f->key, "value"))
				continue;
			edit(m, i, j, address_text(t, addr + by));
		}
		if (o->type == RECORD_FACT && field_index(o, "name", &name) &&
		    !strncmp(o->fields[name].value, r->name, strlen(r->name)) &&
		    strstr(o->fields[name].value, "_kaslr_offset")) {
			const char *text = record_value(o, "value");
			size_t field;

			if (text && field_index(o, "value", &field))
				edit(m, i, field, pool_printf(&t->pool, "0x%" PRIx64,
				     (uint64_t)strtoll(text, NULL, 0) + by));
		}
	}
	follow_all_bounds(t, m);
	attempt(t, m);
}

void flip_all(struct trial *t)
{
	const struct layout *l = t->layout;
	struct mutation *m = zalloc_array(1, sizeof(*m));

	for (size_t i = 0; i < l->n_records; i++) {
		for (size_t j = 0; j < l->records[i].n_fields; j++) {
			if (!is_provenance(l->records[i].fields[j].key))
				flip_field(t, m, i, j);
		}
	}
	count_value(t, NULL);
	t->values_done = true;
	t->flips.tried = t->tried;
	t->flips.outside = t->outside;
	t->flips.inside = t->inside;
	t->flips.parser = t->parser;
	for (size_t i = 0; i < l->n_records; i++) {
		leave_out_record(t, m, i);
		leave_out_fields(t, m, i);
		flip_vocabulary(t, m, i);
	}
	for (size_t i = 0; i < l->n_present; i++) {
		move_world(t, m, &l->regions[i], 1 << 12);
		move_world(t, m, &l->regions[i], 1 << 21);
	}
	free(m);
}
