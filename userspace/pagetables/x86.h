/* SPDX-License-Identifier: GPL-2.0-only */
/* x86.h - bits that entries have in all formats of x86 (Intel SDM, volume 3, chapter 4). */
#ifndef KVAS_PAGETABLES_X86_H
#define KVAS_PAGETABLES_X86_H

#define X86_PRESENT	UINT64_C(0x1)
#define X86_RIGHTS	UINT64_C(0x6)	/* write, user mode: every level must allow it */
#define X86_LARGE	UINT64_C(0x80)	/* of an upper level; in entries of pages PAT */
#define X86_PAT_LARGE	UINT64_C(0x1000)
#define X86_NX		(UINT64_C(1) << 63)
#define X86_KEYS	(UINT64_C(0xf) << 59)

/* Without A and D (0x60), which the processor sets, and 0xe00, which is software's. */
#define X86_ATTRIBUTES	(X86_PRESENT | X86_RIGHTS | UINT64_C(0x18) | X86_LARGE | UINT64_C(0x100))

#endif /* KVAS_PAGETABLES_X86_H */
