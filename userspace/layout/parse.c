// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse.c - text of the contract (module/kvas_format.h) to struct layout.
 *
 * Strict, so that a damaged capture is refused and not half understood: each
 * proper prefix of a capture is an error.  What a later version may add
 * (record types, keys, names, routes) is kept and not interpreted.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

enum {
	MAX_RECORDS = 65536,	/* a real capture has some 130 */
	MAX_PAIRS = 64,		/* in one record */
	MAX_DEPTH = 16,		/* of regions inside regions */
};

struct parser {
	struct layout *l;
	struct parse_error *error;
	unsigned int line;		/* of the record in hand */
	const struct record *record;
};

__attribute__((format(printf, 2, 3)))
static bool fail(struct parser *p, const char *format, ...)
{
	va_list args;

	p->error->line = p->line;
	va_start(args, format);
	vsnprintf(p->error->message, sizeof(p->error->message), format, args);
	va_end(args);
	return false;
}

static bool no_memory(struct parser *p)
{
	p->line = 0;
	return fail(p, "not enough memory for a capture of this size");
}

/* The contract's keys and record types, by identifier. */
#define X(id, word) static const char KEY_##id[] __attribute__((unused)) = word;
KVAS_KEYS(X)
#undef X

/* --- Lines and words ---------------------------------------------------- */

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of a record type or key at s. */
static size_t word_length(const char *s)
{
	size_t n = 0;

	if (is_lower(s[0]))
		while (is_lower(s[n]) || is_digit(s[n]) || s[n] == '_')
			n++;
	return n;
}

static bool check_bytes(struct parser *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '\r')
			return fail(p, "carriage return in the line: the capture went through a terminal or a DOS editor, copy it again as a file");
		if (c < 0x20 || c > 0x7e)
			return fail(p, "byte 0x%02x in the line: a capture is plain ASCII text", c);
	}
	return true;
}

/* Cuts the value at *s off, and moves *s past it. */
static bool parse_value(struct parser *p, char **s, const char **value)
{
	char *end;

	if (**s == '"') {
		*value = ++*s;
		end = strchr(*s, '"');
		if (!end)
			return fail(p, "the quote before '%.40s' is never closed", *s);
		*end++ = '\0';
		if (*end && *end != ' ')
			return fail(p, "expected a space after a quoted value, found '%.40s'", end);
	} else {
		*value = *s;
		end = *s + strcspn(*s, " ");
		if (end == *s)
			return fail(p, "a key has no value after its '='");
		if (memchr(*s, '"', (size_t)(end - *s)))
			return fail(p, "quote inside the value '%.*s'", (int)(end - *s > 40 ? 40 : end - *s), *s);
	}
	*s = end;
	return true;
}

/* One key=value at s, without the spaces before it. */
static bool parse_pair(struct parser *p, char **s, struct field *f)
{
	size_t n = word_length(*s);

	if (n == 0 || (*s)[n] != '=')
		return fail(p, "expected key=value, found '%.40s'", *s);
	f->key = *s;
	*s += n;
	*(*s)++ = '\0';
	return parse_value(p, s, &f->value);
}

/* Splits a line into its type word and its pairs, in place. */
static bool parse_line(struct parser *p, char *s, struct record *r)
{
	size_t n = word_length(s);
	bool more;

	if (n == 0 || (s[n] && s[n] != ' '))
		return fail(p, "expected a record type in lower case, found '%.40s'", s);
	r->word = s;
	r->line = p->line;
	s += n;
	more = *s;
	if (more)
		*s++ = '\0';
	while (more) {
		struct field *f = &r->fields[r->n_fields];

		s += strspn(s, " ");
		if (!*s)
			return fail(p, "spaces at the end of the line");
		if (r->n_fields == MAX_PAIRS)
			return fail(p, "more than %d pairs in one record", MAX_PAIRS);
		if (!parse_pair(p, &s, f))
			return false;
		if (record_value(r, f->key))
			return fail(p, "the key '%.40s' appears twice", f->key);
		r->n_fields++;
		more = *s;
		if (more)
			*s++ = '\0';
	}
	return true;
}

