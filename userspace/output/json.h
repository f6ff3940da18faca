/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json.h - JSON as kvas(1) documents it: what has 64 bits (addresses, sizes)
 * is a string in hexadecimal, because a double holds 53.
 */
#ifndef KVAS_JSON_H
#define KVAS_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "layout/model.h"

/* None of these return NULL: without memory the program ends. */
json_t *json_address(const struct layout *l, uint64_t addr);
json_t *json_size(uint64_t less_one);
json_t *json_text(const char *text);	/* null for NULL */

/* All that the capture holds, unknown records and keys included. */
json_t *json_layout(const struct layout *l);

/* Adds a member; takes the reference. */
void json_member(json_t *object, const char *key, json_t *value);
void json_element(json_t *array, json_t *value);

/* Prints one document and frees it. */
void json_print(FILE *out, json_t *document);

#endif /* KVAS_JSON_H */
