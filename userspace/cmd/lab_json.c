// SPDX-License-Identifier: GPL-2.0-only
/* lab_json.c - see lab.h: a session as JSON, as schema/kvas-lab.schema.json describes it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "lab.h"
#include "output/json.h"

/* No course is larger; each one read is looked up among those before it. */
enum { MOST_OF_A_LIST = 4096 };

static const char *const look_words[] = {
	[LOOK_NUMBER] = "number", [LOOK_ADDRESS] = "address", [LOOK_SIZE] = "size",
	[LOOK_HEX] = "hex", [LOOK_BOOL] = "yes or no",
};

/* --- Writing ----------------------------------------------------------------------------- */

/* All 64 bits. */
static json_t *json_bits(uint64_t n)
{
	char *text = text_printf("0x%016" PRIx64, n);
	json_t *json = json_text(text);

	free(text);
	return json;
}

static json_t *json_observed(const struct observations *o)
{
	json_t *array = json_array();

	for (size_t i = 0; i < o->n; i++) {
		const struct observation *one = &o->list[i];
		json_t *object = json_object();

		json_member(object, "machine", json_count(one->machine));
		json_member(object, "query", json_text(one->query));
		if (!one->known) {
			json_member(object, "absent", json_text(one->why));
		} else if (one->value.kind == LAB_WORD) {
			json_member(object, "word", json_text(one->value.word));
		} else {
			json_member(object, "value", json_bits(one->value.n));
			json_member(object, "look", json_text(look_words[one->value.look]));
		}
		json_element(array, object);
	}
	return array;
}

static json_t *json_tries(const struct session_record *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->n_tries; i++) {
		const struct session_try *one = &r->tries[i];
		json_t *object = json_object();

		json_member(object, "answer", json_text(one->answer));
		json_member(object, "verdict", json_text(verdict_words[one->verdict]));
		json_member(object, "said", json_text(one->said));
		json_member(object, "at", json_text(one->at));
		if (one->earlier)
			json_member(object, "earlier", json_true());
		json_element(array, object);
	}
	return array;
}

static json_t *json_exercise(const struct session_record *r)
{
	json_t *object = json_object(), *choices = json_array();

	json_member(object, "exercise", json_text(r->exercise));
	json_member(object, "number", json_count(r->number));
	json_member(object, "title", json_text(r->title));
	json_member(object, "hash", json_bits(r->hash));
	json_member(object, "state", json_text(record_state_words[r->state]));
	json_member(object, "hints", json_count(r->hints));
	json_member(object, "seconds", json_count(r->seconds));
	json_member(object, "tries", json_tries(r));
	for (size_t i = 0; i < r->n_choices; i++)
		json_element(choices, json_text(r->choices[i]));
	if (r->asked) {
		json_member(object, "machine", json_count(r->machine));
		json_member(object, "text", json_text(r->text));
		json_member(object, "question", json_text(r->question));
		json_member(object, "choices", json_incref(choices));
		json_member(object, "observed", json_observed(&r->observed));
	}
	json_decref(choices);
	return object;
}

static json_t *json_score(const struct session *s)
{
	const struct score score = session_score(s);
	json_t *object = json_object();

	json_member(object, "exercises", json_count(score.of));
	json_member(object, "right", json_count(score.right));
	json_member(object, "first", json_count(score.first));
	json_member(object, "shown", json_count(score.shown));
	json_member(object, "skipped", json_count(score.skipped));
	json_member(object, "open", json_count(score.open));
	json_member(object, "tries", json_count(score.tries));
	json_member(object, "hints", json_count(score.hints));
	json_member(object, "seconds", json_count(score.seconds));
	return object;
}

static json_t *json_machines(const struct session *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n_machines; i++) {
		const struct session_machine *m = &s->machines[i];
		json_t *object = json_object();

		json_member(object, "name", json_text(m->name));
		json_member(object, "path", json_text(m->path));
		json_member(object, "command", json_text(m->command));
		json_member(object, "capture", json_text(m->capture));
		json_element(array, object);
	}
	return array;
}

/* Of all members but itself, in one order whatever program wrote the file. */
static uint64_t digest_of(json_t *document)
{
	json_t *without = json_copy(document);
	char *text;
	uint64_t hash;

	json_object_del(without, "digest");
	text = json_dumps(without, JSON_SORT_KEYS | JSON_COMPACT);
	if (!text)
		die("not enough memory");
	hash = random_hash(RANDOM_BASIS, text, strlen(text));
	free(text);
	json_decref(without);
	return hash;
}

