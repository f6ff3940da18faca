// SPDX-License-Identifier: GPL-2.0-only
/* verdicts.c - which values a layout has, and what is said of each. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../util.h"
#include "arch.h"
#include "predict.h"
#include "text.h"

struct evidence {
	struct machine *machine;
	const void *of[];
};

/* --- The values of a layout ---------------------------------------------- */

/* Keys that tell of a value, and are none. */
static bool is_provenance(const char *key)
{
	static const char *const keys[] = {
		"name", "source", "route", "unit", "note", "start_source",
		"start_route", "end_source", "end_route", "populated_source",
		"populated_route",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(key, keys[i]))
			return true;
	}
	return false;
}

static const char *name_of(const struct record *r)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		if (!strcmp(r->fields[i].key, "name"))
			return r->fields[i].value;
	}
	return r->word;
}

/*
 * Decimal or 0x, and for sizes one of the letters K M G T P E.  What is below
 * zero, as an offset may be, wraps around as addresses do.
 */
static bool parse_number(const char *text, uint64_t *n)
{
	static const char units[] = "KMGTPE";
	bool negative = *text == '-';
	const char *unit;
	char *end;

	text += negative;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*n = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (errno)
		return false;
	if (negative)
		*n = -*n;
	if (!*end)
		return true;
	unit = strchr(units, *end);
	if (!unit || end[1])
		return false;
	for (; unit >= units; unit--) {
		if (*n > UINT64_MAX / 1024)
			return false;
		*n *= 1024;
	}
	return true;
}

static uint32_t hash_of(enum record_type type, const char *name,
			const char *key)
{
	uint32_t h = 2166136261u + (uint32_t)type;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	for (h *= 31; *key; key++)
		h = (h ^ (unsigned char)*key) * 16777619u;
	return h;
}

static void add_value(struct verification *v, const struct record *r,
		      const struct field *f)
{
	struct value *value = &v->values[v->n_values++];
	size_t at;

	value->record = r;
	value->name = name_of(r);
	value->key = f->key;
	value->text = f->value;
	value->is_number = parse_number(f->value, &value->number);
	at = hash_of(r->type, value->name, f->key) & (v->n_slots - 1);
	while (v->slots[at])
		at = (at + 1) & (v->n_slots - 1);
	v->slots[at] = (uint32_t)v->n_values;
}

/* Rows for what ought to be there and is not. */
enum { MAX_MISSING = 512 };

static void collect_values(struct verification *v)
{
	const struct layout *l = v->layout;
	size_t most = 0;

	for (size_t i = 0; i < l->n_records; i++)
		most += l->records[i].n_fields;
	v->values = zalloc_array(most + MAX_MISSING, sizeof(*v->values));
	v->first = zalloc_array(l->n_records + 1, sizeof(*v->first));
	for (v->n_slots = 16; v->n_slots < most * 2;)
		v->n_slots *= 2;
	v->slots = zalloc_array(v->n_slots, sizeof(*v->slots));
	for (size_t i = 0; i < l->n_records; i++) {
		const struct record *r = &l->records[i];

		v->first[i] = v->n_values;
		for (size_t j = 0; j < r->n_fields; j++) {
			if (!is_provenance(r->fields[j].key))
				add_value(v, r, &r->fields[j]);
		}
	}
	v->cells = zalloc_array((v->n_values + MAX_MISSING) * n_sources,
				sizeof(*v->cells));
	v->room = v->n_values + MAX_MISSING;
}

const struct value *value_of(const struct verification *v,
			     enum record_type type, const char *name,
			     const char *key)
{
	size_t at = hash_of(type, name, key) & (v->n_slots - 1);

	for (; v->slots[at]; at = (at + 1) & (v->n_slots - 1)) {
		const struct value *value = &v->values[v->slots[at] - 1];

		if (value->record->type == type && !strcmp(value->key, key) &&
		    !strcmp(value->name, name))
			return value;
	}
	return NULL;
}

const struct value *value_at(const struct verification *v,
			     const struct record *r, const char *key)
{
	size_t at = v->first[r - v->layout->records];

	for (; at < v->n_values && v->values[at].record == r; at++) {
		if (!strcmp(v->values[at].key, key))
			return &v->values[at];
	}
	return NULL;
}

/* --- What sources say ---------------------------------------------------- */

