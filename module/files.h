/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations of the files of page tables and threads, for the table in debugfs.c, and
 * how those that are written record by record are opened.
 */
#ifndef KVAS_FILES_H
#define KVAS_FILES_H

#include <linux/types.h>

struct file;
struct inode;
struct seq_operations;

/* debugfs.c */
int kvas_open_records(struct file *filp, const struct seq_operations *ops, void *private);

/* mappings.c */
int kvas_open_mappings(struct inode *inode, struct file *filp);
int kvas_release_mappings(struct inode *inode, struct file *filp);

/* walk.c */
int kvas_open_walk(struct inode *inode, struct file *filp);
ssize_t kvas_read_walk(struct file *filp, char __user *to, size_t size, loff_t *pos);
int kvas_release_walk(struct inode *inode, struct file *filp);

/* threads.c */
int kvas_open_threads(struct inode *inode, struct file *filp);
int kvas_release_threads(struct inode *inode, struct file *filp);

#endif /* KVAS_FILES_H */
