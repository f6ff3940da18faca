// SPDX-License-Identifier: GPL-2.0-only
/* attributes_riscv64.c - RISC-V privileged architecture: Sv39 to Sv57, Svpbmt, Svnapot. */
#include <stddef.h>

#include "attributes.h"

#define READ		UINT64_C(0x2)
#define WRITE		UINT64_C(0x4)
#define EXECUTE		UINT64_C(0x8)
#define USER		UINT64_C(0x10)
#define GLOBAL		UINT64_C(0x20)
#define PBMT		(UINT64_C(3) << 61)
#define NAPOT		(UINT64_C(1) << 63)

static const struct attribute entry[] = {
	{ "read", READ, READ, "R", NULL },
	{ "write", WRITE, WRITE, "W", NULL },
	{ "execute", EXECUTE, EXECUTE, "X", NULL },
	{ "user", USER, USER, "USER", NULL },
	{ "global", GLOBAL, GLOBAL, "G", NULL },
	{ "memory type 1", PBMT, UINT64_C(1) << 61, "NC", NULL },
	{ "memory type 2", PBMT, UINT64_C(2) << 61, "IO", NULL },
	{ "contiguous", NAPOT, NAPOT, "NAPOT", NULL },
	{ 0 }
};

static const struct attribute *rows(unsigned int level, uint64_t attr)
{
	(void)level;
	(void)attr;
	return entry;
}

/* The supervisor never executes pages of user mode, whatever registers say. */
static struct access access_of(unsigned int level, uint64_t bits)
{
	bool user = bits & USER, execute = bits & EXECUTE;

	(void)level;
	return (struct access){
		.read = bits & READ, .write = bits & WRITE, .execute = execute && !user,
		.user = user, .user_execute = user && execute,
	};
}

const struct attributes attributes_riscv64 = { "riscv64", 0, 0, 64, rows, access_of };
