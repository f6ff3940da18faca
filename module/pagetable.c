// SPDX-License-Identifier: GPL-2.0-only
/* See pagetable.h.  The tests on the host compile this file, too. */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/swab.h>
#else
#include <errno.h>
#include <linux/swab.h>
#include <string.h>
#endif

#include "pagetable.h"

/* An entry that changes more often while it is looked at is unsettled. */
#define MAX_TRIES	8

static size_t table_size(const struct kvas_pagetable *t, unsigned int level)
{
	return (size_t)t->entry_size << t->level[level].bits;
}

static __u64 span(const struct kvas_pagetable *t, unsigned int level)
{
	return 1ULL << t->level[level].shift;
}

/**
 * kvas_buffer_size() - how much room a walk needs for its copies
 * @t:	how the tables are built
 *
 * Return: bytes, for one table of each level.
 */
size_t kvas_buffer_size(const struct kvas_pagetable *t)
{
	size_t size = 0;
	unsigned int level;

	for (level = 1; level <= t->levels; level++)
		size += table_size(t, level);
	return size;
}

/**
 * kvas_load_entry() - an entry of a copied table
 * @t:		how the tables are built
 * @table:	the copy
 * @index:	which entry
 *
 * Return: the entry, in this processor's byte order.
 */
__u64 kvas_load_entry(const struct kvas_pagetable *t, const void *table, unsigned int index)
{
	__u64 value;

	if (t->entry_size == 4)
		return ((const __u32 *)table)[index];
	value = ((const __u64 *)table)[index];
	return t->swapped ? __swab64(value) : value;
}

/**
 * kvas_decode() - what an entry says
 * @t:		how the tables are built
 * @level:	of the entry
 * @value:	the entry
 *
 * Below the last level there is no table, whatever the bits say: processors fault.
 *
 * Return: the entry.
 */
struct kvas_entry kvas_decode(const struct kvas_pagetable *t, unsigned int level, __u64 value)
{
	struct kvas_entry entry = t->decode(t, level, value);

	if (level == 1 && entry.kind == KVAS_ENTRY_TABLE)
		entry.kind = KVAS_ENTRY_NONE;
	return entry;
}

/* Reads the entry of a step, by one of the two ways to read. */
static bool read_entry(struct kvas_walker *w, const struct kvas_step *step, kvas_read_fn read,
		       __u64 *value)
{
	__u64 at = step->table + (__u64)step->index * w->t->entry_size;
	__u64 raw[1];

	if (!read(w->private, raw, at, w->t->entry_size))
		return false;
	*value = kvas_load_entry(w->t, raw, 0);
	return true;
}

/*
 * Whether an entry that led to a table still leads there, with the same limits.
 * The processor may have marked it as used in between.
 */
static bool leads_to_the_same(const struct kvas_pagetable *t, unsigned int level,
			      __u64 before, __u64 now)
{
	struct kvas_limits old = { 0 }, new = { 0 };
	struct kvas_entry entry;

	if (before == now)
		return true;
	entry = kvas_decode(t, level, now);
	if (t->limit) {
		t->limit(level, before, &old);
		t->limit(level, now, &new);
	}
	return entry.kind == KVAS_ENTRY_TABLE &&
	       entry.phys == kvas_decode(t, level, before).phys &&
	       old.set == new.set && old.clear == new.clear;
}

/*
 * Reads each entry from the root down to a level again.  Returns the level of
 * the first one that leads elsewhere now, or 0.
 */
static unsigned int changed_level(struct kvas_walker *w, unsigned int down_to)
{
	unsigned int level;
	__u64 now;

	for (level = w->t->levels; level >= down_to; level--) {
		if (!read_entry(w, &w->step[level], w->read_again, &now) ||
		    !leads_to_the_same(w->t, level, w->step[level].value, now))
			return level;
	}
	return 0;
}

/* --- Runs ----------------------------------------------------------------- */

static bool continues(const struct kvas_run *run, const struct kvas_run *next)
{
	return !run->times && run->end + 1 == next->start && run->attr == next->attr &&
	       run->upper == next->upper && run->level == next->level &&
	       run->unsettled == next->unsettled;
}

static int append(struct kvas_walker *w, const struct kvas_run *run)
{
	if (w->n_runs > w->unmerged && continues(&w->runs[w->n_runs - 1], run)) {
		w->runs[w->n_runs - 1].end = run->end;
		return 0;
	}
	if (w->n_runs == w->room)
		return -ENOSPC;
	w->runs[w->n_runs++] = *run;
	return 0;
}

static int append_pages(struct kvas_walker *w, unsigned int level, __u64 start,
			unsigned int n, __u64 value, const struct kvas_limits *limits)
{
	__u64 attr = value & w->t->level[level].mask;
	const struct kvas_run run = {
		.start = start,
		.end = start + n * span(w->t, level) - 1,
		.attr = attr,
		.upper = attr ^ ((attr | limits->set) & ~limits->clear),
		.level = level,
		.group = kvas_decode(w->t, level, value).group,
	};

	return append(w, &run);
}

