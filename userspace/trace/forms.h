/* SPDX-License-Identifier: GPL-2.0-only */
/* forms.h - the words around the addresses in an oops: what parse.c asks of forms.c. */
#ifndef KVAS_FORMS_H
#define KVAS_FORMS_H

#include "trace.h"

/* What the word before a value says of it.  False if it is no address. */
bool trace_role_of(const char *word, size_t length, enum trace_role *role);

/* Does the line name the address of the access that failed? */
bool trace_line_is_access(const char *line);

/* Are the line's numbers page tables, instructions or hashes of pointers? */
bool trace_line_is_passed_over(const char *line);

/*
 * Where the kernel's line begins, after quotes of a mail ("> "), a level ("<4>"), what
 * syslog and the journal put before it ("Nov 28 10:00:00 host kernel: ") and time
 * stamps.
 */
const char *trace_skip_prefix(const char *line);

#endif /* KVAS_FORMS_H */