bool is_arch(const struct verification *v, const char *list)
{
	return line_has_word(list, v->layout->arch);
}

uint64_t wrap(const struct verification *v, uint64_t addr)
{
	return addr & v->layout->max_addr;
}

/* Is it one, and so wraps around; sizes and physical addresses may be larger. */
static bool is_address(const struct rule *r)
{
	static const char *const keys[] = {
		"start", "end", "populated_start", "populated_end", "addr",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(r->key, keys[i]))
			return true;
	}
	return false;
}

static bool leans(const struct verification *v)
{
	return v->leaning || sources[v->source]->inside;
}

void report(struct verification *v, const struct value *value,
	    enum verdict verdict, const char *why, ...)
{
	struct cell *c;
	va_list args;

	if (!value)
		return;
	c = &v->cells[(size_t)(value - v->values) * n_sources + v->source];
	if ((verdict == ALLOWS || verdict == AGREES) && leans(v))
		verdict = CONSISTENT;
	if (verdict == DISAGREES && !leans(v))
		c->outside = true;
	if (verdict == DISAGREES && c->verdict != DISAGREES)
		v->n_disagree++;
	if (verdict <= c->verdict)
		return;
	c->verdict = verdict;
	if (!v->explain)
		return;
	va_start(args, why);
	/* What comes from files may hold any bytes; a sentence may not. */
	c->why = printable(pool_vprintf(&v->pool, why, args));
	va_end(args);
}

/*
 * Is "absent" the statement that there is no such thing?  Of these a module
 * always knows; of others it may lack the symbols to tell.
 */
static bool absence_is_certain(const struct verification *v,
			       const struct value *value)
{
	static const char *const names[] = {
		"efi_runtime", "espfix", "kasan_shadow", "kfence",
		"kmsan_modules_origin", "kmsan_modules_shadow",
		"kmsan_vmalloc_origin", "kmsan_vmalloc_shadow", "pkmap",
		"vmemmap", "vsyscall",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(value->name, names[i]))
			return !is_arch(v, "generic");
	}
	return false;
}

static void expect_absent(struct verification *v, const struct value *value,
			  struct known k)
{
	if (k.kind == NOTHING)
		report(v, value, AGREES, "%s", k.how);
	else if (k.kind == UNKNOWN)
		report(v, value, CANNOT_SAY, "%s", k.how);
	else if (k.if_any)
		report(v, value, CANNOT_SAY, "only where it would be: %s", k.how);
	else if (absence_is_certain(v, value))
		report(v, value, DISAGREES, "there is one: %s", k.how);
	else
		report(v, value, CANNOT_SAY, "known here, but not to kvas: %s",
		       k.how);
}

static void expect_number(struct verification *v, const struct value *value,
			  struct known k)
{
	uint64_t high = k.kind == NUMBER ? k.number : k.high;

	if (!value->is_number || value->number < k.number ||
	    value->number > high) {
		if (k.kind == NUMBER)
			report(v, value, DISAGREES, "0x%" PRIx64 " (%" PRIu64
			       "), %s", k.number, k.number, k.how);
		else
			report(v, value, DISAGREES, "outside 0x%" PRIx64
			       "-0x%" PRIx64 ", %s", k.number, high, k.how);
		return;
	}
	if (k.kind == NUMBER)
		report(v, value, AGREES, "%s", k.how);
	else
		report(v, value, ALLOWS, "within 0x%" PRIx64 "-0x%" PRIx64
		       ", %s", k.number, high, k.how);
}

static void judge(struct verification *v, const struct value *value,
		  struct known k)
{
	if (!strcmp(value->key, "absent")) {
		expect_absent(v, value, k);
		return;
	}
	switch (k.kind) {
	case UNKNOWN:
		report(v, value, CANNOT_SAY, "%s", k.how);
		break;
	case NOTHING:
		report(v, value, DISAGREES, "there is none: %s", k.how);
		break;
	case WORD:
		if (!strcmp(value->text, k.word))
			report(v, value, AGREES, "%s", k.how);
		else
			report(v, value, DISAGREES, "\"%s\", %s", k.word, k.how);
		break;
	case NUMBER:
	case RANGE:
		expect_number(v, value, k);
		break;
	}
}

void expect_value(struct verification *v, const struct value *value,
		  struct known k)
{
	bool before = v->leaning;