static enum record_type type_of(const char *word)
{
	for (size_t i = 0; i < RECORD_UNKNOWN; i++)
		if (strcmp(record_words[i], word) == 0)
			return (enum record_type)i;
	return RECORD_UNKNOWN;
}

/* --- Values of one record ----------------------------------------------- */

static const char *get(const struct parser *p, const char *key)
{
	return record_value(p->record, key);
}

static bool need(struct parser *p, const char *key, const char **value)
{
	*value = get(p, key);
	if (*value)
		return true;
	return fail(p, "the %s record has no '%s'", p->record->word, key);
}

static bool need_name(struct parser *p, const char **name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_";

	if (!need(p, KEY_NAME, name))
		return false;
	if (**name == '\0' || (*name)[strspn(*name, allowed)])
		return fail(p, "'%.40s' is not a name: expected letters, digits and '_'", *name);
	return true;
}

/* A value and the reason for having none exclude each other. */
static bool check_absent(struct parser *p, const char *key, const char **why)
{
	*why = get(p, KEY_ABSENT);
	if (*why && get(p, key))
		return fail(p, "the record has both '%s' and 'absent'", key);
	return true;
}

/* "0x" and exactly n lower-case digits. */
static bool hex_digits(const char *s, size_t n, uint64_t *value)
{
	if (strncmp(s, "0x", 2) != 0 || strlen(s + 2) != n ||
	    strspn(s + 2, "0123456789abcdef") != n)
		return false;
	*value = strtoull(s + 2, NULL, 16);
	return true;
}

static bool check_address(struct parser *p, const char *key, const char *s,
			  uint64_t *value)
{
	unsigned int digits = p->l->bits / 4;

	if (hex_digits(s, digits, value))
		return true;
	return fail(p, "%s=%.40s: an address of this %u-bit kernel is 0x and %u digits of 0-9a-f",
		    key, s, p->l->bits, digits);
}

static bool need_address(struct parser *p, const char *key, uint64_t *value)
{
	const char *s;

	return need(p, key, &s) && check_address(p, key, s, value);
}

/* Physical addresses may be wider than virtual ones (PAE, LPAE). */
static bool check_phys(struct parser *p, struct region *r)
{
	const char *s = get(p, KEY_PHYS);

	if (!s)
		return true;
	r->has_phys = true;
	return hex_digits(s, 16, &r->phys) ||
	       check_address(p, KEY_PHYS, s, &r->phys);
}

static bool check_size(struct parser *p, const struct region *r)
{
	const char *s;
	uint64_t less_one;

	if (!need(p, KEY_SIZE, &s))
		return false;
	if (!size_parse(s, &less_one))
		return fail(p, "size=%.40s: expected a decimal number of bytes, with one letter of KMGTPE or none", s);
	if (less_one != r->end - r->start)
		return fail(p, "size=%.40s does not match the range from start to end", s);
	return true;
}

static bool is_one_of(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, words[i]) == 0)
			return true;
	return false;
}

/* A difference of addresses: 0x... or -0x..., as short as can be. */
static bool is_offset(const char *s)
{
	bool negative = *s == '-';
	size_t n = strlen(s += negative);
	uint64_t value;

	return n >= 3 && n <= 18 && hex_digits(s, n - 2, &value) &&
	       (s[2] != '0' || (n == 3 && !negative));
}

/* Values of a unit that this reader does not know are let be. */
static bool check_value(struct parser *p, const struct fact *f)
{
	static const char *const counts[] = { "bytes", "bits", "levels", "count" };
	static const char *const bools[] = { "y", "n" };
	uint64_t number;

	if (!f->unit)
		return true;
	if (strcmp(f->unit, "address") == 0)
		return check_address(p, KEY_VALUE, f->value, &number);
	if (strcmp(f->unit, "bool") == 0 && !is_one_of(f->value, bools, 2))
		return fail(p, "value=%.40s: a bool is y or n", f->value);
	if (strcmp(f->unit, "offset") == 0 && !is_offset(f->value))
		return fail(p, "value=%.40s: an offset is 0x or -0x and digits of 0-9a-f", f->value);
	if (is_one_of(f->unit, counts, 4) &&
	    (!fact_number(f, &number) || f->value[strspn(f->value, "0123456789")]))
		return fail(p, "value=%.40s: a number of %s is decimal", f->value, f->unit);
	return true;
}

