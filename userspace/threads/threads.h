/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * threads.h - each thread's kernel stack and page tables, parsed from kvas_threads.
 *
 * Threads come and go while the module lists them: each was there, but not all at the
 * same moment, and two may have had the same stack, one after the other.  Ranges are
 * inclusive.  Strings live as long as the threads.
 */
#ifndef KVAS_THREADS_H
#define KVAS_THREADS_H

#include "base/pool.h"
#include "layout/parse.h"

/* pid_max is at most 2^22; so many threads have no room in memory that machines have. */
#define THREADS_MOST_THREADS	(1u << 20)
#define THREADS_MOST_LINES	(THREADS_MOST_THREADS + (1u << 17))
#define THREADS_MOST_BYTES	(384u << 20)

enum thread_kind {
	THREAD_PROCESS,			/* has a user half */
	THREAD_KERNEL,			/* has none */
	THREAD_EXITED,			/* has given it back: a zombie */
};

/* How the kernel half of a process is related to the kernel's own. */
enum kernel_half {
	HALF_UNKNOWN,
	HALF_ROOT,			/* a root register of its own, for all processes */
	HALF_SPACE,			/* an address space of its own */
	HALF_SAME,			/* all entries equal the kernel's */
	HALF_COPIED,			/* tables of its own, which have equal entries */
	HALF_LAZY,			/* some entries are not copied yet */
	HALF_OWN,			/* some entries are the process's own, by design */
};

/* Each as spelled in the file; NULL for HALF_UNKNOWN. */
extern const char *const kernel_half_words[HALF_OWN + 1];
extern const char *const thread_kind_words[THREAD_EXITED + 1];

/* Entries of a top table's kernel half, of those that the kernel or the process uses. */
struct half_entries {
	uint64_t same;			/* as the kernel's */
	uint64_t copied;		/* another table, with equal entries */
	uint64_t missing;		/* the kernel has one, this table has not */
	uint64_t own;			/* something else than the kernel has */
};

struct stack_range {
	bool known;
	uint64_t start, end;
	const char *region;		/* that it lies in, or NULL */
	const char *absent;		/* why it is not known, or NULL */
};

/* What a processor takes for interrupts or exceptions in place of a thread's stack. */
struct cpu_stack {
	struct stack_range range;
	bool has_cpu;
	uint64_t cpu;
	const char *kind;		/* irq, nmi, ... */
};

struct thread {
	unsigned int tid, pid;
	enum thread_kind kind;
	const char *comm;		/* its bytes, not escaped */
	struct stack_range stack;	/* the kernel stack */
	bool running;			/* it was on a processor just then */

	/* The saved user stack pointer: of a running thread, of its last entry into the kernel. */
	bool has_sp;
	uint64_t sp;
	const char *sp_absent;		/* why it could not be read, or NULL */

	/* Physical addresses of top tables: the process's, and what user mode runs on. */
	bool has_root, has_user_root;
	uint64_t root, user_root;

	enum kernel_half half;
	bool unsettled, user_unsettled;	/* a table could not be read, or changed each time it was */
	bool has_entries, has_user_entries;
	struct half_entries entries, user_entries;	/* of root and of user_root */
	const char *other;		/* which are not the same: "3-7,509"; or NULL */
};

struct threads {
	const char *arch;
	const char *absent;		/* why the kernel's tables are not known, or NULL */
	unsigned int levels, bits;
	uint64_t max_addr;
	uint64_t root;			/* physical, of the kernel's top table */
	bool has_user_root;
	uint64_t user_root;		/* that stands for it in user mode, for all processes */
	const char *user_root_absent;	/* there is one, and why it is not known; or NULL */
	uint64_t first, entries;	/* the kernel half: entries first to entries - 1 */
	struct cpu_stack *stacks;
	size_t n_stacks;
	struct thread *threads;		/* by tid */
	size_t n_threads;
	struct pool pool;
};

/* As layout_parse(); the caller frees it with threads_free(). */
struct threads *threads_parse(const char *text, size_t size, struct parse_error *error);
void threads_free(struct threads *t);

/* NULL if there is none of that number. */
const struct thread *threads_find(const struct threads *t, uint64_t tid);

/*
 * The first thread, of those from the number from on, whose kernel stack holds an
 * address, or n_threads; the same of the stacks of processors, or n_stacks.
 */
size_t threads_with_stack(const struct threads *t, uint64_t addr, size_t from);
size_t threads_cpu_stack(const struct threads *t, uint64_t addr, size_t from);

#endif /* KVAS_THREADS_H */
