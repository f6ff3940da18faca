// SPDX-License-Identifier: GPL-2.0-only
/*
 * What bare copies of so many pages take, as the walk of page tables copies each
 * table: /sys/kernel/debug/copies has the nanoseconds.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

static unsigned int pages;
module_param(pages, uint, 0);
MODULE_PARM_DESC(pages, "how many different pages are copied");

static unsigned long *page;
static void *target;
static struct dentry *file;

static int copies_show(struct seq_file *m, void *unused)
{
	u64 start = ktime_get_ns();
	unsigned int n;

	for (n = 0; n < pages; n++) {
		if (copy_from_kernel_nofault(target, (void *)page[n], PAGE_SIZE))
			return -EIO;
	}
	seq_printf(m, "%llu\n", ktime_get_ns() - start);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(copies);

static void free_pages_and_list(void)
{
	unsigned int n;

	for (n = 0; page && n < pages; n++)
		free_page(page[n]);
	kvfree(page);
	kfree(target);
}

static int __init copies_init(void)
{
	unsigned int n;

	page = kvcalloc(pages, sizeof(*page), GFP_KERNEL);
	target = kmalloc(PAGE_SIZE, GFP_KERNEL);
	for (n = 0; page && n < pages; n++)
		page[n] = __get_free_page(GFP_KERNEL);
	if (!page || !target || !pages || !page[pages - 1]) {
		free_pages_and_list();
		return -ENOMEM;
	}
	file = debugfs_create_file("copies", 0400, NULL, NULL, &copies_fops);
	return 0;
}

static void __exit copies_exit(void)
{
	debugfs_remove(file);
	free_pages_and_list();
}

module_init(copies_init);
module_exit(copies_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What bare copies of pages take");
