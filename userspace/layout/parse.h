/* SPDX-License-Identifier: GPL-2.0-only */
/* parse.h - text of the contract (module/kvas_format.h) to struct layout. */
#ifndef KVAS_PARSE_H
#define KVAS_PARSE_H

#include "model.h"

/* Why and where a capture, or another file of the module, was refused. */
struct parse_error {
	unsigned int line;		/* 1-based; 0: the file as a whole */
	char message[256];		/* one sentence: what was expected */
};

/* Ends the program with "NAME:LINE: message", or without a line if none is at fault. */
__attribute__((noreturn))
void parse_refuse(const char *name, const struct parse_error *error);

/*
 * Parse size bytes at text (need not be NUL-terminated; is not changed).
 * Pure: no input, no output, no global state.  Returns a layout that the
 * caller frees with layout_free(), or NULL with *error filled in.
 */
struct layout *layout_parse(const char *text, size_t size,
			    struct parse_error *error);

#endif /* KVAS_PARSE_H */
