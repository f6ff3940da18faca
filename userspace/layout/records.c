// SPDX-License-Identifier: GPL-2.0-only
/* records.c - the records of a capture, each by itself; see parser.h */
#include <stdlib.h>
#include <string.h>

#include "parser.h"

/* The contract's keys and record types, by identifier. */
#define X(id, word) static const char KEY_##id[] __attribute__((unused)) = word;
KVAS_KEYS(X)
#undef X

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
	return parser_fail(p, "the %s record has no '%s'", p->record->word, key);
}

static bool need_name(struct parser *p, const char **name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_";

	if (!need(p, KEY_NAME, name))
		return false;
	if (**name == '\0' || (*name)[strspn(*name, allowed)])
		return parser_fail(p, "'%.40s' is not a name: expected letters, digits and '_'", *name);
	return true;
}

/* A value and the reason for having none exclude each other. */
static bool check_absent(struct parser *p, const char *key, const char **why)
{
	*why = get(p, KEY_ABSENT);
	if (*why && get(p, key))
		return parser_fail(p, "the record has both '%s' and 'absent'", key);
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
	return parser_fail(p, "%s=%.40s: an address of this %u-bit kernel is 0x and %u digits of 0-9a-f",
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
		return parser_fail(p, "size=%.40s: expected a decimal number of bytes, with one letter of KMGTPE or none", s);
	if (less_one != r->end - r->start)
		return parser_fail(p, "size=%.40s does not match the range from start to end", s);
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
		return parser_fail(p, "value=%.40s: a bool is y or n", f->value);
	if (strcmp(f->unit, "offset") == 0 && !is_offset(f->value))
		return parser_fail(p, "value=%.40s: an offset is 0x or -0x and digits of 0-9a-f", f->value);
	if (is_one_of(f->unit, counts, 4) && f->value[strspn(f->value, "0123456789")])
		return parser_fail(p, "value=%.40s: a number of %s is decimal", f->value, f->unit);
	if (is_one_of(f->unit, counts, 4) && !fact_number(f, &number))
		return parser_fail(p, "value=%.40s: the largest number is 18446744073709551615", f->value);
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
		return parser_fail(p, "bits=%.40s: expected 32 or 64", bits);
	l->bits = strcmp(bits, "64") == 0 ? 64 : 32;
	l->max_addr = UINT64_MAX >> (64 - l->bits);
	l->big_endian = strcmp(endian, "big") == 0;
	if (!l->big_endian && strcmp(endian, "little") != 0)
		return parser_fail(p, "endian=%.40s: expected little or big", endian);
	return true;
}

static bool parse_context(struct parser *p)
{
	if (p->l->has_context)
		return parser_fail(p, "a second capture record");
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
		return parser_fail(p, "the populated part is not a range within start and end");
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
		return parser_fail(p, "start is above end");
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
		return parser_fail(p, "start is above end");
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

bool parser_record(struct parser *p, const struct record *r)
{
	struct layout *l = p->l;

	p->record = r;
	p->frame.line = r->line;
	if (r->type != RECORD_KERNEL && !l->bits)
		return parser_fail(p, "expected the kernel record here, before all others");
	switch (r->type) {
	case RECORD_KERNEL:
		if (l->bits)
			return parser_fail(p, "a second kernel record");
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
