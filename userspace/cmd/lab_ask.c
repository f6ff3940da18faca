// SPDX-License-Identifier: GPL-2.0-only
/* lab_ask.c - see lab.h: one exercise after the other, with a person or with a file of answers. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "lab.h"

enum { MAX_LINE = 4096 };

/* The question in hand. */
struct asking {
	struct lab *lab;
	const struct exercise *ex;
	const struct lab_answers *answers;	/* or NULL: a person is asked */
	size_t next_answer;
	struct lab_question q;
	struct session_record *record;
	size_t hints;				/* given now */
	struct timespec since;
	struct pool pool;
};

static volatile sig_atomic_t interrupted;

static void note_signal(int number)
{
	(void)number;
	interrupted = 1;
}

void lab_catch_signals(void)
{
	/* Without SA_RESTART, so that reading a line ends. */
	const struct sigaction action = { .sa_handler = note_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* --- What is printed ----------------------------------------------------------------------- */

static void print_heading(struct lab *lab, const char *text)
{
	fprintf(lab->out, "%s%s%s\n", lab->opt->color ? "\033[1m" : "", text,
		lab->opt->color ? "\033[0m" : "");
}

/* The lines of a paragraph as one, up to an empty line or one that begins with a space. */
static const char *take_paragraph(struct pool *pool, const char *text, const char **paragraph)
{
	*paragraph = "";
	while (*text && *text != '\n' && *text != ' ') {
		size_t n = strcspn(text, "\n");

		*paragraph = pool_printf(pool, "%s%s%.*s", *paragraph, **paragraph ? " " : "", (int)n, text);
		text += n + (text[n] == '\n');
	}
	return text;
}

/* Paragraphs are wrapped; a line that begins with a space stands as it is. */
static void print_text(struct asking *a, const char *text)
{
	struct lab *lab = a->lab;
	const char *paragraph;

	while (*text) {
		if (*text == '\n') {
			putc('\n', lab->out);
			text++;
		} else if (*text == ' ') {
			size_t n = strcspn(text, "\n");

			fprintf(lab->out, "%.*s\n", (int)(n - 1), text + 1);
			text += n + (text[n] == '\n');
		} else {
			text = take_paragraph(&a->pool, text, &paragraph);
			print_wrapped(lab->out, 0, lab->opt->width, paragraph);
		}
	}
}

static void print_sentence(struct asking *a, const char *text)
{
	print_wrapped(a->lab->out, 0, a->lab->opt->width, text);
}

static void print_question(struct asking *a, const char *lacking)
{
	const struct exercise *ex = a->ex;
	struct lab *lab = a->lab;

	print_heading(lab, ex->number ? pool_printf(&a->pool, "%u. %s", ex->number, ex->title) : ex->title);
	if (lacking) {
		putc('\n', lab->out);
		print_sentence(a, lacking);
	}
	if (*a->q.text) {
		putc('\n', lab->out);
		print_text(a, a->q.text);
	}
	putc('\n', lab->out);
	print_text(a, a->q.question);
	for (size_t i = 0; i < ex->n_choices; i++) {
		fprintf(lab->out, "  %c) ", (int)('a' + i));
		print_wrapped(lab->out, 5, lab->opt->width,
			      pool_printf(&a->pool, "%s: %s", ex->choices[i].word, a->q.choices[i]));
	}
}

static void print_help(struct asking *a)
{
	print_sentence(a, pool_printf(&a->pool, "The answer is %s.", answer_kind_words(a->ex, &a->pool)));
	print_sentence(a, "hint: a hint; there are several for some exercises.");
	print_sentence(a, "answer: the right answer; it does not count as yours.");
	print_sentence(a, "skip: go on; this exercise comes again.");
	print_sentence(a, "again: the question once more.");
	print_sentence(a, "quit: leave; 'kvas lab --all' goes on here.");
}

void lab_print_score(const struct lab *lab)
{
	const struct score s = session_score(&lab->session);

	char *text = text_printf("%zu of %zu right, %zu of them at the first try; %zu shown, %zu skipped, %zu open; %llu hint%s.",
				 s.right, s.of, s.first, s.shown, s.skipped, s.open, (unsigned long long)s.hints,
				 s.hints == 1 ? "" : "s");

	print_wrapped(lab->out, 0, lab->opt->width, text);
	free(text);
}

/* --- The machine --------------------------------------------------------------------------- */

/* On one machine; what is asked of it is noted for the exercise. */
static enum question_state try_machine(struct asking *a, struct lab_machine *m,
				       struct observations *notes)
{
	struct lab *lab = a->lab;

	*notes = (struct observations){ 0 };
	lab->notes = notes;
	return question_make(&a->q, a->ex, &m->world, lab->session.seed, &a->pool);
}

/* Those that the exercise names, in its order, and then all others. */
static struct lab_machine *next_saved(struct asking *a, size_t *at)
{
	struct lab *lab = a->lab;
	const struct exercise *ex = a->ex;

	for (; !ex->here_only && *at < ex->n_machines + lab->files.n_machines; ++*at) {
		size_t i = *at - ex->n_machines;

		if (*at >= ex->n_machines) {
			++*at;
			return lab_saved_machine(lab, i);
		}
		for (i = 0; i < lab->files.n_machines; i++)
			if (!strcmp(strrchr(lab->files.machines[i], '/') + 1, ex->machines[*at])) {
				++*at;
				return lab_saved_machine(lab, i);
			}
	}
	return NULL;
}

__attribute__((noreturn))
static void refuse_exercise(const struct asking *a)
{
	die("%s:%u: %s; 'kvas lab --check' tells all that is wrong", a->ex->file, a->q.problem_line,
	    a->q.problem);
}

/* NULL if no machine has what it needs; then *why. */
static struct lab_machine *find_machine(struct asking *a, struct observations *notes,
					const char **why)
{
	struct lab_machine *m = a->lab->here;
	size_t at = 0;

	*why = pool_printf(&a->pool, "No layout of this machine can be read: %s.",
			   a->lab->here_why ? a->lab->here_why : "there is none");
	if (!m)
		m = next_saved(a, &at);
	while (m) {
		enum question_state state = try_machine(a, m, notes);

		if (state == QUESTION_MADE)
			return m;
		if (state == QUESTION_MISTAKEN)
			refuse_exercise(a);
		if (m == a->lab->here)
			*why = pool_printf(&a->pool, "This machine cannot be asked about that: %s.", a->q.problem);
		m = next_saved(a, &at);
	}
	return NULL;
}

/* --- The record ---------------------------------------------------------------------------- */

static void keep(struct asking *a)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!a->answers && now.tv_sec > a->since.tv_sec) {
		a->record->seconds += (uint64_t)(now.tv_sec - a->since.tv_sec);
		a->since.tv_sec = now.tv_sec;
	}
	if (a->lab->state_file)
		lab_write(a->lab->state_file, &a->lab->session);
}

