// SPDX-License-Identifier: GPL-2.0-only
/* answer.c - see question.h: what students write. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "layout/claim.h"
#include "layout/names.h"
#include "question.h"
#include "texts/texts.h"

enum { MOST_ANSWER = 1000 };	/* bytes */

/* Without what groups digits. */
static char *without_groups(struct pool *pool, const char *text)
{
	char *copy = pool_copy(pool, text, strlen(text)), *to = copy;

	for (const char *s = text; *s; s++)
		if (!isspace((unsigned char)*s) && *s != '_' && *s != '\'')
			*to++ = *s;
	*to = '\0';
	return copy;
}

static bool refuse(const struct lab_question *q, const char **why, const char *text, const char *than)
{
	*why = pool_printf(q->pool, "expected %s, found '%.60s'", than, text);
	return false;
}

static bool parse_address(const struct lab_question *q, const char *text, struct lab_value *v,
			  const char **why)
{
	const char *s = without_groups(q->pool, text);
	size_t n;

	if (strncasecmp(s, "0x", 2) == 0)
		s += 2;
	n = strspn(s, "0123456789abcdefABCDEF");
	if (!n || s[n])
		return refuse(q, why, text, "an address in hexadecimal, such as 0xffff888000000000");
	s += strspn(s, "0");
	if (strlen(s) > 16)
		return refuse(q, why, text, "an address of at most 16 digits");
	*v = lab_number(LOOK_ADDRESS, strtoull(*s ? s : "0", NULL, 16));
	return true;
}

/* "4 bytes" is 4. */
static void cut_bytes(char *s)
{
	static const char *const words[] = { "bytes", "byte" };
	size_t n = strlen(s);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t length = strlen(words[i]);

		if (n > length && strcasecmp(s + n - length, words[i]) == 0) {
			s[n - length] = '\0';
			return;
		}
	}
}

/* Digits in capitals, and a prefix in small letters, as number_parse() wants it. */
static void lower_prefix(char *s)
{
	s += *s == '-';
	if (strncmp(s, "0X", 2) == 0)
		s[1] = 'x';
}

static bool parse_size(const struct lab_question *q, const char *text, struct lab_value *v,
		       const char **why)
{
	char *s = without_groups(q->pool, text), *error;
	struct number n;

	cut_bytes(s);
	lower_prefix(s);
	if (!number_parse(s, &n, NULL)) {
		error = isdigit((unsigned char)*s) ? number_error(s) : NULL;
		if (!error || strncmp(error, "expected", 8) == 0)
			refuse(q, why, text, "a size, such as 4096, 0x1000, 4K or 12.5 MiB");
		else
			*why = pool_copy(q->pool, error, strlen(error));
		free(error);
		return false;
	}
	if (n.over)
		return refuse(q, why, text, "a size from 0 to 2^64 - 1 bytes");
	*v = lab_number(LOOK_SIZE, n.low);
	return true;
}

bool answer_is_rounded(const char *text, uint64_t right)
{
	char *human = right ? size_human(right - 1) : text_printf("0"), *s = human;
	bool same;

	/* "31.2 MiB" is 31.2M. */
	while (*s && *text) {
		if (isspace((unsigned char)*text))
			text++;
		else if (toupper((unsigned char)*text) == *s)
			text++, s++;
		else
			break;
	}
	while (isspace((unsigned char)*text))
		text++;
	same = !*s && (!*text || strcasecmp(text, "iB") == 0);
	free(human);
	return same;
}

static bool parse_number(const struct lab_question *q, const char *text, struct lab_value *v,
			 const char **why)
{
	char *s = without_groups(q->pool, text);
	struct number n;
	bool exact;

	lower_prefix(s);
	if (!number_parse(s, &n, &exact) || !exact || n.over > 0 || n.over < -1)
		return refuse(q, why, text, "a number, such as 4096 or 0x1000");
	*v = lab_number(strstr(s, "0x") ? LOOK_HEX : LOOK_NUMBER, n.low);
	return true;
}

/* As kvas explain has it; or NULL. */
static const char *canonical_name(const char *word)
{
	const struct explanation *e = explanation_for_word(word);

	if (e)
		return e->name;
	return is_region_name(word, strlen(word)) ? word : NULL;
}

static bool parse_name(const struct lab_question *q, const char *text, struct lab_value *v,
		       const char **why)
{
	const char *name = canonical_name(text), *similar;

	if (name) {
		*v = lab_word(name);
		return true;
	}
	similar = similar_explanation(text);
	*why = pool_printf(q->pool, "nothing is called '%.60s'%s%s; 'kvas explain' lists the names",
			   text, similar ? ": did you mean " : "", similar ? similar : "");
	return false;
}

static bool parse_yes_or_no(const struct lab_question *q, const char *text, struct lab_value *v,
			    const char **why)
{
	static const char *const words[] = { "no", "yes", "n", "y", "false", "true" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(text, words[i]) == 0) {
			*v = lab_number(LOOK_BOOL, i & 1);
			return true;
		}
	return refuse(q, why, text, "yes or no");
}

