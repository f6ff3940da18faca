// SPDX-License-Identifier: GPL-2.0-only
/* kvas.c - the command line: options, commands, help. */
#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/commands.h"
#include "output/terminal.h"

enum { MAX_OWN = 20 };	/* options that are one command's own */

static const struct option global_options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "sysroot", required_argument, NULL, OPT_SYSROOT },
	{ "process", required_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'J' },
	{ "raw", no_argument, NULL, 'r' },
	{ "pairs", no_argument, NULL, 'P' },
	{ "noheadings", no_argument, NULL, 'n' },
	{ "bytes", no_argument, NULL, 'b' },
	{ "output", required_argument, NULL, 'o' },
	{ "output-all", no_argument, NULL, OPT_OUTPUT_ALL },
	{ "list-columns", no_argument, NULL, 'H' },
	{ "color", optional_argument, NULL, OPT_COLOR },
	{ "ascii", no_argument, NULL, OPT_ASCII },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static const char *const option_help[OPT_OWN] = {
	['f'] = " -f, --file FILE         read this capture (- is standard input)",
	[OPT_SYSROOT] = "     --sysroot DIR       read a machine that 'kvas save --all' saved",
	['p'] = " -p, --process PID       of this process; self and a name that only one has, too",
	['J'] = " -J, --json              print JSON",
	['r'] = " -r, --raw               print columns without padding, for scripts",
	['P'] = " -P, --pairs             print KEY=\"value\" pairs",
	['n'] = " -n, --noheadings        print no headings",
	['b'] = " -b, --bytes             print sizes in bytes, not rounded",
	['o'] = " -o, --output LIST       print these columns (+LIST: these too)",
	[OPT_OUTPUT_ALL] = "     --output-all        print all columns",
	['H'] = " -H, --list-columns      list the columns, with -r their names only",
	[OPT_COLOR] = "     --color[=WHEN]      auto, always or never",
	[OPT_ASCII] = "     --ascii             draw with ASCII characters only",
	['h'] = " -h, --help              this help, or that of a command",
	['V'] = " -V, --version           the version",
};

static const struct command *const commands[] = {
	&cmd_show, &cmd_map, &cmd_draw, &cmd_where, &cmd_walk, &cmd_get, &cmd_explain,
	&cmd_verify, &cmd_diff,
	&cmd_mappings, &cmd_user, &cmd_threads, &cmd_check, &cmd_predict, &cmd_export,
	&cmd_save, &cmd_lab,
};

struct invocation {
	struct options opt;
	const struct command *command;
	const char *color;		/* argument of --color */
	bool seen[OPT_OWN];
	char **own_argv;		/* what the command gets */
	int own_argc;
};

/* --- Help -------------------------------------------------------------------- */

/* The options that takes has, or all of them. */
static void print_options(FILE *out, const char *takes)
{
	fputs("\nOptions:\n", out);
	for (const struct option *o = global_options; o->name; o++)
		if (!takes || strchr(takes, o->val))
			fprintf(out, "%s\n", option_help[o->val]);
}

/* What is a command's own. */
static void print_own(FILE *out, const struct command *c)
{
	if (c->own_help)
		fprintf(out, "\nOptions of %s:\n%s", c->name, c->own_help);
	if (c->columns)
		columns_help(out, c->columns());
}

