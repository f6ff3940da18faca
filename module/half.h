/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel half of a process's tables, compared with the kernel's own, entry
 * by entry.  Pure, as pagetable.h, whose callback it reads with.
 */
#ifndef KVAS_HALF_H
#define KVAS_HALF_H

#include "pagetable.h"

/* So many entries are compared at a time, and so many ranges are named. */
#define KVAS_HALF_CHUNK		32
#define KVAS_HALF_RANGES	8

/**
 * struct kvas_half - how the entries of two top tables compare
 * @same:	how many are equal
 * @copied:	how many lead to tables of their own with equal entries
 * @missing:	how many, or some in the tables to which they lead, are there in the
 *		kernel's table only, and all others are equal
 * @own:	how many are any other
 * @other:	which are not the same, by index: "3-7,509"
 * @unreadable:	a table could not be read, or one of the kernel's changed each time
 */
struct kvas_half {
	unsigned int same;
	unsigned int copied;
	unsigned int missing;
	unsigned int own;
	char other[KVAS_HALF_RANGES * sizeof("1234-5678,") + sizeof("...")];
	bool unreadable;
};

/**
 * struct kvas_halves - two top tables
 * @t:		how they are built
 * @first:	the first entry of the kernel's half
 * @ignored:	bits that the processor sets
 * @has_copies:	tables below the top may have been copied
 * @read:	reads physical memory, after all that was read before
 * @kernel:	physical address of the kernel's table
 * @process:	physical address of the process's
 * @chunk:	room for entries: of the kernel, of the process, and the kernel's again
 */
struct kvas_halves {
	const struct kvas_pagetable *t;
	unsigned int first;
	__u64 ignored;
	bool has_copies;
	kvas_read_fn read;
	__u64 kernel;
	__u64 process;
	__u64 chunk[3][KVAS_HALF_CHUNK];
};

void kvas_compare_halves(struct kvas_halves *h, struct kvas_half *found);
const char *kvas_half_kind(const struct kvas_half *half);

#endif /* KVAS_HALF_H */