static bool parse_choice(const struct lab_question *q, const char *text, struct lab_value *v,
			 const char **why)
{
	const struct exercise *ex = q->ex;
	const char *words = "";

	for (size_t i = 0; i < ex->n_choices; i++) {
		const char *number = pool_printf(q->pool, "%zu", i + 1);

		if (lab_same_word(text, ex->choices[i].word) || strcmp(text, number) == 0 ||
		    (!text[1] && tolower((unsigned char)*text) == 'a' + (int)i)) {
			*v = lab_word(ex->choices[i].word);
			return true;
		}
		words = pool_printf(q->pool, "%s%s%s", words, i ? ", " : "", ex->choices[i].word);
	}
	return refuse(q, why, text, pool_printf(q->pool, "one of %s", words));
}

/* Without what follows the name of a function: "schedule()", "schedule+0x10/0xb0". */
static size_t word_length(const char *text)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t n = strcspn(text, "+("), rest = n;

	if (!n || strcmp(text + n, "()") == 0)
		return n ? n : strlen(text);
	for (const char *before = "+0x"; !strncmp(text + rest, before, 3) && text[rest + 3]; before = "/0x")
		rest += 3 + strspn(text + rest + 3, digits);
	return text[rest] ? strlen(text) : n;
}

static bool parse_one(const struct lab_question *q, const char *text, struct lab_value *v,
		      const char **why)
{
	switch (q->ex->kind) {
	case ANSWER_IS_ADDRESS:
		return parse_address(q, text, v, why);
	case ANSWER_IS_SIZE:
		return parse_size(q, text, v, why);
	case ANSWER_IS_NUMBER:
		return parse_number(q, text, v, why);
	case ANSWER_IS_NAME:
		return parse_name(q, text, v, why);
	case ANSWER_IS_YES_OR_NO:
		return parse_yes_or_no(q, text, v, why);
	case ANSWER_IS_CHOICE:
		return parse_choice(q, text, v, why);
	case ANSWER_IS_WORD:
		break;
	}
	*v = lab_word(pool_copy(q->pool, text, word_length(text)));
	return true;
}

/* Without spaces around it. */
static char *trimmed(struct pool *pool, const char *text, size_t length)
{
	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return pool_copy(pool, text, length);
}

/* Without brackets around all of it, as languages write lists. */
static const char *without_brackets(struct pool *pool, const char *text)
{
	static const char *const pairs[] = { "[]", "()", "{}" };
	size_t n = strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (n > 2 && text[0] == pairs[i][0] && text[n - 1] == pairs[i][1])
			return trimmed(pool, text + 1, n - 2);
	return text;
}

static bool parse_list(const struct lab_question *q, const char *whole, struct lab_value *v,
		       const char **why)
{
	const char *text = without_brackets(q->pool, whole);
	const char *between = strchr(text, ',') ? "," : strchr(text, ';') ? ";" : " \t";
	struct lab_value *items = pool_alloc(q->pool, (strlen(text) + 1) * sizeof(*items));
	size_t n = 0;

	*v = (struct lab_value){ .kind = LAB_LIST, .items = items };
	if (strcasecmp(text, "none") == 0)
		return true;
	for (const char *s = text; ; s++) {
		size_t length = strcspn(s, between);
		const char *item = trimmed(q->pool, s, length);

		s += length;
		if (!*item && *between != ' ')
			return refuse(q, why, text, "an answer between each two commas");
		if (*item && !parse_one(q, item, &items[n++], why))
			return false;
		if (!*s)
			break;
	}
	v->n_items = n;
	return true;
}

bool answer_parse(const struct lab_question *q, const char *text, struct lab_value *v,
		  const char **why)
{
	const char *answer = trimmed(q->pool, text, strlen(text));

	*why = NULL;
	if (!*answer)
		return refuse(q, why, answer, answer_kind_words(q->ex, q->pool));
	if (strlen(answer) > MOST_ANSWER) {
		*why = "the answer is longer than any right one";
		return false;
	}
	for (const char *s = answer; *s; s++)
		if ((unsigned char)*s < 0x20 && *s != '\t') {
			*why = "the answer has a byte that is no text";
			return false;
		}
	return q->ex->many == ONE ? parse_one(q, answer, v, why) : parse_list(q, answer, v, why);
}

struct lab_value answer_canonical(const struct lab_question *q, const struct lab_value *v)
{
	struct lab_value result = *v, *items;
	const char *name;

	if (q->ex->kind != ANSWER_IS_NAME)
		return result;
	if (v->kind == LAB_WORD) {
		name = canonical_name(v->word);
		result.word = name ? name : v->word;
	} else if (v->kind == LAB_LIST) {
		items = pool_alloc(q->pool, (v->n_items + 1) * sizeof(*items));
		for (size_t i = 0; i < v->n_items; i++)
			items[i] = answer_canonical(q, &v->items[i]);
		result.items = items;
	}
	return result;
}

const char *answer_text(const struct lab_question *q, const struct lab_value *v)
{
	static const char *const form[] = {
		[ANSWER_IS_ADDRESS] = "address", [ANSWER_IS_SIZE] = "size",
		[ANSWER_IS_CHOICE] = NULL,
	};
	struct lab_value copy = *v;

	if (q->ex->kind == ANSWER_IS_YES_OR_NO)
		copy.look = LOOK_BOOL;
	/* A number is shown as it is best read, but is no address and no size. */
	if (q->ex->kind == ANSWER_IS_NUMBER && copy.kind == LAB_NUMBER)
		copy.look = copy.look == LOOK_ADDRESS || copy.look == LOOK_HEX ? LOOK_HEX : LOOK_NUMBER;
	return lab_text(q->pool, q->world->layout->bits, &copy, form[q->ex->kind]);
}