static void print_help(FILE *out)
{
	fputs("\nUsage:\n kvas [options] [command]\n\n"
	      "Shows what lies where in the kernel's virtual address space.\n"
	      "\nCommands:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, " %-9s %s\n", commands[i]->name, commands[i]->summary);
	print_options(out, NULL);
	print_own(out, commands[0]);
	fputs("\n'kvas COMMAND --help' tells more; see kvas(1) for all.\n", out);
}

static void print_command_help(FILE *out, const struct command *c)
{
	fprintf(out, "\nUsage:\n kvas %s %s\n\nkvas %s: %s.\n", c->name,
		c->synopsis, c->name, c->summary);
	print_options(out, c->takes);
	print_own(out, c);
	fputs("\nSee kvas(1) for all.\n", out);
}

static const char *help_of(const struct invocation *inv)
{
	static char text[64];

	if (!inv->command)
		return "kvas --help";
	snprintf(text, sizeof(text), "kvas %s --help", inv->command->name);
	return text;
}

/* --- Options ----------------------------------------------------------------- */

static const char *option_name(int c)
{
	for (const struct option *o = global_options; o->name; o++)
		if (o->val == c)
			return o->name;
	return "?";
}

/* Hands an option on that is the command's own business. */
static void pass_on(struct invocation *inv, const struct option *o)
{
	inv->own_argv[inv->own_argc++] = optarg ?
		text_printf("--%s=%s", o->name, optarg) :
		text_printf("--%s", o->name);
}

static void take_option(struct invocation *inv, int c)
{
	struct options *opt = &inv->opt;

	inv->seen[c] = true;
	switch (c) {
	case 'f':		opt->file = optarg; break;
	case OPT_SYSROOT:	opt->sysroot = optarg; break;
	case 'p':		opt->process = optarg; break;
	case 'J':		opt->json = true; break;
	case 'r':		opt->raw = true; break;
	case 'P':		opt->pairs = true; break;
	case 'n':		opt->noheadings = true; break;
	case 'b':		opt->bytes = true; break;
	case 'o':		opt->columns = optarg; break;
	case OPT_OUTPUT_ALL:	opt->all_columns = true; break;
	case OPT_COLOR:		inv->color = optarg ? optarg : "always"; break;
	case OPT_ASCII:		opt->ascii = true; break;
	}
}

/* A word that begins with "--", and is no option or that of several. */
__attribute__((noreturn))
static void refuse_long(const struct invocation *inv, const struct option *all, const char *word)
{
	const char *name = word + strlen("--"), *similar;
	const char *names[ARRAY_SIZE(global_options) + MAX_OWN];
	size_t length = strcspn(name, "="), n = 0, matches = 0;
	char *list = text_printf("%s", "");

	for (const struct option *o = all; o->name; o++) {
		char *longer;

		names[n++] = o->name;
		if (strcmp(o->name, name) != 0 && strncmp(o->name, name, length) == 0) {
			longer = text_printf("%s%s--%s", list, matches++ ? ", " : "", o->name);
			free(list);
			list = longer;
		}
	}
	if (matches > 1)
		die("the option %s is ambiguous: it may be %s", word, list);
	if (matches && name[length])
		die("the option %s takes no argument, but got '%s'", list, name + length + 1);
	similar = similar_word(name, length, names, n);
	if (similar)
		die("unknown option %s; did you mean --%s?", word, similar);
	die("unknown option %s; see '%s'", word, help_of(inv));
}

/*
 * Takes the options out of argv and moves operands after them; stops at the
 * first operand if order says "+".  Returns the number of words taken.
 */
static int parse_options(struct invocation *inv, int argc, char **argv,
			 const char *order)
{
	const struct command *owner = inv->command ? inv->command : commands[0];
	struct option all[ARRAY_SIZE(global_options) + MAX_OWN];
	char letters[40];
	size_t n = 0;
	int c;

	for (const struct option *o = global_options; o->name; o++)
		all[n++] = *o;
	for (const struct option *o = owner->own; o && o->name; o++, n++) {
		if (o == owner->own + MAX_OWN)
			abort();	/* a mistake in the table */
		all[n] = *o;
		all[n].flag = NULL;
		all[n].val = OPT_OWN + (int)(o - owner->own);
	}
	all[n] = (struct option){ 0 };
	snprintf(letters, sizeof(letters), "%s:f:p:JrPnbo:HhV", order);
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, all, NULL)) != -1) {
		const char *word = argv[optind - 1];

		if (c == ':')
			die("the option %s needs an argument; see '%s'", word, help_of(inv));
		if (c == '?' && optopt && optopt < OPT_OWN && strncmp(word, "--", 2) != 0)
			die("unknown option -%c; see '%s'", optopt, help_of(inv));
		if (c == '?')
			refuse_long(inv, all, word);
		if (c >= OPT_OWN)
			pass_on(inv, &owner->own[c - OPT_OWN]);
		else
			take_option(inv, c);
	}
	return optind;
}

static void exclude(const struct invocation *inv, const char *letters)
{
	const char *first = NULL;

	for (const char *c = letters; *c; c++) {
		if (!inv->seen[(unsigned char)*c])
			continue;
		if (first)
			die("--%s and --%s exclude each other", first, option_name(*c));
		first = option_name(*c);
	}
}

static bool has_own(const struct invocation *inv, const char *name)
{
	size_t length = strlen(name);

	for (int i = 1; i < inv->own_argc; i++)
		if (strncmp(inv->own_argv[i] + strlen("--"), name, length) == 0 &&
		    strchr("=", inv->own_argv[i][strlen("--") + length]))
			return true;
	return false;
}

static void exclude_own(const struct invocation *inv)
{
	const struct command *command = inv->command;
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(command->exclusive) && command->exclusive[i]; i++) {
		if (!has_own(inv, command->exclusive[i]))
			continue;
		if (first)
			die("--%s and --%s exclude each other", first, command->exclusive[i]);
		first = command->exclusive[i];
	}
}

