// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - the addresses and symbols in the lines of an oops; see trace.h */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "forms.h"
#include "trace.h"

enum { MAX_TOKENS = 40 };	/* of a line */

struct parser {
	struct pool *pool;
	struct trace_report *report;	/* that the line is in */
	bool ended;			/* that report */
	unsigned int digits;		/* of an address that is printed in full */
	bool is_user;			/* the registers below are a process's */
	bool after_interrupt;		/* powerpc: those below are of what was interrupted */
	bool in_code;			/* s390: the lines below are disassembly */
	/* Words without a label go on after these: "GPR04" and 4 words, then 5, ... */
	char label[24];
	enum trace_role role;
	bool goes_on;
	unsigned int index;
};

struct scan {
	struct parser *parser;
	const char *line;		/* without the prefix of a log */
	struct trace_token tokens[MAX_TOKENS];
	size_t n;
};

/* --- Values and symbols ---------------------------------------------------------------- */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* A number as addresses are printed: all the digits, or with 0x.  NULL if there is none. */
static const char *scan_value(const struct parser *p, const char *at, uint64_t *value)
{
	bool prefixed = at[0] == '0' && at[1] == 'x';
	const char *digits = prefixed ? at + 2 : at;
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (n == 0 || n > 16 || (!prefixed && n != p->digits) || (prefixed && n > p->digits) ||
	    (is_word_char(digits[n]) && strncmp(digits + n, "..", 2) != 0))
		return NULL;
	*value = strtoull(digits, NULL, 16);
	return digits + n;
}

/* The module after a symbol, with or without its build id: " [nfs 0123abcd]". */
static const char *scan_module(struct parser *p, const char *at, const char **module)
{
	const char *name = at + strspn(at, " ");
	size_t n;

	if (name == at || *name++ != '[')
		return at;
	n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	if (!n || (name[n] != ']' && name[n] != ' ') || !strchr(name + n, ']'))
		return at;
	*module = pool_copy(p->pool, name, n);
	return strchr(name + n, ']') + 1;
}

/* "schedule+0x10/0x200 [module]".  NULL if there is no symbol. */
static const char *scan_symbol(struct parser *p, const char *at, struct trace_token *t)
{
	const char *end = at, *after;
	char *stop;

	if (isdigit((unsigned char)*at))
		return NULL;
	while (is_word_char(*end) || *end == ':' || *end == '@')
		end++;
	if (end == at || strncmp(end, "+0x", 3) != 0)
		return NULL;
	t->offset = strtoull(end + 1, &stop, 16);
	after = stop;
	if (*after != '/' || strncmp(after + 1, "0x", 2) != 0)
		return NULL;
	t->size = strtoull(after + 1, &stop, 16);
	t->symbol = pool_copy(p->pool, at, (size_t)(end - at));
	return scan_module(p, stop, &t->module);
}

/* --- What stands before them -------------------------------------------------------- */

struct word {
	const char *start;
	size_t length;
	int selector;		/* x86: what the segment register held, or -1 */
};

static bool is_selector(const char *start, const char *end)
{
	return end - start == 4 && strspn(start, "0123456789abcdef") >= 4;
}

/* The word before at, without the punctuation between. */
static struct word word_before(const char *line, const char *at)
{
	struct word w = { .selector = -1 };
	const char *end = at;

	for (;;) {
		while (end > line && strchr(" \t:=<[(", end[-1]))
			end--;
		w.start = end;
		while (w.start > line && (is_word_char(w.start[-1])))
			w.start--;
		if (w.selector >= 0 || !is_selector(w.start, end) || *end != ':')
			break;
		w.selector = (int)strtol(w.start, NULL, 16);
		end = w.start;
	}
	w.length = (size_t)(end - w.start);
	return w;
}

static bool word_is(const struct word *w, const char *text)
{
	return w->length == strlen(text) && memcmp(w->start, text, w->length) == 0;
}

static void set_label(struct trace_token *t, const char *word, size_t length)
{
	snprintf(t->label, sizeof(t->label), "%.*s", (int)length, word);
}

/* "GPR05" for the word after that of "GPR04", "$5", "r5" of s390's "GPRS". */
static void number_label(struct parser *p, struct trace_token *t)
{
	size_t n = strcspn(p->label, "0123456789");

	p->index++;
	if (strncmp(p->label, "GPRS", 4) == 0)
		snprintf(t->label, sizeof(t->label), "r%u", p->index);
	else if (strncmp(p->label, "GPR", 3) == 0)
		snprintf(t->label, sizeof(t->label), "GPR%02u", p->index);
	else
		snprintf(t->label, sizeof(t->label), "%.*s%u", (int)(n < 12 ? n : 12), p->label, p->index);
}

