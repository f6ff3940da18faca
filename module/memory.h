/* SPDX-License-Identifier: GPL-2.0-only */
/* The physical memory that the direct map shows. */
#ifndef KVAS_MEMORY_H
#define KVAS_MEMORY_H

#include "layout.h"

#define KVAS_MAX_DEVICES	32

/**
 * struct kvas_device_memory - a piece of ZONE_DEVICE memory in the direct map
 * @start:	first byte, virtual
 * @end:	last byte, virtual
 * @phys:	physical address of the first byte
 * @kind:	what it is for, a word of kvas_format.h
 */
struct kvas_device_memory {
	unsigned long start;
	unsigned long end;
	unsigned long long phys;
	const char *kind;
};

/**
 * struct kvas_memory - the memory of the machine at one moment
 * @end:		high_memory; memory may be added at any time, so a layout
 *			takes this one value
 * @first:		virtual address of the lowest byte of RAM
 * @first_pfn:		number of the lowest page of all nodes
 * @last:		virtual address of the highest byte in the direct map
 * @last_page:		last byte of the struct page of the highest memory
 * @n_devices:		pieces in @devices
 * @devices_left_out:	there are more pieces
 * @devices:		ZONE_DEVICE memory, by address
 */
struct kvas_memory {
	const void *end;
	unsigned long first;
	unsigned long first_pfn;
	struct kvas_bound last;
	struct kvas_bound last_page;
	unsigned int n_devices;
	bool devices_left_out;
	struct kvas_device_memory devices[KVAS_MAX_DEVICES];
};

void kvas_memory_find(struct kvas_memory *memory);

#endif /* KVAS_MEMORY_H */
