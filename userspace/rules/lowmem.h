/* SPDX-License-Identifier: GPL-2.0-only */
/* lowmem.h - what decides the layout of kernels of 32 bits, whatever they run on. */
#ifndef KVAS_VERIFY_LOWMEM_H
#define KVAS_VERIFY_LOWMEM_H

#include "arch.h"

struct lowmem {
	const char *why;		/* something below is not known */
	const char *config, *cmdline;	/* the latter may be NULL */
	unsigned int release;		/* major * 1000 + minor, or 0 */
	unsigned int cpus;		/* CONFIG_NR_CPUS */
	uint64_t page_offset;
	uint64_t ram, ram_end;		/* first byte of memory, and behind the last */
	unsigned int banks;		/* pieces of it; holes part them */
};

void lowmem_find(struct lowmem *k, struct machine *m);

/* What all such kernels have at the same place. */
void lowmem_check(const struct lowmem *k, struct verification *v);

/* A region from start to the byte before end, if there is one. */
void expect_between(struct verification *v, const char *name, uint64_t start,
		    uint64_t end, const char *how);

/* lowmem of that many bytes, and what follows up to the start of vmalloc. */
void expect_lowmem(const struct lowmem *k, struct verification *v,
		   uint64_t size, uint64_t vmalloc, const char *how);

#endif /* KVAS_VERIFY_LOWMEM_H */