json_t *lab_session_json(const struct session *s)
{
	json_t *document = json_document("lab", NULL), *exercises = json_array();

	json_member(document, "student", json_text(s->student));
	json_member(document, "seed", json_bits(s->seed));
	json_member(document, "begun", json_text(s->begun));
	json_member(document, "written", json_text(s->written));
	json_member(document, "machines", json_machines(s));
	for (size_t i = 0; i < s->n_records; i++)
		json_element(exercises, json_exercise(&s->records[i]));
	json_member(document, "exercises", exercises);
	json_member(document, "score", json_score(s));
	json_member(document, "digest", json_bits(digest_of(document)));
	return document;
}

/* --- Reading ------------------------------------------------------------------------------ */

struct reading {
	struct session *s;
	const char *why;		/* of the first mistake */
	const char *where;		/* the object in hand: "exercises[3]." */
};

static void wrong(struct reading *r, const char *key, const char *expected)
{
	if (!r->why)
		r->why = pool_printf(&r->s->pool, "%s%s: expected %s", r->where, key, expected);
}

static const char *get_text(struct reading *r, const json_t *object, const char *key, bool may_be_null)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_string(value))
		return pool_copy(&r->s->pool, json_string_value(value), json_string_length(value));
	if (!may_be_null || (value && !json_is_null(value)))
		wrong(r, key, "a text");
	return may_be_null ? NULL : "";
}

static uint64_t get_count(struct reading *r, const json_t *object, const char *key, uint64_t most)
{
	const json_t *value = json_object_get(object, key);
	json_int_t n = json_integer_value(value);

	if (json_is_integer(value) && n >= 0 && (uint64_t)n <= most)
		return (uint64_t)n;
	wrong(r, key, "a number that is not below zero, and not too large");
	return 0;
}

static uint64_t get_bits(struct reading *r, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	size_t n = text && strncmp(text, "0x", 2) == 0 ? strspn(text + 2, "0123456789abcdef") : 0;

	if (n && n <= 16 && !text[2 + n])
		return strtoull(text, NULL, 16);
	wrong(r, key, "a text such as 0x1f, of 1 to 16 digits");
	return 0;
}

/* The place of a word in a list; 0 with a mistake. */
static size_t get_word(struct reading *r, const json_t *object, const char *key,
		       const char *const *words, size_t n)
{
	const char *text = json_string_value(json_object_get(object, key)), *list = "one of";

	for (size_t i = 0; i < n; i++) {
		if (text && strcmp(words[i], text) == 0)
			return i;
		list = pool_printf(&r->s->pool, "%s%s %s", list, i ? "," : "", words[i]);
	}
	wrong(r, key, list);
	return 0;
}

static const json_t *get_array(struct reading *r, const json_t *object, const char *key)
{
	const json_t *array = json_object_get(object, key);

	if (!json_is_array(array))
		wrong(r, key, "a list");
	return array;
}

static void parse_observed(struct reading *r, const json_t *record, struct session_record *to)
{
	const json_t *array = get_array(r, record, "observed");

	for (size_t i = 0; i < json_array_size(array) && !r->why; i++) {
		const json_t *object = json_array_get(array, i);
		struct observation one = { .known = !json_object_get(object, "absent") };

		one.machine = get_count(r, object, "machine", r->s->n_machines - 1);
		one.query = get_text(r, object, "query", false);
		if (!one.known) {
			one.why = get_text(r, object, "absent", false);
		} else if (json_object_get(object, "word")) {
			one.value = lab_word(get_text(r, object, "word", false));
		} else {
			one.value.n = get_bits(r, object, "value");
			one.value.look = get_word(r, object, "look", look_words, ARRAY_SIZE(look_words));
		}
		observations_add(&to->observed, &r->s->pool, one);
	}
}

static void parse_tries(struct reading *r, const json_t *record, struct session_record *to)
{
	const json_t *array = get_array(r, record, "tries");

	for (size_t i = 0; i < json_array_size(array) && !r->why; i++) {
		const json_t *object = json_array_get(array, i);
		enum record_state before = to->state;
		struct judgement j = {
			.verdict = get_word(r, object, "verdict", verdict_words, ANSWER_RIGHT + 1),
			.say = get_text(r, object, "said", true),
		};

		session_try(r->s, to, get_text(r, object, "answer", false), &j,
			    get_text(r, object, "at", false));
		to->tries[to->n_tries - 1].earlier = json_is_true(json_object_get(object, "earlier"));
		to->state = before;
	}
}

