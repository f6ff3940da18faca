/* SPDX-License-Identifier: GPL-2.0-only */
/* threads.h - the parts of kvas threads, and what other commands need of them. */
#ifndef KVAS_CMD_THREADS_H
#define KVAS_CMD_THREADS_H

#include <jansson.h>

#include "base/options.h"
#include "layout/model.h"
#include "threads/threads.h"

#define KVAS_LIVE_THREADS "/sys/kernel/debug/" KVAS_THREADS_NAME

/* --- threads_load.c ---------------------------------------------------------- */

/*
 * The file of threads, or below --sysroot, or the live one (file is NULL).  Does not
 * return without, or if it is of another machine than the layout, which may be NULL.
 */
struct threads *threads_load(const struct options *opt, const char *file,
			     const struct layout *l);

/*
 * The live one, or below --sysroot; NULL if there is none that may be read.  Does not
 * return if it is damaged, or of another machine than the layout.
 */
struct threads *threads_load_if_any(const struct options *opt, const struct layout *l);

/* --- threads_words.c: what people are told ------------------------------------- */

/* Those of the threads that are listed, in the order of the file. */
struct thread_list {
	const struct threads *of;
	const struct thread **list;
	size_t n;
};

/* What is special about a thread, or NULL; to be freed. */
char *thread_note(const struct thread *thread);

/* "thread 412, sleep", with the process if that has another number; to be freed. */
char *thread_name(const struct thread *thread);

/* Below the table: where the stacks are, and what the kernel half of the processes is. */
void threads_print_legend(const struct options *opt, const struct thread_list *listed);

#endif /* KVAS_CMD_THREADS_H */
