// SPDX-License-Identifier: GPL-2.0-only
/* json.c - see json.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
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

/* --- Values -------------------------------------------------------------- */

json_t *json_address(const struct layout *l, uint64_t addr)
{
	return json_number(VALUE_ADDRESS, l->bits, addr);
}

json_t *json_size(uint64_t less_one)
{
	if (less_one == UINT64_MAX)
		return json_text("0x10000000000000000");
	return need_memory(json_sprintf("0x%" PRIx64, less_one + 1));
}

json_t *json_count(uint64_t n)
{
	if (n > MAX_EXACT_INTEGER)
		return need_memory(json_sprintf("0x%" PRIx64, n));
	return need_memory(json_integer((json_int_t)n));
}

/* With \xff in the place of each byte that is not of UTF-8; to be freed. */
static char *as_utf8(const char *text)
{
	char *copy = zalloc_array(strlen(text), strlen("\\xff")), *end = copy;

	while (*text) {
		size_t n = utf8_length(text, strnlen(text, 4));

		if (n)
			end = mempcpy(end, text, n);
		else
			end += sprintf(end, "\\x%02x", (unsigned char)*text);
		text += n ? n : 1;
	}
	return copy;
}

json_t *json_text(const char *text)
{
	json_t *string = text ? json_string(text) : json_null();
	char *copy;

	if (string)
		return string;
	/* JSON is UTF-8, and names may be any bytes. */
	copy = as_utf8(text);
	string = need_memory(json_string(copy));
	free(copy);
	return string;
}

json_t *json_value(enum value_kind kind, const char *text)
{
	const struct fact f = { .value = text };
	uint64_t n;

	switch (kind) {
	case VALUE_BOOL:
		return json_boolean(strcmp(text, "y") == 0);
	case VALUE_COUNT:
		return fact_number(&f, &n) ? json_count(n) : json_text(text);
	case VALUE_SIZE:
		if (size_parse(text, &n))
			return json_size(n);
		return strcmp(text, "0") ? json_text(text) : json_text("0x0");
	default:
		return json_text(text);	/* is hexadecimal already */
	}
}

json_t *json_number(enum value_kind kind, unsigned int bits, uint64_t number)
{
	char *text;
	json_t *value;

	switch (kind) {
	case VALUE_BOOL:
		return json_boolean(number);
	case VALUE_COUNT:
		return json_count(number);
	case VALUE_SIZE:
		return number ? json_size(number - 1) : json_text("0x0");
	default:
		text = value_number(kind, bits, number, true);
		value = json_text(text);
		free(text);
		return value;
	}
}

/* --- Records ------------------------------------------------------------- */

/* With a space between, by type. */
#define REGION_KEYS "start end size name parent phys note absent start_source start_route "	\
	"end_source end_route populated_start populated_end populated_source populated_route"

static const char *const known_keys[] = {
	[RECORD_KERNEL] = "release machine arch bits endian build_id",
	[RECORD_CAPTURE] = "when cmdline",
	[RECORD_FACT] = "name value unit source route absent",
	[RECORD_CONFIG] = "name value absent",
	[RECORD_REGION] = REGION_KEYS,
	[RECORD_SECTION] = REGION_KEYS,
	[RECORD_MEMORY] = "start end size phys name kind note absent",
	[RECORD_WITNESS] = "addr name region source content absent",
};

static bool is_known_key(const struct record *r, const char *key)
{
	const char *keys = known_keys[r->type], *word;
	size_t n;

	while ((word = next_word(&keys, &n)))
		if (strlen(key) == n && strncmp(word, key, n) == 0)
			return true;
	return false;
}

/* Keys that this reader does not know stand in "other". */
json_t *json_record(const struct record *r)
{
	json_t *object = need_memory(json_object()), *other = NULL;

	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];

		if (is_known_key(r, f->key)) {
			json_member(object, f->key, json_value(field_kind(r, f->key), f->value));
			continue;
		}
		if (!other)
			other = need_memory(json_object());
		json_member(other, f->key, json_text(f->value));
	}
	if (other)
		json_member(object, "other", other);
	return object;
}

/* Of a type that this reader does not know. */
static json_t *json_unknown(const struct record *r)
{
	json_t *object = need_memory(json_object()), *fields = need_memory(json_object());

	for (size_t i = 0; i < r->n_fields; i++)
		json_member(fields, r->fields[i].key, json_text(r->fields[i].value));
	json_member(object, "type", json_text(r->word));
	json_member(object, "fields", fields);
	return object;
}

static json_t *json_records(const struct layout *l, enum record_type type)
{
	json_t *array = need_memory(json_array());

	for (size_t i = 0; i < l->n_records; i++)
		if (l->records[i].type == type)
			json_element(array, type == RECORD_UNKNOWN ?
				     json_unknown(&l->records[i]) : json_record(&l->records[i]));
	return array;
}

/* --- Documents ----------------------------------------------------------- */

json_t *json_document(const char *command, const struct layout *l)
{
	json_t *document = need_memory(json_object());

	json_member(document, "version", need_memory(json_integer(KVAS_JSON_VERSION)));
	json_member(document, "command", json_text(command));
	if (l)
		json_member(document, "kernel", json_record(&l->records[0]));
	return document;
}

json_t *json_layout(const struct layout *l)
{
	json_t *document = json_document("show", l);

	json_member(document, "format", need_memory(json_integer(l->version)));
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

void json_print(FILE *out, json_t *document)
{
	/* Of output that does not arrive the end of the program tells. */
	if (json_dumpf(document, out, JSON_INDENT(3) | JSON_ENSURE_ASCII) &&
	    !ferror(out))
		die("the JSON document cannot be printed");
	fputc('\n', out);
	json_decref(document);
}
