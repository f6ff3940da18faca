// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file kvas_walk: the walk of one address, level by level.
 *
 * The file's position is the address divided by the page size, so that it is
 * never negative.  One read() gives one whole walk and leaves the position at
 * the end.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "arch/arch.h"
#include "arch/pagetable.h"
#include "files.h"
#include "format.h"
#include "kvas_format.h"
#include "tables.h"

/* A walk's text takes less than half of it. */
#define TEXT_SIZE	2048
/* One more than the last page's number. */
#define N_PAGES		(1ULL << (BITS_PER_LONG - PAGE_SHIFT))

/* Whether an address is one of processes. */
static bool is_user(unsigned long addr)
{
	if (!kvas_arch_pagetable.has_user_half)
		return false;
	return BITS_PER_LONG == 64 ? !(addr >> 63) : addr < TASK_SIZE;
}

/* Whether the top table has an entry for an address. */
static bool is_translated(const struct kvas_pagetable *t, __u64 addr)
{
	const struct kvas_level *top = &t->level[t->levels];
	__u64 index = (addr - t->base) >> top->shift;
	__u64 end = kvas_pagetable_end(t);

	if (t->high && addr >= end + t->high)
		return addr >= t->high;
	return index >= t->first && index < 1ULL << top->bits;
}

static bool is_window(unsigned long addr)
{
	const struct kvas_window *w = kvas_arch_pagetable.windows;

	while (w && w->end && (addr < w->start || addr > w->end))
		w++;
	return w && w->end;
}

static void write_steps(struct kvas_writer *w, const struct kvas_walker *walker,
			const struct kvas_path *path)
{
	static const char * const kinds[] = {
		[KVAS_ENTRY_NONE] = "none",
		[KVAS_ENTRY_PAGE] = "page",
		[KVAS_ENTRY_TABLE] = "table",
	};
	const struct kvas_pagetable *t = walker->t;
	const struct kvas_step *step;
	unsigned int level;

	for (level = t->levels; level && level >= path->last; level--) {
		step = &path->step[level];
		kvas_begin_record(w, "entry");
		kvas_put_number(w, "level", level);
		kvas_put_number(w, "index", step->index);
		kvas_put_physical(w, "addr", step->table + (u64)step->index * t->entry_size);
		kvas_put_word(w, "value", step->value, t->entry_size);
		kvas_put_text(w, "kind", kinds[kvas_decode(t, level, step->value).kind]);
		kvas_end_record(w);
	}
}

static const char *why_no_page(const struct kvas_path *path)
{
	if (!path->settled)
		return "the tables changed each time they were read";
	if (!path->readable)
		return "the next table cannot be read";
	return path->entry.kind == KVAS_ENTRY_PAGE ? NULL : "the last entry maps nothing";
}

static void write_page(struct kvas_writer *w, const struct kvas_pagetable *t,
		       unsigned long addr, const struct kvas_path *path)
{
	const unsigned long size = 1UL << t->level[path->last].shift;
	const __u64 group = path->entry.group ? 1ULL << path->entry.group : 0;
	const unsigned long start = addr & -size;

	kvas_put_range(w, start, start + size - 1);
	/* An entry of a group may name the whole group's address. */
	kvas_put_physical(w, "phys", group ? (path->entry.phys & -group) |
					     (start & (group - 1)) : path->entry.phys);
	kvas_put_page_attributes(w, path->last, path->attr, path->upper, path->entry.group);
}

/* Writes the steps of a walk.  Returns why they lead to no page, or NULL. */
static const char *walk_address(struct kvas_writer *w, struct kvas_walker *walker,
				unsigned long addr, struct kvas_path *path)
{
	if (kvas_tables.absent)
		return kvas_tables.absent;
	if (is_window(addr))
		return "the processor translates this window without asking any table";
	if (!is_translated(walker->t, addr))
		return "no table translates this address";
	kvas_walk_one(walker, addr, path);
	if (path->settled)
		write_steps(w, walker, path);
	return why_no_page(path);
}

