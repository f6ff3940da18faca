/* SPDX-License-Identifier: GPL-2.0-only */
/* load.h - what commands read; if they cannot, why, and what to do about it. */
#ifndef KVAS_LOAD_H
#define KVAS_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"
#include "layout/model.h"

#define KVAS_LIVE_FILE "/sys/kernel/debug/kvas"

/*
 * The layout the user asked for: --file, else SYSROOT/sys/kernel/debug/kvas.
 * Does not return on failure: prints a sentence with a remedy and exits with
 * KVAS_FAILURE.
 */
struct layout *load_layout(const struct options *opt);

/*
 * The same, or NULL without a word where there is no live layout to read.
 * What --file or --sysroot name must be there all the same.
 */
struct layout *load_layout_if_any(const struct options *opt);

/* False for a directory of --sysroot that holds no capture, as one with a made-up /proc. */
bool may_have_layout(const struct options *opt);

/*
 * A layout and the text it was parsed from.  The live file stays open as long
 * as fd is not closed, and so the objects that it names stay where they are.
 */
struct capture {
	struct layout *layout;
	char *text;
	size_t size;
	int fd;			/* or -1 */
};

/* As load_layout(): does not return on failure. */
void capture_open(struct capture *c, const struct options *opt);
void capture_close(struct capture *c);

/* --- refusal.c: what is known after the live file could not be opened -------- */

enum debugfs_state {
	DEBUGFS_UNKNOWN,
	DEBUGFS_MISSING,	/* the kernel has none */
	DEBUGFS_NOT_MOUNTED,
	DEBUGFS_ELSEWHERE,	/* mounted, but not at /sys/kernel/debug */
	DEBUGFS_MOUNTED,
};

struct refusal {
	int error;			/* errno of the attempt */
	bool is_machine;		/* and not a directory of something else */
	char *release;
	enum debugfs_state debugfs;
	char *debugfs_place;		/* where it is mounted, or NULL */

	bool takes_modules;		/* the kernel, at all */
	bool loaded;			/* the module kvas is */
	bool modules_disabled;		/* until the next boot */
	char *module;			/* its file for this release, or NULL */
	bool module_listed;		/* modprobe knows it */
	bool module_signed, module_packed;
	char *other_release;		/* another that the module is built for, or NULL */
	bool dkms, headers;		/* what it takes to build it */
	bool debian;
	char *lockdown;			/* the mode in force, or NULL: none */
	bool signatures_enforced;

	int kptr_restrict;		/* -1: unknown */
	bool superuser, has_syslog, has_ptrace, has_rawio, in_user_namespace;	/* this process */
};

void refusal_investigate(struct refusal *r, const char *sysroot, int error);
void refusal_free(struct refusal *r);

/* One sentence with the next command.  Pure; the caller frees it. */
char *refusal_advice(const struct refusal *r);

/* The same of kvas_threads, where the layout itself may be read. */
char *refusal_threads_advice(const struct refusal *r);

/*
 * A file that a command takes as an operand ("-" is standard input), of at most
 * limit bytes; what it is called in messages is put into *name.  Does not
 * return on failure, and says of a larger one that it is no such kind of file.
 * The caller frees it.
 */
char *load_operand(const char *file, size_t limit, const char *kind, size_t *size,
		   const char **name);

#endif /* KVAS_LOAD_H */
