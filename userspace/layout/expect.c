// SPDX-License-Identifier: GPL-2.0-only
/* expect.c - see expect.h: words to a tree, and what the tree says of a layout. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "expect.h"

enum {
	MAX_WORDS = 32,		/* in one line */
	MAX_LINES = 10000,
	MAX_FILE_LINE = 1000,	/* bytes */
};

/* Sizes reach 2^64, offsets are negative: over * 2^64 + low. */
struct number {
	int over;
	uint64_t low;
};

static struct number from(uint64_t n)
{
	return (struct number){ 0, n };
}

static struct number minus(struct number a, struct number b)
{
	return (struct number){ a.over - b.over - (a.low < b.low), a.low - b.low };
}

static struct number plus_one(uint64_t n)
{
	return (struct number){ n == UINT64_MAX, n + 1 };
}

/* Below, at or above 0 as the first is below, at or above the second. */
static int order(struct number a, struct number b)
{
	if (a.over != b.over)
		return a.over < b.over ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

enum relation {
	EQUAL, UNEQUAL, LESS, AT_MOST, MORE, AT_LEAST,	/* TERM rel TERM */
	PRESENT, ABSENT,				/* REGION rel */
	IN, NOT_IN, ABOVE, BELOW,			/* PLACE rel PLACE */
	WITHIN,						/* PLACE within SIZE of PLACE */
};

static const struct {
	const char *words[2];
	enum relation relation;
} relations[] = {
	{ { "=" }, EQUAL }, { { "==" }, EQUAL }, { { "!=" }, UNEQUAL },
	{ { "<" }, LESS }, { { "<=" }, AT_MOST }, { { ">" }, MORE }, { { ">=" }, AT_LEAST },
	{ { "present" }, PRESENT }, { { "absent" }, ABSENT },
	{ { "not", "in" }, NOT_IN }, { { "in" }, IN },
	{ { "above" }, ABOVE }, { { "below" }, BELOW }, { { "within" }, WITHIN },
};

struct term {
	enum { NUMBER, TEXT, NAME, WITNESS } kind;
	struct number value;
	const char *text;	/* of all but a number */
};

/* A relation, and the condition under which it is asked. */
struct claim {
	struct term left, right;
	enum relation relation;
	struct number distance;
	struct claim *condition;
};

struct parser {
	char *words[MAX_WORDS];
	bool quoted[MAX_WORDS];
	size_t n, at;
	size_t length;		/* of the line up to a comment or its end */
	char *error;
	size_t room;
};

__attribute__((format(printf, 2, 3)))
static bool fail(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, p->room, format, args);
	va_end(args);
	return false;
}

/* --- Words ------------------------------------------------------------------ */

static bool is_operator(char c)
{
	return c && strchr("=!<>", c);
}

/* Copies the words of a line; operators need no space around them. */
static bool split(struct parser *p, const char *line, char *copies)
{
	const char *s = line;

	for (;;) {
		size_t n;

		p->length = (size_t)(s - line);
		s += strspn(s, " \t");
		if (!*s || *s == '#')
			return true;
		if (p->n == MAX_WORDS)
			return fail(p, "more than %d words", MAX_WORDS);
		p->quoted[p->n] = *s == '"';
		if (*s == '"') {
			n = strcspn(++s, "\"");
			if (!s[n])
				return fail(p, "the quote before '%.40s' is never closed", s);
		} else if (is_operator(*s)) {
			n = strspn(s, "=!<>");
		} else {
			n = strcspn(s, " \t#\"=!<>");
		}
		memcpy(copies, s, n);
		copies[n] = '\0';
		p->words[p->n] = copies;
		copies += n + 1;
		s += n + p->quoted[p->n++];
	}
}

static const char *word(const struct parser *p)
{
	return p->at < p->n ? p->words[p->at] : NULL;
}

static bool is_word(const struct parser *p, const char *text)
{
	return p->at < p->n && !p->quoted[p->at] && strcmp(p->words[p->at], text) == 0;
}

/* --- Terms ------------------------------------------------------------------ */

static bool parse_number(const char *s, struct number *value)
{
	bool negative = *s == '-';
	const struct fact f = { .value = s + negative };
	uint64_t n;

	if (size_parse(f.value, &n))
		*value = plus_one(n);
	else if (fact_number(&f, &n))
		*value = from(n);
	else
		return false;
	if (negative)
		*value = minus(from(0), *value);
	return true;
}

