// SPDX-License-Identifier: GPL-2.0-only
/* check.c - a layout against expectations that somebody wrote down. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "commands.h"
#include "layout/expect.h"
#include "load.h"
#include "machine/machine.h"
#include "output/json.h"
#include "output/table.h"

static const struct option own_options[] = {
	{ "tap", no_argument, NULL, 't' },
	{ "ktap", no_argument, NULL, 'k' },
	{ "junit", no_argument, NULL, 'j' },
	{ "init", no_argument, NULL, 'i' },
	{ 0 }
};

/* An expectation, and what became of it. */
struct result {
	const char *file;
	const struct expectation *expectation;
	enum outcome outcome;
	char *why;
	double seconds;		/* it took to find out */
};

struct results {
	struct result *each;
	size_t n, failed, skipped;
};

/* --- Options that the capture does not hold --------------------------------------- */

const char *value_of_option(void *data, const char *option, const char **why)
{
	struct machine *m = data;
	struct kconfig config = { 0 };

	*why = "there is no machine to ask: name it with --sysroot";
	config.text = m ? machine_config_file(m, why) : NULL;
	return config.text ? kconfig_value(&config, option, machine_pool(m)) : NULL;
}

/* --- The files ---------------------------------------------------------------- */

static struct expectations *load(const char *file)
{
	enum { MAX_FILE = 1 << 20 };
	struct expectations *e, failed;
	const char *name;
	size_t size;
	char *text = load_operand(file, MAX_FILE, "file of expectations", &size, &name);

	e = expectations_parse(text, size, &failed);
	free(text);
	if (!e && failed.error_line)
		die("%s:%u: %s", name, failed.error_line, failed.error);
	if (!e)
		die("%s: %s", name, failed.error);
	return e;
}

static double now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void judge(struct results *r, const char *file, const struct expectations *e,
		  const struct layout *l, const struct option_source *options)
{
	r->each = reallocarray(r->each, r->n + e->n, sizeof(*r->each));
	if (!r->each)
		die("not enough memory");
	for (size_t i = 0; i < e->n; i++) {
		struct result *one = &r->each[r->n++];
		double begun = now();

		*one = (struct result){ .file = file, .expectation = &e->each[i] };
		one->outcome = expectation_judge(one->expectation, l, options, &one->why);
		one->seconds = now() - begun;
		if (one->outcome == MEANINGLESS)
			die("%s:%u: %s", file, one->expectation->line, one->why);
		r->failed += one->outcome == FAILS;
		r->skipped += one->outcome == SKIPPED;
	}
}

/* --- A table, and a sentence --------------------------------------------------- */

enum { RESULT, WHERE, EXPECTATION, FOUND };

static const struct column check_columns[] = {
	[RESULT] = { "RESULT", "holds, fails or skipped", 0, BY_DEFAULT },
	[WHERE] = { "WHERE", "file and line", 0, BY_DEFAULT },
	[EXPECTATION] = { "EXPECTATION", "as the file has it", 0, BY_DEFAULT },
	[FOUND] = { "FOUND", "what the layout has instead, or why it was skipped", 0, BY_DEFAULT },
};

static const char *outcome_word(enum outcome outcome)
{
	return outcome == HOLDS ? "holds" : outcome == FAILS ? "fails" : "skipped";
}

static char *check_cell(const void *item, int column)
{
	const struct result *r = item;

	switch (column) {
	case RESULT:
		return text_printf("%s", outcome_word(r->outcome));
	case WHERE:
		return text_printf("%s:%u", r->file, r->expectation->line);
	case EXPECTATION:
		return text_printf("%s", r->expectation->text);
	default:
		return r->why ? text_printf("%s", r->why) : NULL;
	}
}

static void print_table(const struct results *r, const struct options *opt)
{
	static const char *const colors[] = {
		[HOLDS] = "green", [FAILS] = "red", [SKIPPED] = "darkgray",
	};
	struct table t;

	table_init(&t, opt, check_columns, ARRAY_SIZE(check_columns));
	for (size_t i = 0; i < r->n; i++)
		table_add(&t, NULL, opt->color ? colors[r->each[i].outcome] : NULL,
			  check_cell, &r->each[i]);
	table_print(&t, stdout);
	if (!opt->raw && !opt->pairs)
		printf("\n%zu of %zu hold, %zu fail, %zu skipped\n",
		       r->n - r->failed - r->skipped, r->n, r->failed, r->skipped);
}

