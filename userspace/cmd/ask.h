/* SPDX-License-Identifier: GPL-2.0-only */
/* ask.h - operands that are addresses, or symbols as the kernel prints them. */
#ifndef KVAS_ASK_H
#define KVAS_ASK_H

#include "base/options.h"
#include "machine/symbols.h"
#include "trace/query.h"

/* Who asks: these are called once for each answer.  Texts live as long as the names. */
struct asker {
	struct names *names;
	/* An address; more tells what is to be known of the query, or is NULL. */
	void (*found)(struct asker *a, const char *query, uint64_t addr, const char *more);
	/*
	 * Symbols of more than the kernel: calls found() for each, or returns why there are
	 * none.  NULL: there are none to ask.
	 */
	const char *(*ask_more)(struct asker *a, const char *query, const struct query *q);
	/* There is none, and why. */
	void (*refused)(struct asker *a, const char *query, const char *why);
	size_t queries;			/* so far; one may have several answers */
	/* Those on standard input, once they are read: for who asks again. */
	char **input;
	size_t n_input;
};

/*
 * For ask_more(): an address of the symbol that was asked for, to which its offset is
 * added here.  It is refused if that leads out of the address space.
 */
void ask_found(struct asker *a, const char *query, const struct query *q, uint64_t symbol,
	       const char *more);

/* Says that the symbol has another size than the one in the query. */
const char *ask_other_size(struct asker *a, const struct query *q, uint64_t size);

/* Does not return if standard input is to be read twice; before anything is read. */
void ask_check_input(const struct options *opt, int argc, char **argv);

/* Operands, of which "-" stands for those on standard input.  May be called again. */
void ask_operands(struct asker *a, int argc, char **argv);

/* Frees what was kept of standard input. */
void ask_close(struct asker *a);

#endif /* KVAS_ASK_H */
