/* SPDX-License-Identifier: GPL-2.0-only */
/* How an architecture's page tables are built: ARCH_pagetable.c. */
#ifndef KVAS_ARCH_PAGETABLE_H
#define KVAS_ARCH_PAGETABLE_H

#include <linux/types.h>

#include "../pagetable.h"

#define KVAS_MAX_REGISTERS	4

/**
 * struct kvas_register - a register that decides on access beside the entries
 * @name:	as the processor's manual has it, in lower case
 * @value:	what it holds
 */
struct kvas_register {
	const char *name;
	__u64 value;
};

/**
 * struct kvas_window - addresses that are translated without any table
 * @start:	the first
 * @end:	the last
 */
struct kvas_window {
	unsigned long start;
	unsigned long end;
};

/**
 * struct kvas_arch_pagetable - the page tables of an architecture
 * @describe:		fills in how the kernel's tables are built; @top is the
 *			virtual address of swapper_pg_dir, @root the physical one,
 *			which it changes if the top table is elsewhere.  Returns
 *			NULL, or why there are none to walk
 * @has_user_half:	an address belongs either to processes or to the kernel, and
 *			the tables of both are built alike
 * @windows:		what the processor translates without asking any table, up to a
 *			window without an end; NULL if there are none
 * @registers:		lists the registers, and returns how many there are; NULL
 *			if none is known
 */
struct kvas_arch_pagetable {
	const char *(*describe)(struct kvas_pagetable *t, const void *top, __u64 *root);
	bool has_user_half;
	const struct kvas_window *windows;
	unsigned int (*registers)(struct kvas_register *list);
};

extern const struct kvas_arch_pagetable kvas_arch_pagetable;

#endif /* KVAS_ARCH_PAGETABLE_H */
