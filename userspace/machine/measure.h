/* SPDX-License-Identifier: GPL-2.0-only */
/* measure.h - what the running system answers to calls, as text. */
#ifndef KVAS_MEASURE_H
#define KVAS_MEASURE_H

#include "base/pool.h"

/*
 * key=value lines:
 *   release, machine	uname(2)
 *   word_bits, byte_order	of this very program
 *   page_size		the auxiliary vector's AT_PAGESZ
 *   cpus_configured	sysconf(3)
 *   mmap_highest	the highest page at which mmap(2) puts a mapping
 */
const char *measure(struct pool *pool);

#endif /* KVAS_MEASURE_H */
