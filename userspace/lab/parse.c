// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - see exercise.h: the text files of exercises. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "exercise.h"
#include "layout/claim.h"
#include "layout/names.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A heading of a file and what stands after it. */
struct entry {
	unsigned int line;		/* of the heading */
	unsigned int value_line;	/* of the first line of value */
	char *value;			/* without outer empty lines and spaces at the end */
};

struct parser {
	struct exercise *ex;
	struct pool *pool;
	struct mistakes *mistakes;
	unsigned int first[16];		/* line of each heading, by its place in the table */
};

/* --- The values of headings ------------------------------------------------------------ */

static void parse_title(struct parser *p, const struct entry *e)
{
	if (strchr(e->value, '\n'))
		mistakes_add(p->mistakes, e->line, "Title: expected one line");
	p->ex->title = e->value;
}

static void parse_needs(struct parser *p, const struct entry *e)
{
	p->ex->needs[p->ex->n_needs++] = expression_of(p->pool, e->value, strlen(e->value),
						       e->value_line, p->mistakes);
}

static void parse_machines(struct parser *p, const struct entry *e)
{
	const char *s = e->value;

	p->ex->machines_line = e->value_line;
	p->ex->here_only = strcmp(s, "none") == 0;
	while (!p->ex->here_only) {
		size_t n;

		s += strspn(s, " ,\t\n");
		n = strcspn(s, " ,\t\n");
		if (!n)
			return;
		if (p->ex->n_machines == MOST_REPEATED) {
			mistakes_add(p->mistakes, e->line, "Machines: more than %d", MOST_REPEATED);
			return;
		}
		p->ex->machines[p->ex->n_machines++] = pool_copy(p->pool, s, n);
		s += n;
	}
}

/* The word before the first '=', and what follows it; NULL with a mistake. */
static char *cut_equals(struct parser *p, const struct entry *e, const char *what, char **value,
			unsigned int *line)
{
	char *equals = strchr(e->value, '='), *end;

	for (end = equals; end && end > e->value && isspace((unsigned char)end[-1]); end--)
		;
	if (!end || end == e->value || end[0] == '\0' ||
	    strspn(e->value, "abcdefghijklmnopqrstuvwxyz0123456789_-") != (size_t)(end - e->value)) {
		mistakes_add(p->mistakes, e->value_line,
			     "expected '%s', with a name of small letters, digits and _", what);
		return NULL;
	}
	*line = e->value_line;
	for (*value = equals + 1; isspace((unsigned char)**value); ++*value)
		*line += **value == '\n';
	return pool_copy(p->pool, e->value, (size_t)(end - e->value));
}

static void parse_let(struct parser *p, const struct entry *e)
{
	struct let *let = &p->ex->lets[p->ex->n_lets];
	unsigned int line;
	char *value;

	let->name = cut_equals(p, e, "Let: NAME = EXPRESSION", &value, &line);
	if (!let->name)
		return;
	if (isdigit((unsigned char)*let->name) || strchr(let->name, '-'))
		mistakes_add(p->mistakes, e->value_line,
			     "a variable begins with a letter and has no dash: '%s'", let->name);
	for (size_t i = 0; i < p->ex->n_lets; i++)
		if (strcmp(p->ex->lets[i].name, let->name) == 0)
			mistakes_add(p->mistakes, e->value_line, "there are two variables '%s'", let->name);
	if (function_named(let->name) || !strcmp(let->name, "kvas") || !strcmp(let->name, "levels") ||
	    !strcmp(let->name, "in") || is_fact_name(let->name) || is_kernel_key(let->name) ||
	    is_region_name(let->name, strlen(let->name)))
		mistakes_add(p->mistakes, e->value_line,
			     "'%s' has a meaning already: the variable needs another name", let->name);
	let->value = expression_of(p->pool, value, strlen(value), line, p->mistakes);
	p->ex->n_lets++;
}

static void parse_text(struct parser *p, const struct entry *e)
{
	p->ex->text = template_parse(p->pool, e->value, e->value_line, p->mistakes);
}

static void parse_question(struct parser *p, const struct entry *e)
{
	p->ex->question = template_parse(p->pool, e->value, e->value_line, p->mistakes);
}

static void parse_why(struct parser *p, const struct entry *e)
{
	p->ex->why = template_parse(p->pool, e->value, e->value_line, p->mistakes);
}

static void parse_hint(struct parser *p, const struct entry *e)
{
	p->ex->hints[p->ex->n_hints++] = template_parse(p->pool, e->value, e->value_line, p->mistakes);
}