/* --- Records ------------------------------------------------------------ */

static bool parse_kernel(struct parser *p)
{
	struct layout *l = p->l;
	const char *bits, *endian;

	if (!need(p, KEY_RELEASE, &l->release) ||
	    !need(p, KEY_MACHINE, &l->machine) ||
	    !need(p, KEY_ARCH, &l->arch) ||
	    !need(p, KEY_BITS, &bits) || !need(p, KEY_ENDIAN, &endian))
		return false;
	l->build_id = get(p, KEY_BUILD_ID);
	if (strcmp(bits, "32") != 0 && strcmp(bits, "64") != 0)
		return fail(p, "bits=%.40s: expected 32 or 64", bits);
	l->bits = strcmp(bits, "64") == 0 ? 64 : 32;
	l->max_addr = UINT64_MAX >> (64 - l->bits);
	l->big_endian = strcmp(endian, "big") == 0;
	if (!l->big_endian && strcmp(endian, "little") != 0)
		return fail(p, "endian=%.40s: expected little or big", endian);
	return true;
}

static bool parse_context(struct parser *p)
{
	if (p->l->has_context)
		return fail(p, "a second capture record");
	p->l->has_context = true;
	p->l->when = get(p, KEY_WHEN);
	p->l->cmdline = get(p, KEY_CMDLINE);
	return true;
}

static bool parse_fact(struct parser *p, struct fact *f)
{
	f->record = p->record;
	f->unit = get(p, KEY_UNIT);
	f->source = get(p, KEY_SOURCE);
	f->route = get(p, KEY_ROUTE);
	if (!need_name(p, &f->name) || !check_absent(p, KEY_VALUE, &f->absent))
		return false;
	if (f->absent)
		return true;
	return need(p, KEY_VALUE, &f->value) && check_value(p, f);
}

static bool parse_populated(struct parser *p, struct region *r)
{
	if (!get(p, KEY_POPULATED_START) && !get(p, KEY_POPULATED_END))
		return true;
	r->has_populated = true;
	if (!need_address(p, KEY_POPULATED_START, &r->populated_start) ||
	    !need_address(p, KEY_POPULATED_END, &r->populated_end) ||
	    !need(p, KEY_POPULATED_SOURCE, &r->populated_source) ||
	    !need(p, KEY_POPULATED_ROUTE, &r->populated_route))
		return false;
	if (r->populated_start > r->populated_end ||
	    r->populated_start < r->start || r->populated_end > r->end)
		return fail(p, "the populated part is not a range within start and end");
	return true;
}

static bool is_overlay_name(const char *name)
{
	return name && strncmp(name, "execmem_", strlen("execmem_")) == 0;
}

static bool parse_region(struct parser *p, struct region *r)
{
	r->record = p->record;
	r->is_section = p->record->type == RECORD_SECTION;
	r->is_overlay = !r->is_section && is_overlay_name(get(p, KEY_NAME));
	r->note = get(p, KEY_NOTE);
	if (!need_name(p, &r->name) || !check_absent(p, KEY_START, &r->absent))
		return false;
	if (r->absent)
		return true;
	r->parent_name = get(p, KEY_PARENT);
	if (!need_address(p, KEY_START, &r->start) ||
	    !need_address(p, KEY_END, &r->end) ||
	    !need(p, KEY_START_SOURCE, &r->start_source) ||
	    !need(p, KEY_START_ROUTE, &r->start_route) ||
	    !need(p, KEY_END_SOURCE, &r->end_source) ||
	    !need(p, KEY_END_ROUTE, &r->end_route))
		return false;
	if (r->start > r->end)
		return fail(p, "start is above end");
	return check_size(p, r) && parse_populated(p, r) && check_phys(p, r);
}

