// SPDX-License-Identifier: GPL-2.0-only
/*
 * attributes_x86.c - Intel's manual, volume 3, chapter 5 (paging).
 *
 * The words for memory types are those of the PAT that Linux sets up
 * (arch/x86/mm/pat/memtype.c).  With "nopat" WC and WP are WT instead.
 */
#include <stddef.h>

#include "attributes.h"

#define RW		UINT64_C(0x2)
#define US		UINT64_C(0x4)
#define PWT		UINT64_C(0x8)
#define PCD		UINT64_C(0x10)
#define PAT_PAGE	UINT64_C(0x80)		/* bit 7, which makes an upper entry a leaf */
#define PAT_LARGE	UINT64_C(0x1000)
#define GLOBAL		UINT64_C(0x100)
#define NX		(UINT64_C(1) << 63)

#define MEMORY(pat)								\
	{ "memory type 0", (pat) | PCD | PWT, 0, "WB", NULL },			\
	{ "memory type 1", (pat) | PCD | PWT, PWT, "WC", NULL },		\
	{ "memory type 2", (pat) | PCD | PWT, PCD, "UC-", NULL },		\
	{ "memory type 3", (pat) | PCD | PWT, PCD | PWT, "UC", NULL },		\
	{ "memory type 4", (pat) | PCD | PWT, (pat), "WB", NULL },		\
	{ "memory type 5", (pat) | PCD | PWT, (pat) | PWT, "WP", NULL },	\
	{ "memory type 6", (pat) | PCD | PWT, (pat) | PCD, "UC-", NULL },	\
	{ "memory type 7", (pat) | PCD | PWT, (pat) | PCD | PWT, "WT", NULL }

#define RIGHTS						\
	{ "writable", RW, RW, "RW", "RO" },		\
	{ "user", US, US, "USER", NULL }

#define NO_EXECUTE	{ "no execute", NX, NX, "NX", "X" }
#define IS_GLOBAL	{ "global", GLOBAL, GLOBAL, "G", NULL }

static const struct attribute page[] = {
	RIGHTS, NO_EXECUTE, IS_GLOBAL, MEMORY(PAT_PAGE), { 0 }
};

static const struct attribute large_page[] = {
	RIGHTS, NO_EXECUTE, IS_GLOBAL, MEMORY(PAT_LARGE), { 0 }
};

static const struct attribute short_page[] = {
	RIGHTS, IS_GLOBAL, MEMORY(PAT_PAGE), { 0 }
};

static const struct attribute short_large_page[] = {
	RIGHTS, IS_GLOBAL, MEMORY(PAT_LARGE), { 0 }
};

static const struct attribute *rows(unsigned int level, uint64_t attr)
{
	(void)attr;
	return level == 1 ? page : large_page;
}

static const struct attribute *short_rows(unsigned int level, uint64_t attr)
{
	(void)attr;
	return level == 1 ? short_page : short_large_page;
}

static struct access access_of(unsigned int level, uint64_t bits)
{
	(void)level;
	return (struct access){
		.read = true, .write = bits & RW, .execute = !(bits & NX),
		.user = bits & US, .user_execute = (bits & US) && !(bits & NX),
	};
}

/* Entries of 32 bits have no bit 63: everything can be executed. */
static struct access short_access(unsigned int level, uint64_t bits)
{
	return access_of(level, bits & ~NX);
}

const struct attributes attributes_x86_64 = { "x86_64", 0, 0, 64, rows, access_of };
const struct attributes attributes_i386_pae = { "i386", 3, 0, 32, rows, access_of };
const struct attributes attributes_i386 = { "i386", 2, 0, 32, short_rows, short_access };