/* Several values follow these, each in the next register. */
static bool label_goes_on(struct parser *p, struct trace_token *t, const struct word *w)
{
	bool is_number = w->length <= 2 && isdigit((unsigned char)w->start[0]);

	if (!is_number && strncmp(t->label, "GPR", 3) != 0)
		return false;
	p->index = (unsigned int)strtoul(is_number ? w->start : w->start + 3, NULL, 10);
	snprintf(p->label, sizeof(p->label), "%s", t->label);
	p->role = TRACE_DATA;
	p->goes_on = true;
	if (is_number)
		snprintf(t->label, sizeof(t->label), "$%u", p->index);
	else if (word_is(w, "GPRS"))
		snprintf(t->label, sizeof(t->label), "r0");
	return true;
}

/* MIPS writes "$ 4   : " and "$28   : ". */
static bool is_mips_register(const char *line, const struct word *w)
{
	if (w->length && w->start[0] == '$')
		return true;
	return w->length && w->length <= 2 && isdigit((unsigned char)w->start[0]) &&
	       w->start - line >= 2 && w->start[-1] == ' ' && w->start[-2] == '$';
}

static bool label_value(struct scan *s, const char *at, struct trace_token *t)
{
	struct word w = word_before(s->line, at);

	if (is_mips_register(s->line, &w)) {
		w.length -= w.start[0] == '$';
		w.start += w.start[0] == '$';
		snprintf(t->label, sizeof(t->label), "$");
		t->role = TRACE_DATA;
		return label_goes_on(s->parser, t, &w);
	}
	set_label(t, w.start, w.length);
	if (trace_role_of(w.start, w.length, &t->role)) {
		/* "Call Trace: [<...>] ra" is no register. */
		label_goes_on(s->parser, t, &w);
		if (w.selector >= 0)
			s->parser->is_user = (w.selector & 3) == 3;
		return true;
	}
	/* "(stack is ffffc90000004000..ffffc90000007fff)" */
	if (strstr(s->line, "stack is ") && (word_is(&w, "is") || at[-1] == '.')) {
		set_label(t, "stack", strlen("stack"));
		t->role = TRACE_STACK;
		return true;
	}
	if (strstr(s->line, "Faulting instruction address")) {
		t->role = TRACE_CODE;
		return true;
	}
	if ((word_is(&w, "address") || word_is(&w, "at") || word_is(&w, "addr") ||
	     word_is(&w, "range") || word_is(&w, "access")) &&
	    trace_line_is_access(s->line)) {
		t->role = TRACE_FAULT;
		snprintf(t->label, sizeof(t->label), "address");
		return true;
	}
	if (strstr(s->line, " corruption")) {
		t->role = TRACE_DATA;
		return true;
	}
	return false;
}

/* --- Lines ------------------------------------------------------------------------------ */

/* Nothing but words of a dump, perhaps after an offset: "1da0:  c1604ec8 f0a31dc4". */
static bool is_dump(const struct parser *p, const char *line)
{
	bool any = false;

	line += strspn(line, " \t");
	if (strspn(line, "0123456789abcdef") == 4 && line[4] == ':')
		line += 5;
	while (*(line += strspn(line, " \t"))) {
		size_t n = strspn(line, "0123456789abcdef");

		if (n != p->digits || is_word_char(line[n]))
			return any && (*line == '(' || *line == '.');
		any = true;
		line += n;
	}
	return any;
}

/* What words without labels on the lines below are. */
static void expect_words(struct parser *p, const char *line)
{
	line += strspn(line, " \t");
	if (strncmp(line, "Stack", 5) == 0 || strncmp(line, "Exception stack", 15) == 0) {
		p->role = TRACE_WORD;
		p->label[0] = '\0';
		p->goes_on = true;
	} else if (!is_dump(p, line)) {
		p->goes_on = false;
	}
}

/*
 * powerpc: "[sp] [pc] symbol"; everywhere else "[<pc>] symbol".  What powerpc calls
 * unreliable was in a place of the stack that need not hold a return address.
 */
static bool bracket_role(const struct scan *s, const char *at, const char *end,
			 enum trace_role *role)
{
	const char *p = s->line + strspn(s->line, " \t");