/* Without a name of its own, and without sources.  Some may not be listed. */
static bool parse_memory(struct parser *p, struct region *r)
{
	const char *phys;

	r->record = p->record;
	r->is_memory = true;
	r->note = get(p, KEY_NOTE);
	if (!need_name(p, &r->name) || !check_absent(p, KEY_START, &r->absent))
		return false;
	if (r->absent)
		return true;
	if (!need(p, KEY_KIND, &r->kind) || !need(p, KEY_PHYS, &phys) ||
	    !need_address(p, KEY_START, &r->start) ||
	    !need_address(p, KEY_END, &r->end))
		return false;
	if (r->start > r->end)
		return fail(p, "start is above end");
	return check_size(p, r) && check_phys(p, r);
}

static bool parse_witness(struct parser *p, struct witness *w)
{
	w->record = p->record;
	w->source = get(p, KEY_SOURCE);
	w->content = get(p, KEY_CONTENT);
	if (!need_name(p, &w->name) || !check_absent(p, KEY_ADDR, &w->absent))
		return false;
	if (w->absent)
		return true;
	return need_address(p, KEY_ADDR, &w->addr) &&
	       need(p, KEY_REGION, &w->region_name);
}

static bool parse_record(struct parser *p, const struct record *r)
{
	struct layout *l = p->l;

	p->record = r;
	p->line = r->line;
	if (r->type != RECORD_KERNEL && !l->bits)
		return fail(p, "expected the kernel record here, before all others");
	switch (r->type) {
	case RECORD_KERNEL:
		if (l->bits)
			return fail(p, "a second kernel record");
		return parse_kernel(p);
	case RECORD_CAPTURE:
		return parse_context(p);
	case RECORD_FACT:
		return parse_fact(p, &l->facts[l->n_facts++]);
	case RECORD_CONFIG:
		return parse_fact(p, &l->configs[l->n_configs++]);
	case RECORD_REGION:
	case RECORD_SECTION:
		return parse_region(p, &l->regions[l->n_regions++]);
	case RECORD_MEMORY:
		return parse_memory(p, &l->regions[l->n_regions++]);
	case RECORD_WITNESS:
		return parse_witness(p, &l->witnesses[l->n_witnesses++]);
	case RECORD_UNKNOWN:
		break;
	}
	return true;
}

static bool parse_records(struct parser *p)
{
	struct layout *l = p->l;
	size_t count[RECORD_UNKNOWN + 1] = { 0 };

	for (size_t i = 0; i < l->n_records; i++)
		count[l->records[i].type]++;
	l->facts = layout_alloc(l, count[RECORD_FACT], sizeof(*l->facts));
	l->configs = layout_alloc(l, count[RECORD_CONFIG], sizeof(*l->configs));
	l->regions = layout_alloc(l, count[RECORD_REGION] + count[RECORD_SECTION] +
				  count[RECORD_MEMORY], sizeof(*l->regions));
	l->witnesses = layout_alloc(l, count[RECORD_WITNESS],
				    sizeof(*l->witnesses));
	if (!l->facts || !l->configs || !l->regions || !l->witnesses)
		return no_memory(p);
	for (size_t i = 0; i < l->n_records; i++)
		if (!parse_record(p, &l->records[i]))
			return false;
	if (l->bits)
		return true;
	p->line = 0;
	return fail(p, "the capture has no kernel record");
}

/* --- The whole: names, nesting, order ------------------------------------ */

struct name {
	const char *text;
	unsigned int line;
	size_t index;
};

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Sorts names for look-up, and refuses the second use of one. */
static bool sort_names(struct parser *p, struct name *names, size_t n)
{
	qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(names[i - 1].text, names[i].text) != 0)
			continue;
		p->line = names[i].line;
		return fail(p, "the name '%.40s' is taken by line %u",
			    names[i].text, names[i - 1].line);
	}
	return true;
}

/* An array of records whose first members are .record and .name. */
#define COLLECT(names, array, n)					\
	for (size_t i_ = 0; i_ < (n); i_++)				\
		(names)[i_] = (struct name){ (array)[i_].name,		\
					     (array)[i_].record->line, i_ }

