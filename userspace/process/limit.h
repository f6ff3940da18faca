/* SPDX-License-Identifier: GPL-2.0-only */
/* limit.h - where the user half of a process ends, and why there. */
#ifndef KVAS_LIMIT_H
#define KVAS_LIMIT_H

#include "layout/model.h"
#include "process.h"

struct user_limit {
	bool known;
	uint64_t end;			/* the last address, if known */
	char *why;			/* a few words; also why it is not known */
	/* mmap() gives what is beyond only to a program that asks for such an address. */
	bool has_window;
	uint64_t window_end;
	const char *window_why;
	size_t n_beyond;		/* mappings there */
};

/* Of a process on this kernel; the layout may be NULL. */
void user_limit_find(struct user_limit *limit, const struct process *p, const struct layout *l);
void user_limit_free(struct user_limit *limit);

#endif /* KVAS_LIMIT_H */
