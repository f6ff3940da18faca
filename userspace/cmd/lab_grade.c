// SPDX-License-Identifier: GPL-2.0-only
/* lab_grade.c - see lab.h: tables of the results of many students. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "lab.h"
#include "output/json.h"
#include "output/table.h"

enum { FILE_NAME, STUDENT, RIGHT, OF, FIRST, WRONG, SHOWN, LEFT_OUT, UNANSWERED, NOT_GRADED, HINTS, SECONDS,
       MACHINE, CONDITION };

const struct column grade_columns[] = {
	[FILE_NAME] = { "FILE", "the result", 0, BY_DEFAULT },
	[STUDENT] = { "STUDENT", "as given with --name", 0, BY_DEFAULT },
	[RIGHT] = { "RIGHT", "exercises with a right answer, computed again", SCOLS_FL_RIGHT, BY_DEFAULT },
	[OF] = { "OF", "exercises that are installed", SCOLS_FL_RIGHT, BY_DEFAULT },
	[FIRST] = { "FIRST", "right at the first try, by the student's word", SCOLS_FL_RIGHT, BY_DEFAULT },
	[WRONG] = { "WRONG", "with wrong answers only", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SHOWN] = { "SHOWN", "of which the answer was shown", SCOLS_FL_RIGHT, BY_DEFAULT },
	[LEFT_OUT] = { "SKIPPED", "left out", SCOLS_FL_RIGHT, ON_REQUEST },
	[UNANSWERED] = { "OPEN", "without an answer", SCOLS_FL_RIGHT, BY_DEFAULT },
	[NOT_GRADED] = { "UNKNOWN", "that cannot be graded: CONDITION says why", SCOLS_FL_RIGHT, BY_DEFAULT },
	[HINTS] = { "HINTS", "given, by the student's word", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SECONDS] = { "SECONDS", "it took, by the student's word", SCOLS_FL_RIGHT, ON_REQUEST },
	[MACHINE] = { "MACHINE", "release and machine of the first layout", 0, ON_REQUEST },
	[CONDITION] = { "CONDITION", "what is missing, cut, mistyped or altered", SCOLS_FL_WRAP, BY_DEFAULT },
};

enum { EACH_FILE, EACH_STUDENT, EACH_EXERCISE, EACH_TITLE, EACH_GRADE, EACH_ANSWER, EACH_RIGHT,
       EACH_TRIES, EACH_HINTS, EACH_SECONDS, EACH_CONDITION };

const struct column grade_each_columns[] = {
	[EACH_FILE] = { "FILE", "the result", 0, BY_DEFAULT },
	[EACH_STUDENT] = { "STUDENT", "as given with --name", 0, ON_REQUEST },
	[EACH_EXERCISE] = { "EXERCISE", "its name", 0, BY_DEFAULT },
	[EACH_TITLE] = { "TITLE", "what it is about", 0, ON_REQUEST },
	[EACH_GRADE] = { "GRADE", "right, wrong, shown, skipped, open, or unknown", 0, BY_DEFAULT },
	[EACH_ANSWER] = { "ANSWER", "the last one", SCOLS_FL_TRUNC, BY_DEFAULT },
	[EACH_RIGHT] = { "COMPUTED", "the right one, computed again", SCOLS_FL_TRUNC, BY_DEFAULT },
	[EACH_TRIES] = { "TRIES", "answers, by the student's word", SCOLS_FL_RIGHT, BY_DEFAULT },
	[EACH_HINTS] = { "HINTS", "given, by the student's word", SCOLS_FL_RIGHT, BY_DEFAULT },
	[EACH_SECONDS] = { "SECONDS", "it took, by the student's word", SCOLS_FL_RIGHT, ON_REQUEST },
	[EACH_CONDITION] = { "CONDITION", "why it cannot be graded", SCOLS_FL_WRAP, BY_DEFAULT },
};

/* --- Cells ------------------------------------------------------------------------------------ */

static size_t count_grades(const struct graded *g, int grade)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += (int)g->grades[i].grade == grade;
	return n;
}

static size_t count_first(const struct graded *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += g->grades[i].first;
	return n;
}

static uint64_t sum(const struct graded *g, bool hints)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += hints ? g->grades[i].hints : g->grades[i].seconds;
	return n;
}

static char *text_or_none(const char *text)
{
	return text ? text_printf("%s", text) : NULL;
}

static char *number(uint64_t n)
{
	return text_printf("%" PRIu64, n);
}