/* A name and what is around it: letters, digits, _ and dots between. */
static bool is_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	do {
		size_t n = strspn(s, allowed);

		if (!n)
			return false;
		s += n;
	} while (*s == '.' && s++);
	return !*s;
}

static bool parse_term(struct parser *p, struct term *t, const char *expected)
{
	const char *text = word(p);

	if (!text)
		return fail(p, "expected %s at the end of the line", expected);
	*t = (struct term){ .kind = NUMBER, .text = text };
	if (p->quoted[p->at]) {
		t->kind = TEXT;
	} else if (is_word(p, "witness")) {
		p->at++;
		if (!word(p) || !is_name(word(p)))
			return fail(p, "expected the name of a witness after 'witness'");
		*t = (struct term){ .kind = WITNESS, .text = word(p) };
	} else if (!parse_number(text, &t->value)) {
		/* 2G:2G */
		bool ratio = strspn(text, "0123456789") && strchr(text, ':');

		if (!ratio && !is_name(text))
			return fail(p, "expected %s, found '%.40s'", expected, text);
		t->kind = ratio ? TEXT : NAME;
	}
	p->at++;
	return true;
}

static bool parse_relation(struct parser *p, enum relation *relation)
{
	for (size_t i = 0; i < ARRAY_SIZE(relations); i++) {
		size_t before = p->at;

		if (!is_word(p, relations[i].words[0]))
			continue;
		p->at++;
		*relation = relations[i].relation;
		if (!relations[i].words[1])
			return true;
		if (is_word(p, relations[i].words[1])) {
			p->at++;
			return true;
		}
		p->at = before;
	}
	return fail(p, "expected =, !=, <, <=, >, >=, in, not in, above, below, within, present or absent, found %s%.40s%s",
		    word(p) ? "'" : "", word(p) ? word(p) : "the end of the line",
		    word(p) ? "'" : "");
}

static bool parse_within(struct parser *p, struct claim *c)
{
	if (!word(p) || !parse_number(word(p), &c->distance) ||
	    c->distance.over < 0)
		return fail(p, "expected a size after 'within', such as 2G");
	p->at++;
	if (!is_word(p, "of"))
		return fail(p, "expected 'of' after the size, as in 'modules within 2G of text'");
	p->at++;
	return true;
}

static bool parse_claim(struct parser *p, struct claim *c)
{
	if (!parse_term(p, &c->left, "a name, a number or a \"text\"") ||
	    !parse_relation(p, &c->relation))
		return false;
	if (c->relation == PRESENT || c->relation == ABSENT)
		return c->left.kind == NAME ||
		       fail(p, "only a region or section is present or absent");
	if (c->relation == WITHIN && !parse_within(p, c))
		return false;
	return parse_term(p, &c->right, c->relation <= AT_LEAST ?
			  "a name, a number or a \"text\"" : "a region or an address");
}

/* A claim, and the one after "if". */
static struct claim *parse_expectation(struct parser *p)
{
	struct claim *c = zalloc_array(2, sizeof(*c));

	if (parse_claim(p, c)) {
		bool whole = true;

		if (is_word(p, "if")) {
			p->at++;
			c->condition = c + 1;
			whole = parse_claim(p, c->condition);
		}
		if (whole && p->at == p->n)
			return c;
		if (whole)
			fail(p, "expected the end of the line or 'if', found '%.40s'", word(p));
	}
	free(c);
	return NULL;
}

/* --- Lines ------------------------------------------------------------------ */

static bool parse_line(struct expectations *all, const char *line, size_t length,
		       unsigned int number_of_line)
{
	struct parser p = { .error = all->error, .room = sizeof(all->error) };
	/* The text, and behind it its words, each with a NUL. */
	char *text = zalloc_array(3 * length + 3, 1), *copies = text + length + 1;
	struct claim *claim = NULL;

	all->error_line = number_of_line;
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	memcpy(text, line, length);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c >= 0x20 && c <= 0x7e) || c == '\t')
			continue;
		fail(&p, "byte 0x%02x in the line: a file of expectations is plain ASCII text", c);
		free(text);
		return false;
	}
	if (!split(&p, text, copies) || (p.n && !(claim = parse_expectation(&p)))) {
		free(text);
		return false;
	}
	if (!p.n) {
		free(text);
		return true;
	}
	text[p.length] = '\0';
	all->each[all->n++] = (struct expectation){
		.line = number_of_line, .text = text, .parsed = claim,
	};
	return true;
}

