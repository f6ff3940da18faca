/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A walk over page tables that change while they are walked.
 *
 * Pure data and pure functions: tables are read through a callback, so the tests
 * on the host walk saved and made-up memory with the same code.
 *
 * No lock excludes the kernel's own changes on all releases, so the walk takes
 * none.  It copies each table, and then reads every entry on the way from the
 * root to that table again.  If one of them leads elsewhere now, the copy may be
 * of memory that is no table any more, so it is dropped, and the walk goes on at
 * the entry that changed.  Nothing in a copy is followed or reported before.
 */
#ifndef KVAS_PAGETABLE_H
#define KVAS_PAGETABLE_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif

/* Levels count from the entries of single pages, which are level 1. */
#define KVAS_MAX_LEVELS		5

enum kvas_entry_kind {
	KVAS_ENTRY_NONE,	/* maps nothing */
	KVAS_ENTRY_PAGE,	/* maps memory */
	KVAS_ENTRY_TABLE,	/* leads to a table of the next lower level */
};

/**
 * struct kvas_entry - what an entry says
 * @kind:	what it is
 * @group:	binary logarithm of the bytes that one translation may cover, if
 *		the entry is one of a marked group; else 0
 * @phys:	physical address of the page's or table's first byte
 */
struct kvas_entry {
	enum kvas_entry_kind kind;
	unsigned int group;
	__u64 phys;
};

/**
 * struct kvas_limits - how the entries above a page change its attributes
 * @set:	bits that have the effect of 1
 * @clear:	bits that have the effect of 0
 */
struct kvas_limits {
	__u64 set;
	__u64 clear;
};

/**
 * struct kvas_level - the tables of one level
 * @shift:	an entry stands for 1 << @shift bytes of addresses
 * @bits:	a table has 1 << @bits entries
 * @mask:	the attributes of a page, see kvas_format.h; all bits that decide on
 *		an entry's kind and group are among them
 */
struct kvas_level {
	unsigned char shift;
	unsigned char bits;
	__u64 mask;
};

/**
 * struct kvas_pagetable - how page tables are built
 * @levels:	how many there are
 * @entry_size:	4 or 8, bytes
 * @swapped:	entries are in the other byte order
 * @base:	the address for which the first entry of the top table stands
 * @high:	addresses from this one to the last of all have the last entries, in
 *		place of those that follow the ones before; 0 if it is not so.  Pages on
 *		both sides never have the same attributes side by side
 * @first:	the first entry of the top table that is the kernel's
 * @level:	the shape of each level, from 1 on
 * @decode:	says what an entry is
 * @limit:	adds what an entry that leads to a table changes below it; NULL if
 *		such entries change nothing
 */
struct kvas_pagetable {
	unsigned int levels;
	unsigned int entry_size;
	bool swapped;
	__u64 base;
	__u64 high;
	unsigned int first;
	struct kvas_level level[KVAS_MAX_LEVELS + 1];
	struct kvas_entry (*decode)(const struct kvas_pagetable *t, unsigned int level,
				    __u64 value);
	void (*limit)(unsigned int level, __u64 value, struct kvas_limits *limits);
};

/* The address after the last for which the top table has an entry, without @high. */
static inline __u64 kvas_pagetable_end(const struct kvas_pagetable *t)
{
	const struct kvas_level *top = &t->level[t->levels];

	return t->base + (1ULL << top->shift << top->bits);
}

/**
 * struct kvas_run - a record of kvas_mappings
 * @start:	first address
 * @end:	last address
 * @attr:	attributes of its entries
 * @upper:	those of which an upper level changes the effect
 * @level:	of its entries
 * @group:	as in struct kvas_entry
 * @unsettled:	its tables changed each time they were read
 * @times:	0 for a mapping; for a repeat, how often the range is mapped, one
 *		copy right after the other
 */
struct kvas_run {
	__u64 start;
	__u64 end;
	__u64 attr;
	__u64 upper;
	unsigned char level;
	unsigned char group;
	bool unsettled;
	unsigned int times;
};

/**
 * struct kvas_step - an entry on the way to a table
 * @table:	physical address of the table that it is in
 * @index:	its place there
 * @value:	what it was
 */
struct kvas_step {
	__u64 table;
	unsigned int index;
	__u64 value;
};

/* Copies physical memory; false if there is none that can be read. */
typedef bool (*kvas_read_fn)(void *private, void *to, __u64 phys, size_t size);

/**
 * struct kvas_walker - a walk
 * @t:		how the tables are built
 * @root:	physical address of the top table
 * @read:	reads what an entry leads to, which may be anything: false, too, if
 *		it is no memory that may hold tables
 * @read_again:	reads an entry of a table that was read before
 * @poll:	called for each table: 0, or the negative error that ends the walk
 * @private:	for the three
 * @buffer:	room for kvas_buffer_size() bytes
 * @runs:	room for what is found
 * @n_runs:	how many there are
 * @room:	how many fit
 * @tables:	how many tables were read
 * @again:	how many entries had changed and were read again
 * @step:	the way to the table in hand, by level
 * @copy:	the copies of the tables on that way, by level
 * @unmerged:	runs before this one do not grow any more
 */
struct kvas_walker {
	const struct kvas_pagetable *t;
	__u64 root;
	kvas_read_fn read;
	kvas_read_fn read_again;
	int (*poll)(void *private);
	void *private;
	void *buffer;
	struct kvas_run *runs;
	size_t n_runs;
	size_t room;
	__u64 tables;
	__u64 again;
	struct kvas_step step[KVAS_MAX_LEVELS + 1];
	void *copy[KVAS_MAX_LEVELS + 1];
	size_t unmerged;
};

/**
 * struct kvas_path - the walk of one address
 * @step:	each entry on the way, by level, down to @last
 * @last:	the level at which the walk ends
 * @entry:	what the last entry says
 * @attr:	its attributes, if it maps a page
 * @upper:	those of which an upper level changes the effect
 * @settled:	false if the tables changed each time they were read
 * @readable:	false if the last entry leads to no table that can be read
 */
struct kvas_path {
	struct kvas_step step[KVAS_MAX_LEVELS + 1];
	unsigned int last;
	struct kvas_entry entry;
	__u64 attr;
	__u64 upper;
	bool settled;
	bool readable;
};

__u64 kvas_load_entry(const struct kvas_pagetable *t, const void *table, unsigned int index);
struct kvas_entry kvas_decode(const struct kvas_pagetable *t, unsigned int level, __u64 value);
size_t kvas_buffer_size(const struct kvas_pagetable *t);
int kvas_walk_all(struct kvas_walker *w);
int kvas_walk_one(struct kvas_walker *w, __u64 addr, struct kvas_path *path);

#endif /* KVAS_PAGETABLE_H */
