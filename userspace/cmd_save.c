// SPDX-License-Identifier: GPL-2.0-only
/* cmd_save.c - keep the layout, or all that verify looks at, for later. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"
#include "sysroot.h"
#include "util.h"
#include "verify/verify.h"
#include "verify_cmd.h"

const struct option save_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "force", no_argument, NULL, 'F' },
	{ 0 }
};

struct wishes {
	bool all, force;
	const char *to;
};

/* --- One file ------------------------------------------------------------ */

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
	die("%s is no regular file: name another one, or write to standard output with 'kvas save -'",
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
static void save_file(const struct capture *c, const char *to, bool force)
{
	char *temporary;
	int fd, error;

	refuse_special(to);
	temporary = text_printf("%s.XXXXXX", to);
	fd = mkstemp(temporary);
	if (fd < 0)
		die("cannot write %s: %s", to, strerror(errno));
	errno = 0;
	if (!write_fd(fd, c->text, c->size) || fsync(fd) || close(fd)) {
		error = errno;
		unlink(temporary);
		die("cannot write %s: %s", to, strerror(error));
	}
	if (force ? rename(temporary, to) : !move_to_new(temporary, to)) {
		error = errno;
		unlink(temporary);
		if (error == EEXIST)
			die("%s is there already: name another file, or use --force",
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
		die("%s is there and is no directory to write to", to);
	if (names[0])
		die("%s is not empty: name a directory that is, or is not there", to);
	machine_free(m);
}

/*
 * The sources are loaded and asked for their verdicts as verify would, and
 * what they look at is written down on the way.
 */
static void save_all(const struct options *opt, const struct capture *c,
		     const char *to)
{
	struct machine *m;
	struct evidence *evidence;
	struct verification *v;
	size_t had, missing;

	make_directory(to);
	m = machine_new(opt->sysroot, to);
	machine_save(m, KVAS_LIVE_FILE, c->text, c->size);
	evidence = evidence_load(m);
	v = verify(c->layout, evidence, false);
	if (machine_save_finish(m, c->layout->release))
		die("cannot write to %s: %s", to, strerror(errno));
	machine_counts(m, &had, &missing);
	printf("saved %zu files to %s; %zu that verify would look at are not on this machine, see %s/MANIFEST\n",
	       had + 1, to, missing, to);
	if (v->n_disagree)
		printf("what is published here is in dispute: see 'kvas verify --sysroot %s'\n",
		       to);
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
	while ((c = getopt_long(argc, argv, "", save_options, NULL)) != -1) {
		w->all = w->all || c == 'a';
		w->force = w->force || c == 'F';
	}
	if (argc - optind != 1)
		die("save needs one operand, the %s to write; see 'kvas save --help'",
		    w->all ? "directory" : "file");
	w->to = argv[optind];
}

int cmd_save(const struct options *opt, int argc, char **argv)
{
	struct capture c;
	struct wishes w;

	parse_wishes(&w, argc, argv);
	if (w.all && opt->file)
		die("save --all saves a machine, and --file names only a capture of one");
	if (w.all && w.force)
		die("--all and --force exclude each other: name an empty directory");
	capture_open(&c, opt);
	if (w.all)
		save_all(opt, &c, w.to);
	else if (!strcmp(w.to, "-"))
		fwrite(c.text, 1, c.size, stdout);
	else
		save_file(&c, w.to, w.force);
	capture_close(&c);
	return KVAS_OK;
}
