// SPDX-License-Identifier: GPL-2.0-only
/* json.c - see json.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "json.h"

/* Up to here an integer survives JSON readers that use doubles. */
#define MAX_EXACT_INTEGER	(UINT64_C(1) << 53)

static json_t *need_memory(json_t *value)
{
	if (!value)
		die("not enough memory");
	return value;
}

json_t *json_address(const struct layout *l, uint64_t addr)
{
	return need_memory(json_sprintf("0x%0*" PRIx64, (int)l->bits / 4, addr));
}

json_t *json_size(uint64_t less_one)
{
	if (less_one == UINT64_MAX)
		return json_text("0x10000000000000000");
	return need_memory(json_sprintf("0x%" PRIx64, less_one + 1));
}

json_t *json_text(const char *text)
{
	json_t *string = text ? json_string(text) : json_null();
	char *copy;

	if (string)
		return string;
	/* JSON is UTF-8, and words of the command line may be anything. */
	copy = printable(text_printf("%s", text));
	string = need_memory(json_string(copy));
	free(copy);
	return string;
}

void json_member(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		die("not enough memory");
}

void json_element(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		die("not enough memory");
}

/* A number where the unit says so and JSON can hold it, or text. */
static json_t *fact_value(const struct record *r, const char *value)
{
	const char *unit = record_value(r, "unit");
	const struct fact f = { .value = value };
	bool is_decimal = value[strspn(value, "0123456789")] == '\0';
	uint64_t number;

	if (unit && strcmp(unit, "bool") == 0)
		return need_memory(json_boolean(strcmp(value, "y") == 0));
	if (!unit || strcmp(unit, "text") == 0 || !is_decimal ||
	    !fact_number(&f, &number) || number > MAX_EXACT_INTEGER)
		return json_text(value);
	return need_memory(json_integer((json_int_t)number));
}

static json_t *field_value(const struct record *r, const struct field *f)
{
	uint64_t less_one;

	if (r->type == RECORD_KERNEL && strcmp(f->key, "bits") == 0)
		return need_memory(json_integer(strcmp(f->value, "64") ? 32 : 64));
	if (r->type == RECORD_FACT && strcmp(f->key, "value") == 0)
		return fact_value(r, f->value);
	if ((r->type == RECORD_REGION || r->type == RECORD_SECTION ||
	     r->type == RECORD_MEMORY) &&
	    strcmp(f->key, "size") == 0 && size_parse(f->value, &less_one))
		return json_size(less_one);
	return json_text(f->value);
}

static json_t *json_record(const struct record *r)
{
	json_t *fields = need_memory(json_object());
	json_t *object;

	for (size_t i = 0; i < r->n_fields; i++)
		json_member(fields, r->fields[i].key,
			    field_value(r, &r->fields[i]));
	if (r->type != RECORD_UNKNOWN)
		return fields;
	object = need_memory(json_object());
	json_member(object, "type", json_text(r->word));
	json_member(object, "fields", fields);
	return object;
}

static json_t *json_records(const struct layout *l, enum record_type type)
{
	json_t *array = need_memory(json_array());

	for (size_t i = 0; i < l->n_records; i++)
		if (l->records[i].type == type)
			json_element(array, json_record(&l->records[i]));
	return array;
}

json_t *json_layout(const struct layout *l)
{
	json_t *document = need_memory(json_object());

	json_member(document, "kvas", need_memory(json_integer(l->version)));
	json_member(document, "kernel", json_record(&l->records[0]));
	for (size_t i = 0; i < l->n_records; i++)
		if (l->records[i].type == RECORD_CAPTURE)
			json_member(document, "capture", json_record(&l->records[i]));
	json_member(document, "facts", json_records(l, RECORD_FACT));
	json_member(document, "configs", json_records(l, RECORD_CONFIG));
	json_member(document, "regions", json_records(l, RECORD_REGION));
	json_member(document, "sections", json_records(l, RECORD_SECTION));
	json_member(document, "memory", json_records(l, RECORD_MEMORY));
	json_member(document, "witnesses", json_records(l, RECORD_WITNESS));
	json_member(document, "others", json_records(l, RECORD_UNKNOWN));
	return document;
}

void json_print(FILE *out, json_t *document)
{
	/* Of output that does not arrive the end of the program tells. */
	if (json_dumpf(document, out, JSON_INDENT(3) | JSON_ENSURE_ASCII) &&
	    !ferror(out))
		die("the JSON document cannot be printed");
	fputc('\n', out);
	json_decref(document);
}
