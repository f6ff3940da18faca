// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page tables of this kernel: where they begin, and how a table is read.
 *
 * A table is read through the direct map without a page fault.  Memory that is
 * taken away takes its part of the direct map with it, tables included: a walk
 * that is under way when the kernel tells that it goes begins anew.  Of device memory
 * it tells nothing, and not when it is gone: there only the second look helps.
 */
#include <linux/cache.h>
#include <linux/highmem.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/notifier.h>

#include "arch/arch.h"
#include "arch/pagetable.h"
#include "compat.h"
#include "format.h"
#include "symbols.h"
#include "tables.h"

struct kvas_tables kvas_tables __ro_after_init;

unsigned int kvas_memory_generation;

static int note_offline(struct notifier_block *block, unsigned long action, void *data)
{
	if (action == MEM_GOING_OFFLINE || action == MEM_OFFLINE)
		WRITE_ONCE(kvas_memory_generation, kvas_memory_generation + 1);
	return NOTIFY_OK;
}

static struct notifier_block offline_block = { .notifier_call = note_offline };

/* On 32 bits a process's lowest tables may be in highmem: CONFIG_HIGHPTE. */
static bool read_highmem(void *to, struct page *page, unsigned long offset, size_t size)
{
	char *at;
	bool read;

	if (offset + size > PAGE_SIZE)
		return false;
	at = kmap_local_page(page);
	read = kvas_read(to, at + offset, size);
	kunmap_local(at);
	return read;
}

/**
 * kvas_read_table() - copy physical memory
 * @unused:	for struct kvas_walker
 * @to:		where to
 * @phys:	the address; the bytes lie in one page, or in lowmem
 * @size:	how many bytes
 *
 * Return: false if that is no memory, or none that can be read.
 */
bool kvas_read_table(void *unused, void *to, __u64 phys, size_t size)
{
	unsigned long pfn = PHYS_PFN(phys);

	if (phys >> PAGE_SHIFT != pfn || !pfn_valid(pfn))
		return false;
	if (PageHighMem(pfn_to_page(pfn)))
		return read_highmem(to, pfn_to_page(pfn), offset_in_page(phys), size);
	return kvas_read(to, __va(phys), size);
}

/**
 * kvas_read_table_again() - copy physical memory that kvas_read_table() has read
 * @unused:	for struct kvas_walker
 * @to:		where to
 * @phys:	the address
 * @size:	how many bytes
 *
 * Return: false if it is there no more.
 */
bool kvas_read_table_again(void *unused, void *to, __u64 phys, size_t size)
{
	/* After the table that was copied, or it would prove nothing of the copy. */
	smp_rmb();
	if (IS_ENABLED(CONFIG_HIGHMEM))
		return kvas_read_table(unused, to, phys, size);
	return kvas_read(to, __va(phys), size);
}

static const char *__init find_tables(struct kvas_tables *found)
{
	unsigned long long root;
	unsigned long top;

	if (!kvas_vmcoreinfo_hex("SYMBOL(swapper_pg_dir)=", &top))
		return "the note VMCOREINFO does not tell swapper_pg_dir";
	if (!kvas_arch.image_phys || !kvas_arch.image_phys(top, &root))
		return "swapper_pg_dir is not in the kernel image";
	found->root = root;
	return kvas_arch_pagetable.describe(&found->t, (const void *)top, &found->root);
}

/**
 * kvas_tables_init() - find the kernel's tables
 */
void __init kvas_tables_init(void)
{
	kvas_tables.absent = find_tables(&kvas_tables);
	if (!kvas_tables.absent)
		kvas_arch_pagetable.find_sharing(&kvas_tables.sharing);
	register_memory_notifier(&offline_block);
}

/**
 * kvas_tables_exit() - undo kvas_tables_init()
 */
void kvas_tables_exit(void)
{
	unregister_memory_notifier(&offline_block);
}

/**
 * kvas_put_page_attributes() - write how an entry maps a page
 * @w:		the writer
 * @level:	of the entry
 * @attr:	see struct kvas_run
 * @upper:	see struct kvas_run
 * @group:	see struct kvas_run
 */
void kvas_put_page_attributes(struct kvas_writer *w, unsigned int level, __u64 attr,
			      __u64 upper, unsigned int group)
{
	kvas_put_number(w, "level", level);
	kvas_put_word(w, "attr", attr, 8);
	if (upper)
		kvas_put_word(w, "upper", upper, 8);
	if (group)
		kvas_put_size(w, "group", 1ULL << group);
}
