/* SPDX-License-Identifier: GPL-2.0-only */
/* where_process.h - kvas where -p: an address in the user half of a process. */
#ifndef KVAS_CMD_WHERE_PROCESS_H
#define KVAS_CMD_WHERE_PROCESS_H

#include "ask_process.h"
#include "process_layout.h"
#include "user.h"

struct where_process {
	struct process_layout pl;
	struct asked_process asked;
	const char *dir;		/* in which its kernel can be asked, or NULL */
	struct pool pool;
};

void where_process_open(struct where_process *w, const struct options *opt);
void where_process_close(struct where_process *w);

/* As names_load(); without the layout of its kernel nothing of a kernel is read. */
void where_process_names(const struct where_process *w, struct names *n, const struct options *opt);

/* Why nothing is known of an address beyond the user half, or NULL. */
const char *where_process_unknown(const struct where_process *w, uint64_t addr);

/*
 * The process runs on after it was read.  A kernel that can tell of one address (see
 * machine/procmap.h) is asked what is mapped there at the moment.
 */
enum user_now {
	USER_NOT_ASKED,			/* it cannot be, or the address is not of the user half */
	USER_SAME,			/* as it was read */
	USER_OTHER,			/* another mapping, or none */
	USER_OTHER_PROGRAM,		/* the process runs another program by now */
	USER_ENDED,			/* the process has ended */
};

/* What is at an address of the process. */
struct user_spot {
	const struct where_process *w;	/* NULL: the address is not of the user half */
	uint64_t addr;
	const struct part *part;	/* NULL in a hole */
	const struct image_symbol *symbol;	/* or NULL */
	const struct process_thread *thread;	/* whose stack it is, or whose guard; or NULL */
	const char *remark;		/* or NULL */
	enum user_now now;
};

struct user_spot user_spot_find(struct where_process *w, uint64_t addr, struct pool *pool);

/* To be freed, or NULL. */
char *user_spot_symbol(const struct user_spot *s);

/* A column of kvas user for this very address: the file, the offset in it, the rights. */
char *user_spot_cell(const struct user_spot *s, int column);

json_t *json_user_spot(const struct user_spot *s);

#endif /* KVAS_CMD_WHERE_PROCESS_H */
