// SPDX-License-Identifier: GPL-2.0-only
/*
 * attributes_loongarch64.c - LoongArch reference manual, volume 1, chapter 5.
 *
 * The global bit of a huge page is bit 12, because bit 6 says that it is one.
 * An entry with W becomes dirty, and so writable, with the first write.
 */
#include <stddef.h>

#include "attributes.h"

#define DIRTY		UINT64_C(0x2)
#define PLV		UINT64_C(0xc)
#define TYPE		UINT64_C(0x30)
#define GLOBAL_PAGE	UINT64_C(0x40)
#define WRITE		UINT64_C(0x100)
#define GLOBAL_HUGE	UINT64_C(0x1000)
#define NO_READ		(UINT64_C(1) << 61)
#define NO_EXECUTE	(UINT64_C(1) << 62)
#define PLV_ONLY	(UINT64_C(1) << 63)

#define ROWS(global)							\
	{ "no read", NO_READ, NO_READ, "NR", NULL },			\
	{ "write", WRITE, WRITE, "W", NULL },				\
	{ "dirty", DIRTY, DIRTY, "D", NULL },				\
	{ "no execute", NO_EXECUTE, NO_EXECUTE, "NX", "X" },		\
	{ "privilege level 1", PLV, 0x4, "PLV1", NULL },		\
	{ "privilege level 2", PLV, 0x8, "PLV2", NULL },		\
	{ "privilege level 3", PLV, 0xc, "USER", NULL },		\
	{ "that level only", PLV_ONLY, PLV_ONLY, "RPLV", NULL },	\
	{ "global", global, global, "G", NULL },			\
	{ "memory type 0", TYPE, 0x00, "SUC", NULL },			\
	{ "memory type 1", TYPE, 0x10, "CC", NULL },			\
	{ "memory type 2", TYPE, 0x20, "WUC", NULL }

static const struct attribute page[] = { ROWS(GLOBAL_PAGE), { 0 } };
static const struct attribute huge_page[] = { ROWS(GLOBAL_HUGE), { 0 } };

static const struct attribute *rows(unsigned int level, uint64_t attr)
{
	(void)attr;
	return level == 1 ? page : huge_page;
}

static struct access access_of(unsigned int level, uint64_t bits)
{
	bool user = (bits & PLV) == PLV, kernel = !(bits & PLV_ONLY) || !(bits & PLV);
	bool execute = !(bits & NO_EXECUTE);

	(void)level;
	return (struct access){
		.read = kernel && !(bits & NO_READ),
		.write = kernel && (bits & (WRITE | DIRTY)),
		.execute = kernel && execute,
		.user = user, .user_execute = user && execute,
	};
}

const struct attributes attributes_loongarch64 = { "loongarch64", 0, 0, 64, rows, access_of };