struct expectations *expectations_parse(const char *text, size_t size,
					struct expectations *failed)
{
	struct expectations *all = zalloc_array(1, sizeof(*all));
	size_t lines = 1;
	unsigned int n = 0;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	all->each = zalloc_array(lines, sizeof(*all->each));
	if (lines > MAX_LINES) {
		all->error_line = MAX_LINES + 1;
		snprintf(all->error, sizeof(all->error), "more than %d lines", MAX_LINES);
		goto wrong;
	}
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		n++;
		if (length > MAX_FILE_LINE) {
			all->error_line = n;
			snprintf(all->error, sizeof(all->error), "longer than %d bytes",
				 MAX_FILE_LINE);
			goto wrong;
		}
		if (!parse_line(all, text, length, n))
			goto wrong;
		length += end != NULL;
		text += length;
		size -= length;
	}
	if (all->n)
		return all;
	all->error_line = 0;
	snprintf(all->error, sizeof(all->error),
		 "there is no expectation in it: write one a line, such as 'pkmap absent'");
wrong:
	*failed = *all;
	expectations_free(all);
	return NULL;
}

void expectations_free(struct expectations *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n; i++) {
		free(e->each[i].text);
		free(e->each[i].parsed);
	}
	free(e->each);
	free(e);
}

/* --- What a layout says of a term -------------------------------------------- */

/* A number, a range, a text, or why there is none. */
struct meaning {
	enum { IS_NUMBER, IS_RANGE, IS_TEXT, IS_NOTHING } kind;
	struct number first, last;	/* inclusive */
	const char *text;
	char *why;			/* of IS_NOTHING */
};

static struct meaning nothing(char *why)
{
	return (struct meaning){ .kind = IS_NOTHING, .why = why };
}

static struct meaning a_number(struct number n)
{
	return (struct meaning){ .kind = IS_NUMBER, .first = n, .last = n };
}

static const char *last_dot(const char *name, size_t length)
{
	while (length && name[length - 1] != '.')
		length--;
	return length ? name + length - 1 : NULL;
}

static bool is_around(const struct region *r, const char *name, size_t length)
{
	for (r = r->parent; r; r = r->parent)
		if (strlen(r->name) == length && strncmp(r->name, name, length) == 0)
			return true;
	return false;
}

/* image.text: the last part is the region, those before lie around it. */
static const struct region *find_region(const struct layout *l, const char *path,
					size_t length, char **why)
{
	const char *dot = last_dot(path, length);
	const char *name = dot ? dot + 1 : path;
	size_t n = (size_t)(path + length - name);
	const struct region *r = NULL;

	/* As textbooks call it. */
	if (n == strlen("lowmem") && strncmp(name, "lowmem", n) == 0)
		r = layout_region(l, "direct_map");
	for (size_t i = 0; i < l->n_regions && !r; i++) {
		const struct region *other = &l->regions[i];

		/* Of device memory there may be several pieces, all of one name. */
		if (!other->is_memory && strlen(other->name) == n &&
		    strncmp(other->name, name, n) == 0)
			r = other;
	}
	if (!r) {
		*why = text_printf("nothing here is called %.*s", (int)n, name);
		return NULL;
	}
	while (dot && !r->absent) {
		size_t before = (size_t)(dot - path);
		const char *start = last_dot(path, before);

		start = start ? start + 1 : path;
		if (!is_around(r, start, (size_t)(dot - start))) {
			*why = text_printf("%s does not lie in %.*s", r->name,
					   (int)(dot - start), start);
			return NULL;
		}
		dot = start > path ? start - 1 : NULL;
	}
	return r;
}

static struct meaning of_region(const struct region *r)
{
	if (r->absent)
		return nothing(text_printf("%s is absent: %s", r->name, r->absent));
	return (struct meaning){ .kind = IS_RANGE, .first = from(r->start), .last = from(r->end) };
}

static struct meaning of_key(const struct region *r, const char *key)
{
	if (r->absent)
		return of_region(r);
	if (strcmp(key, "start") == 0)
		return a_number(from(r->start));
	if (strcmp(key, "end") == 0)
		return a_number(from(r->end));
	if (strcmp(key, "size") == 0)
		return a_number(plus_one(r->end - r->start));
	if (strcmp(key, "phys") == 0)
		return r->has_phys ? a_number(from(r->phys)) :
		       nothing(text_printf("%s has no physical address", r->name));
	if (strcmp(key, "used") == 0)
		return r->has_populated ?
		       a_number(plus_one(r->populated_end - r->populated_start)) :
		       nothing(text_printf("how much of %s is in use is not known", r->name));
	return (struct meaning){ .kind = IS_TEXT,
				 .text = r->parent_name ? r->parent_name : "" };
}