/* Leaves the names of regions and sections in names, sorted. */
static bool check_names(struct parser *p, struct name *names, size_t *n_regions)
{
	struct layout *l = p->l;

	COLLECT(names, l->facts, l->n_facts);
	if (!sort_names(p, names, l->n_facts))
		return false;
	COLLECT(names, l->configs, l->n_configs);
	if (!sort_names(p, names, l->n_configs))
		return false;
	COLLECT(names, l->witnesses, l->n_witnesses);
	if (!sort_names(p, names, l->n_witnesses))
		return false;
	/* Last, because the parents are looked up in these. */
	*n_regions = 0;
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (!r->is_memory)
			names[(*n_regions)++] = (struct name){ r->name, r->record->line, i };
	}
	return sort_names(p, names, *n_regions);
}

static bool find_parent(struct parser *p, struct region *r,
			const struct name *names, size_t n)
{
	struct layout *l = p->l;
	struct name key = { .text = r->parent_name };
	const struct region *parent;
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names[middle].text, key.text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	p->line = r->record->line;
	if (low == n || strcmp(names[low].text, key.text) != 0)
		return fail(p, "the parent '%.40s' is not in this capture", key.text);
	parent = &l->regions[names[low].index];
	if (parent->absent)
		return fail(p, "the parent '%.40s' is absent", key.text);
	if (r->start < parent->start || r->end > parent->end)
		return fail(p, "'%.40s' is not within its parent '%.40s'", r->name, key.text);
	r->parent = parent;
	return true;
}

/* Device memory names no parent: it is the smallest region around it. */
static void find_region_around(const struct layout *l, struct region *memory)
{
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (r->absent || r->is_memory || r->is_overlay ||
		    r->start > memory->start || r->end < memory->end)
			continue;
		if (!memory->parent ||
		    r->end - r->start < memory->parent->end - memory->parent->start)
			memory->parent = r;
	}
	if (memory->parent)
		memory->parent_name = memory->parent->name;
}

static bool measure_depth(struct parser *p, struct region *r)
{
	p->line = r->record->line;
	for (const struct region *a = r->parent; a; a = a->parent) {
		if (a == r)
			return fail(p, "'%.40s' is its own ancestor", r->name);
		/* Also ends the walk into a circle that r is not part of. */
		if (++r->depth > MAX_DEPTH)
			return fail(p, "'%.40s' is nested more than %d levels deep, or in a circle", r->name, MAX_DEPTH);
	}
	return true;
}

