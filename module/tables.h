/* SPDX-License-Identifier: GPL-2.0-only */
/* The page tables of this kernel, for the files that walk them. */
#ifndef KVAS_TABLES_H
#define KVAS_TABLES_H

#include <linux/types.h>

#include "arch/pagetable.h"
#include "pagetable.h"

struct kvas_writer;

/**
 * struct kvas_tables - the kernel's tables
 * @t:		how they are built
 * @root:	physical address of the top table
 * @sharing:	how processes have the kernel half
 * @absent:	why they cannot be walked, or NULL
 */
struct kvas_tables {
	struct kvas_pagetable t;
	__u64 root;
	struct kvas_sharing sharing;
	const char *absent;
};

extern struct kvas_tables kvas_tables;

void kvas_tables_init(void);
void kvas_tables_exit(void);
bool kvas_read_table(void *unused, void *to, __u64 phys, size_t size);
bool kvas_read_table_again(void *unused, void *to, __u64 phys, size_t size);

/* Another number after memory began to be taken away. */
extern unsigned int kvas_memory_generation;


/* What the records of both files have in common. */
void kvas_put_page_attributes(struct kvas_writer *w, unsigned int level, __u64 attr,
			      __u64 upper, unsigned int group);

#endif /* KVAS_TABLES_H */
