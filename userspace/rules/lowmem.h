/* SPDX-License-Identifier: GPL-2.0-only */
/* lowmem.h - what decides the layout of kernels of 32 bits, whatever they run on. */
#ifndef KVAS_RULES_LOWMEM_H
#define KVAS_RULES_LOWMEM_H

#include "arch.h"

struct lowmem {
	const struct situation *situation;
	const char *why;		/* something below is not known */
	unsigned int cpus;		/* CONFIG_NR_CPUS */
	uint64_t page_offset;
	uint64_t ram, ram_end;		/* first byte of memory, and after the last */
	uint64_t first_page;		/* x86 counts pages from 0, wherever memory begins */
};

void lowmem_find(struct lowmem *k, const struct situation *s);

/* What all such kernels have at the same place. */
void lowmem_expect(const struct lowmem *k, struct expected_list *e);

/* lowmem of that many bytes, and what follows up to the start of vmalloc. */
void lowmem_must_be(const struct lowmem *k, struct expected_list *e,
		    uint64_t size, uint64_t vmalloc, const char *how);

#endif /* KVAS_RULES_LOWMEM_H */