static const struct column_set *column_sets(void)
{
	static const char *const members[ARRAY_SIZE(check_columns)] = { [WHERE] = "file line" };
	static const struct column_set sets[] = {
		{ NULL, check_columns, ARRAY_SIZE(check_columns), members },
		{ 0 },
	};

	return sets;
}

/* --- For CI systems -------------------------------------------------------------- */

/* A # would begin a directive. */
static void print_description(const char *text)
{
	for (const char *s = text; *s; s++)
		printf(*s == '#' ? "\\#" : "%c", *s);
}

/* Where it stands and what was found, of what fails. */
static void print_diagnostic(const struct result *r)
{
	printf("# %s:%u: %s\n", r->file, r->expectation->line, r->why);
}

/*
 * TAP 13, which Perl's prove reads; KTAP (Documentation/dev-tools/ktap.rst) has
 * the diagnostics before the line that they are for.  The name of a test depends
 * neither on its line nor on its spaces: both change with what is around it.
 */
static void print_tap(const struct results *r, const struct layout *l, bool ktap)
{
	printf("%s\n1..%zu\n", ktap ? "KTAP version 1" : "TAP version 13", r->n);
	printf("# Linux %s, %s\n", l->release, l->machine);
	for (size_t i = 0; i < r->n; i++) {
		const struct result *one = &r->each[i];
		bool fails = one->outcome == FAILS;

		if (fails && ktap)
			print_diagnostic(one);
		printf("%sok %zu - ", fails ? "not " : "", i + 1);
		print_description(one->file);
		printf(": ");
		print_description(one->expectation->name);
		printf("%s%s\n", one->outcome == SKIPPED ? " # SKIP " : "",
		       one->outcome == SKIPPED ? one->why : "");
		if (fails && !ktap)
			print_diagnostic(one);
	}
}

static void print_xml(const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '<':	fputs("&lt;", stdout); break;
		case '>':	fputs("&gt;", stdout); break;
		case '&':	fputs("&amp;", stdout); break;
		case '"':	fputs("&quot;", stdout); break;
		case '\t':	fputs("&#9;", stdout); break;
		default:	putchar((unsigned char)*s < 0x20 ? '?' : *s);
		}
	}
}

static void print_attribute(const char *name, const char *value)
{
	printf(" %s=\"", name);
	print_xml(value);
	putchar('"');
}

static void print_property(const char *name, const char *value)
{
	if (!value)
		return;
	fputs("      <property", stdout);
	print_attribute("name", name);
	print_attribute("value", value);
	puts("/>");
}

/* What CI systems take for package and class: no path, and one dot. */
static char *class_name(const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	const char *dot = strrchr(name, '.');
	size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	char *class = text_printf("kvas.%.*s", (int)n, name);

	for (char *c = class + strlen("kvas."); *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '-')
			*c = '_';
	}
	return class;
}

static void print_case(const struct result *r, const char *class)
{
	bool fails = r->outcome == FAILS;

	fputs("    <testcase", stdout);
	print_attribute("classname", class);
	print_attribute("name", r->expectation->name);
	printf(" time=\"%.6f\"", r->seconds);
	if (r->outcome == HOLDS) {
		puts("/>");
		return;
	}
	printf("><%s", fails ? "failure" : "skipped");
	print_attribute("message", r->why);
	putchar('>');
	/* Some show the message, some the text. */
	print_xml(r->file);
	printf(":%u: ", r->expectation->line);
	print_xml(r->why);
	printf("</%s></testcase>\n", fails ? "failure" : "skipped");
}

static struct results sum(const struct result *each, size_t n, double *seconds)
{
	struct results r = { .n = n };

	*seconds = 0;
	for (size_t i = 0; i < n; i++) {
		r.failed += each[i].outcome == FAILS;
		r.skipped += each[i].outcome == SKIPPED;
		*seconds += each[i].seconds;
	}
	return r;
}

/* The results of one file. */
static void print_suite(const struct result *each, size_t n, const struct layout *l,
			const char *when)
{
	char *class = class_name(each->file);
	double seconds;
	struct results r = sum(each, n, &seconds);

	fputs("  <testsuite", stdout);
	print_attribute("name", each->file);
	printf(" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.6f\" timestamp=\"%s\">\n",
	       n, r.failed, r.skipped, seconds, when);
	puts("    <properties>");
	print_property("kernel", l->release);
	print_property("machine", l->machine);
	print_property("arch", l->arch);
	print_property("build_id", l->build_id);
	puts("    </properties>");
	for (size_t i = 0; i < n; i++)
		print_case(&each[i], class);
	puts("  </testsuite>");
	free(class);
}

