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

/* Where a process has the kernel half. */
enum kvas_half_place {
	KVAS_HALF_IN_ENTRIES,	/* in entries of its own top table */
	KVAS_HALF_AT_ROOT,	/* it has a root of its own, the same for all processes */
	KVAS_HALF_IN_SPACE,	/* in an address space of its own */
};

/**
 * struct kvas_sharing - how processes have the kernel half
 * @place:		where
 * @first:		the first entry of the kernel half in a process's top table, if
 *			@place is KVAS_HALF_IN_ENTRIES; the next three are for this, too
 * @ignored:		bits of an entry that the processor sets
 * @has_copies:		tables below the top may be each process's own
 * @user_root_offset:	with page-table isolation: how far the table that user mode
 *			runs on is from the process's; else 0
 * @user_root:		with page-table isolation: physical address of the table that
 *			stands for the kernel half while a processor is in user mode,
 *			for all processes; 0 if there is none or it is not known
 * @user_root_absent:	why it is not known, or NULL
 */
struct kvas_sharing {
	enum kvas_half_place place;
	unsigned int first;
	__u64 ignored;
	bool has_copies;
	__u64 user_root_offset;
	__u64 user_root;
	const char *user_root_absent;
};

/**
 * struct kvas_arch_pagetable - the page tables of an architecture
 * @describe:		fills in how the kernel's tables are built; @top is the
 *			virtual address of swapper_pg_dir, @root the physical one,
 *			which it changes if the top table is elsewhere.  Returns
 *			NULL, or why there are none to walk
 * @find_sharing:	fills in how processes have the kernel half; the argument is all
 *			zeros.  Only called if @describe returned NULL
 * @has_user_half:	an address belongs either to processes or to the kernel, and
 *			the tables of both are built alike
 * @windows:		what the processor translates without asking any table, up to a
 *			window without an end; NULL if there are none
 * @registers:		lists the registers, and returns how many there are; NULL
 *			if none is known
 */
struct kvas_arch_pagetable {
	const char *(*describe)(struct kvas_pagetable *t, const void *top, __u64 *root);
	void (*find_sharing)(struct kvas_sharing *sharing);
	bool has_user_half;
	const struct kvas_window *windows;
	unsigned int (*registers)(struct kvas_register *list);
};

extern const struct kvas_arch_pagetable kvas_arch_pagetable;

#endif /* KVAS_ARCH_PAGETABLE_H */
