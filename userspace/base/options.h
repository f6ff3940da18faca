/* SPDX-License-Identifier: GPL-2.0-only */
/* options.h - exit statuses, and the options that more than one command takes. */
#ifndef KVAS_OPTIONS_H
#define KVAS_OPTIONS_H

#include <stdbool.h>

/* Exit statuses, as documented in kvas(1). */
enum {
	KVAS_OK = 0,
	KVAS_DIFFERS = 1,	/* a check failed, or two things differ */
	KVAS_FAILURE = 2,	/* wrong usage, unreadable or malformed input */
};

struct options {
	const char *sysroot;	/* directory of a saved machine, or NULL: live */
	const char *file;	/* capture to read, "-" for stdin, or NULL */
	const char *process;	/* -p PID, or NULL */
	const char *columns;	/* -o LIST, or NULL */
	bool json, raw, pairs, noheadings, bytes, all_columns, ascii;
	bool color;		/* decided: --color, NO_COLOR, terminal */
	unsigned int width;	/* of the terminal, COLUMNS, or 80 */
	bool width_known;	/* not just the 80 */
	bool terminal;		/* stdout is one */
	bool utf8;		/* the locale can draw boxes, and --ascii is not given */
};

#endif /* KVAS_OPTIONS_H */
