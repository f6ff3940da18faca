// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files in debugfs: what each asks of its opener, and what it shows.
 *
 * Each open of "kvas" takes one snapshot; every read, seek and pread of that
 * open file sees the bytes of this snapshot.  An open file takes about 40 KiB
 * (snapshot, text and the objects of the witnesses), which are charged to the
 * memory cgroup of its opener, and it keeps the module from being unloaded.
 */
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "compat.h"
#include "files.h"
#include "format.h"
#include "kvas.h"
#include "policy.h"
#include "snapshot.h"

/*
 * The whole text of "kvas" fits, so that seq_file need not produce it twice.  Of the
 * longer files few reads get all; many kernels clear each page that they allocate.
 */
#define TEXT_SIZE	(16 * 1024)

/**
 * struct kvas_file - a file in debugfs
 * @name:	its name
 * @check:	whether its opener may see what it shows: 0 or a negative error
 * @fops:	its operations once it is open; their owner is this module
 */
struct kvas_file {
	const char *name;
	int (*check)(const struct file *filp);
	const struct file_operations fops;
};

/**
 * struct kvas_entry - a file that was created
 * @dentry:	its entry in debugfs
 * @fops:	the operations that debugfs has for it
 */
struct kvas_entry {
	struct dentry *dentry;
	const struct file_operations *fops;
};

/**
 * kvas_open_records() - open a file that is written record by record
 * @filp:	the file
 * @ops:	its iterator
 * @private:	for the iterator, as seq_file's private; the caller's again on failure
 *
 * Context: process; allocates.
 * Return: 0 or -ENOMEM.
 */
int kvas_open_records(struct file *filp, const struct seq_operations *ops, void *private)
{
	struct seq_file *s;
	int error = seq_open(filp, ops);

	if (error)
		return error;
	s = filp->private_data;
	s->private = private;
	/* As single_open_size() does; without it seq_file begins with a page. */
	s->buf = kvmalloc(TEXT_SIZE, GFP_KERNEL_ACCOUNT);
	s->size = s->buf ? TEXT_SIZE : 0;
	return 0;
}

static int show_snapshot(struct seq_file *m, void *unused)
{
	struct kvas_writer w = { m };

	kvas_snapshot_write(m->private, &w);
	return 0;
}

static int open_snapshot(struct inode *inode, struct file *filp)
{
	struct kvas_snapshot *s = kvas_snapshot_take();
	int error;

	if (!s)
		return -ENOMEM;
	error = single_open_size(filp, show_snapshot, s, TEXT_SIZE);
	if (error)
		kvas_snapshot_release(s);
	return error;
}

static int release_snapshot(struct inode *inode, struct file *filp)
{
	struct seq_file *m = filp->private_data;

	kvas_snapshot_release(m->private);
	return single_release(inode, filp);
}

static const struct kvas_file files[] = {
	{
		.name = KVAS_DEBUGFS_NAME,
		.check = kvas_policy_check,
		.fops = {
			.owner = THIS_MODULE,
			.open = open_snapshot,
			.read = seq_read,
			.llseek = seq_lseek,
			.release = release_snapshot,
		},
	}, {
		.name = KVAS_MAPPINGS_NAME,
		.check = kvas_policy_check_tables,
		.fops = {
			.owner = THIS_MODULE,
			.open = kvas_open_mappings,
			.read = seq_read,
			.llseek = seq_lseek,
			.release = kvas_release_mappings,
		},
	}, {
		.name = KVAS_WALK_NAME,
		.check = kvas_policy_check_tables,
		.fops = {
			.owner = THIS_MODULE,
			.open = kvas_open_walk,
			.read = kvas_read_walk,
			.llseek = default_llseek,
			.release = kvas_release_walk,
		},
	}, {
		.name = KVAS_THREADS_NAME,
		.check = kvas_policy_check_threads,
		.fops = {
			.owner = THIS_MODULE,
			.open = kvas_open_threads,
			.read = seq_read,
			.llseek = seq_lseek,
			.release = kvas_release_threads,
		},
	},
};