	if (!value)
		return;
	v->leaning = before || k.leaning;
	judge(v, value, k);
	v->leaning = before;
}

void report_missing(struct verification *v, enum record_type type,
		    const char *name, const char *key, const char *why)
{
	struct value *value;
	struct record *r;

	if (v->n_values == v->room)
		return;
	r = pool_alloc(&v->pool, sizeof(*r));
	r->type = type;
	r->word = record_words[type];
	value = &v->values[v->n_values++];
	*value = (struct value) {
		.record = r, .name = name, .key = key, .text = "(missing)",
	};
	report(v, value, DISAGREES, "%s", why);
}

void expect(struct verification *v, enum record_type type, const char *name,
	    const char *key, struct known k)
{
	const struct value *value = value_of(v, type, name, key);

	if (v->predictions) {
		predictions_add(v->predictions, type, name, key, k);
		return;
	}
	if (!value)
		value = value_of(v, type, name, "absent");
	expect_value(v, value, k);
}

void apply_rules(struct verification *v, const struct rule *rules, size_t n,
		 const struct known *items)
{
	bool known_arch = arch_by_name(v->layout->arch);

	for (size_t i = 0; i < n; i++) {
		const struct rule *r = &rules[i];
		struct known k = items[r->item];

		if (r->arch && !is_arch(v, r->arch)) {
			/* Others have rules of their own. */
			if (!known_arch)
				report(v, value_of(v, r->type, r->name, r->key),
				       CANNOT_SAY, "no rule for %s",
				       v->layout->arch);
			continue;
		}
		k.number += (uint64_t)r->add;
		k.high += (uint64_t)r->add;
		if (is_address(r)) {
			k.number = wrap(v, k.number);
			k.high = wrap(v, k.high);
		}
		expect(v, r->type, r->name, r->key, k);
	}
}

void expect_used_end(struct verification *v, const char *region,
		     struct known last)
{
	const struct region *r = layout_region(v->layout, region);

	if (r && !r->absent && !r->has_populated && last.kind == NUMBER &&
	    r->end != last.number)
		last = up_to_there(last, v->layout->max_addr);
	expect(v, RECORD_REGION, region, r && r->has_populated ?
	       "populated_end" : "end", last);
}

uint64_t device_memory_last(const struct verification *v)
{
	uint64_t last = 0;

	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];

		if (r->is_memory && r->end > last)
			last = r->end;
	}
	return last;
}

void expect_memory_end(struct verification *v, struct known last)
{
	uint64_t device = device_memory_last(v);

	if (is_numeric(&last) && device > highest(&last))
		last = leaning(number(device, "device memory ends there"));
	expect_used_end(v, "direct_map", last);
}

bool memory_was_added(const struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");

	return map && !map->absent && map->has_populated &&
	       !strcmp(map->populated_route, "iomem") &&
	       !is_arch(v, "x86_64 i386 ppc64");
}

bool firmware_keeps_memory(const struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct value *fact = value_of(v, RECORD_FACT, "high_memory", "value");

	return map && !map->absent && map->has_populated && fact && fact->is_number &&
	       !strcmp(map->populated_route, "iomem") && is_arch(v, "arm64 riscv64") &&
	       fact->number > map->populated_end + 1;
}

bool ends_with_memory(const struct verification *v, const char *region)
{
	const struct region *r = layout_region(v->layout, region);

	return r && !r->absent && !r->has_populated && r->note &&
	       !strncmp(r->note, "to the end of memory", strlen("to the end of memory"));
}

void expect_high_memory(struct verification *v, struct known end)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct value *fact = value_of(v, RECORD_FACT, "high_memory", "value");
	uint64_t device = device_memory_last(v);

	/* 5.10 moves it over device memory, too, on x86; powerpc still does. */
	if (device && fact && fact->is_number && fact->number == device + 1 &&
	    is_arch(v, "x86_64 ppc64"))
		end = leaning(number(device + 1, "device memory ends there"));
	if (end.kind == NUMBER && firmware_keeps_memory(v))
		end = up_to_there(end, v->layout->max_addr);
	else if (end.kind == NUMBER && memory_was_added(v))
		end = from_there(end, map->start);
	expect(v, RECORD_FACT, "high_memory", "value", end);
}

