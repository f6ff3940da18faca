// SPDX-License-Identifier: GPL-2.0-only
/*
 * attributes_arm64.c - the Arm ARM: VMSAv8-64 descriptors of stage 1, which arm64
 * has, and VMSAv7's long ones, which arm has with LPAE.
 *
 * The memory type is an index into MAIR.  Releases of arm64 number theirs
 * differently, so the index is shown; arm's are in arch/arm/mm/proc-v7-3level.S.
 */
#include <stddef.h>

#include "attributes.h"

#define TYPE		UINT64_C(0x1c)
#define USER		UINT64_C(0x40)		/* AP[1] */
#define READ_ONLY	UINT64_C(0x80)		/* AP[2] */
#define SHARED		UINT64_C(0x300)		/* with LPA2 part of the address, not of attr */
#define NOT_GLOBAL	UINT64_C(0x800)
#define GUARDED		(UINT64_C(1) << 50)
#define DBM		(UINT64_C(1) << 51)
#define CONTIGUOUS	(UINT64_C(1) << 52)
#define PXN		(UINT64_C(1) << 53)
#define XN		(UINT64_C(1) << 54)	/* of user mode alone in VMSAv8-64 */

#define MEMORY(n, word)	{ "memory type " #n, TYPE, UINT64_C(n) << 2, word, NULL }

#define RIGHTS								\
	{ "read-only", READ_ONLY, READ_ONLY, "RO", "RW" },		\
	{ "user", USER, USER, "USER", NULL }

#define OTHERS								\
	{ "not global", NOT_GLOBAL, NOT_GLOBAL, NULL, "G" },		\
	{ "outer shareable", SHARED, 0x200, "OSH", NULL },		\
	{ "inner shareable", SHARED, 0x300, "ISH", NULL },		\
	{ "contiguous", CONTIGUOUS, CONTIGUOUS, "CONT", NULL }

static const struct attribute descriptor[] = {
	RIGHTS,
	{ "privileged no execute", PXN, PXN, "PXN", "PX" },
	{ "user no execute", XN, XN, "UXN", "UX" },
	OTHERS,
	{ "dirty bit management", DBM, DBM, "DBM", NULL },
	{ "guarded", GUARDED, GUARDED, "GP", NULL },
	MEMORY(0, "ATTR0"), MEMORY(1, "ATTR1"), MEMORY(2, "ATTR2"), MEMORY(3, "ATTR3"),
	MEMORY(4, "ATTR4"), MEMORY(5, "ATTR5"), MEMORY(6, "ATTR6"), MEMORY(7, "ATTR7"),
	{ 0 }
};

static const struct attribute long_descriptor[] = {
	RIGHTS,
	{ "no execute", XN, XN, "XN", "X" },
	{ "privileged no execute", PXN, PXN, "PXN", NULL },
	OTHERS,
	MEMORY(0, "SO"), MEMORY(1, "NC"), MEMORY(2, "WT"), MEMORY(3, "WB"),
	MEMORY(4, "DEV"), MEMORY(5, "SO"), MEMORY(6, "SO"), MEMORY(7, "WBWA"),
	{ 0 }
};

static const struct attribute *rows(unsigned int level, uint64_t attr)
{
	(void)level;
	(void)attr;
	return descriptor;
}

static const struct attribute *long_rows(unsigned int level, uint64_t attr)
{
	(void)level;
	(void)attr;
	return long_descriptor;
}

/*
 * With DBM the first write makes the page writable.  What user mode can write
 * the kernel cannot execute, and user mode may be able to execute what it cannot
 * read.
 */
static struct access access_of(unsigned int level, uint64_t bits)
{
	bool user = bits & USER, write = !(bits & READ_ONLY) || (bits & DBM);

	(void)level;
	return (struct access){
		.read = true, .write = write,
		.execute = !(bits & PXN) && !(user && write),
		.user = user || !(bits & XN), .user_execute = !(bits & XN),
	};
}

static struct access long_access(unsigned int level, uint64_t bits)
{
	bool user = bits & USER, execute = !(bits & XN);

	(void)level;
	return (struct access){
		.read = true, .write = !(bits & READ_ONLY),
		.execute = execute && !(bits & PXN),
		.user = user, .user_execute = user && execute,
	};
}

const struct attributes attributes_arm64 = { "arm64", 0, 0, 64, rows, access_of };
const struct attributes attributes_arm_lpae = { "arm", 3, 0, 32, long_rows, long_access };
