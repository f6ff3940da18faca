/* SPDX-License-Identifier: GPL-2.0-only */
/* buildid.h - the build id of an ELF file: ld(1) leaves it in a note with --build-id. */
#ifndef KVAS_BUILDID_H
#define KVAS_BUILDID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"

enum { MOST_BUILD_ID = 64 };	/* bytes; ld(1) makes 8, 16 or 20 of its own accord */

/* Hexadecimal, from notes of this alignment; NULL if they hold none. */
const char *build_id_find(struct pool *pool, const unsigned char *notes, size_t size,
			  size_t align, bool big_endian);

#endif /* KVAS_BUILDID_H */
