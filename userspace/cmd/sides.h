/* SPDX-License-Identifier: GPL-2.0-only */
/* sides.h - one of two layouts that are compared, and how its kernel was started. */
#ifndef KVAS_CMD_SIDES_H
#define KVAS_CMD_SIDES_H

#include "load.h"

struct side {
	struct capture capture;
	const char *name;	/* as it was asked for */
	char *cmdline;		/* or NULL: not known */
};

/*
 * A file or a directory of kvas save, or without an operand what the options name.  Does
 * not return on failure.
 */
void side_open(struct side *s, const struct options *opt, const char *operand);
void side_close(struct side *s);

#endif /* KVAS_CMD_SIDES_H */
