// SPDX-License-Identifier: GPL-2.0-only
/* save.c - keep the layout, or all that verify looks at, for later. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "base/write.h"
#include "commands.h"
#include "load.h"
#include "mappings.h"
#include "process.h"
#include "threads.h"
#include "verify/verify.h"

static const struct option own_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "shareable", no_argument, NULL, 'S' },
	{ "force", no_argument, NULL, 'F' },
	{ 0 }
};

struct wishes {
	bool all, force, shareable;
	const char *to;
};

/* --- One file ------------------------------------------------------------ */

/* What a value of the contract can hold of some text; the caller frees it. */
static char *as_value(const char *text)
{
	char *value = text_printf("%s", text);

	for (char *p = value; *p; p++) {
		if (*p == '"')
			*p = '\'';
		else if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	}
	return value;
}

/* Now, in UTC. */
static char *now(void)
{
	char text[32] = "";
	time_t t = time(NULL);
	struct tm tm;

	if (gmtime_r(&t, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text_printf("%s", text);
}

/*
 * A machine does not say in its live file when it was asked and with which
 * parameters it was started, but who compares captures must know.  The record
 * comes after that of the kernel, and the count at the end includes it.
 */
static void add_context(struct capture *c, const struct options *opt)
{
	static const char count[] = "\nend     records=";
	char *kernel = strchr(c->text, '\n') + 1, *rest = strchr(kernel, '\n') + 1;
	char *end = strstr(rest - 1, count), *when, *cmdline, *read, *text;

	if (opt->file || c->layout->has_context || !end)
		return;
	read = sysroot_cmdline(opt->sysroot);
	cmdline = as_value(read ? read : "");
	when = opt->sysroot ? text_printf("%s", "") : now();
	text = text_printf("%.*scapture%s%s%s%s%s%s%.*s%s%zu\n",
			   (int)(rest - c->text), c->text,
			   *when ? " when=" : "", when,
			   *cmdline ? " cmdline=\"" : "", cmdline, *cmdline ? "\"" : "",
			   "\n", (int)(end - rest), rest, count, c->layout->n_records + 1);
	free(read);
	free(cmdline);
	free(when);
	free(c->text);
	c->text = text;
	c->size = strlen(text);
}

/*
 * A file that is made anew takes the place of what has its name.  Only a
 * capture may be lost that way: a device node, a pipe or what makes a name
 * stand for another file would be gone, and nothing written to it.
 */
static void refuse_special(const char *to)
{
	struct stat st;

	if (lstat(to, &st) || S_ISREG(st.st_mode))
		return;
	if (S_ISDIR(st.st_mode))
		die("%s is a directory: name a file in it, or see --all", to);
	if (S_ISLNK(st.st_mode))
		die("%s is a symbolic link: name the file itself", to);
	die("%s is not a regular file: name another one, or write to standard output with 'kvas save -'",
	    to);
}

/* Like link() and unlink(), where a file system has no hard links. */
static bool move_to_new(const char *from, const char *to)
{
	if (!link(from, to))
		return !unlink(from);
	if (errno != EPERM && errno != EOPNOTSUPP)
		return false;
	return !renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

/*
 * Whole or not at all, and for the owner's eyes only.  A capture cannot be
 * made again after the next boot, so none is overwritten unasked.
 */
static void save_file(const char *text, size_t size, const char *to, bool force)
{
	char *temporary;
	int fd, error;

	refuse_special(to);
	temporary = text_printf("%s.XXXXXX", to);
	fd = mkstemp(temporary);
	if (fd < 0)
		die("cannot write %s: %s", to, strerror(errno));
	errno = 0;
	if (!write_fd(fd, text, size) || fsync(fd) || close(fd)) {
		error = errno;
		unlink(temporary);
		die("cannot write %s: %s", to, strerror(error));
	}
	if (force ? rename(temporary, to) : !move_to_new(temporary, to)) {
		error = errno;
		unlink(temporary);
		if (error == EEXIST)
			die("%s already exists: name another file, or use --force",
			    to);
		die("cannot write %s: %s", to, strerror(error));
	}
	free(temporary);
}

/* --- A whole machine ----------------------------------------------------- */

static void make_directory(const char *to)
{
	struct machine *m;
	const char *const *names;
	const char *why;

	if (!mkdir(to, 0700))
		return;
	if (errno != EEXIST)
		die("cannot make the directory %s: %s", to, strerror(errno));
	/* Files of two machines in one directory would belong together. */
	m = machine_new(to, NULL);
	names = machine_list(m, "/", &why);
	if (!names)
		die("%s exists and is not a directory", to);
	if (names[0])
		die("%s is not empty: name an empty directory, or one that does not exist", to);
	machine_free(m);
}

/* What is in the directory that only some may see, and what became of it. */
static void print_privacy(struct machine *m, bool shareable)
{
	const bool tables = machine_file(m, KVAS_LIVE_MAPPINGS, NULL, NULL);
	const bool threads = machine_file(m, KVAS_LIVE_THREADS, NULL, NULL);

	if (shareable)
		puts("what shows page tables or memory of the kernel, or names of processes, is left out");
	else
		printf("what is saved shows %s%s%spieces of the kernel's memory: give it only to those you trust, or leave out %s with --shareable\n",
		       tables ? "the kernel's page tables, " : "",
		       threads ? "the names of all processes, " : "",
		       tables || threads ? "and " : "",
		       tables || threads ? "all of these" : "them");
}

/*
 * The sources are loaded and asked for their verdicts as verify would, and
 * what they look at is written down on the way.
 */
static void save_all(const struct options *opt, const struct capture *c,
		     const struct wishes *w)
{
	const char *to = w->to;
	struct machine *m;
	struct evidence *evidence;
	struct verification *v;
	size_t had, missing;
	char *shown;

	make_directory(to);
	m = machine_new(opt->sysroot, to);
	if (w->shareable)
		machine_share(m);
	machine_save(m, KVAS_LIVE_FILE, c->text, c->size);
	evidence = evidence_load(m);
	v = verify(c->layout, evidence, false);
	/* Older modules have none, and a kernel that is locked down does not show them. */
	machine_file(m, KVAS_LIVE_MAPPINGS, NULL, NULL);
	machine_file(m, KVAS_LIVE_THREADS, NULL, NULL);
	if (machine_save_finish(m, c->layout->release))
		die("cannot write to %s: %s", to, strerror(errno));
	machine_counts(m, &had, &missing);
	shown = escaped(to);
	printf("saved %zu files to %s; %zu that verify would read are not on this machine, see %s/MANIFEST\n",
	       had + 1, shown, missing, shown);
	print_privacy(m, w->shareable);
	if (v->n_disagree)
		printf("another source disagrees with what is published here: see 'kvas verify --sysroot %s'\n",
		       shown);
	free(shown);
	verification_free(v);
	evidence_free(evidence);
	machine_free(m);
}

/* --- The command --------------------------------------------------------- */

static void parse_wishes(struct wishes *w, int argc, char **argv)
{
	int c;

	*w = (struct wishes) { 0 };
	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		w->all = w->all || c == 'a';
		w->force = w->force || c == 'F';
		w->shareable = w->shareable || c == 'S';
	}
	if (argc - optind != 1)
		die("save needs one operand, the %s to write; see 'kvas save --help'",
		    w->all ? "directory" : "file");
	w->to = argv[optind];
}

static void save_text(const char *text, size_t size, const struct wishes *w)
{
	if (strcmp(w->to, "-") == 0)
		fwrite(text, 1, size, stdout);
	else
		save_file(text, size, w->to, w->force);
}

static void save_process(const struct options *opt, const struct wishes *w)
{
	struct process *p = load_process(opt, opt->process);
	size_t size;
	char *text = process_text(p, &size);

	save_text(text, size, w);
	free(text);
	process_free(p);
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct capture c;
	struct wishes w;

	parse_wishes(&w, argc, argv);
	if (w.all && opt->file)
		die("save --all saves a machine, and --file names only a capture of one");
	if (w.all && w.force)
		die("--all and --force exclude each other: name an empty directory");
	if (w.shareable && !w.all)
		die("--shareable is for --all: one capture holds no page tables, no memory and no names of processes");
	if (opt->process && (w.all || opt->file))
		die("--process saves a process alone: it excludes --all and --file");
	if (opt->process) {
		save_process(opt, &w);
		return KVAS_OK;
	}
	capture_open(&c, opt);
	if (w.all)
		save_all(opt, &c, &w);
	else
		add_context(&c, opt);
	if (!w.all)
		save_text(c.text, c.size, &w);
	capture_close(&c);
	return KVAS_OK;
}

const struct command cmd_save = {
	.name = "save", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN "p",
	.synopsis = "[options] FILE | -p PID FILE | --all [--shareable] DIRECTORY",
	.summary = "keep the layout, a process, or all that verify reads, for later",
	.own_help =
	" --all                   into a directory: the layout and everything that verify reads\n"
	" --shareable             with --all: leave out what shows page tables, memory\n"
	"                         or names of processes\n"
	" --force                 replace a file that exists\n",
};
