// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes the kernel's page tables all the time, so that whoever walks them meets
 * tables that were freed.
 *
 * An area is mapped by small pages, unmapped, and mapped by large ones at the same
 * place, which frees the tables of the small ones.  What was just freed is then
 * filled with a pattern that no entry of the kernel's tables has: whether it is
 * taken for a page or for a table, bits 59 to 62 or the address are impossible.
 * The area is of device memory that is not there, so it costs no memory, and what
 * is not aligned to large pages gets small ones.
 * Under KASAN each mapped byte takes an eighth of a byte of memory, device or not: there
 * the areas are small.
 *
 * /sys/module/stir/parameters/fixed is the address of an area that stays as it is,
 * .../rounds tells how often all that was done, and .../replaced how often the
 * large area came to lie where the small one was.
 */
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>

#define NOWHERE		(1ULL << 39)	/* the physical address of no memory and no device */
#define FILLED		128
#define FIXED_PAGES	3
#define RECOLOURED	16

/*
 * How much is mapped at first, by how much it is not aligned, and how much then.
 * Pages of 4 KiB against 2 MiB free 64 tables, but it takes long to make them;
 * 2 MiB against 1 GiB free one, in no time.
 */
struct shape {
	unsigned long size;
	unsigned long offset;
	unsigned long large;
};

#ifdef CONFIG_KASAN_VMALLOC
static const struct shape many_tables = { 32UL << 20, PAGE_SIZE, 32UL << 20 };
static const struct shape one_table = { PMD_SIZE, PAGE_SIZE, PMD_SIZE };
#else
static const struct shape many_tables = { 128UL << 20, PAGE_SIZE, 128UL << 20 };
static const struct shape one_table = { (512UL << 20) + PMD_SIZE, PMD_SIZE, 1UL << 30 };
#endif

static unsigned long fixed;
module_param(fixed, ulong, 0400);
static unsigned int rounds;
module_param(rounds, uint, 0400);
static unsigned int replaced;
module_param(replaced, uint, 0400);

static struct page *page;		/* of the area that stays */
static struct page *filled[FILLED];
static struct page *plain;		/* of the direct map, in another cache mode */
static struct task_struct *thread;

/* They are kept until the next round, so that they are not overwritten. */
static void fill_free_pages(void)
{
	static const unsigned char patterns[] = { 0xff, 0x67 };
	unsigned int n;

	for (n = 0; n < FILLED; n++) {
		filled[n] = alloc_page(GFP_KERNEL | __GFP_NOWARN);
		if (filled[n])
			memset(page_address(filled[n]), patterns[n % 2], PAGE_SIZE);
	}
}

static void free_filled_pages(void)
{
	unsigned int n;

	for (n = 0; n < FILLED; n++) {
		if (filled[n])
			__free_page(filled[n]);
		filled[n] = NULL;
	}
}

/* Splits a large page of the direct map, too. */
static void recolour(void)
{
	unsigned long start = (unsigned long)page_address(plain);

	if (!set_memory_uc(start, RECOLOURED))
		set_memory_wb(start, RECOLOURED);
}

static void unmap(void __iomem *area)
{
	if (area)
		iounmap(area);
	/* Without this its addresses are not used again for a while. */
	vm_unmap_aliases();
}

/* While this sleeps, readers walk; they are interrupted wherever they are then. */
static void let_them_walk(void)
{
	const unsigned int us = 1000 + rounds * 377 % 3000;

	usleep_range(us, us + 100);
}

static void replace(const struct shape *shape)
{
	void __iomem *small, *large;

	small = ioremap(NOWHERE + shape->offset, shape->size);
	free_filled_pages();
	unmap(small);
	/* The tables of the small pages are still there, until now. */
	let_them_walk();
	large = ioremap(NOWHERE, shape->large);
	fill_free_pages();
	if (large && large == (void __iomem *)((unsigned long)small & PAGE_MASK))
		replaced++;
	let_them_walk();
	unmap(large);
	rounds++;
}

static int stir(void *unused)
{
	/* So that it interrupts those who read. */
	sched_set_fifo_low(current);
	while (!kthread_should_stop()) {
		replace(rounds % 32 ? &one_table : &many_tables);
		if (rounds % 16 == 0)
			recolour();
	}
	free_filled_pages();
	return 0;
}

static void free_all(void)
{
	if (fixed)
		vunmap((void *)fixed);
	if (plain)
		__free_pages(plain, get_order(RECOLOURED * PAGE_SIZE));
	if (page)
		__free_page(page);
}

static void map_fixed(void)
{
	struct page *pages[FIXED_PAGES] = { page, page, page };

	fixed = (unsigned long)vmap(pages, FIXED_PAGES, VM_MAP, PAGE_KERNEL_RO);
}

static int __init stir_init(void)
{
	page = alloc_page(GFP_KERNEL);
	plain = alloc_pages(GFP_KERNEL, get_order(RECOLOURED * PAGE_SIZE));
	if (page)
		map_fixed();
	if (fixed && plain)
		thread = kthread_run(stir, NULL, "stir");
	if (IS_ERR_OR_NULL(thread)) {
		free_all();
		return -ENOMEM;
	}
	return 0;
}

static void __exit stir_exit(void)
{
	kthread_stop(thread);
	free_all();
}

module_init(stir_init);
module_exit(stir_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Changes page tables all the time");
