/* SPDX-License-Identifier: GPL-2.0-only */
/* ask_process.h - operands that are symbols in the ELF files of a process. */
#ifndef KVAS_ASK_PROCESS_H
#define KVAS_ASK_PROCESS_H

#include "ask.h"
#include "process/symbols.h"

#define PROCESS_HAS_ENDED "the process has ended since it was read"
#define PROCESS_HAS_CHANGED "the process has started another program since it was read"

struct asked_process {
	const char *sysroot;
	uint64_t pid;
	bool is_saved;
	const struct process *p;	/* or NULL: it is not read yet, or cannot be */
	struct process *own;		/* the same if it was read here, or NULL */
	char *why;			/* it cannot be read, or NULL */
	struct process_symbols symbols;
	bool has_changed;		/* it was another program when its files were searched */
};

/* As it was read by these options; NULL: it is read when the first symbol is asked for. */
void asked_process_open(struct asked_process *asked, const struct options *opt, uint64_t pid,
			const struct process *p);
void asked_process_close(struct asked_process *asked);

/* A saved process stays the same. */
enum process_now asked_process_now(const struct asked_process *asked);

/* For ask_more() of an asker: the addresses of the symbol, or why there are none. */
const char *asked_process_find(struct asked_process *asked, struct asker *a, const char *query,
			       const struct query *q);

#endif /* KVAS_ASK_PROCESS_H */
