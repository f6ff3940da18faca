/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json.h - the one encoding of JSON, as schema/kvas.schema.json describes it.
 *
 * What has 64 bits (addresses, sizes, offsets) is a string in hexadecimal,
 * because a double holds 53; what is counted is an integer.  Reasons have
 * members of their own and never stand in the place of a value.
 */
#ifndef KVAS_JSON_H
#define KVAS_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "layout/model.h"
#include "layout/value.h"

/* Of the encoding; another one if a member goes or changes its meaning. */
#define KVAS_JSON_VERSION 1

/* None of these return NULL: without memory the program ends. */

/*
 * What each document begins with: "version", "command" and, if there is a
 * layout, "kernel": release, machine, arch, bits, endian, build_id.
 */
json_t *json_document(const char *command, const struct layout *l);

json_t *json_address(const struct layout *l, uint64_t addr);
json_t *json_size(uint64_t less_one);
json_t *json_count(uint64_t n);
json_t *json_text(const char *text);	/* null for NULL */

/* A value as a capture has it, or as a number of a kernel of so many bits. */
json_t *json_value(enum value_kind kind, const char *text);
json_t *json_number(enum value_kind kind, unsigned int bits, uint64_t number);

/* A record of a capture with all its members. */
json_t *json_record(const struct record *r);

/* All that the capture holds, unknown records and keys included. */
json_t *json_layout(const struct layout *l);

/* Adds a member; takes the reference. */
void json_member(json_t *object, const char *key, json_t *value);
void json_element(json_t *array, json_t *value);

/* Prints one document and frees it. */
void json_print(FILE *out, json_t *document);

#endif /* KVAS_JSON_H */
