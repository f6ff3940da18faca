/* SPDX-License-Identifier: GPL-2.0-only */
/* diff.h - the table of kvas diff. */
#ifndef KVAS_DIFF_CMD_H
#define KVAS_DIFF_CMD_H

#include <stdio.h>

void diff_columns_help(FILE *out);

#endif /* KVAS_DIFF_CMD_H */
