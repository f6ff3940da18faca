// SPDX-License-Identifier: GPL-2.0-only
/*
 * attributes_arm.c - the Arm ARM: VMSAv7's short descriptors.
 *
 * AP[2:0] is the full model (SCTLR.AFE is 0).  Memory types are those of the PRRR
 * and NMRR that Linux sets (arch/arm/mm/proc-v7-2level.S): TEX[0], C and B.
 * Small pages, large pages and sections have the same fields in other places.
 */
#include <stddef.h>

#include "../module/kvas_format.h"
#include "attributes.h"

#define C_B		UINT64_C(0xc)
/* Small and large pages have no such bit, but the entry above them has: kvas_format.h. */
#define ROW_TABLE_PXN	{ "privileged no execute", KVAS_ARM_TABLE_PXN, KVAS_ARM_TABLE_PXN, "PXN", NULL }

/* Where the fields are: AP[1:0] and TEX[0] by their lowest bits. */
struct places {
	uint64_t ap, ap2, tex, xn, pxn;
	const struct attribute *rows;
};

#define AP(n, ap, ap2, word)	{ "AP " #n, (ap) * 3 | (ap2),				\
				  (ap) * ((n) & 3) | ((n) & 4 ? (ap2) : 0), word, NULL }

#define MEMORY(n, tex, word)	{ "memory type " #n, (tex) | C_B,			\
				  ((n) & 4 ? (tex) : 0) | ((n) & 3) << 2, word, NULL }

#define ROWS(ap, ap2, tex, xn, s, ng)							\
	AP(0, ap, ap2, "NONE"), AP(1, ap, ap2, "RW"), AP(2, ap, ap2, "RW USER-RO"),	\
	AP(3, ap, ap2, "RW USER"), AP(4, ap, ap2, "NONE"), AP(5, ap, ap2, "RO"),	\
	AP(6, ap, ap2, "RO USER"), AP(7, ap, ap2, "RO USER"),				\
	{ "no execute", xn, xn, "XN", "X" },						\
	{ "not global", ng, ng, NULL, "G" },						\
	{ "shareable", s, s, "SHD", NULL },						\
	MEMORY(0, tex, "SO"), MEMORY(1, tex, "NC"), MEMORY(2, tex, "WT"),		\
	MEMORY(3, tex, "WB"), MEMORY(4, tex, "DEV"), MEMORY(5, tex, "TYPE5"),		\
	MEMORY(6, tex, "TYPE6"), MEMORY(7, tex, "WBWA")

static const struct attribute small_rows[] = {
	ROWS(0x10, 0x200, 0x40, 0x1, 0x400, 0x800), ROW_TABLE_PXN, { 0 }
};

static const struct attribute large_rows[] = {
	ROWS(0x10, 0x200, 0x1000, 0x8000, 0x400, 0x800), ROW_TABLE_PXN, { 0 }
};

static const struct attribute section_rows[] = {
	ROWS(0x400, 0x8000, 0x1000, 0x10, 0x10000, 0x20000),
	{ "privileged no execute", 0x1, 0x1, "PXN", NULL },
	{ "supersection", 0x40000, 0x40000, "SUPER", NULL },
	{ 0 }
};

static const struct places small_page = { 0x10, 0x200, 0x40, 0x1, KVAS_ARM_TABLE_PXN, small_rows };
static const struct places large_page = { 0x10, 0x200, 0x1000, 0x8000, KVAS_ARM_TABLE_PXN, large_rows };
static const struct places section = { 0x400, 0x8000, 0x1000, 0x10, 0x1, section_rows };

/* A large page has the lowest bits 01, a small one 1x: x is its XN. */
static const struct places *places_of(unsigned int level, uint64_t attr)
{
	if (level > 1)
		return &section;
	return (attr & 3) == 1 ? &large_page : &small_page;
}

static const struct attribute *rows(unsigned int level, uint64_t attr)
{
	return places_of(level, attr)->rows;
}

static struct access access_of(unsigned int level, uint64_t bits)
{
	const struct places *p = places_of(level, bits);
	unsigned int ap = (unsigned int)(bits / p->ap & 3) | (bits & p->ap2 ? 4 : 0);
	bool read = ap != 0 && ap != 4, user = read && ap != 1 && ap != 5;
	bool execute = read && !(bits & p->xn);

	return (struct access){
		.read = read, .write = read && ap < 4,
		.execute = execute && !(bits & p->pxn),
		.user = user, .user_execute = user && execute,
	};
}

const struct attributes attributes_arm = { "arm", 2, 0, 32, rows, access_of };