static const char *kept(struct lab *lab, const char *text)
{
	return pool_copy(&lab->session.pool, text, strlen(text));
}

static void record_question(struct asking *a, struct lab_machine *m, const struct observations *notes)
{
	struct session_record *r = a->record;
	struct lab *lab = a->lab;

	/* What was said of another question is no answer to this one. */
	for (size_t i = 0; i < r->n_tries; i++)
		if (!r->asked || strcmp(r->question, a->q.question) || strcmp(r->text, a->q.text))
			r->tries[i].earlier = true;
	r->asked = true;
	r->machine = session_machine(&lab->session, &m->who);
	r->text = kept(lab, a->q.text);
	r->question = kept(lab, a->q.question);
	r->n_choices = a->ex->n_choices;
	for (size_t i = 0; i < r->n_choices; i++)
		r->choices[i] = kept(lab, a->q.choices[i]);
	r->observed = *notes;
	lab->notes = &r->observed;
}

/* --- Answers ------------------------------------------------------------------------------- */

/* A line without spaces around it, in line; false at the end of input or after a signal. */
static bool read_line(struct asking *a, char line[MAX_LINE])
{
	size_t n = 0;
	int c = EOF;

	fputs("> ", a->lab->out);
	fflush(a->lab->out);
	while (!interrupted && (c = getc(stdin)) != EOF && c != '\n')
		if (n < MAX_LINE - 1)
			line[n++] = c ? (char)c : '?';
	if (interrupted || (c == EOF && !n))
		return false;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	line[n] = '\0';
	n = strspn(line, " \t");
	memmove(line, line + n, strlen(line + n) + 1);
	return true;
}

static bool next_answer(struct asking *a, char line[MAX_LINE])
{
	char *shown;

	if (!a->answers) {
		clearerr(stdin);
		return read_line(a, line);
	}
	if (interrupted || a->next_answer == a->answers->n)
		return false;
	snprintf(line, MAX_LINE, "%s", a->answers->answers[a->next_answer++]);
	shown = escaped(line);
	fprintf(a->lab->out, "> %s\n", shown);
	free(shown);
	return true;
}

static void give_hint(struct asking *a)
{
	if (a->hints == a->q.n_hints) {
		print_sentence(a, a->q.n_hints ? "There is no further hint." : "There is no hint for this one.");
		return;
	}
	print_text(a, a->q.hints[a->hints++]);
	if (a->hints > a->record->hints)
		a->record->hints = a->hints;
	keep(a);
}