static struct kvas_entry entries[ARRAY_SIZE(files)];

static int open_file(struct inode *inode, struct file *filp)
{
	const struct kvas_file *file = inode->i_private;
	int error;

	/*
	 * As replace_fops() does; the operations for opening have no owner to
	 * give back.  A module that is being unloaded must not be called again.
	 */
	if (!try_module_get(THIS_MODULE)) {
		filp->f_op = inode->i_fop;
		return -ENXIO;
	}
	/* On failure, too, the kernel gives the module back through them. */
	filp->f_op = &file->fops;

	error = file->check(filp);
	return error ? error : file->fops.open(inode, filp);
}

/*
 * debugfs opens files through these operations.  They have no owner: debugfs
 * takes the owner, and warns with a register dump if it cannot and the module
 * is not yet MODULE_STATE_GOING, as it is for a moment when it is unloaded.
 */
static const struct file_operations opening_fops = {
	.open = open_file,
};

/*
 * debugfs may read the operations after the file was removed: debugfs_remove()
 * does not wait for a task that has found the file and is about to open it.
 * There each file has a copy of them.  Such a task holds the dentry, so the
 * copy is freed only if nobody else holds that.
 */
static const struct file_operations *new_opening_fops(void)
{
	return KVAS_HAS_LATE_DEBUGFS_READ ?
		kmemdup(&opening_fops, sizeof(opening_fops), GFP_KERNEL) : &opening_fops;
}

static void free_opening_fops(const struct file_operations *fops)
{
	if (KVAS_HAS_LATE_DEBUGFS_READ)
		kfree(fops);
}

/* The file is removed, and nobody finds it any more. */
static void put_entry(struct kvas_entry *entry)
{
	bool held;

	if (!KVAS_HAS_LATE_DEBUGFS_READ) {
		dput(entry->dentry);
		return;
	}
	/* A path walk under RCU that had found it either holds it now or failed. */
	synchronize_rcu();
	held = d_count(entry->dentry) > 1;
	dput(entry->dentry);
	if (held) {
		/* Unloading must not wait for it, so a few hundred bytes stay. */
		kmemleak_not_leak(entry->fops);
		return;
	}
	/* dput() orders no reads: let those of the last holder end. */
	synchronize_rcu();
	free_opening_fops(entry->fops);
}

static int create_file(struct kvas_entry *entry, const struct kvas_file *file)
{
	entry->fops = new_opening_fops();
	if (!entry->fops)
		return -ENOMEM;
	/*
	 * Without write, ioctl and mmap it stays readable under lockdown.
	 * "Unsafe", because removal need not detach open files: an open file
	 * keeps the module from being unloaded.
	 */
	entry->dentry = debugfs_create_file_unsafe(file->name, 0400, NULL, (void *)file,
						   entry->fops);
	if (IS_ERR(entry->dentry)) {
		free_opening_fops(entry->fops);
		return PTR_ERR(entry->dentry);
	}
	dget(entry->dentry);
	return 0;
}

static void remove_file(struct kvas_entry *entry)
{
	if (IS_ERR_OR_NULL(entry->dentry))
		return;
	debugfs_remove(entry->dentry);
	put_entry(entry);
	entry->dentry = NULL;
}

/**
 * kvas_debugfs_init() - create the files
 *
 * debugfs asks that its errors be ignored, but without its files this module
 * would be of no use.
 *
 * Context: process.
 * Return: 0, or why there can be no files.
 */
int __init kvas_debugfs_init(void)
{
	unsigned int n;
	int error;

	for (n = 0; n < ARRAY_SIZE(files); n++) {
		error = create_file(entries + n, files + n);
		if (error) {
			kvas_debugfs_exit();
			return error;
		}
	}
	return 0;
}

/**
 * kvas_debugfs_exit() - remove the files
 *
 * An open file holds a reference to the module, so none is open.
 */
void kvas_debugfs_exit(void)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(entries); n++)
		remove_file(entries + n);
}
