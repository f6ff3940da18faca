/* SPDX-License-Identifier: GPL-2.0-only */
/* The page tables of MIPS and of LoongArch, whose port was made from it. */
#ifndef KVAS_MIPS_PAGETABLE_H
#define KVAS_MIPS_PAGETABLE_H

#include "../pagetable.h"

void kvas_mips_shape(struct kvas_pagetable *t, __u64 attributes, __u64 of_large);
struct kvas_entry kvas_mips_decode(unsigned int level, __u64 value, __u64 large, __u64 phys);

#endif /* KVAS_MIPS_PAGETABLE_H */
