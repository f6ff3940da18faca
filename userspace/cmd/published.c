// SPDX-License-Identifier: GPL-2.0-only
/* published.c - see commands.h: a value that is verified, as it was published. */
#include <string.h>

#include "commands.h"
#include "output/json.h"
#include "verify/verify.h"

char *published_text(const struct value *value, const struct options *opt)
{
	enum value_kind kind = field_kind(value->record, value->key);

	return opt->bytes ? value_text(kind, value->text, true) : value_short(kind, value->text);
}

json_t *json_published(const struct value *value)
{
	const struct record *r = value->record;
	json_t *object = json_object();

	json_member(object, "record", json_text(r->word));
	json_member(object, "name", json_text(value->name));
	json_member(object, "key", json_text(value->key));
	if (strcmp(value->key, "absent") == 0)
		json_member(object, "absent", json_text(value->text));
	else	/* what ought to be there, and is not, has none */
		json_member(object, "value", !r->n_fields ? json_null() :
			    json_value(field_kind(r, value->key), value->text));
	return object;
}