static bool is_key(const char *word)
{
	static const char *const keys[] = { "start", "end", "size", "phys", "used", "parent" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i], word) == 0)
			return true;
	return false;
}

static struct meaning of_value(const char *value)
{
	struct meaning m = { .kind = IS_TEXT, .text = value };

	if (parse_number(value, &m.first)) {
		m.kind = IS_NUMBER;
		m.last = m.first;
	}
	return m;
}

/* What is said of the kernel, a fact or an option; false if it is none. */
static bool of_statement(const struct layout *l, const char *name, struct meaning *m)
{
	const char *value = record_value(&l->records[0], name);
	const struct fact *f;

	if (value) {
		*m = of_value(value);
		return true;
	}
	f = layout_fact(l, strcmp(name, "vm_split") ? name : "user_kernel_split");
	if (!f)
		f = layout_config(l, name);
	/* An option that this kernel has not at all is not set. */
	if (!f && strncmp(name, "CONFIG_", 7) == 0)
		*m = (struct meaning){ .kind = IS_TEXT, .text = "n" };
	else if (f && f->absent)
		*m = nothing(text_printf("%s is absent: %s", name, f->absent));
	else if (f)
		*m = of_value(f->value);
	else
		return false;
	return true;
}

static struct meaning of_name(const struct layout *l, const char *name)
{
	const char *dot = last_dot(name, strlen(name));
	bool key = dot && is_key(dot + 1);
	size_t length = key ? (size_t)(dot - name) : strlen(name);
	const struct region *r;
	struct meaning m;
	char *why;

	if (!dot && of_statement(l, name, &m))
		return m;
	r = find_region(l, name, length, &why);
	if (!r)
		return nothing(why);
	return key ? of_key(r, dot + 1) : of_region(r);
}

static struct meaning meaning(const struct layout *l, const struct term *t)
{
	const struct witness *w;

	switch (t->kind) {
	case NUMBER:
		return a_number(t->value);
	case TEXT:
		return (struct meaning){ .kind = IS_TEXT, .text = t->text };
	case WITNESS:
		w = layout_witness(l, t->text);
		if (!w)
			return nothing(text_printf("there is no witness %s", t->text));
		if (w->absent)
			return nothing(text_printf("the witness %s is absent: %s", w->name, w->absent));
		return a_number(from(w->addr));
	default:
		return of_name(l, t->text);
	}
}

/* --- Judgement --------------------------------------------------------------- */

/* As people read it: an address in full, all else as a size if it is one. */
static char *number_text(const struct layout *l, struct number n, bool size)
{
	bool negative = n.over < 0;
	struct number magnitude = negative ? minus(from(0), n) : n;

	if (!size)
		return text_printf("%s0x%0*" PRIx64, negative ? "-" : "", (int)l->bits / 4,
				   magnitude.low);
	if (!negative && (n.low || n.over) && n.low % 1024 == 0) {
		char *text = size_human(n.low - 1);

		if (!strchr(text, '.'))
			return text;
		free(text);
	}
	return text_printf("%s%" PRIu64, negative ? "-" : "", magnitude.low);
}

/* Is a term written or known as an address? */
static bool is_address(const struct layout *l, const struct term *t)
{
	const char *dot = t->kind == NAME ? last_dot(t->text, strlen(t->text)) : NULL;
	const struct fact *f = t->kind == NAME ? layout_fact(l, t->text) : NULL;

	if (f && f->unit)
		return !strcmp(f->unit, "address") || !strcmp(f->unit, "offset");
	if (t->kind == NUMBER)
		return strncmp(t->text, "0x", 2) == 0;
	if (t->kind == NAME && (layout_config(l, t->text) ||
				record_value(&l->records[0], t->text)))
		return false;
	return !dot || strcmp(dot, ".start") == 0 || strcmp(dot, ".end") == 0 ||
	       strcmp(dot, ".phys") == 0;
}

static char *meaning_text(const struct layout *l, const struct term *t, const struct meaning *m)
{
	char *first, *last, *text;

	if (m->kind == IS_TEXT)
		return text_printf("%s", m->text);
	first = number_text(l, m->first, m->kind == IS_NUMBER && !is_address(l, t));
	if (m->kind == IS_NUMBER)
		return first;
	last = number_text(l, m->last, false);
	text = text_printf("%s-%s", first, last);
	free(first);
	free(last);
	return text;
}

