/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * letters.h - what the back ends must agree on: letters, so that a text is drawn as it
 * was measured, and heads of arrows.
 */
#ifndef KVAS_LETTERS_H
#define KVAS_LETTERS_H

#include <stddef.h>
#include <stdint.h>

#include "scene.h"

enum { REPLACEMENT = 0xfffd };

/*
 * The letter at *text, which is not at its end, and *text moved past it.  Control
 * characters, what changes the direction of writing or shows nothing, and bytes
 * that are no UTF-8 are a REPLACEMENT: no name in a capture does more than stand there.
 */
uint32_t next_letter(const char **text);

/* The bytes of a letter in UTF-8, ended by NUL; returns their number. */
size_t letter_bytes(uint32_t letter, char bytes[5]);

size_t count_letters(const char *text);

/* A copy of those letters, which is valid UTF-8; to be freed. */
char *drawable(const char *text);

/*
 * The head of the arrow at the last point of a path, the tip first.  False if the
 * path has no direction there.
 */
bool arrow_head(const struct mark *path, struct point head[3]);

/* The size of the letters, in px: an em. */
double font_px(enum text_size size);

#endif /* KVAS_LETTERS_H */