static const struct {
	const char *one, *many;		/* after "list of" */
	const char *words, *words_many;	/* for messages */
} answer_kinds[] = {
	[ANSWER_IS_ADDRESS] = { "address", "addresses", "an address", "addresses" },
	[ANSWER_IS_SIZE] = { "size", "sizes", "a size", "sizes" },
	[ANSWER_IS_NUMBER] = { "number", "numbers", "a number", "numbers" },
	[ANSWER_IS_NAME] = { "name", "names", "the name of a region", "names of regions" },
	[ANSWER_IS_WORD] = { "word", "words", "a word", "words" },
	[ANSWER_IS_YES_OR_NO] = { "yes or no", NULL, "yes or no", NULL },
	[ANSWER_IS_CHOICE] = { "choice", NULL, "one of the choices", NULL },
};

static void parse_answer(struct parser *p, const struct entry *e)
{
	static const char list[] = "list of ", set[] = "set of ";
	const char *kind = e->value;

	if (strncmp(kind, list, strlen(list)) == 0) {
		p->ex->many = IN_ORDER;
		kind += strlen(list);
	} else if (strncmp(kind, set, strlen(set)) == 0) {
		p->ex->many = ANY_ORDER;
		kind += strlen(set);
	}
	for (size_t i = 0; i < ARRAY_SIZE(answer_kinds); i++) {
		const char *many = answer_kinds[i].many;

		if ((p->ex->many != ONE && !many) || (strcmp(kind, answer_kinds[i].one) != 0 &&
						      (!many || strcmp(kind, many) != 0)))
			continue;
		p->ex->kind = (enum answer_kind)i;
		return;
	}
	mistakes_add(p->mistakes, e->value_line,
		     "Answer: expected address, size, number, name, word, yes or no, choice, list of KIND or set of KIND, found '%.40s'",
		     e->value);
}

const char *answer_kind_words(const struct exercise *ex, struct pool *pool)
{
	if (ex->many == ONE)
		return answer_kinds[ex->kind].words;
	return pool_printf(pool, "%s, with commas between%s", answer_kinds[ex->kind].words_many,
			   ex->many == IN_ORDER ? ", in this order" : "");
}

static void parse_choice(struct parser *p, const struct entry *e)
{
	struct choice *c = &p->ex->choices[p->ex->n_choices];
	unsigned int line;
	char *text;

	c->word = cut_equals(p, e, "Choice: WORD = text", &text, &line);
	if (!c->word)
		return;
	for (size_t i = 0; i < p->ex->n_choices; i++)
		if (lab_same_word(p->ex->choices[i].word, c->word))
			mistakes_add(p->mistakes, e->value_line, "there are two choices '%s'", c->word);
	if (strlen(c->word) == 1)
		mistakes_add(p->mistakes, e->value_line,
			     "a choice needs a word of more than one letter: letters and numbers stand for their order");
	c->text = template_parse(p->pool, text, line, p->mistakes);
	p->ex->n_choices++;
}

static void parse_right(struct parser *p, const struct entry *e)
{
	p->ex->rights[p->ex->n_rights++] = expression_of(p->pool, e->value, strlen(e->value),
							 e->value_line, p->mistakes);
}

static void parse_tolerance(struct parser *p, const struct entry *e)
{
	struct number n;
	bool exact;

	if (percent_parse(e->value, &p->ex->tolerance_share))
		return;
	if (!number_parse(e->value, &n, &exact) || n.over || !exact)
		mistakes_add(p->mistakes, e->value_line,
			     "Tolerance: expected a share such as 5%% or a size such as 16M, found '%.40s'",
			     e->value);
	p->ex->tolerance = n.low;
}

/* "EXPRESSION if EXPRESSION" in the first line, and after it the text. */
static void parse_wrong(struct parser *p, const struct entry *e)
{
	struct wrong *w = &p->ex->wrongs[p->ex->n_wrongs++];
	size_t first = strcspn(e->value, "\n");
	char *line = pool_copy(p->pool, e->value, first), *condition = strstr(line, " if ");
	const char *text = e->value + first;
	unsigned int at = e->value_line;

	w->value = expression_of(p->pool, line, condition ? (size_t)(condition - line) : first, at,
				 p->mistakes);
	if (condition)
		w->condition = expression_of(p->pool, condition + 4, strlen(condition + 4), at,
					     p->mistakes);
	for (; isspace((unsigned char)*text); text++)
		at += *text == '\n';
	if (!*text)
		mistakes_add(p->mistakes, e->value_line,
			     "Wrong: expected what this answer means in the lines after the expression");
	w->text = template_parse(p->pool, text, at, p->mistakes);
}

