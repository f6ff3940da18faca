/* SPDX-License-Identifier: GPL-2.0-only */
/* where.h - the table of kvas where. */
#ifndef KVAS_WHERE_H
#define KVAS_WHERE_H

#include <stdio.h>

void where_columns_help(FILE *out);

#endif /* KVAS_WHERE_H */
