// SPDX-License-Identifier: GPL-2.0-only
/* parser.c - see parser.h: what is wrong with a capture. */
#include "parser.h"

bool parser_fail(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	frame_vfail(&p->frame, format, args);
	va_end(args);
	return false;
}
