// SPDX-License-Identifier: GPL-2.0-only
/*
 * attributes_mips64.c - MIPS64 Architecture For Programmers, volume III: EntryLo.
 *
 * The kernel fills the TLB with its entries, which have 6 to 9 bits for software below
 * those of EntryLo (arch/mips/include/asm/pgtable-bits.h); the options decide how many,
 * so there is a format for each number.  RI and XI come below the others, in the last
 * bits of software, of which kernels without them in their entries use none as attribute.
 *
 * No bit says whether user mode reaches a page; the address does.  Linux marks the
 * kernel's pages as global, and never those of a process.
 */
#include <stddef.h>

#include "attributes.h"

#define BIT(n)		(UINT64_C(1) << (n))
#define ENTRY_LO(n)	(UINT64_C(0x3f) << (n))		/* C, D, V, G */
#define CACHE(n, c, word)							\
	{ "cache attribute " #c, UINT64_C(7) << ((n) + 3), UINT64_C(c) << ((n) + 3), word, NULL }

static struct access access_of(unsigned int n, uint64_t bits)
{
	bool user = !(bits & BIT(n)), execute = !(bits & BIT(n - 2));

	return (struct access){
		.read = !(bits & BIT(n - 1)), .write = bits & BIT(n + 2),
		.execute = execute, .user = user, .user_execute = user && execute,
	};
}

/* Of entries with n bits below EntryLo's. */
#define FORMAT(n)								\
static const struct attribute entry_##n[] = {					\
	{ "read inhibit", BIT((n) - 1), BIT((n) - 1), "RI", NULL },		\
	{ "write", BIT((n) + 2), BIT((n) + 2), "D", NULL },			\
	{ "execute inhibit", BIT((n) - 2), BIT((n) - 2), "XI", "X" },		\
	{ "global", BIT(n), BIT(n), "G", "USER" },				\
	CACHE(n, 0, "CCA0"), CACHE(n, 1, "CCA1"), CACHE(n, 2, "UC"),		\
	CACHE(n, 3, "CACHED"), CACHE(n, 4, "CCA4"), CACHE(n, 5, "CCA5"),	\
	CACHE(n, 6, "CCA6"), CACHE(n, 7, "UCA"),				\
	{ 0 }									\
};										\
										\
static const struct attribute *rows_##n(unsigned int level, uint64_t attr)	\
{										\
	(void)level;								\
	(void)attr;								\
	return entry_##n;							\
}										\
										\
static struct access access_##n(unsigned int level, uint64_t bits)		\
{										\
	(void)level;								\
	return access_of(n, bits);						\
}										\
										\
const struct attributes attributes_mips64_##n = {				\
	.arch = "mips64", .mask = ENTRY_LO(n), .bits = 64,			\
	.rows = rows_##n, .access = access_##n,					\
}

FORMAT(6);
FORMAT(7);
FORMAT(8);
FORMAT(9);
