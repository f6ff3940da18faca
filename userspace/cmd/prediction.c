// SPDX-License-Identifier: GPL-2.0-only
/* prediction.c - see predict.h: one prediction in words and as JSON. */
#include "commands.h"
#include "output/json.h"
#include "predict.h"
#include "rules/arch.h"
#include "texts/texts.h"

const char *prediction_kind(enum known_kind kind)
{
	return kind == NUMBER || kind == WORD ? "exact" : kind == RANGE ? "interval" :
	       kind == NOTHING ? "absent" : "open";
}

/* --- The kind of a value ------------------------------------------------- */

/* That in which a capture publishes it. */
enum value_kind kind_of_prediction(const struct prediction *p)
{
	return value_kind(p->type, p->key,
			  p->type == RECORD_FACT ? fact_unit(p->name) : NULL);
}

json_t *json_prediction(unsigned int bits, const struct prediction *p)
{
	const struct explanation *about = explanation_named(p->name);
	enum value_kind kind = kind_of_prediction(p);
	json_t *object = json_object();

	json_member(object, "record", json_text(record_words[p->type]));
	json_member(object, "name", json_text(p->name));
	json_member(object, "key", json_text(p->key));
	json_member(object, "prediction", json_text(prediction_kind(p->known.kind)));
	json_member(object, "if_any", json_boolean(p->known.if_any));
	if (p->known.kind == WORD)
		json_member(object, "value", json_value(kind, p->known.word));
	if (p->known.kind == NUMBER)
		json_member(object, "value", json_number(kind, bits, p->known.number));
	if (p->known.kind == RANGE) {
		json_member(object, "low", json_number(kind, bits, p->known.number));
		json_member(object, "high", json_number(kind, bits, p->known.high));
	}
	json_member(object, "why", json_text(p->known.how));
	if (about)
		json_member(object, "purpose", json_text(about->purpose));
	return object;
}
