/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execmem.h - the ranges for code that the kernel keeps in memory since 6.10.
 *
 * mm/execmem.c has a pointer execmem_info, and some architectures the structure of
 * that name that it points to.
 */
#ifndef KVAS_EXECMEM_H
#define KVAS_EXECMEM_H

#include "machine/machine.h"
#include "machine/symtab.h"
#include "verify.h"

/* The words of both, and of what the first of them points to. */
struct execmem {
	size_t pointer;			/* bytes */
	uint64_t *words;
	size_t n;			/* 0: the kernel has no such variable */
};

void execmem_load(struct execmem *e, struct machine *m, const struct symbols *symbols);

/* False if there is nothing to judge by. */
bool execmem_check(const struct execmem *e, struct verification *v);

#endif /* KVAS_EXECMEM_H */
