// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/kvas: who may open it, and the text of the contract.
 *
 * Each open takes one snapshot; every read, seek and pread of that open file
 * sees the bytes of this snapshot.
 */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "format.h"

/* The whole text fits, so that seq_file need not produce it twice. */
#define TEXT_SIZE	(16 * 1024)

static struct dentry *file;

static int show(struct seq_file *m, void *unused)
{
	kvas_format(m, m->private);
	return 0;
}

/*
 * Not even the owner of CAP_SYSLOG sees addresses under kptr_restrict=2.  The
 * setting is not exported, but %pK obeys it: it prints nothing but zeros.
 */
static bool addresses_are_restricted(void)
{
	char text[2 * sizeof(void *) + 1];

	snprintf(text, sizeof(text), "%pK", &iomem_resource);
	return strspn(text, "0") == strlen(text);
}

static int kvas_release(struct inode *inode, struct file *filp)
{
	struct seq_file *m = filp->private_data;
	struct kvas_snapshot *s = m->private;

	kvas_witness_release(s);
	kfree(s);
	return single_release(inode, filp);
}

static const struct file_operations opened_fops;

static int kvas_open(struct inode *inode, struct file *filp)
{
	struct kvas_snapshot *s;
	int error;

	/*
	 * As replace_fops() does; closed_fops has no owner to give back.  If the
	 * module is going, its operations are not to be looked at afterwards.
	 */
	if (!try_module_get(THIS_MODULE)) {
		filp->f_op = inode->i_fop;
		return -ENXIO;
	}
	/* The kernel gives the module back through them, also if this fails. */
	filp->f_op = &opened_fops;

	/* The right is the opener's, and stays with the open file. */
	if (!file_ns_capable(filp, &init_user_ns, CAP_SYSLOG) ||
	    addresses_are_restricted())
		return -EPERM;

	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	kvas_arch_layout(&s->layout);
	kvas_layout_nest(&s->layout);
	kvas_witness_collect(s);

	error = single_open_size(filp, show, s, TEXT_SIZE);
	if (error) {
		kvas_witness_release(s);
		kfree(s);
	}
	return error;
}

/* What an open file is used by: it holds the module until it is closed. */
static const struct file_operations opened_fops = {
	.owner = THIS_MODULE,
	.open = kvas_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = kvas_release,
};

/*
 * The same without an owner, for who opens it: debugfs takes the module for one,
 * and warns with a register dump if it cannot and the module is not yet
 * MODULE_STATE_GOING, as it is for a moment when it is unloaded.
 * debugfs_remove() waits for an open() that runs.
 */
static struct file_operations *closed_fops;

/**
 * kvas_debugfs_init() - create the file
 *
 * Context: process.
 * Return: 0, or why there can be no file.  debugfs asks that its errors be
 * ignored, but without its file this module would be of no use.
 */
int __init kvas_debugfs_init(void)
{
	closed_fops = kmemdup(&opened_fops, sizeof(opened_fops), GFP_KERNEL);
	if (!closed_fops)
		return -ENOMEM;
	closed_fops->owner = NULL;
	/*
	 * No write, ioctl or mmap: so it stays readable under lockdown.  "Unsafe"
	 * as an open file is not detached by removal: it prevents it.
	 */
	file = debugfs_create_file_unsafe(KVAS_DEBUGFS_NAME, 0400, NULL, NULL, closed_fops);
	if (IS_ERR(file))
		kfree(closed_fops);
	return PTR_ERR_OR_ZERO(file);
}

/**
 * kvas_debugfs_exit() - remove the file
 *
 * An open file holds a reference to the module, so none is open.
 */
void kvas_debugfs_exit(void)
{
	debugfs_remove(file);
	kfree(closed_fops);
}