/* --- Headings -------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*parse)(struct parser *p, const struct entry *e);
	bool required, repeated;
} headings[] = {
	{ "Title", parse_title, true, false },
	{ "Needs", parse_needs, false, true },
	{ "Machines", parse_machines, false, false },
	{ "Let", parse_let, false, true },
	{ "Text", parse_text, false, false },
	{ "Question", parse_question, true, false },
	{ "Answer", parse_answer, true, false },
	{ "Choice", parse_choice, false, true },
	{ "Right", parse_right, true, true },
	{ "Tolerance", parse_tolerance, false, false },
	{ "Hint", parse_hint, false, true },
	{ "Wrong", parse_wrong, false, true },
	{ "Why", parse_why, false, false },
};

/* The length of a capitalised word with a colon after it, at the beginning of a line; or 0. */
static size_t heading_length(const char *line)
{
	size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return isupper((unsigned char)*line) && line[n] == ':' ? n : 0;
}

static void unknown_heading(struct parser *p, unsigned int line, const char *name, size_t length)
{
	const char *names[ARRAY_SIZE(headings)], *similar;

	for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
		names[i] = headings[i].name;
	similar = similar_word(name, length, names, ARRAY_SIZE(headings));
	mistakes_add(p->mistakes, line,
		     "there is no heading '%.*s:'%s%s%s; if the line is text, put a space before it",
		     (int)length, name, similar ? "; did you mean " : "", similar ? similar : "",
		     similar ? "?" : "");
}

/* Takes away what all lines but that of the heading are indented by. */
static void unindent(struct entry *e)
{
	char *rest = e->value_line == e->line ? strchr(e->value, '\n') : e->value, *to;
	size_t least = SIZE_MAX;

	if (!rest)
		return;
	rest += *rest == '\n';
	for (const char *s = rest; s; s = next_line(s)) {
		size_t n = strspn(s, " ");

		if (s[n] && s[n] != '\n' && n < least)
			least = n;
	}
	to = rest;
	for (const char *s = rest; *s; ) {
		size_t n = strcspn(s, "\n");
		size_t skipped = n < least ? n : least;

		memmove(to, s + skipped, n - skipped);
		to += n - skipped;
		s += n;
		if (*s)
			*to++ = *s++;
	}
	*to = '\0';
}

/* Takes outer empty lines and spaces at the end away. */
static void trim(struct entry *e)
{
	size_t n = strlen(e->value);

	while (n && isspace((unsigned char)e->value[n - 1]))
		e->value[--n] = '\0';
	for (;;) {
		char *s = e->value + strspn(e->value, " \t");

		if (*s != '\n')
			break;
		e->value = s + 1;
		e->value_line++;
	}
	/* The value in the line of the heading. */
	if (e->value_line == e->line)
		e->value += strspn(e->value, " \t");
	unindent(e);
}

static void take_entry(struct parser *p, const char *name, size_t length, struct entry *e)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(headings) && (strlen(headings[i].name) != length ||
					    strncmp(headings[i].name, name, length) != 0))
		i++;
	if (i == ARRAY_SIZE(headings)) {
		unknown_heading(p, e->line, name, length);
		return;
	}
	trim(e);
	if (!*e->value)
		mistakes_add(p->mistakes, e->line, "nothing follows %s:", headings[i].name);
	else if (p->first[i] && !headings[i].repeated)
		mistakes_add(p->mistakes, e->line, "%s stands in line %u already", headings[i].name,
			     p->first[i]);
	else
		headings[i].parse(p, e);
	if (!p->first[i])
		p->first[i] = e->line;
}

/* Are there as many of one heading as there may be? */
static bool is_full(struct parser *p, unsigned int line)
{
	const struct exercise *ex = p->ex;
	size_t most = MOST_REPEATED - 1;

	if (ex->n_needs <= most && ex->n_lets <= most && ex->n_choices <= most &&
	    ex->n_rights <= most && ex->n_hints <= most && ex->n_wrongs <= most)
		return false;
	mistakes_add(p->mistakes, line, "more than %zu of one heading", most);
	return true;
}

/* The lines of a file, without comments; *text is moved to the next heading. */
static void parse_lines(struct parser *p, char *text)
{
	char *line = text, *name = NULL, *to = NULL;
	struct entry e = { 0 };
	size_t length = 0;

	for (unsigned int number = 1; line; number++) {
		char *end = strchr(line, '\n');
		size_t heading = heading_length(line), n = end ? (size_t)(end - line) : strlen(line);

		if (heading) {
			if (to)
				*to = '\0';
			if (name)
				take_entry(p, name, length, &e);
			if (is_full(p, number))
				return;
			name = line;
			length = heading;
			e = (struct entry){ number, number, line + heading + 1 };
			to = line + n;
		} else if (*line == '#') {
			/* A line without anything, so that numbers stay right. */
			if (to)
				*to++ = '\n';
		} else if (to) {
			*to++ = '\n';
			memmove(to, line, n);
			to += n;
		} else if (line[strspn(line, " \t\r\n")] && strspn(line, " \t") < n) {
			mistakes_add(p->mistakes, number, "expected a heading such as 'Title:' before any text");
			return;
		}
		line = end ? end + 1 : NULL;
	}
	if (to)
		*to = '\0';
	if (name)
		take_entry(p, name, length, &e);
}

