/* SPDX-License-Identifier: GPL-2.0-only */
/* check.h - the command kvas check, for the command line. */
#ifndef KVAS_CHECK_H
#define KVAS_CHECK_H

#include <getopt.h>
#include <stdio.h>

#include "kvas.h"

extern const struct option check_options[];
void check_columns_help(FILE *out);

#endif /* KVAS_CHECK_H */
