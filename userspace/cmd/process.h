/* SPDX-License-Identifier: GPL-2.0-only */
/* process.h - the process that an operand names, for all commands that take one. */
#ifndef KVAS_CMD_PROCESS_H
#define KVAS_CMD_PROCESS_H

#include "base/options.h"
#include "process/process.h"

/*
 * A number, or self: a live process.  A name with a slash, a file that begins as a saved
 * process does, or "-": that file.  Else the process of this name.  Does not return if it
 * cannot be read, or is more than one.
 */
struct process *load_process(const struct options *opt, const char *operand);

/* The number of a live process, which the operand names in one of these ways. */
uint64_t process_number(const struct options *opt, const char *operand);

/* Is it a saved process that the operand names?  Its kernel may have been another one. */
bool names_saved_process(const char *operand);

#endif /* KVAS_CMD_PROCESS_H */