/* --- The whole file -------------------------------------------------------------------- */

/* Of the first heading of this name; 0 if there is none. */
static unsigned int line_of(const struct parser *p, const char *name)
{
	size_t i = 0;

	while (strcmp(headings[i].name, name) != 0)
		i++;
	return p->first[i];
}

static void check_whole(struct parser *p)
{
	const struct exercise *ex = p->ex;

	for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
		if (headings[i].required && !p->first[i])
			mistakes_add(p->mistakes, 0, "there is no %s:", headings[i].name);
	if (ex->kind == ANSWER_IS_CHOICE && ex->n_choices < 2)
		mistakes_add(p->mistakes, line_of(p, "Answer"), "Answer: choice needs two or more of Choice:");
	if (ex->kind != ANSWER_IS_CHOICE && ex->n_choices)
		mistakes_add(p->mistakes, line_of(p, "Choice"), "Choice: is for 'Answer: choice'");
	if ((ex->tolerance || ex->tolerance_share) && ex->kind != ANSWER_IS_SIZE &&
	    ex->kind != ANSWER_IS_NUMBER)
		mistakes_add(p->mistakes, line_of(p, "Tolerance"), "Tolerance: is for sizes and numbers");
}

/* "07-direct-map.txt" is number 7, direct-map. */
static void parse_file_name(struct exercise *ex, const char *file)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
	size_t digits = strspn(base, "0123456789"), length;

	if (digits && digits < 6 && base[digits] == '-') {
		ex->number = (unsigned int)strtoul(base, NULL, 10);
		base += digits + 1;
	}
	length = strlen(base);
	if (length > 4 && strcmp(base + length - 4, ".txt") == 0)
		length -= 4;
	ex->name = pool_copy(&ex->pool, base, length);
	ex->file = pool_copy(&ex->pool, file, strlen(file));
}

/* What breaks lines and terminals, and what is no UTF-8. */
static void check_bytes(struct parser *p, const char *text, size_t size)
{
	unsigned int line = 1;
	size_t n;

	if (size >= strlen(BYTE_ORDER_MARK) && !memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		mistakes_add(p->mistakes, 1, "it begins with a byte order mark: save it as UTF-8 without one");
	for (size_t i = 0; i < size; i += n) {
		unsigned char c = (unsigned char)text[i];

		n = utf8_length(text + i, size - i);
		if (!n) {
			mistakes_add(p->mistakes, line, "byte 0x%02x: expected printable text in UTF-8", c);
			return;
		}
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
			mistakes_add(p->mistakes, line, "byte 0x%02x is no text%s", c,
				     c == '\r' ? ": lines end with a newline alone" : "");
			return;
		}
		line += c == '\n';
	}
}

/* A name is written before a colon, and numbers stand for the order. */
static void check_name(struct parser *p)
{
	bool right = false;	/* a name of digits alone would be a number */
	size_t n;

	for (const char *s = p->ex->name; *s; s += n) {
		n = utf8_length(s, strlen(s));
		right |= !isdigit((unsigned char)*s);
		if (n == 1 && !isalnum((unsigned char)*s) && *s != '-' && *s != '_')
			n = 0;
		if (!n) {
			right = false;
			break;
		}
	}
	if (!right)
		mistakes_add(p->mistakes, 0,
			     "expected a file name such as 07-direct-map.txt: a number, and a name of letters, digits, - and _");
}

struct exercise *exercise_parse(const char *file, const char *text, size_t size,
				struct mistakes *mistakes)
{
	struct exercise *ex = zalloc_array(1, sizeof(*ex));
	struct parser p = { .ex = ex, .pool = &ex->pool, .mistakes = mistakes };
	size_t before;

	parse_file_name(ex, file);
	ex->hash = random_hash(RANDOM_BASIS, text, size);
	check_name(&p);
	before = mistakes->n;
	check_bytes(&p, text, size);
	if (mistakes->n == before) {
		parse_lines(&p, pool_copy(&ex->pool, text, size));
		check_whole(&p);
	}
	return ex;
}

void exercise_free(struct exercise *ex)
{
	pool_free(&ex->pool);
	free(ex);
}
