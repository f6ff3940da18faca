/* SPDX-License-Identifier: GPL-2.0-only */
/* predict.h - the command kvas predict, for the command line and kvas verify. */
#ifndef KVAS_PREDICT_CMD_H
#define KVAS_PREDICT_CMD_H

#include <getopt.h>
#include <stdio.h>

#include "kvas.h"
#include "machine/kconfig.h"

extern const struct option predict_options[];
void predict_columns_help(FILE *out);

/* A .config in file ("-" is standard input); does not return if it is none. */
void kconfig_load(struct kconfig *k, const char *file, struct pool *pool);

/* Does not return for an architecture whose layout is not predicted. */
void predict_or_refuse(const char *arch, const char *file);

#endif /* KVAS_PREDICT_CMD_H */
