/* SPDX-License-Identifier: GPL-2.0-only */
/* util.h - the few helpers that every command needs. */
#ifndef KVAS_UTIL_H
#define KVAS_UTIL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Prints "kvas: " and the sentence, and exits with KVAS_FAILURE. */
__attribute__((noreturn, format(printf, 1, 2)))
void die(const char *format, ...);

/* These do not return without memory. */
__attribute__((malloc, format(printf, 1, 2)))
char *text_printf(const char *format, ...);
__attribute__((malloc))
void *zalloc_array(size_t count, size_t size);

/*
 * As tables print it: \x1b in the place of what the locale cannot print, so that no name
 * of a file begins a line or colours a terminal, and \u202e in the place of what would
 * turn the direction of writing.  To be freed.
 */
__attribute__((malloc))
char *escaped(const char *text);

/* With \u202e only, for what escapes the rest itself.  Takes the text. */
char *without_directions(char *text);

/* With a question mark for each byte that is no character of ASCII. */
char *printable(char *text);

/*
 * A size for people.  One without a decimal is exact: 4K, 3056M, which is not
 * 3G.  What takes more than four digits is rounded and has a decimal: 4.8G, and
 * 128.0T for a page less than 128T; 12.5P is exact, too.  The size is given less
 * one, so that the 2^64 bytes of a whole address space can be.
 */
char *size_human(uint64_t less_one);

/* The same in bytes, exact. */
char *size_bytes(uint64_t less_one);

/*
 * A number as another is written: an address, 0x, decimal, or a size with the
 * largest letter that leaves nothing over.
 */
char *number_like(const char *other, uint64_t n);

/*
 * Prints text in lines of at most width columns, broken at spaces or within a
 * word that is wider, and a newline.  The cursor is at column indent; further
 * lines are indented to it.
 */
void print_wrapped(FILE *out, unsigned int indent, unsigned int width,
		   const char *text);

/* Of n words the one most like this one; NULL if none is much like it. */
const char *similar_word(const char *word, size_t length, const char *const *words, size_t n);

#endif /* KVAS_UTIL_H */