static int append_unsettled(struct kvas_walker *w, unsigned int level, __u64 start)
{
	const struct kvas_run run = {
		.start = start,
		.end = start + span(w->t, level) - 1,
		.level = level,
		.unsettled = true,
	};

	return append(w, &run);
}

/*
 * What a table maps was appended from a run on, and neighbouring entries lead to
 * that table.  If it is one run that fills the table, that run grows; else a
 * repeat says so.
 */
static int repeat(struct kvas_walker *w, size_t from, size_t unmerged,
		  const struct kvas_run *repeated)
{
	struct kvas_run run;
	int error;

	w->unmerged = unmerged;
	if (w->n_runs == from)
		return 0;
	run = w->runs[from];
	if (w->n_runs == from + 1 && !run.times && run.start == repeated->start &&
	    run.end == repeated->end) {
		run.end = run.start + repeated->times * (run.end - run.start + 1) - 1;
		w->n_runs = from;
		return append(w, &run);
	}
	w->unmerged = w->n_runs;
	error = append(w, repeated);
	w->unmerged = w->n_runs;
	return error;
}

/* --- The walk of everything ------------------------------------------------ */

/* Of a table's entry; see @high of struct kvas_pagetable. */
static __u64 address_of(const struct kvas_pagetable *t, unsigned int level,
			unsigned int index, __u64 base)
{
	__u64 addr = base + index * span(t, level);
	__u64 end;

	if (!t->high)
		return addr;
	end = kvas_pagetable_end(t);
	return addr - (end + t->high) < -t->high ? addr - end : addr;
}

/* Entries are compared without converting them, so many words of memory at a time. */
#define WORDS	8

static bool words_are(const __u64 *word, __u64 wanted, __u64 bits)
{
	return !(((word[0] ^ wanted) | (word[1] ^ wanted) |
		  (word[2] ^ wanted) | (word[3] ^ wanted) |
		  (word[4] ^ wanted) | (word[5] ^ wanted) |
		  (word[6] ^ wanted) | (word[7] ^ wanted)) & bits);
}

/*
 * How many entries from one on have the same bits, up to the table's end.  Most
 * of a walk's time is spent here.
 */
static unsigned int count_alike(const struct kvas_pagetable *t, const void *table,
				unsigned int level, unsigned int index, __u64 bits)
{
	const unsigned int end = 1u << t->level[level].bits;
	const bool two = t->entry_size == 4;
	const unsigned int step = two ? 2 * WORDS : WORDS;
	const __u64 first = kvas_load_entry(t, table, index);
	__u64 wanted = two ? first << 32 | first : t->swapped ? __swab64(first) : first;
	__u64 word_bits = two ? bits << 32 | (__u32)bits : t->swapped ? __swab64(bits) : bits;
	const __u64 *word;
	unsigned int at;

	for (at = index + 1; at < end && at & (step - 1); at++) {
		if ((kvas_load_entry(t, table, at) ^ first) & bits)
			return at - index;
	}
	word = table + at * t->entry_size;
	for (; at + step <= end && words_are(word, wanted, word_bits); word += WORDS)
		at += step;
	while (at < end && !((kvas_load_entry(t, table, at) ^ first) & bits))
		at++;
	return at - index;
}

static int walk_table(struct kvas_walker *w, unsigned int level, unsigned int index,
		      __u64 base, const struct kvas_limits *limits);

/*
 * Walks the table to which the step of a level leads.  As walk_table() this
 * returns 0, a negative error, or the level of an entry that has changed.
 */
static int walk_below(struct kvas_walker *w, unsigned int level, __u64 base, __u64 phys,
		      const struct kvas_limits *limits)
{
	struct kvas_limits below = *limits;
	unsigned int changed;
	bool copied;
	int error;

	error = w->poll(w->private);
	if (error)
		return error;
	copied = w->read(w->private, w->copy[level - 1], phys, table_size(w->t, level - 1));
	w->tables++;
	changed = changed_level(w, level);
	if (changed)
		return changed;
	if (!copied)
		return append_unsettled(w, level, base);
	if (w->t->limit)
		w->t->limit(level, w->step[level].value, &below);
	w->step[level - 1].table = phys;
	return walk_table(w, level - 1, 0, base, &below);
}

/* The same for so many entries that lead to it.  If one changes, nothing is appended. */
static int walk_entries(struct kvas_walker *w, unsigned int level, __u64 base, __u64 phys,
			const struct kvas_limits *limits, unsigned int times)
{
	const struct kvas_run repeated = {
		.start = base, .end = base + span(w->t, level) - 1, .times = times,
	};
	const struct kvas_run before = w->n_runs ? w->runs[w->n_runs - 1] : repeated;
	size_t from = w->n_runs, unmerged = w->unmerged;
	int result;

	if (times > 1)
		w->unmerged = from;
	result = walk_below(w, level, base, phys, limits);
	if (result > 0) {
		w->n_runs = from;
		w->unmerged = unmerged;
		if (from)
			w->runs[from - 1] = before;
	}
	return result || times == 1 ? result : repeat(w, from, unmerged, &repeated);
}

