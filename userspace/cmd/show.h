/* SPDX-License-Identifier: GPL-2.0-only */
/* show.h - the tables of kvas show. */
#ifndef KVAS_SHOW_H
#define KVAS_SHOW_H

#include <getopt.h>
#include <stdio.h>

#include "kvas.h"

enum show_what { SHOW_REGIONS, SHOW_FACTS, SHOW_WITNESSES };

/* One table, and below it what this kernel has not, with the reasons. */
void show_table(FILE *out, const struct layout *l, const struct options *opt,
		enum show_what what);

/* The few facts that a newcomer wants first. */
void show_summary(FILE *out, const struct layout *l, const struct options *opt);

/* The command's own options, and the columns of its tables for --help. */
extern const struct option show_options[];
void show_columns_help(FILE *out);

#endif /* KVAS_SHOW_H */