/* "walk: missing", of each exercise; NULL if all is well. */
static char *conditions(const struct graded *g)
{
	char *text = text_or_none(g->condition);

	for (size_t i = 0; i < g->n; i++) {
		char *longer;

		if (!g->grades[i].condition)
			continue;
		longer = text_printf("%s%s%s: %s", text ? text : "", text ? "; " : "",
				     g->grades[i].exercise, g->grades[i].condition);
		free(text);
		text = longer;
	}
	return text;
}

static char *cell_of_count(const struct graded *g, int column)
{
	static const int grade[] = {
		[RIGHT] = GRADE_RIGHT, [WRONG] = GRADE_WRONG, [SHOWN] = GRADE_SHOWN,
		[LEFT_OUT] = GRADE_SKIPPED, [UNANSWERED] = GRADE_OPEN, [NOT_GRADED] = GRADE_UNKNOWN,
	};

	switch (column) {
	case OF:
		return number(g->n);
	case FIRST:
		return number(count_first(g));
	case HINTS:
		return number(sum(g, true));
	case SECONDS:
		return number(sum(g, false));
	default:
		return number(count_grades(g, grade[column]));
	}
}

static char *cell(const void *item, int column)
{
	const struct graded *g = item;

	switch (column) {
	case FILE_NAME:
		return text_printf("%s", g->file);
	case STUDENT:
		return text_or_none(g->student);
	case MACHINE:
		return text_or_none(g->machine);
	case CONDITION:
		return conditions(g);
	default:
		return g->known ? cell_of_count(g, column) : NULL;
	}
}

struct each_row {
	const struct graded *g;
	const struct grade *grade;	/* NULL: the file cannot be read */
};

static char *cell_of_each(const void *item, int column)
{
	const struct each_row *row = item;
	const struct grade *grade = row->grade;

	if (column == EACH_FILE)
		return text_printf("%s", row->g->file);
	if (column == EACH_STUDENT)
		return text_or_none(row->g->student);
	if (!grade)
		return column == EACH_CONDITION ? text_or_none(row->g->condition) : NULL;
	switch (column) {
	case EACH_EXERCISE:
		return text_printf("%s", grade->exercise);
	case EACH_TITLE:
		return text_printf("%s", grade->title);
	case EACH_GRADE:
		return text_printf("%s", grade_words[grade->grade]);
	case EACH_ANSWER:
		return text_or_none(grade->answer);
	case EACH_RIGHT:
		return text_or_none(grade->right);
	case EACH_TRIES:
		return number(grade->tries);
	case EACH_HINTS:
		return number(grade->hints);
	case EACH_SECONDS:
		return number(grade->seconds);
	default:
		return text_or_none(grade->condition);
	}
}

/* --- CSV ---------------------------------------------------------------------------------------- */

