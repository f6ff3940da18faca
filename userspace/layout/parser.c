// SPDX-License-Identifier: GPL-2.0-only
/* parser.c - see parser.h: what is wrong with a capture. */
#include <stdarg.h>
#include <stdio.h>

#include "parser.h"

bool parser_fail(struct parser *p, const char *format, ...)
{
	va_list args;

	p->error->line = p->line;
	va_start(args, format);
	vsnprintf(p->error->message, sizeof(p->error->message), format, args);
	va_end(args);
	return false;
}

bool parser_no_memory(struct parser *p)
{
	p->line = 0;
	return parser_fail(p, "not enough memory for a capture of this size");
}
