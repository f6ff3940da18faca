// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel image in physical memory, from the resource tree that
 * /proc/iomem shows.  It needs neither kallsyms nor kprobes.
 */
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/string.h>

#include "arch/arch.h"
#include "image.h"
#include "symbols.h"

/* Far more than any machine has; keeps a torn list from looping for ever. */
#define MAX_RESOURCES	65536

static const char not_in_tree[] = "not in the resource tree";

/* The image does not move, so its parts are found once. */
static struct kvas_row parts[1 + KVAS_N_AREAS - KVAS_FIRST_SECTION];
static unsigned int n_parts;

static struct kvas_phys_range * __init range_of(struct kvas_image *image,
						const struct resource *res)
{
	char name[16] = "";
	unsigned int i;

	/* Byte by byte: a name may end where readable memory does. */
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
 * The tree's lock is not exported, so each node is copied without faulting and
 * the walk is bounded: resources that come and go at the same time can hide a
 * range but cannot crash the machine.  Without an MMU the copies can fault;
 * there the walk relies on a tree that does not change while a module loads.
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

/**
 * kvas_resource_start() - the bound at which a range of the resource tree starts
 * @range:	physical addresses of a part of the image
 * @source:	its first byte, as the kernel spells it
 *
 * Return: the bound, in the image's own mapping.
 */
struct kvas_bound __init kvas_resource_start(const struct kvas_phys_range *range,
					     const char *source)
{
	if (!range->end)
		return (struct kvas_bound) { .absent = not_in_tree };
	return (struct kvas_bound) {
		.addr = kvas_arch.image_va(range->start),
		.source = source,
		.route = KVAS_ROUTE_IOMEM,
	};
}

/**
 * kvas_resource_end() - the bound at which a range of the resource tree ends
 * @range:	physical addresses of a part of the image
 * @source:	its last byte, as the kernel spells it
 *
 * Return: the bound, in the image's own mapping.
 */
struct kvas_bound __init kvas_resource_end(const struct kvas_phys_range *range,
					   const char *source)
{
	if (!range->end)
		return (struct kvas_bound) { .absent = not_in_tree };
	return (struct kvas_bound) {
		.addr = kvas_arch.image_va(range->end),
		.source = source,
		.route = KVAS_ROUTE_IOMEM,
	};
}

/**
 * kvas_part_found() - note where the kernel image or a part of it lies
 * @id:		the image or one of its sections
 * @start:	first byte
 * @end:	last byte
 * @note:	as in struct kvas_row
 *
 * Call it once for each part.  The part is absent if one of its bounds is.
 */
void __init kvas_part_found(enum kvas_area_id id, struct kvas_bound start,
			    struct kvas_bound end, const char *note)
{
	if (WARN_ON_ONCE(n_parts == ARRAY_SIZE(parts)))
		return;
	parts[n_parts++] = (struct kvas_row) {
		.id = id, .start = start, .end = end, .note = note,
	};
}

/**
 * kvas_part_absent() - note that the image has no such part
 * @id:		one of its sections
 * @why:	the reason
 */
void __init kvas_part_absent(enum kvas_area_id id, const char *why)
{
	const struct kvas_bound none = { .absent = why };

	kvas_part_found(id, none, none, NULL);
}

/**
 * kvas_resource_found() - note where the resource tree has a part of the image
 * @id:			which part
 * @range:		where it lies in memory
 * @start_source:	its first byte, as the kernel spells it
 * @end_source:		its last byte
 */
void __init kvas_resource_found(enum kvas_area_id id,
				const struct kvas_phys_range *range,
				const char *start_source, const char *end_source)
{
	kvas_part_found(id, kvas_resource_start(range, start_source),
			kvas_resource_end(range, end_source), NULL);
}

/**
 * kvas_parts_add() - add the kernel image and its parts to a layout
 * @l:	the layout
 */
void kvas_parts_add(struct kvas_layout *l)
{
	const struct kvas_row *part;

	for (part = parts; part < parts + n_parts; part++) {
		struct kvas_area area = { .row = *part };

		if (!part->start.absent)
			area.has_phys = kvas_arch.image_phys(part->start.addr, &area.phys);
		kvas_layout_add(l, &area);
	}
}
