// SPDX-License-Identifier: GPL-2.0-only
/* lab.c - guided exercises on this machine's own layout. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "lab.h"
#include "output/json.h"

static const struct option own_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "answers", required_argument, NULL, 'A' },
	{ "result", required_argument, NULL, 'r' },
	{ "name", required_argument, NULL, 'n' },
	{ "seed", required_argument, NULL, 's' },
	{ "new", no_argument, NULL, 'N' },
	{ "grade", no_argument, NULL, 'g' },
	{ "each", no_argument, NULL, 'e' },
	{ "csv", no_argument, NULL, 'v' },
	{ "check", no_argument, NULL, 'c' },
	{ "lab-dir", required_argument, NULL, 'd' },
	{ 0 }
};

struct request {
	bool all, is_new, grade, each, csv, check, has_seed;
	const char *answers, *result, *name, *lab_dir;
	uint64_t seed;
};

/* --- Options ------------------------------------------------------------------------------- */

static uint64_t parse_seed(const char *text)
{
	uint64_t seed;

	if (!scan_number(&text, 0, &seed) || *text)
		die("--seed: expected a number of at most 64 bits, such as 7 or 0x1f");
	return seed;
}

static void take_option(struct request *r, int c)
{
	switch (c) {
	case 'a':	r->all = true; break;
	case 'A':	r->answers = optarg; break;
	case 'r':	r->result = optarg; break;
	case 'n':	r->name = optarg; break;
	case 's':	r->seed = parse_seed(optarg); r->has_seed = true; break;
	case 'N':	r->is_new = true; break;
	case 'g':	r->grade = true; break;
	case 'e':	r->each = true; break;
	case 'v':	r->csv = true; break;
	case 'c':	r->check = true; break;
	default:	r->lab_dir = optarg; break;
	}
}

