// SPDX-License-Identifier: GPL-2.0-only
/*
 * attributes_s390x.c - z/Architecture principles of operation, chapter 3.
 *
 * The kernel has an address space of its own: user mode reaches none of it.
 * Without the instruction-execution-protection facility no entry has NX.
 */
#include <stddef.h>

#include "attributes.h"

#define NO_EXECUTE	UINT64_C(0x100)
#define PROTECTED	UINT64_C(0x200)

static const struct attribute entry[] = {
	{ "protected", PROTECTED, PROTECTED, "RO", "RW" },
	{ "no execute", NO_EXECUTE, NO_EXECUTE, "NX", "X" },
	{ 0 }
};

static const struct attribute *rows(unsigned int level, uint64_t attr)
{
	(void)level;
	(void)attr;
	return entry;
}

static struct access access_of(unsigned int level, uint64_t bits)
{
	(void)level;
	return (struct access){
		.read = true, .write = !(bits & PROTECTED), .execute = !(bits & NO_EXECUTE),
	};
}

const struct attributes attributes_s390x = { "s390x", 0, 0, 64, rows, access_of };
