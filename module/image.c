// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel image in physical memory, from the resource tree behind
 * /proc/iomem: it needs neither kallsyms nor kprobes.
 */
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/string.h>

#include "kvas.h"

/* Far more than any machine has; keeps a torn list from looping for ever. */
#define MAX_RESOURCES	65536

static struct kvas_phys_range * __init range_of(struct kvas_image *image,
						const struct resource *res)
{
	char name[16] = "";
	unsigned int i;

	/* Byte by byte: what lies behind a name is not ours to touch. */
	for (i = 0; res->name && i < sizeof(name) - 1; i++) {
		if (!kvas_read(&name[i], res->name + i, 1))
			return NULL;
		if (!name[i])
			break;
	}
	if (!strcmp(name, "Kernel code"))
		return &image->code;
	if (!strcmp(name, "Kernel rodata"))
		return &image->rodata;
	if (!strcmp(name, "Kernel data"))
		return &image->data;
	if (!strcmp(name, "Kernel bss"))
		return &image->bss;
	return NULL;
}

/**
 * kvas_image_find() - find the kernel image in the resource tree
 * @image:	filled in; a range that the tree lacks stays zero
 *
 * The tree's lock is not to be had, so each node is copied without faulting
 * and the walk is bounded: resources that come and go at the same time can
 * hide a range but not crash the machine.
 */
void __init kvas_image_find(struct kvas_image *image)
{
	const struct resource *at = iomem_resource.child;
	struct resource res;
	unsigned int n;

	memset(image, 0, sizeof(*image));
	for (n = 0; at && n < MAX_RESOURCES; n++) {
		struct kvas_phys_range *range;

		if (!kvas_read(&res, at, sizeof(res)))
			return;
		range = range_of(image, &res);
		if (range && !range->end && res.start < res.end) {
			range->start = res.start;
			range->end = res.end;
		}
		if (res.child) {
			at = res.child;
			continue;
		}
		/* Up to the nearest ancestor that has a sibling. */
		while (!res.sibling && res.parent &&
		       res.parent != &iomem_resource && n++ < MAX_RESOURCES) {
			if (!kvas_read(&res, res.parent, sizeof(res)))
				return;
		}
		at = res.sibling;
	}
}
