/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - what all files of the module have in common: a first line with the
 * version, records, and a last line that counts them.
 *
 * Strict, so that a damaged file is refused and not half understood: each proper
 * prefix of one is an error.
 */
#ifndef KVAS_FRAME_H
#define KVAS_FRAME_H

#include <stdarg.h>

#include "parse.h"

/*
 * Of a file of page tables.  The module writes at most 2^21 mappings and repeats
 * (MAX_ROOM of module/mappings.c), and a reader's scan little more, in lines of at most
 * 170 bytes; some more lines tell of levels, registers and windows.
 */
#define MAPPINGS_MOST_RUNS	(1u << 21)
#define MAPPINGS_MOST_LINES	(MAPPINGS_MOST_RUNS + (1u << 17))
#define MAPPINGS_MOST_BYTES	(384u << 20)

struct frame {
	/* --- What the file must be. --------------------------------------- */
	const char *word;		/* its first word */
	unsigned int newest;		/* the version that this reader knows */
	const char *kind;		/* what messages call it */
	size_t most_lines;
	/* Zeroed memory that lives as long as the records, or NULL. */
	void *(*alloc)(void *owner, size_t count, size_t size);
	void *owner;
	struct parse_error *error;

	/* --- What it is. ---------------------------------------------------- */
	unsigned int version;
	struct record *records;		/* without types */
	size_t n_records;
	struct record end;		/* the last line */
	unsigned int line;		/* in hand */
};

/*
 * Splits size bytes at text, which are not changed, into records.  False with the
 * error filled in if they are no such file.
 */
bool frame_parse(struct frame *f, const char *text, size_t size);

/* Note what is wrong with the line in hand, or that memory is short: false. */
__attribute__((format(printf, 2, 3)))
bool frame_fail(struct frame *f, const char *format, ...);
bool frame_vfail(struct frame *f, const char *format, va_list args);
bool frame_no_memory(struct frame *f);

#endif /* KVAS_FRAME_H */