	if (at - s->line >= 2 && at[-1] == '<' && at[-2] == '[') {
		*role = TRACE_CODE;
		return true;
	}
	if (at == s->line || at[-1] != '[' || *end != ']' || *p != '[')
		return false;
	*role = at == p + 1 ? TRACE_STACK : strstr(end, "(unreliable)") ? TRACE_DATA : TRACE_CODE;
	return at != p + 1 || strncmp(end, "] [", 3) == 0;
}

/* powerpc prints what an interrupt stopped, perhaps a process, in the same form. */
static void follow_interrupt(struct parser *p, const struct trace_token *t)
{
	if (!p->after_interrupt || strcmp(t->label, "NIP") != 0)
		return;
	p->is_user = t->has_addr && t->addr >> 60 != 0xc;
	p->after_interrupt = false;
}

static const char *take_value(struct scan *s, const char *at)
{
	struct parser *p = s->parser;
	struct trace_token t = { .has_addr = true };
	const char *end = scan_value(p, at, &t.addr);
	const char *next;
	bool known;

	if (!end)
		return NULL;
	if (s->n && s->n < MAX_TOKENS && p->goes_on && word_before(s->line, at).length == p->digits) {
		t.role = p->role;
		number_label(p, &t);
		known = true;
	} else {
		known = label_value(s, at, &t);
		if (!known && bracket_role(s, at, end, &t.role)) {
			t.label[0] = '\0';
			known = true;
		}
	}
	/* The first word of a PSW is a mask; the address is the second. */
	if (known && strcmp(t.label, "PSW") == 0) {
		next = end + strspn(end, " ");
		known = next != end && (end = scan_value(p, next, &t.addr));
	}
	if (!known || s->n == MAX_TOKENS)
		return end ? end : next;
	next = end + strspn(end, ">]) (:");
	next = scan_symbol(p, next, &t);
	follow_interrupt(p, &t);
	t.is_user = p->is_user;
	s->tokens[s->n++] = t;
	return next ? next : end;
}

static const char *take_symbol(struct scan *s, const char *at)
{
	struct parser *p = s->parser;
	struct trace_token t = { .role = TRACE_CODE };
	const char *end = scan_symbol(p, at, &t);
	enum trace_role role;
	struct word w;

	if (!end || s->n == MAX_TOKENS)
		return NULL;
	w = word_before(s->line, at);
	if (trace_role_of(w.start, w.length, &role) && role == TRACE_CODE)
		set_label(&t, w.start, w.length);
	else if (word_is(&w, "at") && (strncmp(s->line, "PC is at", 8) == 0 ||
				       strncmp(s->line, "LR is at", 8) == 0))
		set_label(&t, s->line, 2);
	if (w.selector >= 0)
		p->is_user = (w.selector & 3) == 3;
	s->tokens[s->n++] = t;
	return end;
}

/* The words of a dump go on from the line above, or are a stack's. */
static void take_dump(struct scan *s)
{
	struct parser *p = s->parser;
	const char *at = s->line, *end;

	for (; *at; at = end ? end : at + 1) {
		struct trace_token t = { .role = p->role, .has_addr = true, .is_user = p->is_user };

		end = at > s->line && is_word_char(at[-1]) ? NULL : scan_value(p, at, &t.addr);
		if (!end || s->n == MAX_TOKENS)
			continue;
		if (p->role == TRACE_DATA)
			number_label(p, &t);
		s->tokens[s->n++] = t;
	}
}

/* "ffffc90000004000..ffffc90000007fff" */
static bool is_range(const char *line, const char *at)
{
	return at - line >= 2 && at[-1] == '.' && at[-2] == '.';
}

static void take_tokens(struct scan *s)
{
	const char *at = s->line, *end;

	for (; *at; at = end ? end : at + 1) {
		end = NULL;
		if (at > s->line && is_word_char(at[-1]) && !is_range(s->line, at))
			continue;
		end = take_value(s, at);
		if (!end)
			end = take_symbol(s, at);
	}
}

/* "Modules linked in: oops(OE+) virtio_blk [last unloaded: kvas]" */
static void take_modules(struct parser *p, struct trace_line *line, const char *list)
{
	line->modules = pool_alloc(p->pool, (strlen(list) / 2 + 1) * sizeof(*line->modules));
	while (*(list += strspn(list, " ")) && *list != '[') {
		struct trace_module *m = &line->modules[line->n_modules++];
		size_t n = strcspn(list, " ("), flags;

		m->name = pool_copy(p->pool, list, n);
		list += n;
		flags = *list == '(' ? strcspn(list, ")") : 0;
		m->flags = flags ? pool_copy(p->pool, list + 1, flags - 1) : "";
		list += flags ? flags + (list[flags] == ')') : 0;
	}
}

