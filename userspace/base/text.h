/* SPDX-License-Identifier: GPL-2.0-only */
/* text.h - what reading the kernel's text files takes again and again. */
#ifndef KVAS_TEXT_H
#define KVAS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The start of the next line, or NULL after the last. */
const char *next_line(const char *line);

/* What follows prefix on the first line that begins with it, or NULL. */
const char *after(const char *text, const char *prefix);

/*
 * The first word of a line, of *length bytes, and *line moved past it; spaces and
 * tabs part words.  NULL if there is none.
 */
const char *next_word(const char **line, size_t *length);

/* Is word among the words of this line?  The second takes its first bytes only. */
bool line_has_word(const char *line, const char *word);
bool line_has_word_of(const char *line, const char *word, size_t length);

/* Does the line hold this piece of text? */
bool line_has(const char *line, const char *piece);

/* What follows "CONFIG_X=" in a configuration file, which may be NULL; or NULL. */
const char *config_value(const char *config, const char *option);

/* Does it say CONFIG_X=y? */
bool is_switched_on(const char *config, const char *option);

/* The answer of a file; OPEN if there is none to ask. */
enum question { NO, YES, OPEN };

/* The same question, where to have no configuration file is no answer. */
enum question ask_config(const char *config, const char *option);

/*
 * What a configuration file says of "CONFIG_X=", a number; 0 if it says
 * nothing.
 */
uint64_t config_number(const char *config, const char *option);

/* "6.12.1-anything" as major * 1000 + minor; 0 for NULL and what is none. */
unsigned int release_number(const char *release);

/* Is it the release of a kernel, as uname -r prints it, and nothing besides? */
bool is_release(const char *text);

/* One past the last "System RAM" of /proc/iomem; 0 if there is none. */
uint64_t ram_end(const char *iomem);

/*
 * The size in an option of the kernel's command line, such as "mem="; of
 * several the last.  False, and the size as it was, if there is none.
 */
bool cmdline_size(const char *cmdline, const char *option, uint64_t *size);

/*
 * A number at *p, which is moved past it: in the given base, or 0 for
 * decimal or 0x.  False if there is none, or none that fits.
 */
bool scan_number(const char **p, int base, uint64_t *n);

/* Moves *p past these bytes if it points at them. */
bool skip(const char **p, const char *bytes);

/*
 * How many bytes the UTF-8 character at s has, of which size bytes are there.  0 if these are
 * none, or a control character of more than one byte, which a terminal might obey.
 */
size_t utf8_length(const char *s, size_t size);

#endif /* KVAS_TEXT_H */