static void refuse_conflicts(const struct invocation *inv)
{
	struct stat place;

	if (inv->opt.file && !*inv->opt.file)
		die("--file needs the name of a capture: its argument is empty");
	if (inv->opt.sysroot && !*inv->opt.sysroot)
		die("--sysroot needs the name of a directory: its argument is empty");
	exclude(inv, "JrP");
	/* A process may be of a sysroot, and the capture of its kernel a file. */
	if (!inv->command->joins_file_and_sysroot && !inv->opt.process)
		exclude(inv, "f\1");
	if (inv->opt.file && inv->opt.sysroot &&
	    (stat(inv->opt.sysroot, &place) || !S_ISDIR(place.st_mode)))
		die("--sysroot %s: there is no such directory", inv->opt.sysroot);
	exclude(inv, "o\2");
	exclude(inv, "Jn");	/* JSON has no headings */
	if (inv->opt.columns && !inv->opt.columns[inv->opt.columns[0] == '+'])
		die("--output names no column: expected a list, such as NAME,SIZE; see --list-columns");
	exclude_own(inv);
	for (int c = 1; c < OPT_OWN; c++)
		if (inv->seen[c] && !strchr(inv->command->takes, c))
			die("%s does not take --%s; see '%s'", inv->command->name,
			    option_name(c), help_of(inv));
}

static void decide_output(struct invocation *inv)
{
	struct options *opt = &inv->opt;

	/* What scripts read is exact. */
	opt->bytes = opt->bytes || opt->raw || opt->pairs;
	opt->terminal = isatty(STDOUT_FILENO);
	opt->color = terminal_color(inv->color, opt->terminal);
	opt->utf8 = !opt->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	terminal_width(opt);
}

/* --- Main -------------------------------------------------------------------- */

static const struct command *find_command(const char *name)
{
	const char *names[ARRAY_SIZE(commands)], *similar;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		names[i] = commands[i]->name;
	similar = similar_word(name, strlen(name), names, ARRAY_SIZE(commands));
	if (similar)
		die("unknown command '%s'; did you mean %s?", name, similar);
	die("unknown command '%s'; see 'kvas --help'", name);
}

/* Output that did not arrive is a failure. */
static void close_stdout(void)
{
	bool failed = ferror(stdout);

	errno = 0;	/* of an earlier failure it may tell another by now */
	if (fclose(stdout) == 0 && !failed)
		return;
	fprintf(stderr, "kvas: cannot write the output: %s\n",
		errno ? strerror(errno) : "a part of it is lost");
	_exit(KVAS_FAILURE);
}

/* Of the table that the command would print with its own options. */
static const struct column_set *printed_columns(const struct invocation *inv)
{
	const struct column_set *sets = inv->command->columns(), *set = sets;

	for (const struct column_set *s = sets; s->columns; s++)
		if (s->option && (has_own(inv, s->option) ||
				  (inv->opt.process && strcmp(s->option, "process") == 0)))
			set = s;
	return set;
}

/* Help and version need no layout, whatever else is on the command line. */
static void answer_questions(const struct invocation *inv, bool command_given)
{
	if (inv->seen['V']) {
		printf("kvas %s (format %d)\n", KVAS_VERSION, KVAS_FORMAT_VERSION);
		exit(KVAS_OK);
	}
	if (inv->seen['H'] && !inv->seen['h']) {
		columns_list(stdout, &inv->opt, inv->command->name, printed_columns(inv));
		exit(KVAS_OK);
	}
	if (!inv->seen['h'])
		return;
	if (command_given)
		print_command_help(stdout, inv->command);
	else
		print_help(stdout);
	exit(KVAS_OK);
}

int main(int argc, char **argv)
{
	static struct invocation inv;
	bool command_given;
	int status, taken;

	/* Only the encoding: messages are in English, and numbers as in 12.5P, everywhere. */
	setlocale(LC_CTYPE, "");
	atexit(close_stdout);
	inv.own_argv = zalloc_array((size_t)argc + 3, sizeof(char *));
	inv.own_argv[inv.own_argc++] = argv[0];

	taken = parse_options(&inv, argc, argv, "+");
	command_given = taken < argc;
	inv.command = command_given ? find_command(argv[taken]) : commands[0];
	if (inv.own_argc > 1 && inv.command != commands[0])
		die("%s is an option of %s, not of %s", inv.own_argv[1],
		    commands[0]->name, inv.command->name);
	argc -= taken;
	argv += taken;
	taken = command_given ? parse_options(&inv, argc, argv, "") : 0;
	refuse_conflicts(&inv);
	decide_output(&inv);
	answer_questions(&inv, command_given);
	if (inv.opt.columns)
		columns_check(&inv.opt, inv.command->columns(), printed_columns(&inv));

	inv.own_argv[0] = (char *)inv.command->name;
	inv.own_argv[inv.own_argc++] = (char *)"--";
	for (int i = taken; i < argc; i++)
		inv.own_argv[inv.own_argc++] = argv[i];
	status = inv.command->run(&inv.opt, inv.own_argc, inv.own_argv);
	for (char **own = inv.own_argv + 1; strcmp(*own, "--") != 0; own++)
		free(*own);
	free(inv.own_argv);
	return status;
}