/* %pK of mips prints a hash, with all its digits: no offset begins with a zero. */
static bool is_hash(const char *value)
{
	return value[2] == '0' && isxdigit((unsigned char)value[3]);
}

/* As the panic notifiers of the architectures print it. */
static void take_offset(struct trace *t, struct trace_line *line, const char *text)
{
	static const char *const starts[] = { "Kernel Offset: ", "Kernel relocated by " };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		const char *value = strstr(text, starts[i]);
		bool disabled;

		if (!value)
			continue;
		value += strlen(starts[i]);
		disabled = strncmp(value, "disabled", 8) == 0;
		if (!disabled && (strncmp(value, "0x", 2) != 0 || is_hash(value)))
			continue;
		t->has_offset = line->says_offset = true;
		t->kernel_offset = disabled ? 0 : strtoull(value, NULL, 16);
		return;
	}
}

static bool is_disassembly(struct parser *p, const char *line)
{
	const char *digits = line + strspn(line, " \t>#*");
	size_t n = strspn(digits, "0123456789abcdef");

	if (strstr(line, "Krnl Code:"))
		p->in_code = true;
	else if (digits == line || n < 8 || digits[n] != ':')
		p->in_code = false;
	return p->in_code;
}

/* The first address of a report that was accessed is what it is about. */
static void take_report(struct trace_report *report, struct trace_token *t)
{
	t->report = report;
	if (t->role != TRACE_FAULT || report->has_fault)
		return;
	report->has_fault = true;
	report->fault = t->addr;
}

static void parse_line(struct parser *p, struct trace *t, struct trace_line *line)
{
	struct scan s = { .parser = p, .line = trace_skip_prefix(line->text) };
	const char *modules = strstr(s.line, "Modules linked in: ");

	if (modules)
		take_modules(p, line, modules + strlen("Modules linked in: "));
	take_offset(t, line, s.line);
	if (strstr(s.line, "general protection fault"))
		p->report->is_protection = true;
	if (strstr(s.line, "Failing address: "))
		p->report->is_page = true;
	if (strstr(s.line, "--- interrupt"))
		p->after_interrupt = true;
	if (is_disassembly(p, s.line) || trace_line_is_passed_over(s.line) || line->says_offset || modules) {
		p->goes_on = false;
		return;
	}
	if (is_dump(p, s.line)) {
		if (p->goes_on)
			take_dump(&s);
	} else {
		expect_words(p, s.line);
		take_tokens(&s);
		if (p->goes_on && p->role == TRACE_WORD && !s.n && strchr(s.line, ':')) {
			/* "Stack : 9000000100013c00 ..." */
			s.line = strchr(s.line, ':') + 1;
			if (is_dump(p, s.line))
				take_dump(&s);
		}
	}
	for (size_t i = 0; i < s.n; i++)
		take_report(p->report, &s.tokens[i]);
	line->n_tokens = s.n;
	line->tokens = pool_alloc(p->pool, (s.n + 1) * sizeof(*line->tokens));
	memcpy(line->tokens, s.tokens, s.n * sizeof(*line->tokens));
}

/*
 * x86 prints the first report's registers once more after its end, so the next report
 * begins where something is said to have gone wrong.
 */
static bool begins_report(const char *line)
{
	static const char *const words[] = {
		"BUG:", "nable to handle", "Unhandled fault", "Oops", "general protection",
		"nternal error", "Kernel attempted", "cut here",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/* The next lines have the kernel's registers unless they say otherwise. */
static void end_report(struct parser *p)
{
	p->ended = true;
	p->is_user = p->after_interrupt = p->in_code = p->goes_on = false;
}

struct trace trace_parse(const char *text, unsigned int bits, struct pool *pool)
{
	struct parser p = { .pool = pool, .digits = bits / 4 };
	struct trace t = { 0 };
	size_t n = 1;

	for (const char *c = text; *c; c++)
		n += *c == '\n';
	t.lines = pool_alloc(pool, n * sizeof(*t.lines));
	while (*text) {
		struct trace_line *line = &t.lines[t.n_lines++];
		size_t length = strcspn(text, "\n"), kept = length;

		if (kept && text[kept - 1] == '\r')
			kept--;
		line->text = pool_copy(pool, text, kept);
		if (!p.report || (p.ended && begins_report(line->text))) {
			p.report = pool_alloc(pool, sizeof(*p.report));
			p.ended = false;
		}
		parse_line(&p, &t, line);
		if (strstr(line->text, "---[ end trace"))
			end_report(&p);
		text += length + (text[length] == '\n');
	}
	return t;
}
