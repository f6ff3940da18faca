// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own dump of its page tables on kernels without CONFIG_PTDUMP_DEBUGFS.
 * Those of x86 export what would fill its file all the same.  Those of arm64 have it
 * for CONFIG_DEBUG_WX, and /proc/kallsyms tells where.
 *
 *   insmod ptdump.ko mm=0x...	(of init_mm); without it the tables of the reader,
 *				as i386 has no other
 *	walk=0x...		on arm64, of ptdump_walk
 *
 * /sys/kernel/debug/ptdump is that dump; its buffer is so large that the tables
 * are walked once for a read.  ptdump_file beside it begins with a page and grows, as
 * the kernel's own file does, so that it walks several times.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#ifdef CONFIG_ARM64
#include <asm/ptdump.h>
#endif

#define BUFFER	(256 * 1024)

static unsigned long mm;
module_param(mm, ulong, 0);
MODULE_PARM_DESC(mm, "the address of init_mm");

#ifdef CONFIG_ARM64

static unsigned long walk;
module_param(walk, ulong, 0);
MODULE_PARM_DESC(walk, "the address of ptdump_walk");

static int show(struct seq_file *m, void *unused)
{
	const struct addr_marker markers[] = {
		{ _PAGE_OFFSET(vabits_actual), "all" },
		{ -1, NULL },
	};
	struct ptdump_info info = {
		.mm = (struct mm_struct *)mm,
		.markers = markers,
		.base_addr = markers[0].start_address,
	};
	typeof(&ptdump_walk) function = (typeof(&ptdump_walk))walk;

	if (!mm || !walk)
		return -EINVAL;
	function(m, &info);
	return 0;
}

#else

static int show(struct seq_file *m, void *unused)
{
	ptdump_walk_pgd_level_debugfs(m, mm ? (struct mm_struct *)mm : current->mm, false);
	return 0;
}

#endif

static int open(struct inode *inode, struct file *filp)
{
	return single_open_size(filp, show, NULL, BUFFER);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static int open_as_the_kernel(struct inode *inode, struct file *filp)
{
	return single_open(filp, show, NULL);
}

static const struct file_operations fops_as_the_kernel = {
	.owner = THIS_MODULE,
	.open = open_as_the_kernel,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *file, *file_as_the_kernel;

static int __init ptdump_init(void)
{
	file = debugfs_create_file("ptdump", 0400, NULL, NULL, &fops);
	file_as_the_kernel = debugfs_create_file("ptdump_file", 0400, NULL, NULL,
						 &fops_as_the_kernel);
	return PTR_ERR_OR_ZERO(file);
}

static void __exit ptdump_exit(void)
{
	debugfs_remove(file_as_the_kernel);
	debugfs_remove(file);
}

module_init(ptdump_init);
module_exit(ptdump_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("The kernel's dump of its page tables");
