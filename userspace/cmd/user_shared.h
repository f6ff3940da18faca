/* SPDX-License-Identifier: GPL-2.0-only */
/* user_shared.h - kvas user PID --shared PID2: what the page tables of two processes share. */
#ifndef KVAS_CMD_USER_SHARED_H
#define KVAS_CMD_USER_SHARED_H

#include "output/columns.h"
#include "pagetables/shared.h"
#include "process_tables.h"
#include "source.h"

enum { SHARED_HALVES = 2, N_SHARED_COLUMNS = 8 };

struct shared_side {
	unsigned int pid;
	const struct thread *thread;	/* that has the tables */
	struct process_tables tables;
	/* With page-table isolation: the kernel half of its root against that of user mode. */
	struct tops isolation;
	struct shared below;
};

/* The user half, and the kernel half if it is in the tables of processes. */
struct shared_half {
	const char *name;
	bool user;
	const struct tables *tables[2];
	struct tops tops;
	struct shared below;
};

/* Bytes of physical memory of the user halves, each counted once. */
struct shared_memory {
	const char *source;		/* tables or pagemap; NULL: it is not known, and why */
	const char *why;
	uint64_t bytes[2], both;
};

struct sharing {
	const struct options *opt;
	const struct layout *l;
	struct shared_side side[2];
	struct shared_half half[SHARED_HALVES];
	size_t n_halves;
	struct shared_memory memory;
};

/* Of the table: a level of a half. */
struct shared_row {
	const struct sharing *s;
	const struct shared_half *half;
	unsigned int level;
};

extern const struct column shared_columns[N_SHARED_COLUMNS];
extern const char *const shared_members[N_SHARED_COLUMNS];

/* The whole command; returns its exit status. */
int user_shared(const struct options *opt, const char *one, const char *other);

/*
 * Whether the kernel half is the same for two live processes, as a sentence to be
 * freed: "the same for both: ...", "not the same for both: ..." or "not compared: ...".
 */
char *shared_kernel_half(const struct options *opt, const struct layout *l,
			 const unsigned int pids[2]);

/* --- user_shared_memory.c ---------------------------------------------------------------- */

/*
 * By the tables, or where some of them cannot be read by pagemap.  Sentences live as
 * long as the pool.
 */
struct shared_memory shared_memory_find(const struct sharing *s, struct pool *pool);

/* --- user_shared_words.c ------------------------------------------------------------------ */

extern const char *const top_words[];	/* by enum top_kind */

/* Where the kernel half is, and how the processes' are related to the kernel's. */
char *kernel_half_text(const struct sharing *s);
/* What page-table isolation changes, with the reason and the option. */
char *isolation_text(const struct sharing *s);
/* Memory that the user halves share, or why it is not known. */
char *memory_text(const struct sharing *s);

/* For people, after the table of levels. */
void shared_print(const struct sharing *s);
json_t *json_sharing(const struct sharing *s);

#endif /* KVAS_CMD_USER_SHARED_H */