static void print_junit(const struct results *r, const struct layout *l)
{
	time_t today = time(NULL);
	struct tm utc = { 0 };
	double seconds;
	char when[24];

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", gmtime_r(&today, &utc));
	sum(r->each, r->n, &seconds);
	printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	       "<testsuites name=\"kvas check\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"%.6f\">\n",
	       r->n, r->failed, seconds);
	for (size_t i = 0, n; i < r->n; i += n) {
		for (n = 1; i + n < r->n && r->each[i + n].file == r->each[i].file; n++)
			;
		print_suite(&r->each[i], n, l, when);
	}
	puts("</testsuites>");
}

static json_t *json_results(const struct results *r, const struct options *opt,
			    const struct layout *l)
{
	json_t *document = json_document("check", l), *array = json_array();

	for (size_t i = 0; i < r->n; i++) {
		const struct result *one = &r->each[i];
		json_t *object = json_object();

		json_member(object, "result", json_text(outcome_word(one->outcome)));
		json_member(object, "file", json_text(one->file));
		json_member(object, "line", json_count(one->expectation->line));
		json_member(object, "expectation", json_text(one->expectation->text));
		json_member(object, "found", json_text(one->why));
		json_element(array, object);
	}
	json_member(document, "expectations", array);
	columns_keep(document, "expectations", opt, column_sets());
	json_member(document, "hold", json_count(r->n - r->failed - r->skipped));
	json_member(document, "fail", json_count(r->failed));
	json_member(document, "skipped", json_count(r->skipped));
	return document;
}

/* --- The command ------------------------------------------------------------------ */

/* The letter of what was asked for, or 0. */
static int parse_format(const struct options *opt, int argc, char **argv)
{
	int c, format = 0;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		if (format && format != c)
			die("--tap, --ktap, --junit and --init exclude each other");
		format = c;
	}
	if (format && (opt->json || opt->raw || opt->pairs))
		die("--tap, --ktap, --junit, --init, --json, --raw and --pairs exclude each other");
	return format;
}

static int init(const struct options *opt)
{
	struct layout *l = load_layout(opt);

	expectations_write(stdout, l);
	layout_free(l);
	return KVAS_OK;
}

static int run(const struct options *opt, int argc, char **argv)
{
	int format = parse_format(opt, argc, argv), first = optind, n = argc - first;
	struct option_source options = { .value = value_of_option };
	struct expectations **files;
	struct machine *m = NULL;
	char **names;
	struct results r = { 0 };
	struct layout *l;

	if (format == 'i' && n)
		die("--init takes no file, but got '%s': it prints a new one", argv[first]);
	if (format == 'i')
		return init(opt);
	if (n < 1)
		die("check needs a file of expectations; see 'kvas check --help', or begin with 'kvas check --init'");
	files = zalloc_array((size_t)n, sizeof(*files));
	names = zalloc_array((size_t)n, sizeof(*names));
	for (int i = 0; i < n; i++) {
		files[i] = load(argv[first + i]);
		names[i] = escaped(argv[first + i]);
	}
	l = load_layout(opt);
	/* What a capture alone was saved of may not be this machine. */
	if (!opt->file)
		m = options.data = machine_new(opt->sysroot, NULL);
	for (int i = 0; i < n; i++)
		judge(&r, names[i], files[i], l, &options);
	if (format == 't' || format == 'k')
		print_tap(&r, l, format == 'k');
	else if (format == 'j')
		print_junit(&r, l);
	else if (opt->json)
		json_print(stdout, json_results(&r, opt, l));
	else
		print_table(&r, opt);
	for (size_t i = 0; i < r.n; i++)
		free(r.each[i].why);
	free(r.each);
	for (int i = 0; i < n; i++) {
		expectations_free(files[i]);
		free(names[i]);
	}
	free(files);
	free(names);
	if (m)
		machine_free(m);
	layout_free(l);
	return r.failed ? KVAS_DIFFERS : KVAS_OK;
}

const struct command cmd_check = {
	.name = "check", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS,
	.synopsis = "[options] FILE... | --init",
	.summary = "the layout against expectations, one a line in FILE",
	.own_help =
	" --tap                   print TAP, version 13\n"
	" --ktap                  print KTAP, as kernel tests do\n"
	" --junit                 print JUnit's XML\n"
	" --init                  print a first FILE: what holds of this layout\n",
	.columns = column_sets,
};
