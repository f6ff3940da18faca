// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate.c - does kvas verify notice?  Takes machines that `kvas save --all`
 * saved, flips each value of their captures in turn, and asks verify.
 *
 *   mutate [--list] SYSROOT...
 *
 * What the format says twice is kept in step (the size of a range whose end
 * moves), so that it is not the parser's arithmetic that is tested.  Prints
 * what share was caught, by whom, and names the rest.  Exit status 0: tried;
 * 2: it could not be tried, above all since verify disagrees with the machine
 * as it is.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "cmd/load.h"
#include "layout/parse.h"
#include "verify/verify.h"

enum { MAX_EDITS = 512, MAX_CAPTURE = 4 << 20 };

/* A value of one field, instead of the one that is there; NULL for none. */
struct edit {
	size_t record, field;
	const char *value;
};

/* One lie about the machine. */
struct mutation {
	const char *kind;
	char what[160];			/* the value, for people */
	struct edit edits[MAX_EDITS];
	size_t n;
	const char *line;		/* a record in place of edits[0].record; "": none */
};

struct trial {
	const struct layout *layout;	/* as it was saved */
	struct evidence *evidence;
	struct pool pool;
	bool list;
	size_t tried, parser, inside, outside;
	char *last_value;		/* for counting values */
	size_t values, values_caught;
	bool value_escaped, values_done;
	struct {
		size_t tried, outside, inside, parser;
	} flips;			/* of all that was tried */
	char *escaped;			/* names of what nobody noticed */
	size_t escaped_size;
	FILE *out;
};

/* --- Making a capture ---------------------------------------------------- */

static const char *edited(const struct mutation *m, size_t record,
			  size_t field, const char *value)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->edits[i].record == record && m->edits[i].field == field)
			return m->edits[i].value;
	}
	return value;
}

static char *render(const struct layout *l, const struct mutation *m,
		    size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f)
		die("not enough memory");
	fprintf(f, "kvas %u\n", l->version);
	for (size_t i = 0; i < l->n_records; i++) {
		const struct record *r = &l->records[i];

		if (m->line && m->edits[0].record == i) {
			if (*m->line)
				fprintf(f, "%s\n", m->line);
			continue;
		}
		fputs(r->word, f);
		for (size_t j = 0; j < r->n_fields; j++) {
			const char *value = edited(m, i, j, r->fields[j].value);
			const char *quote;

			if (!value)
				continue;
			quote = strchr(value, ' ') || !*value ? "\"" : "";

			fprintf(f, " %s=%s%s%s", r->fields[j].key, quote, value,
				quote);
		}
		fputc('\n', f);
	}
	fprintf(f, "end records=%zu\n",
		l->n_records - (m->line && !*m->line));
	if (fclose(f))
		die("not enough memory");
	return text;
}

/* --- Asking verify ------------------------------------------------------- */

/* Is it only the published values that do not fit together? */
static bool only_inside(const struct verification *v)
{
	for (size_t i = 0; i < v->n_values * n_sources; i++) {
		if (v->cells[i].outside)
			return false;
	}
	return true;
}

/* What those say about the flipped value that might have known better. */
static void name_escaped(struct trial *t, const struct mutation *m,
			 const struct layout *l)
{
	struct verification *v = verify(l, t->evidence, true);
	const struct record *r;
	bool said = false;

	fprintf(t->out, "not caught: %s, %s:", m->what, m->kind);
	if (m->line && !*m->line) {
		fputs(" no source misses it\n", t->out);
		verification_free(v);
		return;
	}
	r = &l->records[m->edits[0].record];
	for (size_t i = 0; i < v->n_values * n_sources; i++) {
		const struct cell *c = &v->cells[i];
		const struct value *value = &v->values[i / n_sources];

		if (value->record != r || c->verdict == NO_RULE ||
		    (!m->line && t->layout->records[m->edits[0].record].n_fields ==
		     r->n_fields &&
		     strcmp(value->key, r->fields[m->edits[0].field].key)))
			continue;
		fprintf(t->out, "%s %s: %s (%s)", said ? ";" : "",
			sources[i % n_sources]->name, verdict_name(c->verdict),
			c->why);
		said = true;
	}
	fprintf(t->out, "%s\n", said ? "" : " no source knows it");
	verification_free(v);
}

