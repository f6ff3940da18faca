/* SPDX-License-Identifier: GPL-2.0-only */
/* walk.h - the parts of kvas walk: how an address is walked, and how that is shown. */
#ifndef KVAS_CMD_WALK_H
#define KVAS_CMD_WALK_H

#include <jansson.h>

#include "base/options.h"
#include "output/columns.h"
#include "machine/pagemap.h"
#include "pagetables/attributes.h"
#include "pagetables/walk.h"
#include "process/process.h"
#include "process_tables.h"
#include "source.h"
#include "trace/spot.h"

/* Which bits of an address index a table. */
struct shape {
	unsigned int levels;		/* 0: it is not known */
	unsigned int shift[TABLES_MAX_LEVELS + 1];	/* of what an entry stands for */
	unsigned int bits[TABLES_MAX_LEVELS + 1];
	uint64_t mask;			/* of the attributes of level 1; 0: it is not known */
};

/* --- walk_source.c ------------------------------------------------------------- */

struct walker {
	const struct options *opt;
	struct table_source source;	/* wanted, and then the one that is used */
	int fd;				/* of kvas_walk, or -1 */
	uint64_t page_size;
	struct machine *machine;
	const struct tables *tables;	/* of /proc/kcore or the dump */
	struct shape shape;
	const char *why;		/* no walk is possible, or NULL */
};

/* Does not return if what --source names cannot be read. */
void walker_open(struct walker *w, const struct options *opt, const struct layout *l,
		 struct table_source wanted);
void walker_close(struct walker *w);

struct shape shape_of_tables(const struct tables *t);

/* Strings are put into the pool. */
struct walk walker_walk(struct walker *w, uint64_t addr, struct pool *pool);

/* --- walk_process.c: -p -------------------------------------------------------------- */

struct walk_process {
	unsigned int pid, tid;		/* the thread that has the tables */
	const char *comm;		/* or NULL: it is not known */
	struct threads *threads;	/* or NULL, and threads_why */
	const char *threads_why;
	const struct thread *thread;
	struct process_tables tables;
	struct shape user, kernel;
	uint64_t user_end;		/* the last address of the user half */
	uint64_t page_size;
	struct pagemap *pagemap;	/* or NULL, and pagemap_why */
	const char *pagemap_why;
	struct pool pool;
};

/* What /proc/PID/pagemap says of the page that a walk leads to. */
struct opinion {
	enum opinion_says {
		OPINION_NOT_ASKED,	/* it is of the user half only */
		OPINION_NONE,		/* it could not be read: why */
		OPINION_AGREES,
		OPINION_ALONE,		/* the walk knows nothing */
		OPINION_CHANGED,	/* it was another one after the walk, twice */
		OPINION_DIFFERS,	/* why tells what it says, twice */
	} says;
	struct pagemap_entry entry;	/* not of the first two */
	const char *why;
};

/*
 * Of the process of that name or number, or of one that was gathered already, as it is
 * if there is no capture of the kernel.  Does not return if nothing can be known of it.
 */
void walk_process_open(struct walk_process *p, const struct walker *w, const struct layout *l,
		       const char *word, const struct process *gathered);
void walk_process_close(struct walk_process *p);

/* What pagemap says goes to *o; which bits are indexes to *shape. */
struct walk walk_process_walk(struct walk_process *p, uint64_t addr, struct opinion *o,
			      const struct shape **shape);

/* --- walk_words.c: what people and programs are told ------------------------------ */

/* A query, and what it leads to. */
struct trail {
	const char *query;
	const char *note;		/* what is to be known of it, or NULL */
	const char *error;		/* why there is no answer: the rest is not set */
	struct spot spot;
	struct walk walk;
	struct opinion opinion;
	const struct attributes *attributes;	/* NULL: what bits mean is not known */
	const struct shape *shape;	/* of the tables that were walked */
	const struct walker *walker;
	const struct walk_process *process;	/* of -p, or NULL */
};

/* An item of a table: an entry, or a walk that has none (NULL). */
struct walk_row {
	const struct trail *trail;
	const struct walk_entry *entry;
	bool last;			/* of its walk: what is found stands here */
};

/* These are to be freed; NULL if there is nothing to say. */
char *entry_meaning(const struct trail *t, const struct walk_entry *e);
char *page_attributes(const struct trail *t);
char *page_access(const struct trail *t);
/* "r-x-: can be read and executed by the kernel, not reached by user mode" */
char *access_words(const struct trail *t);
char *walk_end(const struct trail *t);	/* why no page is found */

extern const char *const walk_kinds[];	/* by enum entry_kind */

/* The file that the walk is read from; and in a word for programs. */
const char *walk_origin(const struct trail *t);
const char *walk_source(const struct trail *t);

/* What pagemap says of the page, and before that, whether it agrees; NULL: it was not asked. */
char *opinion_words(const struct trail *t);
char *pagemap_words(const struct trail *t);	/* of an entry that was read */

/* Bytes that the page, or the hole in which the walk ends, has; 0: it is not known. */
uint64_t walk_extent(const struct trail *t);

/* Digits of an entry's value. */
int entry_digits(const struct trail *t);

/* --- walk_text.c, walk_json.c --------------------------------------------------- */

/* For people: how the address is split, a table of entries, and where they lead. */
void walk_print(const struct options *opt, const struct trail *t, const struct column *columns,
		size_t n_columns, char *(*cell)(const void *item, int column));

json_t *json_walk(const struct trail *t);

#endif /* KVAS_CMD_WALK_H */
