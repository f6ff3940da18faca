/* SPDX-License-Identifier: GPL-2.0-only */
/* kvas.h - what the commands of the reader share. */
#ifndef KVAS_H
#define KVAS_H

#include "layout/model.h"

/* Exit statuses, as documented in kvas(1). */
enum {
	KVAS_OK = 0,
	KVAS_DIFFERS = 1,	/* a check failed, or two things differ */
	KVAS_FAILURE = 2,	/* wrong usage, unreadable or malformed input */
};

/* Options that more than one command takes. */
struct options {
	const char *sysroot;	/* directory of a saved machine, or NULL: live */
	const char *file;	/* capture to read, "-" for stdin, or NULL */
	const char *columns;	/* -o LIST, or NULL */
	bool json, raw, pairs, noheadings, bytes, all_columns, ascii;
	bool color;		/* decided: --color, NO_COLOR, terminal */
	unsigned int width;	/* of the terminal, COLUMNS, or 80 */
	bool width_known;	/* not just the 80 */
	bool terminal;		/* stdout is one */
	bool utf8;		/* the locale can draw boxes, and --ascii is not given */
};

/*
 * The layout the user asked for: --file, else SYSROOT/sys/kernel/debug/kvas.
 * Does not return on failure: prints a sentence with a remedy and exits with
 * KVAS_FAILURE.
 */
struct layout *load_layout(const struct options *opt);

/* The same, or NULL without a word where there is no live layout to read.
 * What --file or --sysroot name must be there all the same. */
struct layout *load_layout_if_any(const struct options *opt);

/*
 * Each command gets what is its own (argv[0] is the command's name, then its
 * own options as "--name" or "--name=value", then "--" and the operands), and
 * returns an exit status.  The options above are taken out before.
 */
int cmd_show(const struct options *opt, int argc, char **argv);
int cmd_map(const struct options *opt, int argc, char **argv);
int cmd_where(const struct options *opt, int argc, char **argv);
int cmd_explain(const struct options *opt, int argc, char **argv);
int cmd_verify(const struct options *opt, int argc, char **argv);
int cmd_predict(const struct options *opt, int argc, char **argv);
int cmd_check(const struct options *opt, int argc, char **argv);
int cmd_export(const struct options *opt, int argc, char **argv);
int cmd_diff(const struct options *opt, int argc, char **argv);
int cmd_save(const struct options *opt, int argc, char **argv);

#endif /* KVAS_H */