static void show_answer(struct asking *a)
{
	print_sentence(a, pool_printf(&a->pool, "The right answer is %s.", question_right(&a->q)));
	print_text(a, a->q.why);
	if (a->record->state != STATE_RIGHT)
		a->record->state = STATE_SHOWN;
	keep(a);
}

/* Is the exercise done with it? */
static bool take_answer(struct asking *a, const char *line)
{
	struct judgement j = question_judge(&a->q, line);
	char *say = j.say && j.verdict == ANSWER_MALFORMED ? escaped(j.say) : NULL;

	session_try(&a->lab->session, a->record, line, &j, lab_now(&a->pool));
	keep(a);
	switch (j.verdict) {
	case ANSWER_MALFORMED:
		print_sentence(a, pool_printf(&a->pool, "%c%s. This does not count.",
					      toupper((unsigned char)*say), say + 1));
		break;
	case ANSWER_WRONG:
		if (j.read_as && a->ex->kind != ANSWER_IS_WORD)
			print_sentence(a, pool_printf(&a->pool, "Not right (read as %s).", j.read_as));
		else
			print_sentence(a, "Not right.");
		if (j.say)
			print_text(a, j.say);
		break;
	case ANSWER_RIGHT:
		print_sentence(a, "Right.");
		print_text(a, a->q.why);
	}
	free(say);
	return j.verdict == ANSWER_RIGHT;
}

enum word { WORD_NONE, WORD_HELP, WORD_HINT, WORD_ANSWER, WORD_SKIP, WORD_AGAIN, WORD_QUIT };

static enum word word_of(const char *line)
{
	static const char *const words[] = {
		[WORD_HELP] = "help", [WORD_HINT] = "hint", [WORD_ANSWER] = "answer",
		[WORD_SKIP] = "skip", [WORD_AGAIN] = "again", [WORD_QUIT] = "quit",
	};

	for (size_t i = WORD_HELP; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(line, words[i]) == 0)
			return (enum word)i;
	return strcmp(line, "?") ? WORD_NONE : WORD_HELP;
}

/* One line; true if the exercise is done with it. */
static bool take_line(struct asking *a, const char *line, const char *lacking, enum ask_end *end)
{
	switch (word_of(line)) {
	case WORD_HELP:
		print_help(a);
		return false;
	case WORD_HINT:
		give_hint(a);
		return false;
	case WORD_AGAIN:
		print_question(a, lacking);
		return false;
	case WORD_ANSWER:
		show_answer(a);
		return true;
	case WORD_SKIP:
		if (a->record->state == STATE_OPEN)
			a->record->state = STATE_SKIPPED;
		keep(a);
		return true;
	case WORD_QUIT:
		*end = ASK_QUIT;
		return true;
	case WORD_NONE:
		break;
	}
	if (!*line) {
		print_sentence(a, "'hint', 'answer', 'skip' and 'quit' help on; 'help' tells more.");
		return false;
	}
	return take_answer(a, line);
}

static enum ask_end ask_question(struct asking *a, const char *lacking)
{
	enum ask_end end = ASK_ON;
	char line[MAX_LINE];

	clock_gettime(CLOCK_MONOTONIC, &a->since);
	print_question(a, lacking);
	do {
		putc('\n', a->lab->out);
		if (!next_answer(a, line)) {
			if (!a->answers || interrupted)
				end = ASK_QUIT;
			if (!a->answers)
				putc('\n', a->lab->out);
			break;
		}
	} while (!take_line(a, line, lacking, &end));
	keep(a);
	putc('\n', a->lab->out);
	return end;
}

enum ask_end lab_ask(struct lab *lab, const struct exercise *ex, const struct lab_answers *answers)
{
	struct asking a = { .lab = lab, .ex = ex, .answers = answers };
	const char *lacking, *why;
	struct observations notes;
	enum ask_end end = ASK_ON;
	struct lab_machine *m = find_machine(&a, &notes, &why);

	if (m) {
		lacking = m == lab->here ? NULL :
			  pool_printf(&a.pool, "%s This exercise is about the saved machine %s: Linux %s on %s. Read it with '%s ...'.",
				      why, m->world.name, m->world.layout->release,
				      m->world.layout->machine, m->world.command);
		a.record = session_record(&lab->session, ex);
		record_question(&a, m, &notes);
		end = ask_question(&a, lacking);
	} else {
		print_heading(lab, ex->title);
		print_sentence(&a, pool_printf(&a.pool, "It cannot be asked: %s %s",
					       why, ex->here_only ? "It is about the live machine only." :
					       "No saved machine that is installed has what it needs."));
		putc('\n', lab->out);
	}
	lab->notes = NULL;
	pool_free(&a.pool);
	return end;
}
