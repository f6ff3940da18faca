/* SPDX-License-Identifier: GPL-2.0-only */
/* terminal.h - what standard output is, and what it can show. */
#ifndef KVAS_TERMINAL_H
#define KVAS_TERMINAL_H

#include "base/options.h"

/*
 * Colours or not, by the argument of --color (NULL: not given), NO_COLOR, TERM and
 * terminal-colors.d(5).  Exits with KVAS_FAILURE on another word.
 */
bool terminal_color(const char *when, bool terminal);

/* The width in columns, and whether it is known. */
void terminal_width(struct options *opt);

#endif /* KVAS_TERMINAL_H */
