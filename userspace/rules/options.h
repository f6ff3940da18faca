/* SPDX-License-Identifier: GPL-2.0-only */
/* options.h - the options of a kernel's configuration, to look up. */
#ifndef KVAS_KERNEL_OPTIONS_H
#define KVAS_KERNEL_OPTIONS_H

#include <stdbool.h>

#include "base/pool.h"

struct kernel_options;

/* Of the text of a .config; it lives as long as the pool. */
const struct kernel_options *kernel_options_parse(const char *text, struct pool *pool);

/* What stands after "CONFIG_X="; NULL for what is not set. */
const char *kernel_option(const struct kernel_options *o, const char *name);

/* Is none set at all? */
bool kernel_options_empty(const struct kernel_options *o);

#endif /* KVAS_KERNEL_OPTIONS_H */
