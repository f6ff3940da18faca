/* SPDX-License-Identifier: GPL-2.0-only */
/* bits.h - arithmetic of sizes and addresses. */
#ifndef KVAS_BITS_H
#define KVAS_BITS_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline bool is_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* The binary logarithm, rounded down; of 0 it is 0. */
static inline unsigned int log2_of(uint64_t n)
{
	unsigned int log2 = 0;

	while (n >> log2 > 1)
		log2++;
	return log2;
}

#endif /* KVAS_BITS_H */
