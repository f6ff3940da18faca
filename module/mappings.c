// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file kvas_mappings: one walk of the kernel's page tables for each open.
 * Reading and seeking never walk again, so an open file shows one moment.
 */
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "arch/arch.h"
#include "arch/pagetable.h"
#include "files.h"
#include "format.h"
#include "kvas_format.h"
#include "tables.h"

/* At first; a walk that finds more begins anew with more room. */
#define ROOM		512
#define MAX_ROOM	(ROOM << 12)
/* Walks that end because memory is taken away. */
#define MAX_WALKS	16

/**
 * struct mappings - what an open file shows
 * @walker:		the walk
 * @generation:		of the memory, when the walk began
 * @ns:			how long it took, nanoseconds
 * @registers:		as the processor has them
 * @n_registers:	how many there are
 * @n_head:		how many records come before the runs; they are always written
 *			before the tail
 */
struct mappings {
	struct kvas_walker walker;
	unsigned int generation;
	u64 ns;
	struct kvas_register registers[KVAS_MAX_REGISTERS];
	unsigned int n_registers;
	unsigned int n_head;
};

static int poll(void *private)
{
	struct mappings *m = private;

	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	return m->generation == READ_ONCE(kvas_memory_generation) ? 0 : -EAGAIN;
}

static int walk_with_room(struct mappings *m, size_t room)
{
	u64 start;
	int error;

	m->walker.runs = kvmalloc_array(room, sizeof(*m->walker.runs), GFP_KERNEL_ACCOUNT);
	if (!m->walker.runs)
		return -ENOMEM;
	m->walker.room = room;
	m->generation = READ_ONCE(kvas_memory_generation);
	start = ktime_get_ns();
	error = kvas_walk_all(&m->walker);
	m->ns = ktime_get_ns() - start;
	if (error) {
		kvfree(m->walker.runs);
		m->walker.runs = NULL;
	}
	return error;
}

static int walk(struct mappings *m)
{
	size_t room = ROOM;
	unsigned int walks = 0;
	int error;

	m->walker.buffer = kvmalloc(kvas_buffer_size(m->walker.t), GFP_KERNEL_ACCOUNT);
	if (!m->walker.buffer)
		return -ENOMEM;
	do {
		error = walk_with_room(m, room);
		if (error == -ENOSPC)
			room *= 4;
	} while ((error == -ENOSPC && room <= MAX_ROOM) ||
		 (error == -EAGAIN && ++walks < MAX_WALKS));
	kvfree(m->walker.buffer);
	return error;
}

static void free_mappings(struct mappings *m)
{
	kvfree(m->walker.runs);
	kfree(m);
}

static struct mappings *new_mappings(void)
{
	struct mappings *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	int error = 0;

	if (!m)
		return ERR_PTR(-ENOMEM);
	m->walker.t = &kvas_tables.t;
	m->walker.root = kvas_tables.root;
	m->walker.read = kvas_read_table;
	m->walker.read_again = kvas_read_table_again;
	m->walker.poll = poll;
	m->walker.private = m;
	if (kvas_arch_pagetable.registers)
		m->n_registers = kvas_arch_pagetable.registers(m->registers);
	if (!kvas_tables.absent)
		error = walk(m);
	if (error) {
		free_mappings(m);
		return ERR_PTR(error);
	}
	return m;
}

/* --- The records -------------------------------------------------------------- */

static void write_levels(struct kvas_writer *w, const struct kvas_pagetable *t)
{
	unsigned int level;

	for (level = 1; level <= t->levels; level++) {
		kvas_begin_record(w, "level");
		kvas_put_number(w, "level", level);
		kvas_put_size(w, "size", 1ULL << t->level[level].shift);
		kvas_put_number(w, "entries", 1ULL << t->level[level].bits);
		kvas_put_word(w, "mask", t->level[level].mask, 8);
		kvas_end_record(w);
	}
}

static void write_windows(struct kvas_writer *w)
{
	const struct kvas_window *window = kvas_arch_pagetable.windows;

	for (; window && window->end; window++) {
		kvas_begin_record(w, "window");
		kvas_put_range(w, window->start, window->end);
		kvas_end_record(w);
	}
}

