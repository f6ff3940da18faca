/* SPDX-License-Identifier: GPL-2.0-only */
/* diff_process.h - kvas diff -p: two moments of a process. */
#ifndef KVAS_CMD_DIFF_PROCESS_H
#define KVAS_CMD_DIFF_PROCESS_H

#include "base/options.h"
#include "output/columns.h"

enum { N_DIFF_PROCESS_COLUMNS = 8 };
extern const struct column diff_process_columns[N_DIFF_PROCESS_COLUMNS];
extern const char *const diff_process_members[N_DIFF_PROCESS_COLUMNS];

/* From the process of opt->process to another one.  Returns an exit status. */
int diff_process(const struct options *opt, const char *to, bool quiet);

#endif /* KVAS_CMD_DIFF_PROCESS_H */