static bool is_in(const struct verification *v, const char *region,
		  uint64_t addr)
{
	const struct region *r = layout_region(v->layout, region);

	return r && !r->absent && addr >= r->start && addr <= r->end;
}

void expect_modules(struct verification *v, struct known low, struct known high)
{
	const struct known in_vmalloc = unknown("modules are in vmalloc");
	bool may_be = is_arch(v, "arm arm64");

	/* Each is a range, of which one end is the address of a module. */
	if (may_be && low.kind == RANGE && is_in(v, "vmalloc", low.high))
		low = in_vmalloc;
	if (may_be && high.kind == RANGE && is_in(v, "vmalloc", high.number))
		high = in_vmalloc;
	expect(v, RECORD_REGION, "modules", "start", low);
	expect(v, RECORD_REGION, "modules", "end", high);
}

/*
 * Before 6.10 the ranges for when the first is full are not published: on arm64
 * what is within 2 GiB, on ARM vmalloc.
 */
bool may_be_code(const struct verification *v, uint64_t addr)
{
	const struct region *text = layout_region(v->layout, "execmem_text");
	const struct region *fallback = layout_region(v->layout, "execmem_text_fallback");

	if (is_in(v, "execmem_text", addr) || is_in(v, "execmem_text_fallback", addr))
		return true;
	if (fallback && !fallback->absent)
		return false;
	return is_arch(v, "arm64") ? addr >= text->start && addr - text->start < UINT64_C(1) << 31 :
	       is_arch(v, "arm") && is_in(v, "vmalloc", addr);
}

/* --- All sources --------------------------------------------------------- */

struct evidence *evidence_load(struct machine *m)
{
	struct evidence *e;

	e = zalloc_array(1, sizeof(*e) + n_sources * sizeof(e->of[0]));
	e->machine = m;
	for (size_t i = 0; i < n_sources; i++)
		e->of[i] = sources[i]->load ? sources[i]->load(m) : NULL;
	return e;
}

void evidence_free(struct evidence *e)
{
	free(e);
}

void foretell(const struct layout *l, struct machine *m,
	      struct predictions *predictions)
{
	struct verification v = { .layout = l, .machine = m,
				  .predictions = predictions };

	collect_values(&v);
	for (v.source = 0; v.source < n_sources; v.source++) {
		const struct source *s = sources[v.source];

		if (s->foretells)
			s->check(s->load(m), &v);
	}
	free(v.values);
	free(v.cells);
	free(v.slots);
	free(v.first);
	pool_free(&v.pool);
}

struct verification *verify_predictions(const struct layout *l,
					const struct predictions *p)
{
	struct verification *v = zalloc_array(1, sizeof(*v));

	v->layout = l;
	v->explain = true;
	collect_values(v);
	for (size_t i = 0; i < p->n; i++) {
		const struct prediction *one = &p->each[i];
		struct known k = one->known;

		if (had_another_value(l, one->name, one->key))
			k = unknown("an older module counted a page more in");
		else if ((!strcmp(one->key, "end") || !strcmp(one->key, "size")) &&
			 ends_with_memory(v, one->name))
			k = unknown("the module could not tell how much room is after memory");
		expect(v, one->type, one->name, one->key, k);
	}
	return v;
}

struct verification *verify(const struct layout *l, const struct evidence *e,
			    bool explain)
{
	struct verification *v = zalloc_array(1, sizeof(*v));

	v->layout = l;
	v->machine = e->machine;
	v->explain = explain;
	collect_values(v);
	for (v->source = 0; v->source < n_sources; v->source++)
		sources[v->source]->check(e->of[v->source], v);
	return v;
}

void verification_free(struct verification *v)
{
	if (!v)
		return;
	free(v->values);
	free(v->cells);
	free(v->slots);
	free(v->first);
	pool_free(&v->pool);
	free(v);
}

enum verdict verdict_of(const struct verification *v, size_t value)
{
	enum verdict best = NO_RULE;

	for (size_t i = 0; i < n_sources; i++) {
		if (cell_of(v, value, i)->verdict > best)
			best = cell_of(v, value, i)->verdict;
	}
	return best;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[NO_RULE] = "no rule",
		[CANNOT_SAY] = "cannot say",
		[CONSISTENT] = "consistent",
		[ALLOWS] = "allows",
		[AGREES] = "agrees",
		[DISAGREES] = "disagrees",
	};

	return names[verdict];
}