static void write_head(struct kvas_writer *w, const struct mappings *m)
{
	unsigned int n;

	kvas_begin_file(w, KVAS_MAPPINGS_NAME, KVAS_MAPPINGS_VERSION);
	kvas_begin_record(w, "tables");
	kvas_put_text(w, "arch", kvas_arch.name);
	if (kvas_tables.absent) {
		kvas_put_text(w, "absent", kvas_tables.absent);
		kvas_end_record(w);
		return;
	}
	kvas_put_number(w, "levels", kvas_tables.t.levels);
	kvas_put_physical(w, "root", kvas_tables.root);
	kvas_end_record(w);
	write_levels(w, &kvas_tables.t);
	for (n = 0; n < m->n_registers; n++) {
		kvas_begin_record(w, "register");
		kvas_put_text(w, "name", m->registers[n].name);
		kvas_put_word(w, "value", m->registers[n].value, 8);
		kvas_end_record(w);
	}
	write_windows(w);
}

static void write_run(struct kvas_writer *w, const struct kvas_run *run)
{
	kvas_begin_record(w, run->times ? "repeat" : "mapping");
	kvas_put_range(w, run->start, run->end);
	if (run->times) {
		kvas_put_number(w, "times", run->times);
		kvas_put_size(w, "stride", run->end - run->start + 1);
	} else if (run->unsettled) {
		kvas_put_text(w, "unsettled", "y");
	} else {
		kvas_put_page_attributes(w, run->level, run->attr, run->upper, run->group);
	}
	kvas_end_record(w);
}

static unsigned int count_mappings(const struct kvas_walker *walker)
{
	unsigned int count = 0;
	size_t n;

	for (n = 0; n < walker->n_runs; n++)
		count += !walker->runs[n].times;
	return count;
}

static void write_tail(struct kvas_writer *w, const struct mappings *m)
{
	const struct kvas_walker *walker = &m->walker;

	w->records = m->n_head + walker->n_runs;
	kvas_begin_end(w);
	kvas_put_number(w, "runs", count_mappings(walker));
	kvas_put_number(w, "tables", walker->tables);
	kvas_put_number(w, "again", walker->again);
	kvas_put_number(w, "ns", m->ns);
	kvas_end_record(w);
}

/* Position 0 is the head, then come the runs, and the tail after the last. */
static void *at_position(struct seq_file *s, loff_t pos)
{
	struct mappings *m = s->private;

	return pos <= m->walker.n_runs + 1 ? m : NULL;
}

static void *start_mappings(struct seq_file *s, loff_t *pos)
{
	return at_position(s, *pos);
}

static void *next_mapping(struct seq_file *s, void *unused, loff_t *pos)
{
	return at_position(s, ++*pos);
}

static void stop_mappings(struct seq_file *s, void *unused)
{
}

static int show_mapping(struct seq_file *s, void *unused)
{
	struct mappings *m = s->private;
	struct kvas_writer w = { s };

	if (!s->index) {
		write_head(&w, m);
		m->n_head = w.records;
	} else if (s->index <= m->walker.n_runs) {
		write_run(&w, &m->walker.runs[s->index - 1]);
	} else {
		write_tail(&w, m);
	}
	return 0;
}

static const struct seq_operations operations = {
	.start = start_mappings,
	.next = next_mapping,
	.stop = stop_mappings,
	.show = show_mapping,
};

/**
 * kvas_open_mappings() - open kvas_mappings: walk the tables
 * @inode:	unused
 * @filp:	the file
 *
 * Context: process; allocates.
 * Return: 0; -ENOMEM; -EINTR if the task is killed; -EAGAIN while memory is being
 * taken away again and again; -ENOSPC if there are more runs than memory for them.
 */
int kvas_open_mappings(struct inode *inode, struct file *filp)
{
	struct mappings *m = new_mappings();
	int error;

	if (IS_ERR(m))
		return PTR_ERR(m);
	error = kvas_open_records(filp, &operations, m);
	if (error)
		free_mappings(m);
	return error;
}

/**
 * kvas_release_mappings() - close kvas_mappings
 * @inode:	unused
 * @filp:	the file
 *
 * Return: 0.
 */
int kvas_release_mappings(struct inode *inode, struct file *filp)
{
	struct seq_file *s = filp->private_data;

	free_mappings(s->private);
	return seq_release(inode, filp);
}