static void parse_question(struct reading *r, const json_t *record, struct session_record *to)
{
	const json_t *choices;

	to->asked = json_object_get(record, "machine") != NULL;
	if (!to->asked)
		return;
	to->machine = get_count(r, record, "machine", r->s->n_machines - 1);
	if (!r->s->n_machines)
		wrong(r, "machine", "one of the machines, of which there are none");
	to->text = get_text(r, record, "text", false);
	to->question = get_text(r, record, "question", false);
	choices = get_array(r, record, "choices");
	for (size_t i = 0; i < json_array_size(choices) && i < MOST_REPEATED; i++) {
		const char *text = json_string_value(json_array_get(choices, i));

		if (!text)
			wrong(r, "choices", "texts");
		to->choices[to->n_choices++] = pool_copy(&r->s->pool, text ? text : "",
							 text ? strlen(text) : 0);
	}
	if (!r->why)
		parse_observed(r, record, to);
}

static void parse_record(struct reading *r, const json_t *object)
{
	struct exercise ex = {
		.name = get_text(r, object, "exercise", false),
		.number = (unsigned int)get_count(r, object, "number", 99999),
		.title = get_text(r, object, "title", false), .hash = get_bits(r, object, "hash"),
	};
	struct session_record *to;

	if (session_find(r->s, ex.name))
		wrong(r, "exercise", "each exercise once");
	to = session_record(r->s, &ex);
	to->state = get_word(r, object, "state", record_state_words, STATE_RIGHT + 1);
	to->hints = get_count(r, object, "hints", 1u << 30);
	to->seconds = get_count(r, object, "seconds", UINT32_MAX);
	if (!r->why)
		parse_tries(r, object, to);
	if (!r->why)
		parse_question(r, object, to);
}

static void parse_machine(struct reading *r, const json_t *object)
{
	struct session_machine m = {
		.name = get_text(r, object, "name", false), .path = get_text(r, object, "path", true),
		.command = get_text(r, object, "command", false),
		.capture = get_text(r, object, "capture", false),
	};
	size_t before = r->s->n_machines;

	if (session_machine(r->s, &m) != before)
		wrong(r, "name", "each machine once");
}

static void parse_list(struct reading *r, const json_t *document, const char *key,
		       void (*parse)(struct reading *r, const json_t *object))
{
	const json_t *array = get_array(r, document, key);

	if (json_array_size(array) > MOST_OF_A_LIST)
		wrong(r, key, "a list of at most 4096");
	for (size_t i = 0; i < json_array_size(array) && !r->why; i++) {
		r->where = pool_printf(&r->s->pool, "%s[%zu].", key, i);
		if (!json_is_object(json_array_get(array, i)))
			wrong(r, "", "an object");
		else
			parse(r, json_array_get(array, i));
	}
	r->where = "";
}

static bool parse_document(struct reading *r, json_t *document)
{
	const char *command = json_string_value(json_object_get(document, "command"));

	if (!command || strcmp(command, "lab") != 0 || !json_object_get(document, "digest")) {
		r->why = "it is no result of kvas lab: expected what --result wrote";
		return false;
	}
	if (json_integer_value(json_object_get(document, "version")) != KVAS_JSON_VERSION)
		wrong(r, "version", "1: a later kvas wrote it");
	r->s->student = get_text(r, document, "student", true);
	r->s->seed = get_bits(r, document, "seed");
	r->s->begun = get_text(r, document, "begun", false);
	r->s->written = get_text(r, document, "written", false);
	parse_list(r, document, "machines", parse_machine);
	if (!r->why)
		parse_list(r, document, "exercises", parse_record);
	return !r->why;
}

bool lab_session_parse(struct session *s, const char *text, size_t size, const char **why,
		       bool *digest_fits)
{
	struct reading r = { .s = s, .where = "" };
	json_error_t error;
	json_t *document;
	const char *digest;
	char *expected;

	*s = (struct session){ 0 };
	document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!document) {
		*why = pool_printf(&s->pool, (size_t)error.position >= size || !size ?
				   "it is cut: it ends in line %d, before the document does (%s)" :
				   "it is no JSON: line %d: %s", error.line, error.text);
		return false;
	}
	*digest_fits = true;
	if (parse_document(&r, document)) {
		digest = json_string_value(json_object_get(document, "digest"));
		expected = text_printf("0x%016" PRIx64, digest_of(document));
		*digest_fits = digest && strcmp(digest, expected) == 0;
		free(expected);
	}
	*why = r.why;
	json_decref(document);
	return !r.why;
}
