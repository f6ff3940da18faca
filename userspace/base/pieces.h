/* SPDX-License-Identifier: GPL-2.0-only */
/* pieces.h - sets of bytes of memory, as pieces. */
#ifndef KVAS_PIECES_H
#define KVAS_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many take 64 MiB. */
#define MOST_PIECES	((size_t)1 << 22)

struct memory_piece {
	uint64_t start, size;
};

/* An empty one is all zeroes. */
struct pieces {
	struct memory_piece *list;
	size_t n, room;
	bool full;			/* there were more than MOST_PIECES: some are missing */
};

void pieces_add(struct pieces *p, uint64_t start, uint64_t size);

/* Sorts them, makes one of those that overlap or touch, and returns how many bytes they have. */
uint64_t pieces_join(struct pieces *p);

/* Bytes that are in both; each is joined. */
uint64_t pieces_in_both(const struct pieces *a, const struct pieces *b);

void pieces_free(struct pieces *p);

#endif /* KVAS_PIECES_H */