/* A control character that a terminal would obey. */
static bool is_obeyed(char c)
{
	return ((unsigned char)c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f;
}

/* RFC 4180; what a spreadsheet would take for a formula gets an apostrophe. */
static void print_csv(const char *text, bool first)
{
	printf("%s\"%s", first ? "" : ",", text && *text && strchr("=+-@\t\r\n", *text) ? "'" : "");
	for (const char *s = text ? text : ""; *s; s++)
		if (is_obeyed(*s))
			printf("\\x%02x", (unsigned int)(unsigned char)*s);
		else
			printf(*s == '"' ? "\"\"" : "%c", *s);
	putchar('"');
}

struct output {
	const struct options *opt;
	const struct column *columns;
	size_t n;
	char *(*cell)(const void *item, int column);
	bool csv;
	struct table table;
	int chosen[TABLE_MAX_COLUMNS];
	size_t n_chosen;
};

static void begin(struct output *o)
{
	o->n_chosen = columns_choose(o->opt, o->columns, o->n, o->chosen);
	if (!o->csv) {
		table_init(&o->table, o->opt, o->columns, o->n);
		return;
	}
	for (size_t i = 0; i < o->n_chosen && !o->opt->noheadings; i++)
		print_csv(o->columns[o->chosen[i]].name, i == 0);
	if (!o->opt->noheadings)
		puts("\r");
}

static void add(struct output *o, const void *item, const char *color)
{
	if (!o->csv) {
		table_add(&o->table, NULL, o->opt->color ? color : NULL, o->cell, item);
		return;
	}
	for (size_t i = 0; i < o->n_chosen; i++) {
		char *text = o->cell(item, o->chosen[i]);

		print_csv(text, i == 0);
		free(text);
	}
	puts("\r");
}

static void end(struct output *o)
{
	if (!o->csv)
		table_print(&o->table, stdout);
}

/* --- All of them ----------------------------------------------------------------------------------- */

static bool has_condition(const struct graded *g)
{
	bool any = g->condition != NULL;

	for (size_t i = 0; i < g->n; i++)
		any |= g->grades[i].condition != NULL;
	return any;
}

static void print_all(struct output *o, const struct graded *all, size_t n)
{
	begin(o);
	for (size_t i = 0; i < n; i++)
		add(o, &all[i], has_condition(&all[i]) ? "yellow" : NULL);
	end(o);
}

static void print_each(struct output *o, const struct graded *all, size_t n)
{
	begin(o);
	for (size_t i = 0; i < n; i++) {
		struct each_row row = { .g = &all[i] };

		if (!all[i].known)
			add(o, &row, "yellow");
		for (size_t j = 0; j < all[i].n; j++) {
			row.grade = &all[i].grades[j];
			add(o, &row, row.grade->condition ? "yellow" : NULL);
		}
	}
	end(o);
}

static json_t *json_each(const struct graded *g, const struct grade *grade)
{
	json_t *object = json_object();

	json_member(object, "file", json_text(g->file));
	json_member(object, "student", json_text(g->student));
	json_member(object, "exercise", json_text(grade->exercise));
	json_member(object, "title", json_text(grade->title));
	json_member(object, "grade", json_text(grade_words[grade->grade]));
	json_member(object, "answer", json_text(grade->answer));
	json_member(object, "computed", json_text(grade->right));
	json_member(object, "tries", json_count(grade->tries));
	json_member(object, "hints", json_count(grade->hints));
	json_member(object, "seconds", json_count(grade->seconds));
	json_member(object, "condition", json_text(grade->condition));
	return object;
}

static json_t *json_graded(const struct graded *g)
{
	static const char *const members[] = {
		[RIGHT] = "right", [OF] = "of", [FIRST] = "first", [WRONG] = "wrong", [SHOWN] = "shown",
		[LEFT_OUT] = "skipped", [UNANSWERED] = "open", [NOT_GRADED] = "unknown",
		[HINTS] = "hints", [SECONDS] = "seconds",
	};
	json_t *object = json_object();
	char *text = conditions(g);

	json_member(object, "file", json_text(g->file));
	json_member(object, "student", json_text(g->student));
	for (size_t i = RIGHT; i < ARRAY_SIZE(members); i++) {
		char *count = g->known ? cell_of_count(g, (int)i) : NULL;

		json_member(object, members[i], count ? json_count(strtoull(count, NULL, 10)) : json_null());
		free(count);
	}
	json_member(object, "machine", json_text(g->machine));
	json_member(object, "condition", json_text(text));
	free(text);
	return object;
}

static void print_json(const struct options *opt, const struct graded *all, size_t n, bool each)
{
	json_t *document = json_document("lab", NULL), *results = json_array(), *grades = json_array();
	const struct column_set set = { NULL, each ? grade_each_columns : grade_columns,
					each ? N_EACH_COLUMNS : N_GRADE_COLUMNS, NULL };

	for (size_t i = 0; i < n; i++) {
		json_element(results, json_graded(&all[i]));
		for (size_t j = 0; j < all[i].n; j++)
			json_element(grades, json_each(&all[i], &all[i].grades[j]));
	}
	json_member(document, each ? "grades" : "results", json_incref(each ? grades : results));
	columns_keep(document, each ? "grades" : "results", opt, &set);
	json_print(stdout, document);
	json_decref(results);
	json_decref(grades);
}

int lab_grade(const struct options *opt, const struct lab_files *files, char **names, int n,
	      bool each, bool csv)
{
	struct output o = { .opt = opt, .csv = csv, .columns = each ? grade_each_columns : grade_columns,
			    .n = each ? N_EACH_COLUMNS : N_GRADE_COLUMNS,
			    .cell = each ? cell_of_each : cell };
	struct graded *all = zalloc_array((size_t)n, sizeof(*all));
	int status = KVAS_OK;

	for (int i = 0; i < n; i++)
		lab_regrade(&all[i], files, names[i]);
	lab_regrade_find_copies(all, (size_t)n);
	for (int i = 0; i < n; i++)
		if (has_condition(&all[i]))
			status = KVAS_DIFFERS;
	if (opt->json)
		print_json(opt, all, (size_t)n, each);
	else if (each)
		print_each(&o, all, (size_t)n);
	else
		print_all(&o, all, (size_t)n);
	if (!opt->json && !csv && !opt->raw && !opt->pairs && !opt->noheadings)
		puts("\nEach answer was computed again. Tries, hints and times are the students' own word.");
	for (int i = 0; i < n; i++) {
		session_free(&all[i].session);
		pool_free(&all[i].pool);
	}
	free(all);
	return status;
}