static int compare_regions(const void *a, const void *b)
{
	const struct region *x = *(const struct region *const *)a;
	const struct region *y = *(const struct region *const *)b;

	if (!x->absent != !y->absent)
		return x->absent ? 1 : -1;
	if (!x->absent && x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (!x->absent && x->end != y->end)
		return x->end > y->end ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return x->record->line < y->record->line ? -1 : 1;
}

/* Puts the regions in order, parents before what lies in them. */
static bool sort_regions(struct parser *p)
{
	struct layout *l = p->l;
	size_t n = l->n_regions;
	struct region *sorted = layout_alloc(l, n, sizeof(*sorted));
	const struct region **order = layout_alloc(l, n, sizeof(*order));
	size_t *place = layout_alloc(l, n, sizeof(*place));

	if (!sorted || !order || !place)
		return no_memory(p);
	for (size_t i = 0; i < n; i++)
		order[i] = &l->regions[i];
	qsort(order, n, sizeof(*order), compare_regions);
	for (size_t i = 0; i < n; i++)
		place[order[i] - l->regions] = i;
	for (size_t i = 0; i < n; i++) {
		sorted[i] = *order[i];
		if (sorted[i].parent)
			sorted[i].parent = &sorted[place[sorted[i].parent - l->regions]];
		l->n_present += !sorted[i].absent;
	}
	l->regions = sorted;
	return true;
}

static bool relate(struct parser *p)
{
	struct layout *l = p->l;
	struct name *names = layout_alloc(l, l->n_records, sizeof(*names));
	size_t n;

	if (!names)
		return no_memory(p);
	if (!check_names(p, names, &n))
		return false;
	for (size_t i = 0; i < l->n_regions; i++) {
		struct region *r = &l->regions[i];

		if (r->is_memory && !r->absent)
			find_region_around(l, r);
		else if (!r->is_memory && r->parent_name && !find_parent(p, r, names, n))
			return false;
	}
	for (size_t i = 0; i < l->n_regions; i++)
		if (!measure_depth(p, &l->regions[i]))
			return false;
	return sort_regions(p);
}

/* --- The frame: first line, last line, lines between --------------------- */

static bool parse_header(struct parser *p, const char *text, size_t size)
{
	static const char word[] = KVAS_DEBUGFS_NAME " ";
	size_t skip = sizeof(word) - 1, n = 0;

	p->line = 1;
	if (size == 0)
		return fail(p, "the capture is empty");
	if (size >= skip && memcmp(text, word, skip) == 0)
		while (skip + n < size && is_digit(text[skip + n]))
			n++;
	if (n == 0 || n > 4 || text[skip] == '0' ||
	    (skip + n < size && text[skip + n] != '\n'))
		return fail(p, "not a capture of kvas: expected 'kvas %d' as the first line",
			    KVAS_FORMAT_VERSION);
	for (size_t i = 0; i < n; i++)
		p->l->version = p->l->version * 10 + (unsigned int)(text[skip + i] - '0');
	if (p->l->version > KVAS_FORMAT_VERSION)
		return fail(p, "made by a newer kvas: the capture has format version %u, this reader knows %d; use the reader of that version",
			    p->l->version, KVAS_FORMAT_VERSION);
	return true;
}

static bool parse_end(struct parser *p, const struct record *r, bool last)
{
	const char *records = record_value(r, KEY_RECORDS);
	char expected[24];

	if (!last)
		return fail(p, "text after the 'end' line");
	if (!records)
		return fail(p, "the 'end' line has no 'records'");
	snprintf(expected, sizeof(expected), "%zu", p->l->n_records);
	if (strcmp(records, expected) == 0)
		return true;
	return fail(p, "cut short or edited: the 'end' line counts %.20s records, %s are here; make the capture again",
		    records, expected);
}

/* Each line that ends before size, from the second on, becomes a record. */
static bool split_lines(struct parser *p, char *text, size_t size,
			struct field *fields)
{
	char *s = strchr(text, '\n') + 1;
	char *end = text + size;

	while (s < end) {
		struct record *r = &p->l->records[p->l->n_records];
		size_t n = strcspn(s, "\n");	/* stops at a NUL too */

		p->line++;
		if (!check_bytes(p, s, n + (s[n] == '\0')))
			return false;
		s[n] = '\0';
		r->fields = fields;
		if (!parse_line(p, s, r))
			return false;
		fields += r->n_fields;
		s += n + 1;
		if (strcmp(r->word, "end") == 0)
			return parse_end(p, r, s == end);
		r->type = type_of(r->word);
		p->l->n_records++;
	}
	return fail(p, "cut short: the last line is not 'end records=N'; make the capture again");
}

static bool parse_capture(struct parser *p, const char *text, size_t size)
{
	struct layout *l = p->l;
	size_t lines = 0, pairs = 0;
	struct field *fields;
	char *copy;

	if (!parse_header(p, text, size))
		return false;
	for (size_t i = 0; i < size; i++) {
		lines += text[i] == '\n';
		pairs += text[i] == '=';
	}
	if (lines > MAX_RECORDS) {
		p->line = MAX_RECORDS + 1;
		return fail(p, "more than %d lines: no layout is that large", MAX_RECORDS);
	}
	if (text[size - 1] != '\n') {
		p->line = (unsigned int)lines + 1;
		return fail(p, "cut short: the last line does not end; make the capture again");
	}
	copy = layout_alloc(l, size + 1, 1);
	l->records = layout_alloc(l, lines, sizeof(*l->records));
	fields = layout_alloc(l, pairs + 1, sizeof(*fields));
	if (!copy || !l->records || !fields)
		return no_memory(p);
	memcpy(copy, text, size);
	return split_lines(p, copy, size, fields) && parse_records(p) &&
	       relate(p);
}

struct layout *layout_parse(const char *text, size_t size,
			    struct parse_error *error)
{
	struct parser p = { .error = error };

	p.l = calloc(1, sizeof(*p.l));
	if (!p.l) {
		no_memory(&p);
		return NULL;
	}
	if (parse_capture(&p, text, size))
		return p.l;
	layout_free(p.l);
	return NULL;
}