static bool compare(enum relation relation, const struct meaning *a, const struct meaning *b)
{
	int which;

	if (a->kind == IS_TEXT || b->kind == IS_TEXT) {
		bool same = a->kind == b->kind && strcmp(a->text, b->text) == 0;

		return relation == EQUAL ? same : relation == UNEQUAL && !same;
	}
	which = order(a->first, b->first);
	if (!which)
		which = order(a->last, b->last);
	switch (relation) {
	case EQUAL:
		return which == 0;
	case UNEQUAL:
		return which != 0;
	case LESS:
		return which < 0;
	case AT_MOST:
		return which <= 0;
	case MORE:
		return which > 0;
	default:
		return which >= 0;
	}
}

/* Are the far ends of two places less than so far apart? */
static bool within(const struct meaning *a, const struct meaning *b, struct number distance)
{
	struct number low = order(a->first, b->first) < 0 ? a->first : b->first;
	struct number high = order(a->last, b->last) > 0 ? a->last : b->last;

	return order(minus(high, low), distance) < 0;
}

static bool relate(const struct claim *c, const struct meaning *a, const struct meaning *b)
{
	switch (c->relation) {
	case IN:
		return order(a->first, b->first) >= 0 && order(a->last, b->last) <= 0;
	case NOT_IN:
		return order(a->last, b->first) < 0 || order(a->first, b->last) > 0;
	case ABOVE:
		return order(a->first, b->last) > 0;
	case BELOW:
		return order(a->last, b->first) < 0;
	case WITHIN:
		return within(a, b, c->distance);
	default:
		return compare(c->relation, a, b);
	}
}

/* Of NAME, NUMBER and the like what is not there to be read in the line. */
static char *found_text(const struct layout *l, const struct claim *c,
			const struct meaning *a, const struct meaning *b)
{
	char *left = meaning_text(l, &c->left, a), *right = meaning_text(l, &c->right, b), *text;

	if ((c->right.kind == NAME || c->right.kind == WITNESS) && b->text != c->right.text)
		text = text_printf("%s is %s, %s is %s", c->left.text, left, c->right.text, right);
	else
		text = text_printf("%s is %s", c->left.text, left);
	free(left);
	free(right);
	return text;
}

static bool judge_presence(const struct layout *l, const struct claim *c, char **why)
{
	struct meaning m = of_name(l, c->left.text);
	bool present = m.kind != IS_NOTHING;

	if (present == (c->relation == PRESENT)) {
		free(m.why);
		return true;
	}
	if (present) {
		char *where = meaning_text(l, &c->left, &m);

		*why = text_printf("%s is %s", c->left.text, where);
		free(where);
	} else {
		*why = m.why;
	}
	return false;
}

static bool judge(const struct layout *l, const struct claim *c, char **why)
{
	struct meaning a, b;
	bool holds;

	if (c->relation == PRESENT || c->relation == ABSENT)
		return judge_presence(l, c, why);
	a = meaning(l, &c->left);
	b = meaning(l, &c->right);
	/* mmu = radix, text.parent = image: against a text, a word is one. */
	if (a.kind == IS_TEXT && b.kind != IS_TEXT && c->right.kind == NAME) {
		free(b.why);
		b = (struct meaning){ .kind = IS_TEXT, .text = c->right.text };
	}
	if (a.kind == IS_NOTHING || b.kind == IS_NOTHING) {
		*why = a.kind == IS_NOTHING ? a.why : b.why;
		if (a.kind == IS_NOTHING && b.kind == IS_NOTHING)
			free(b.why);
		return false;
	}
	if (c->relation > ABSENT && (a.kind == IS_TEXT || b.kind == IS_TEXT)) {
		*why = text_printf("%s is no place", a.kind == IS_TEXT ? c->left.text : c->right.text);
		return false;
	}
	holds = relate(c, &a, &b);
	if (!holds)
		*why = found_text(l, c, &a, &b);
	return holds;
}

enum outcome expectation_judge(const struct expectation *e, const struct layout *l,
			       char **why)
{
	const struct claim *c = e->parsed;
	char *unmet = NULL;

	*why = NULL;
	if (c->condition && !judge(l, c->condition, &unmet)) {
		*why = unmet;
		return SKIPPED;
	}
	return judge(l, c, why) ? HOLDS : FAILS;
}