/* Brings the entry of a level's step up to date in the copy of its table. */
static void take_again(struct kvas_walker *w, unsigned int level)
{
	const struct kvas_step *step = &w->step[level];
	size_t offset = (size_t)step->index * w->t->entry_size;

	w->again++;
	w->read_again(w->private, (char *)w->copy[level] + offset, step->table + offset,
		      w->t->entry_size);
}

/* Walks the copy of a table from an entry on. */
static int walk_table(struct kvas_walker *w, unsigned int level, unsigned int index,
		      __u64 base, const struct kvas_limits *limits)
{
	unsigned int n, end = 1u << w->t->level[level].bits, tries = 0;
	const void *table = w->copy[level];
	struct kvas_entry entry;
	__u64 value, start;
	int result;

	for (; index < end; index += n) {
		value = kvas_load_entry(w->t, table, index);
		entry = kvas_decode(w->t, level, value);
		n = count_alike(w->t, table, level, index, entry.kind == KVAS_ENTRY_TABLE ?
				~0ULL : w->t->level[level].mask);
		start = address_of(w->t, level, index, base);
		result = 0;
		if (entry.kind == KVAS_ENTRY_PAGE)
			result = append_pages(w, level, start, n, value, limits);
		if (entry.kind == KVAS_ENTRY_TABLE) {
			w->step[level].index = index;
			w->step[level].value = value;
			result = walk_entries(w, level, start, entry.phys, limits, n);
		}
		if (result == (int)level && ++tries < MAX_TRIES) {
			take_again(w, level);
			n = 0;
			continue;
		}
		if (result == (int)level) {
			n = 1;
			result = append_unsettled(w, level, start);
		}
		if (result)
			return result;
		tries = 0;
	}
	return 0;
}

static void place_copies(struct kvas_walker *w)
{
	char *at = w->buffer;
	unsigned int level;

	for (level = w->t->levels; level; level--) {
		w->copy[level] = at;
		at += table_size(w->t, level);
	}
}

/**
 * kvas_walk_all() - find everything that the kernel's tables map
 * @w:	a walk, of which the caller has set all members up to @room
 *
 * Return: 0; -ENOSPC if there are more runs than room; -EIO if the top table
 * cannot be read; or an error of @poll.
 */
int kvas_walk_all(struct kvas_walker *w)
{
	const struct kvas_limits none = { 0 };
	unsigned int top = w->t->levels;

	w->n_runs = 0;
	w->unmerged = 0;
	w->tables = 1;
	w->again = 0;
	place_copies(w);
	w->step[top].table = w->root;
	if (!w->read(w->private, w->copy[top], w->root, table_size(w->t, top)))
		return -EIO;
	return walk_table(w, top, w->t->first, w->t->base, &none);
}

/* --- The walk of one address ------------------------------------------------ */

/* Walks once.  False if an entry changed meanwhile. */
static bool try_path(struct kvas_walker *w, __u64 addr, struct kvas_path *path)
{
	const struct kvas_pagetable *t = w->t;
	struct kvas_limits limits = { 0 };
	unsigned int level = t->levels;
	struct kvas_step *step;
	bool read;

	for (step = &w->step[level], step->table = w->root; ; level--) {
		step = &w->step[level];
		step->index = (addr - t->base) >> t->level[level].shift &
			      ((1u << t->level[level].bits) - 1);
		read = read_entry(w, step, w->read, &step->value);
		/* The last entry, too: on 32 bits it may be read in two halves. */
		if (changed_level(w, read ? level : level + 1))
			return false;
		path->readable = read;
		path->last = read ? level : level + 1;
		if (!read)
			return true;
		path->entry = kvas_decode(t, level, step->value);
		if (path->entry.kind != KVAS_ENTRY_TABLE)
			break;
		if (t->limit)
			t->limit(level, step->value, &limits);
		w->step[level - 1].table = path->entry.phys;
	}
	path->attr = step->value & t->level[level].mask;
	path->upper = path->attr ^ ((path->attr | limits.set) & ~limits.clear);
	return true;
}

/**
 * kvas_walk_one() - walk one address
 * @w:		a walk, of which the caller has set @t, @root, @private and how to read
 * @addr:	the address
 * @path:	what is found
 *
 * Return: 0, or -EIO if the top table cannot be read.
 */
int kvas_walk_one(struct kvas_walker *w, __u64 addr, struct kvas_path *path)
{
	unsigned int tries;

	w->again = 0;
	for (tries = 0; tries < MAX_TRIES; tries++) {
		path->settled = try_path(w, addr, path);
		if (path->settled)
			break;
		w->again++;
	}
	memcpy(path->step, w->step, sizeof(path->step));
	return path->settled && path->last > w->t->levels ? -EIO : 0;
}
