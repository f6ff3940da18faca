// SPDX-License-Identifier: GPL-2.0-only
/* values.c - which values a layout has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "verify.h"

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

void collect_values(struct verification *v, const struct layout *l, size_t columns)
{
	size_t most = 0;

	v->layout = l;
	v->n_sources = columns;
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
	v->cells = zalloc_array((v->n_values + MAX_MISSING) * columns,
				sizeof(*v->cells));
	v->room = v->n_values + MAX_MISSING;
}

char *value_name(const struct value *value)
{
	const char *prefix = value->record->type == RECORD_WITNESS ?
		"witness " : "";

	if (!strcmp(value->key, "value"))
		return text_printf("%s%s", prefix, value->name);
	return text_printf("%s%s.%s", prefix, value->name, value->key);
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

	for (size_t i = 0; i < v->n_sources; i++) {
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
