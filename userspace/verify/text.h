/* SPDX-License-Identifier: GPL-2.0-only */
/* text.h - what reading the kernel's text files takes again and again. */
#ifndef KVAS_TEXT_H
#define KVAS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The start of the next line, or NULL behind the last. */
const char *next_line(const char *line);

/* What follows prefix on the first line that begins with it, or NULL. */
const char *after(const char *text, const char *prefix);

/* Is word among the words of this line, which spaces part? */
bool line_has_word(const char *line, const char *word);

/* Does the line hold this piece of text? */
bool line_has(const char *line, const char *piece);

/*
 * A number at *p, which is moved behind it: in the given base, or 0 for
 * decimal or 0x.  False if there is none, or none that fits.
 */
bool scan_number(const char **p, int base, uint64_t *n);

/* Moves *p behind these bytes if it stands before them. */
bool skip(const char **p, const char *bytes);

#endif /* KVAS_TEXT_H */
