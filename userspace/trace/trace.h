/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - what an oops or a stack trace prints: the addresses and symbols in it,
 * and what a layout says about them.
 *
 * Nothing here depends on the architecture that the text is from: the names of
 * registers of all of them are in one table, see parse.c.
 */
#ifndef KVAS_TRACE_H
#define KVAS_TRACE_H

#include "base/pool.h"
#include "spot.h"

enum trace_role {
	TRACE_CODE,		/* of an instruction: program counter, return address */
	TRACE_STACK,		/* a stack pointer, or an address of a stack's frame */
	TRACE_DATA,		/* a register that may hold anything */
	TRACE_FAULT,		/* the address that the kernel wanted to access */
	TRACE_WORD,		/* a word of a stack, dumped */
};

/* An oops, of several in one text: up to the first line of the next. */
struct trace_report {
	bool is_protection;		/* a general protection fault */
	bool has_fault;
	uint64_t fault;			/* the address that was accessed */
	bool is_page;			/* s390: the page of it */
};

/* An address, a symbol, or both, as "[<c0101234>] schedule+0x10/0x200 [module]". */
struct trace_token {
	const struct trace_report *report;	/* that it is in */
	enum trace_role role;
	char label[24];			/* "RIP", "x29", "GPR05", or "" */
	bool is_user;			/* of a process's registers */
	bool has_addr;
	uint64_t addr;
	const char *symbol;		/* or NULL */
	uint64_t offset, size;
	const char *module;		/* of the symbol, or NULL */
};

/* A name in "Modules linked in:", with its flags: "nvidia(PO)". */
struct trace_module {
	const char *name, *flags;
};

struct trace_line {
	const char *text;		/* without its newline */
	struct trace_token *tokens;
	size_t n_tokens;
	struct trace_module *modules;
	size_t n_modules;
	bool says_offset;		/* the line that says kernel_offset */
};

struct trace {
	struct trace_line *lines;
	size_t n_lines;
	bool has_offset;
	uint64_t kernel_offset;		/* how far KASLR had moved the image */
};

/* Of a kernel with so many bits.  All of it lives as long as the pool. */
struct trace trace_parse(const char *text, unsigned int bits, struct pool *pool);

/* --- What a layout says ---------------------------------------------------------- */

struct trace_note {
	const struct trace_token *token; /* or NULL: of the line as a whole */
	bool has_spot;
	struct spot spot;		/* where it is on this machine */
	bool is_wrong;			/* it cannot be right */
	const char *text;
};

struct trace_notes {
	struct trace_note *list;
	size_t n;
};

/* How the text is related to the machine whose layout this is. */
struct trace_relation {
	bool is_known;			/* how far its image was moved */
	uint64_t delta;			/* add this to its addresses of the image */
	bool is_other_boot;
	const char *text;		/* a sentence or two for the user */
};

struct trace_judge {
	struct names *names;
	struct trace_relation relation;
	struct pool *pool;
};

struct trace_judge trace_judge_start(const struct trace *t, struct names *n,
				     struct pool *pool);

/* What there is to say about one line. */
struct trace_notes trace_judge_line(const struct trace_judge *j,
				    const struct trace_line *line);

/* What a value is that is no address: NULL and a bit, a pattern, an error; or NULL. */
const char *trace_pattern(const struct layout *l, uint64_t value, bool is_access,
			  struct pool *pool);

/* The same where only the page of the address is known. */
const char *trace_page_pattern(const struct layout *l, uint64_t page, struct pool *pool);

/*
 * A pointer as the kernel prints it when an access with it has failed: arm64 takes the
 * top byte off an address whose bit 55 is 0 (arch/arm64/mm/fault.c, untagged_addr()).
 */
uint64_t trace_accessed(const struct layout *l, uint64_t pointer);

#endif /* KVAS_TRACE_H */