/* A value ends where the next begins. */
static void count_value(struct trial *t, const char *what)
{
	if (t->values_done ||
	    (t->last_value && what && !strcmp(t->last_value, what)))
		return;
	if (t->last_value) {
		t->values++;
		t->values_caught += !t->value_escaped;
	}
	free(t->last_value);
	t->last_value = what ? text_printf("%s", what) : NULL;
	t->value_escaped = false;
}

static void attempt(struct trial *t, const struct mutation *m)
{
	struct parse_error error;
	struct verification *v;
	struct layout *l;
	size_t size;
	char *text = render(t->layout, m, &size);

	count_value(t, m->what);
	t->tried++;
	l = layout_parse(text, size, &error);
	free(text);
	if (!l) {
		t->parser++;
		if (t->list)
			printf("%s, %s: parser: %s\n", m->what, m->kind,
			       error.message);
		return;
	}
	v = verify(l, t->evidence, false);
	if (!v->n_disagree) {
		t->value_escaped = true;
		name_escaped(t, m, l);
	} else if (only_inside(v)) {
		t->inside++;
	} else {
		t->outside++;
	}
	if (t->list && v->n_disagree)
		printf("%s, %s: %s\n", m->what, m->kind,
		       only_inside(v) ? "consistency" : "sources");
	verification_free(v);
	layout_free(l);
}

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

static void flip_all(struct trial *t)
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

/* --- The program --------------------------------------------------------- */

static struct layout *read_capture(const char *sysroot)
{
	struct parse_error error;
	struct layout *l;
	size_t size;
	char *text = sysroot_slurp(sysroot, KVAS_LIVE_FILE, MAX_CAPTURE, &size);

	if (!text)
		die("%s holds no saved machine", sysroot);
	l = layout_parse(text, size, &error);
	if (!l)
		die("%s%s:%u: %s", sysroot, KVAS_LIVE_FILE, error.line,
		    error.message);
	free(text);
	return l;
}

/* Written once more without a lie, nobody must have anything to say. */
static bool agrees_as_it_is(const struct trial *t)
{
	struct mutation *none = zalloc_array(1, sizeof(*none));
	struct parse_error error;
	struct verification *v;
	struct layout *same;
	size_t size;
	bool agrees;
	char *text = render(t->layout, none, &size);

	same = layout_parse(text, size, &error);
	if (!same)
		die("the capture cannot be written again: %s", error.message);
	v = verify(same, t->evidence, false);
	agrees = !v->n_disagree;
	verification_free(v);
	layout_free(same);
	free(text);
	free(none);
	return agrees;
}

static void print_score(const struct trial *t, const char *sysroot)
{
	size_t caught = t->parser + t->inside + t->outside;

	printf("%s: %zu of %zu mutations caught (%.1f%%): %zu by sources that lean on no published value, %zu by consistency only, %zu by the parser\n",
	       sysroot, caught, t->tried,
	       100.0 * (double)caught / (double)t->tried,
	       t->outside, t->inside, t->parser);
	printf("%s: of %zu values, %zu cannot be flipped unnoticed in any of these ways; of %zu such flips %zu are caught from outside, %zu by consistency only, %zu by the parser, the other mutations are things left out or moved\n",
	       sysroot, t->values, t->values_caught, t->flips.tried,
	       t->flips.outside, t->flips.inside, t->flips.parser);
	fputs(t->escaped, stdout);
}

static bool try_machine(const char *sysroot, bool list)
{
	struct machine *m = machine_new(sysroot, NULL);
	struct layout *l = read_capture(sysroot);
	struct trial t = { .layout = l, .list = list };
	bool agrees;

	t.evidence = evidence_load(m);
	t.out = open_memstream(&t.escaped, &t.escaped_size);
	if (!t.out)
		die("not enough memory");
	agrees = agrees_as_it_is(&t);
	if (agrees)
		flip_all(&t);
	else
		fprintf(stderr, "%s: verify disagrees as it is\n", sysroot);
	fclose(t.out);
	if (agrees)
		print_score(&t, sysroot);
	free(t.escaped);
	pool_free(&t.pool);
	evidence_free(t.evidence);
	machine_free(m);
	layout_free(l);
	return agrees;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ 0 }
	};
	bool list = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'l')
			return KVAS_FAILURE;
		list = true;
	}
	if (optind == argc)
		die("mutate needs directories that 'kvas save --all' wrote");
	for (; optind < argc; optind++) {
		if (!try_machine(argv[optind], list))
			return KVAS_FAILURE;
	}
	return KVAS_OK;
}