static void write_walk(struct kvas_writer *w, struct kvas_walker *walker,
		       unsigned long addr, bool user)
{
	/* Where no table is walked, none is in doubt. */
	struct kvas_path path = { .settled = true, .readable = true };
	const char *absent;

	kvas_begin_file(w, KVAS_WALK_NAME, KVAS_WALK_VERSION);
	kvas_begin_record(w, "walk");
	kvas_put_address(w, "addr", addr);
	kvas_put_text(w, "half", user ? "user" : "kernel");
	kvas_put_text(w, "arch", kvas_arch.name);
	if (!kvas_tables.absent) {
		kvas_put_number(w, "levels", walker->t->levels);
		kvas_put_physical(w, "root", walker->root);
	}
	kvas_end_record(w);
	absent = walk_address(w, walker, addr, &path);
	kvas_begin_record(w, "page");
	if (absent)
		kvas_put_text(w, "absent", absent);
	else
		write_page(w, walker->t, addr, &path);
	if (!path.settled || !path.readable)
		kvas_put_text(w, "unsettled", "y");
	kvas_end_record(w);
	kvas_begin_end(w);
	kvas_put_number(w, "again", walker->again);
	kvas_end_record(w);
}

/* The opener's own tables, as long as it keeps them. */
static int walk_user(struct kvas_writer *w, struct mm_struct *mm, unsigned long addr)
{
	struct kvas_pagetable t = kvas_tables.t;
	struct kvas_walker walker = {
		.t = &t, .read = kvas_read_table, .read_again = kvas_read_table_again,
	};

	/* After an exec nobody uses it. */
	if (!mm || !mmget_not_zero(mm))
		return -ESRCH;
	/* One table has both halves, or each has one of its own. */
	if (t.first)
		t.level[t.levels].bits--;
	t.base = 0;
	t.high = 0;
	t.first = 0;
	walker.root = __pa(mm->pgd);
	write_walk(w, &walker, addr, true);
	mmput(mm);
	return 0;
}

static int walk(struct kvas_writer *w, struct mm_struct *mm, unsigned long addr)
{
	struct kvas_walker walker = {
		.t = &kvas_tables.t, .root = kvas_tables.root,
		.read = kvas_read_table, .read_again = kvas_read_table_again,
	};

	if (is_user(addr))
		return walk_user(w, mm, addr);
	write_walk(w, &walker, addr, false);
	return 0;
}

static ssize_t give_walk(struct seq_file *s, char __user *to, size_t size)
{
	if (size < s->count)
		return -EINVAL;
	return copy_to_user(to, s->buf, s->count) ? -EFAULT : s->count;
}

/**
 * kvas_read_walk() - read kvas_walk
 * @filp:	the file
 * @to:		where to
 * @size:	room there, bytes
 * @pos:	the number of the page whose address is walked
 *
 * Context: process; allocates.
 * Return: bytes; 0 at the end; -EINVAL if the walk does not fit; -ESRCH for an
 * address of processes if the opener has no tables any more; -ENOMEM; -EFAULT.
 */
ssize_t kvas_read_walk(struct file *filp, char __user *to, size_t size, loff_t *pos)
{
	struct seq_file s = { .size = TEXT_SIZE };
	struct kvas_writer w = { &s };
	ssize_t result;

	if (*pos < 0 || *pos >= N_PAGES || !size)
		return 0;
	s.buf = kzalloc(TEXT_SIZE, GFP_KERNEL_ACCOUNT);
	if (!s.buf)
		return -ENOMEM;
	result = walk(&w, filp->private_data, (unsigned long)*pos << PAGE_SHIFT);
	if (!result)
		result = give_walk(&s, to, size);
	if (result > 0)
		*pos = N_PAGES;
	kfree(s.buf);
	return result;
}

/**
 * kvas_open_walk() - open kvas_walk, which may then walk the opener's tables
 * @inode:	unused
 * @filp:	the file
 *
 * Return: 0.
 */
int kvas_open_walk(struct inode *inode, struct file *filp)
{
	struct mm_struct *mm = current->mm;

	/* mm_count only: an open file does not keep a process's memory. */
	if (mm)
		mmgrab(mm);
	filp->private_data = mm;
	return 0;
}

/**
 * kvas_release_walk() - close kvas_walk
 * @inode:	unused
 * @filp:	the file
 *
 * Return: 0.
 */
int kvas_release_walk(struct inode *inode, struct file *filp)
{
	if (filp->private_data)
		mmdrop(filp->private_data);
	return 0;
}
