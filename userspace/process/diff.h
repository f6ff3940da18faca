/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.h - what changed between two moments of a process.
 *
 * Pure: nothing is read and nothing is printed here.  If both are of one run of the
 * program, the same addresses are compared.  A program that was started again may lie
 * elsewhere: then mappings of the same file and offset are compared, in their order.
 */
#ifndef KVAS_PROCESS_DIFF_H
#define KVAS_PROCESS_DIFF_H

#include "parts.h"

/* X(identifier, "word") */
#define PROCESS_CHANGES(X)							\
	X(MOVED,	"moved")	/* by address-space randomisation */	\
	X(GREW,		"grew")							\
	X(SHRANK,	"shrank")						\
	X(MAPPED,	"mapped")						\
	X(UNMAPPED,	"unmapped")						\
	X(REPLACED,	"replaced")	/* another file or kind of memory */	\
	X(PERMISSIONS,	"permissions")						\
	X(TOUCHED,	"touched")	/* more of it is resident */		\
	X(RELEASED,	"released")	/* less of it is */			\
	X(STARTED,	"started")	/* a thread */				\
	X(ENDED,	"ended")						\
	X(PROGRAM,	"program")	/* another one */

enum process_change {
#define X(id, word) PROCESS_##id,
	PROCESS_CHANGES(X)
#undef X
	N_PROCESS_CHANGES,
};

const char *process_change_word(enum process_change change);

/* A range of one of the two; what is in it. */
struct moment {
	bool there;
	uint64_t start, end;
	const struct part *part;	/* the first in it */
	const struct vma *vma;
	uint64_t resident;		/* of TOUCHED and RELEASED: rss and hugetlb, in bytes */
};

struct process_difference {
	enum process_change change;
	struct moment at[2];		/* neither is there: a thread or a program */
	const struct process_thread *thread;	/* STARTED, ENDED */
	uint64_t by;			/* bytes; MOVED: how far; else 0 */
	size_t mappings;		/* MOVED, MAPPED, UNMAPPED: so many, one after the other */
};

struct process_diff {
	const struct process *p[2];
	const struct parts *parts[2];
	bool same_program, same_run;
	const char *other_run;		/* how it is known that it is not the same run, or NULL */
	struct process_difference *list;
	size_t n, room;
};

void process_diff_find(struct process_diff *d, const struct process *from,
		       const struct parts *from_parts, const struct process *to,
		       const struct parts *to_parts);
void process_diff_free(struct process_diff *d);

/* Is it more than another place? */
bool process_difference_counts(const struct process_difference *d);

#endif /* KVAS_PROCESS_DIFF_H */
