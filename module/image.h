/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel image, and its parts. */
#ifndef KVAS_IMAGE_H
#define KVAS_IMAGE_H

#include <linux/types.h>

#include "layout.h"

/**
 * struct kvas_phys_range - a range of physical addresses
 * @start:	first byte
 * @end:	last byte; 0 if the range is not known
 */
struct kvas_phys_range {
	resource_size_t start;
	resource_size_t end;
};

/**
 * struct kvas_image - the kernel image as the resource tree has it
 * @code:	"Kernel code", first child of its System RAM
 * @rodata:	"Kernel rodata"
 * @data:	"Kernel data"
 * @bss:	"Kernel bss"
 */
struct kvas_image {
	struct kvas_phys_range code, rodata, data, bss;
};

void kvas_image_find(struct kvas_image *image);

struct kvas_bound kvas_resource_start(const struct kvas_phys_range *range,
				      const char *source);
struct kvas_bound kvas_resource_end(const struct kvas_phys_range *range,
				    const char *source);
void kvas_part_found(enum kvas_area_id id, struct kvas_bound start,
		     struct kvas_bound end, const char *note);
void kvas_resource_found(enum kvas_area_id id, const struct kvas_phys_range *range,
			 const char *start_source, const char *end_source);
void kvas_parts_add(struct kvas_layout *l);

/* A part between two markers of the linker script. */
#define KVAS_MARKERS_FOUND(id, start, end, note)			\
	kvas_part_found(KVAS_##id, kvas_marker(#start),			\
			kvas_marker_end(#end, #end " - 1"), note)

/* The boot-time original of the per-CPU variables; there is one with SMP alone. */
#ifdef CONFIG_SMP
#define KVAS_PERCPU_ORIGINAL_FOUND()					\
	KVAS_MARKERS_FOUND(INIT_PERCPU, __per_cpu_start, __per_cpu_end,	\
			   KVAS_NOTE_PERCPU_ORIGINAL)
#else
#define KVAS_PERCPU_ORIGINAL_FOUND()					\
	kvas_part_absent(KVAS_INIT_PERCPU, "CONFIG_SMP is not set")
#endif

void kvas_part_absent(enum kvas_area_id id, const char *why);

#define KVAS_NOTE_INIT			"freed after boot"
#define KVAS_NOTE_PERCPU_ORIGINAL	"each CPU's original; freed after boot"
#define KVAS_NOTE_DATA_BSS						\
	"data and BSS: the resource tree does not tell one from the other"

#endif /* KVAS_IMAGE_H */
