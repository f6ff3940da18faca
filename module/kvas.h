/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kvas.ko share. */
#ifndef KVAS_H
#define KVAS_H

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "layout.h"

struct page;
struct seq_file;

/* symbols.c: what the kernel does not export */
bool kvas_read(void *to, const void *from, size_t size);
unsigned long kvas_symbol(const char *name, unsigned int distance);
bool kvas_variable(const char *name, void *value, size_t size);
bool kvas_is_kernel_symbol(unsigned long addr);
size_t kvas_vmcoreinfo(const char *key, char *value, size_t size);

/**
 * kvas_vmcoreinfo_hex() - a hexadecimal number of the kernel's crash-dump note
 * @key:	with its equals sign, e.g. "SYMBOL(_stext)="
 * @value:	where to
 *
 * Return: whether there is one.
 */
static inline bool __init kvas_vmcoreinfo_hex(const char *key,
					      unsigned long *value)
{
	char text[20];

	return kvas_vmcoreinfo(key, text, sizeof(text)) && !kstrtoul(text, 16, value);
}

/* image.c: where the kernel lies in memory */

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

/* main.c */
extern char kvas_build_id[];	/* hexadecimal; empty if not known */

/* arch/: what each architecture provides */

/* Find what takes a search, once. */
void kvas_arch_init(void);
/* Add all areas and facts. */
void kvas_arch_layout(struct kvas_layout *l);
/* The address of a slot of the fixmap that is in use, or 0. */
unsigned long kvas_arch_fixmap_slot(const char **source);

extern const char kvas_arch_name[];
/* The area around the image, for where its sections are not known. */
extern const enum kvas_area_id kvas_arch_image_home;

/* config.c: the options that shape the layout */
unsigned int kvas_config_show(struct seq_file *m);

/* witness.c: live objects */

/**
 * struct kvas_witness - a live object, and where it must lie
 * @name:	which
 * @absent:	why there is none, or NULL
 * @addr:	its virtual address
 * @home:	region or section that must hold @addr
 * @source:	what the object is, as the kernel spells it
 * @content:	the text at @addr, or NULL
 */
struct kvas_witness {
	const char *name;
	const char *absent;
	unsigned long addr;
	enum kvas_area_id home;
	const char *source;
	const char *content;
};

/* One reading of the file: everything that its text is made from. */
struct kvas_snapshot {
	struct kvas_layout layout;
	unsigned int n_witnesses;
	struct kvas_witness witnesses[16];
	/* Objects that stay allocated while the file is open. */
	void *kmalloc_object;
	void *vmalloc_object;
	unsigned long page;
#ifdef CONFIG_HIGHMEM
	struct page *highmem;
#endif
};

void kvas_witness_collect(struct kvas_snapshot *s);
void kvas_witness_release(struct kvas_snapshot *s);

/* debugfs.c: the file */
int kvas_debugfs_init(void);
void kvas_debugfs_exit(void);

#endif /* KVAS_H */
