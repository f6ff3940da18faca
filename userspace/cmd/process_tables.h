/* SPDX-License-Identifier: GPL-2.0-only */
/* process_tables.h - a process's page tables, by the root that kvas_threads publishes. */
#ifndef KVAS_CMD_PROCESS_TABLES_H
#define KVAS_CMD_PROCESS_TABLES_H

#include "base/options.h"
#include "pagetables/tables.h"
#include "threads/threads.h"

/* kvas_threads of the machine; to be freed.  NULL with a sentence in *why. */
struct threads *process_threads(const struct options *opt, struct pool *pool, const char **why);

/* The process that an operand names.  Does not return if there is none, or of a saved one. */
unsigned int process_of(const struct options *opt, const char *operand);

/*
 * A thread of the process that has its user half: the first one, or another where that
 * has ended.  Does not return if there is none, as of a kernel thread.
 */
const struct thread *thread_with_tables(const struct threads *threads, unsigned int pid);

struct process_tables {
	/* What cannot be read says why in its member why. */
	struct tables user, kernel;
	bool kernel_is_own;		/* kernel is the process's own, not that of all */
	bool is_space;			/* all addresses are the process's */
};

/* Tables of /proc/kcore. */
void process_tables(struct process_tables *p, const struct threads *threads,
		    const struct thread *thread, const struct tables *kernel);

#endif /* KVAS_CMD_PROCESS_TABLES_H */
