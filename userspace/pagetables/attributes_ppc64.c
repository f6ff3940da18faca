// SPDX-License-Identifier: GPL-2.0-only
/* attributes_ppc64.c - Power ISA 3.0, book III: radix trees. */
#include <stddef.h>

#include "attributes.h"

#define EXECUTE		UINT64_C(0x1)
#define WRITE		UINT64_C(0x2)		/* and read */
#define READ		UINT64_C(0x4)
#define PRIVILEGED	UINT64_C(0x8)
#define TYPE		UINT64_C(0x30)

static const struct attribute entry[] = {
	{ "read", READ, READ, "R", NULL },
	{ "write", WRITE, WRITE, "W", NULL },
	{ "execute", EXECUTE, EXECUTE, "X", NULL },
	{ "privileged", PRIVILEGED, PRIVILEGED, NULL, "USER" },
	{ "memory type 1", TYPE, 0x10, "SAO", NULL },
	{ "memory type 2", TYPE, 0x20, "NON-IDEMPOTENT", NULL },
	{ "memory type 3", TYPE, 0x30, "TOLERANT", NULL },
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
	bool user = !(bits & PRIVILEGED), execute = bits & EXECUTE;

	(void)level;
	return (struct access){
		.read = bits & (READ | WRITE), .write = bits & WRITE, .execute = execute,
		.user = user, .user_execute = user && execute,
	};
}

const struct attributes attributes_ppc64 = { "ppc64", 0, 0, 64, rows, access_of };
