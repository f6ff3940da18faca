/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user.h - the parts of kvas user: user.c reads and prints, user_rows.c puts the user
 * half and the kernel half into one list, user_columns.c fills its cells, user_json.c
 * makes JSON of it, and user_stacks.c is the table of threads.
 */
#ifndef KVAS_CMD_USER_H
#define KVAS_CMD_USER_H

#include <jansson.h>

#include "base/options.h"
#include "layout/model.h"
#include "machine/symbols.h"
#include "output/columns.h"
#include "process/limit.h"
#include "process/parts.h"
#include "threads/threads.h"

struct user_view {
	const struct options *opt;
	struct process *p;
	bool saved;			/* read from a file */
	struct parts parts;
	struct user_limit limit;
	struct layout *l;		/* of its kernel, or NULL */
	char *no_layout;		/* why not: a sentence */
	struct threads *threads;	/* of kvas_threads, or NULL */
	const char *no_threads;		/* why not */
	struct names areas;		/* of vmalloc, if there are threads */
};

/* --- user.c ------------------------------------------------------------------------ */

/*
 * The process that an operand names, on top of its kernel; with threads also what
 * kvas_threads knows of them.  Does not return if it cannot be read.
 */
void user_view_open(struct user_view *v, const struct options *opt, const char *operand,
		    bool threads);
void user_view_close(struct user_view *v);

/* Where the user half ends, and why; to be freed. */
char *user_limit_sentence(const struct user_view *v);

/* kvas user, and kvas show -p: prints the process that an operand names. */
int user_print(const struct options *opt, const char *operand, bool stacks);

/* --- user_rows.c: all that the table has, from address 0 on ------------------------ */

struct user_row {
	const struct user_view *v;
	/* One of them; none: the user half of a kernel of which there is no layout. */
	const struct part *part;
	const struct image *image;
	const struct region *region;
	uint64_t start, end;
	size_t parent;			/* index of the row around it, or NO_PARENT */
};

#define NO_PARENT SIZE_MAX

/* The caller frees the array. */
struct user_row *user_rows(const struct user_view *v, size_t *n);

/* Of a path the last name, of anything else all of it. */
const char *last_name(const char *path);

/* Where processes have nothing of the kernel in theirs (s390x): that; or NULL. */
const char *user_other_space(const struct user_view *v);

/* Bytes, rounded unless the options ask for all of them; to be freed. */
char *user_amount(const struct options *opt, uint64_t bytes);

/* How deep it lies in the tree: 0 for what is in nothing else. */
unsigned int user_row_depth(const struct user_row *rows, const struct user_row *row);

/* --- user_columns.c -------------------------------------------------------------- */

enum {
	USER_NAME, USER_RANGE, USER_SIZE, USER_RSS, USER_SHARED, USER_SWAP, USER_HUGE,
	USER_PERMS, USER_PURPOSE, USER_ROUTE, USER_SOURCE, USER_FILE, USER_OFFSET, USER_PSS,
	USER_PRIVATE, USER_HUGETLB, USER_TYPE, USER_PARENT, USER_START, USER_END, USER_DEVICE,
	USER_INODE, USER_FLAGS, USER_NOTE, N_USER_COLUMNS,
};

extern const struct column user_columns[];

/* The text of one column of a struct user_row, to be freed, or NULL. */
char *user_cell(const void *item, int column);

/* Also those of --stacks. */
const struct column_set *user_column_sets(void);

/* Does the path of its mapping tell more than what it is for? */
bool part_has_name(const struct part *part);

const char *user_type(const struct user_row *row);
const char *user_purpose(const struct user_row *row);

/* --- user_stacks.c --------------------------------------------------------------- */

enum { STACKS_TID, STACKS_NAME, STACKS_STATE, STACKS_STACK, STACKS_SIZE, STACKS_USED,
       STACKS_GUARD, STACKS_GAP, STACKS_KERNEL_STACK, STACKS_KERNEL_SIZE, STACKS_KERNEL_REGION,
       STACKS_KERNEL_GUARD, STACKS_SP, STACKS_NOTE, N_STACKS_COLUMNS };

/* A thread with both of its stacks. */
struct stack_pair {
	const struct user_view *v;
	const struct process_thread *thread;
	const struct part *part;	/* that holds its stack pointer, or NULL */
	bool on_stack;			/* that part is a stack, and not some other memory */
	uint64_t used;			/* from the stack pointer to its end, if on_stack */
	/* Right below it, or NULL.  No guard is where the kernel keeps a gap. */
	const struct part *guard, *gap;
	const struct thread *kernel;	/* the same one in kvas_threads, or NULL */
	bool kernel_guard;		/* nothing is mapped in the page below its kernel stack */
};

/*
 * Only the kernel makes the mapping of the main stack.  A program may make one that begins
 * with a stack and has other data above it, and the kernel joins neighbours that are alike.
 */
bool stack_may_hold_more(const struct stack_pair *pair);

struct stack_pair stacks_of(const struct user_view *v, const struct process_thread *thread);

/*
 * Takes the stack pointers that /proc does not tell from kvas_threads.  Call parts_find()
 * after it.
 */
void stacks_join(struct user_view *v);

extern const struct column stacks_columns[];

/* What is special about its user stack, or NULL; to be freed. */
char *stacks_user_note(const struct stack_pair *pair);

/* Why its kernel stack is not known, or NULL. */
const char *stacks_no_kernel(const struct stack_pair *pair);

/* Both; to be freed. */
char *stacks_note(const struct stack_pair *pair);
void stacks_print(const struct user_view *v);

/* --- user_json.c ------------------------------------------------------------------ */

json_t *user_json_row(const struct user_row *row);
json_t *user_json_process(const struct user_view *v);
json_t *user_json(const struct user_view *v);
json_t *stacks_json(const struct user_view *v);

#endif /* KVAS_CMD_USER_H */
