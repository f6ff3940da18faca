/* SPDX-License-Identifier: GPL-2.0-only */
/* load.h - what commands read; if they cannot, why, and what to do about it. */
#ifndef KVAS_LOAD_H
#define KVAS_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "kvas.h"

#define KVAS_LIVE_FILE "/sys/kernel/debug/kvas"

/*
 * The capture that the options ask for, in the two steps that make a layout of
 * it: open and read (the caller frees text and closes *fd; NULL with errno and
 * *fd -1 on failure), and parse.  What is wrong ends the program with a
 * sentence.
 */
char *load_text(const struct options *opt, size_t *size, int *fd);
__attribute__((noreturn))
void load_failed(const struct options *opt, int error);
struct layout *load_parsed(const struct options *opt, const char *text,
			   size_t size);

/* What is known after the live file could not be opened. */
struct refusal {
	int error;			/* errno of it */
	bool superuser;
	bool debugfs_mounted;
	int kptr_restrict;		/* -1: unknown */
	bool locked_down;
};

/* One sentence with a remedy.  Pure, so that each case can be tested. */
const char *refusal_advice(const struct refusal *r);

/*
 * A file that a command takes as an operand ("-" is standard input), of at most
 * limit bytes; what it is called in messages is put into *name.  Does not
 * return on failure, and says of a larger one that it is no such kind of file.
 * The caller frees it.
 */
char *load_operand(const char *file, size_t limit, const char *kind, size_t *size,
		   const char **name);

#endif /* KVAS_LOAD_H */
