/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Witnesses: live objects, one or more in each region.  What was allocated for
 * them stays until the open file is closed.
 */
#ifndef KVAS_WITNESS_H
#define KVAS_WITNESS_H

#include <linux/types.h>

#include "layout.h"

struct page;

/**
 * struct kvas_witness - a live object, and where it must lie
 * @name:	which
 * @absent:	why there is none, or NULL
 * @addr:	its virtual address
 * @area:	the region or section that must hold @addr
 * @source:	what the object is, as the kernel spells it
 * @content:	the text at @addr, or NULL
 */
struct kvas_witness {
	const char *name;
	const char *absent;
	unsigned long addr;
	enum kvas_area_id area;
	const char *source;
	const char *content;
};

#define KVAS_MAX_WITNESSES	20

/**
 * struct kvas_witnesses - the witnesses of one snapshot
 * @n:			how many there are
 * @list:		the witnesses
 * @kmalloc_object:	allocated for the witness of its name, like the rest
 * @vmalloc_object:	the same
 * @page:		the same
 * @percpu_object:	the same
 * @highmem:		the page of the witness kmap, or NULL
 */
struct kvas_witnesses {
	unsigned int n;
	struct kvas_witness list[KVAS_MAX_WITNESSES];
	void *kmalloc_object;
	void *vmalloc_object;
	unsigned long page;
	u64 __percpu *percpu_object;
	struct page *highmem;
};

void kvas_witnesses_collect(struct kvas_witnesses *w, struct kvas_layout *l);
void kvas_witnesses_release(struct kvas_witnesses *w);

/* Not static, so that none is folded away or moved to another section. */
extern const char kvas_witness_constant[];
extern char kvas_witness_data[];
extern char kvas_witness_bss[];

#endif /* KVAS_WITNESS_H */
