/* SPDX-License-Identifier: GPL-2.0-only */
/* x86.h - bits that entries have in all formats of x86 (Intel SDM, volume 3, chapter 4). */
#ifndef KVAS_PAGETABLES_X86_H
#define KVAS_PAGETABLES_X86_H

#include <stdbool.h>
#include <stdint.h>

#define X86_PRESENT	UINT64_C(0x1)
#define X86_RIGHTS	UINT64_C(0x6)	/* write, user mode: every level must allow it */
#define X86_LARGE	UINT64_C(0x80)	/* of an upper level; in entries of pages PAT */
#define X86_PAT_LARGE	UINT64_C(0x1000)
#define X86_NX		(UINT64_C(1) << 63)
#define X86_PROT_NONE	UINT64_C(0x100)	/* of an entry that is not present */
#define X86_KEYS	(UINT64_C(0xf) << 59)

/* Without A and D (0x60), which the processor sets, and 0xe00, which is software's. */
#define X86_ATTRIBUTES	(X86_PRESENT | X86_RIGHTS | UINT64_C(0x18) | X86_LARGE | UINT64_C(0x100))

/*
 * Linux marks a page that nothing may access by bit 8, a large one that it is about to
 * split by bit 7, and clears bit 0 (pte_present(), pmd_present()).
 */
static inline bool x86_keeps_page(unsigned int level, uint64_t entry)
{
	return entry & (X86_PROT_NONE | (level > 1 ? X86_LARGE : 0));
}

#endif /* KVAS_PAGETABLES_X86_H */