static bool is_one_line(const char *text)
{
	size_t n;

	for (; *text; text += n) {
		n = utf8_length(text, strlen(text));
		if (!n || (unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

static void refuse_conflicts(const struct request *r, const struct options *opt, int operands)
{
	if ((r->each || r->csv) && !r->grade)
		die("--each and --csv are for --grade");
	if (r->csv && (opt->json || opt->raw || opt->pairs))
		die("--csv, --json, --raw and --pairs exclude each other");
	if (r->grade && !operands)
		die("--grade needs the files of results; see 'kvas lab --help'");
	if ((r->grade || r->check) && (r->all || r->answers || r->result || r->name || r->has_seed ||
				       r->is_new))
		die("--grade and --check ask nothing, and take none of --all, --answers, --result, --name, --seed and --new");
	if (r->answers && operands)
		die("--answers says itself which exercises are answered, and takes no operand");
	if (r->all && (operands || r->answers))
		die("--all asks all exercises: name none, and no --answers");
	if (r->name && !*r->name)
		die("--name needs a name: its argument is empty");
	if (r->name && !is_one_line(r->name))
		die("--name: expected one line of text in UTF-8");
	if (r->result && !*r->result)
		die("--result needs the name of a file: its argument is empty");
	if (opt->json && !r->answers && (r->all || operands) && !r->grade && !r->check)
		die("--json prints no questions: it is for the list, --answers, --grade and --check");
}

/* --- Sessions ------------------------------------------------------------------------------- */

/*
 * The seed that the machine's layout gives: with KASLR, each boot another.  Saved machines
 * are the same for all students, so it is drawn where there is nothing else.
 */
static uint64_t default_seed(const struct lab *lab)
{
	uint32_t drawn = 0;

	if (lab->here)
		return layout_hash(lab->here->world.layout) >> 32;
	if (lab->state_file && getrandom(&drawn, sizeof(drawn), 0) < 0)
		drawn = (uint32_t)time(NULL);
	return drawn;
}

static void keep_old(struct lab *lab)
{
	const char *old = pool_printf(&lab->pool, "%s.old", lab->state_file);

	if (rename(lab->state_file, old) && errno != ENOENT)
		die("cannot rename %s to %s: %s", lab->state_file, old, strerror(errno));
}

/* All exercises are in a result, so that one that is missing was taken away. */
static void add_records(struct lab *lab)
{
	for (size_t i = 0; i < lab->files.n_exercises; i++)
		session_record(&lab->session, lab->files.exercises[i]);
}

/*
 * Answers from a file are a session of their own.  Of a file that cannot be written what is
 * there is read all the same.
 */
static void choose_state_file(struct lab *lab, bool writes)
{
	const char *why;

	lab->state_file = lab_state_file(&lab->pool);
	if (!lab->state_file)
		lab->no_state = "neither XDG_STATE_HOME nor HOME is set";
	else if (writes && !lab_state_prepare(&lab->pool, lab->state_file, &why))
		lab->no_state = why;
	if (writes && lab->no_state)
		fprintf(stderr, "kvas: %s: nothing is kept when you leave, unless --result writes it\n",
			lab->no_state);
}

static void open_session(struct lab *lab, const struct request *r)
{
	struct session *s = &lab->session;
	bool resumed;

	if (r->is_new && lab->state_file && !lab->no_state)
		keep_old(lab);
	resumed = lab->state_file && !(r->is_new && lab->no_state) &&
		  lab_state_load(s, lab->state_file);
	if (resumed && r->has_seed && r->seed != s->seed)
		die("the session in %s has the seed %llu: --new begins another, and keeps it as %s.old",
		    lab->state_file, (unsigned long long)s->seed, lab->state_file);
	if (!resumed) {
		s->seed = r->has_seed ? r->seed : default_seed(lab);
		s->begun = lab_now(&s->pool);
	}
	if (r->name)
		s->student = r->name;
	add_records(lab);
}

static void say_seed(const struct lab *lab, const struct request *r)
{
	const struct session *s = &lab->session;

	fprintf(lab->out, "Seed %llu", (unsigned long long)s->seed);
	if (s->written)
		fprintf(lab->out, ", of the session that began at %s.\n\n", s->begun);
	else if (r->has_seed)
		fputs(".\n\n", lab->out);
	else if (lab->here)
		fputs(", from this layout. Without KASLR each boot has the same: --seed=N gives other numbers.\n\n",
		      lab->out);
	else
		fputs("; --seed=N gives other numbers.\n\n", lab->out);
}

/* --- Checking ------------------------------------------------------------------------------ */

static void print_mistakes(const char *file, const struct mistakes *mistakes)
{
	char *name = escaped(file);

	for (size_t i = 0; i < mistakes->n; i++) {
		char *message = escaped(mistakes->list[i].message);

		if (mistakes->list[i].line)
			fprintf(stderr, "kvas: %s:%u: %s\n", name, mistakes->list[i].line, message);
		else
			fprintf(stderr, "kvas: %s: %s\n", name, message);
		free(message);
	}
	free(name);
}

static json_t *json_mistakes(const char *file, const struct mistakes *mistakes, json_t *array)
{
	for (size_t i = 0; i < mistakes->n; i++) {
		json_t *object = json_object();

		json_member(object, "file", json_text(file));
		json_member(object, "line", mistakes->list[i].line ? json_count(mistakes->list[i].line) :
								    json_null());
		json_member(object, "message", json_text(mistakes->list[i].message));
		json_element(array, object);
	}
	return array;
}

/* Each file, or all exercises that are installed. */
static int check(struct lab *lab, char **names, int n)
{
	const struct world **worlds = zalloc_array(lab->files.n_machines + 1, sizeof(*worlds));
	int count = n ? n : (int)lab->files.n_exercises, wrong = 0;
	json_t *array = json_array(), *document;

	for (size_t i = 0; i < lab->files.n_machines; i++)
		worlds[i] = &lab_saved_machine(lab, i)->world;
	for (int i = 0; i < count; i++) {
		const char *file = n ? names[i] : lab->files.exercises[i]->file;
		struct mistakes mistakes = { 0 };
		struct exercise *ex = lab_exercise_load(file, &mistakes);

		if (!n)
			lab_files_find_doubles(&lab->files, (size_t)i, &mistakes);
		if (!mistakes.n)
			exercise_check(ex, worlds, lab->files.n_machines, &mistakes);
		wrong += mistakes.n != 0;
		if (lab->opt->json)
			json_mistakes(file, &mistakes, array);
		else
			print_mistakes(file, &mistakes);
		if (ex)
			exercise_free(ex);
		mistakes_free(&mistakes);
	}
	if (lab->opt->json) {
		document = json_document("lab", NULL);
		json_member(document, "checked", json_count((uint64_t)count));
		json_member(document, "mistakes", json_incref(array));
		json_print(stdout, document);
	} else if (!wrong) {
		printf("%d exercise%s checked on %zu saved machines: nothing is wrong.\n", count,
		       count == 1 ? "" : "s", lab->files.n_machines);
	}
	json_decref(array);
	free(worlds);
	return wrong ? KVAS_FAILURE : KVAS_OK;
}

/* --- Asking ------------------------------------------------------------------------------------ */

static void ask_operands(struct lab *lab, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (lab_ask(lab, lab_files_need(&lab->files, names[i]), NULL) == ASK_QUIT)
			return;
}

static void ask_all(struct lab *lab)
{
	for (size_t i = 0; i < lab->files.n_exercises; i++) {
		const struct exercise *ex = lab->files.exercises[i];
		enum record_state state = session_find(&lab->session, ex->name)->state;

		if (state != STATE_RIGHT && state != STATE_SHOWN &&
		    lab_ask(lab, ex, NULL) == ASK_QUIT)
			return;
	}
}

/* Whether each exercise that was answered is right. */
static bool ask_answers(struct lab *lab, const struct lab_answers *answers, size_t n)
{
	bool right = true;

	for (size_t i = 0; i < n; i++) {
		if (lab_ask(lab, answers[i].ex, &answers[i]) == ASK_QUIT)
			break;
		right &= session_find(&lab->session, answers[i].ex->name)->state == STATE_RIGHT;
	}
	return right;
}

static int ask(struct lab *lab, const struct request *r, char **names, int n)
{
	struct lab_answers *answers = NULL;
	size_t n_answers = 0;
	bool right = true;

	if (!r->answers && !isatty(STDIN_FILENO) && lab->opt->file && !strcmp(lab->opt->file, "-"))
		die("standard input is the capture: answers cannot come from it, too");
	for (int i = 0; i < n; i++)
		lab_files_need(&lab->files, names[i]);
	if (r->answers)
		answers = lab_answers_load(lab, r->answers, &n_answers);
	lab_catch_signals();
	say_seed(lab, r);
	if (answers)
		right = ask_answers(lab, answers, n_answers);
	else if (r->all)
		ask_all(lab);
	else
		ask_operands(lab, names, n);
	lab_print_score(lab);
	return right ? KVAS_OK : KVAS_DIFFERS;
}

/* --- The command ------------------------------------------------------------------------------- */

static int run_lab(struct lab *lab, const struct request *r, char **names, int n)
{
	bool asks = r->answers || r->all || n;
	char *unused = NULL;
	size_t size;
	int status = KVAS_OK;

	if (r->check)
		return check(lab, names, n);
	lab_open_here(lab);
	if (!r->answers)
		choose_state_file(lab, asks || r->is_new);
	open_session(lab, r);
	if (asks && lab->no_state)
		lab->state_file = NULL;
	if (lab->opt->json && asks)
		lab->out = open_memstream(&unused, &size);
	if (!lab->out)
		die("not enough memory");
	if (asks)
		status = ask(lab, r, names, n);
	else if (!r->result && lab->opt->json)
		json_print(stdout, lab_json_list(lab));
	else if (!r->result)
		lab_print_list(lab);
	if (r->is_new && !asks && lab->state_file && !lab->no_state)
		lab_write(lab->state_file, &lab->session);
	if (r->result)
		lab_write(r->result, &lab->session);
	if (asks && lab->opt->json)
		lab_write("-", &lab->session);
	if (lab->out != stdout)
		fclose(lab->out);
	free(unused);
	return status;
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct lab lab = { .opt = opt, .out = stdout };
	struct request r = { 0 };
	int c, status;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1)
		take_option(&r, c);
	refuse_conflicts(&r, opt, argc - optind);
	lab_files_load(&lab.files, r.lab_dir, r.check);
	if (r.grade)
		status = lab_grade(opt, &lab.files, argv + optind, argc - optind, r.each, r.csv);
	else
		status = run_lab(&lab, &r, argv + optind, argc - optind);
	lab_close_machines(&lab);
	session_free(&lab.session);
	lab_files_free(&lab.files);
	pool_free(&lab.pool);
	return status;
}

static const struct column_set *column_sets(void)
{
	static const struct column_set sets[] = {
		{ NULL, lab_columns, N_LAB_COLUMNS, NULL },
		{ "grade", grade_columns, N_GRADE_COLUMNS, NULL },
		{ "each", grade_each_columns, N_EACH_COLUMNS, NULL },
		{ 0 },
	};

	return sets;
}

const struct command cmd_lab = {
	.name = "lab", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS,
	.synopsis = "[options] [EXERCISE...], --grade FILE..., or --check [FILE...]",
	.summary = "guided exercises on this machine's own layout",
	.own_help =
	" --all                   ask all exercises that are open, from where it was left\n"
	" --answers FILE          take answers from FILE, and ask nobody\n"
	" --result FILE           write the result, for a teacher\n"
	" --name NAME             of the student, for the result\n"
	" --seed N                other numbers in the questions\n"
	" --new                   begin again, and keep the old session\n"
	" --grade                 grade results: compute each answer again\n"
	" --each                  with --grade, a row for each exercise\n"
	" --csv                   with --grade, CSV for spreadsheets\n"
	" --check                 tell what is wrong with files of exercises\n"
	" --lab-dir DIR           exercises and saved machines of DIR\n",
	.columns = column_sets,
	.exclusive = { "grade", "check" },
};
