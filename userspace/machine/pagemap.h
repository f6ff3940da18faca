/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagemap.h - /proc/PID/pagemap: what the kernel says of each page of a process
 * (Documentation/admin-guide/mm/pagemap.rst).
 */
#ifndef KVAS_PAGEMAP_H
#define KVAS_PAGEMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

struct pagemap_entry {
	bool present;			/* a page is mapped */
	bool swapped;			/* or a swap entry is in its place: markers, too */
	bool file;			/* a page of a file, or anonymous and shared */
	bool exclusive;			/* no other process maps it */
	bool soft_dirty, uffd_wp;
	bool guard;			/* a guard region; from 6.15 on */
	/* Both are 0 without CAP_SYS_ADMIN in the first user namespace. */
	uint64_t frame;			/* of a page that is present */
	unsigned int swap_type;		/* of one that is swapped */
	uint64_t swap_offset;
};

struct pagemap_entry pagemap_decode(uint64_t entry);

/* Is the frame one that this reader may not see? */
bool pagemap_hides_frame(const struct pagemap_entry *e);

/* The same of all that says where the page is. */
bool pagemap_same(const struct pagemap_entry *a, const struct pagemap_entry *b);

struct pagemap;

/* Of a machine: what stands before its paths, or NULL; its page size and byte order. */
struct pagemap_source {
	const char *sysroot;
	uint64_t page_size;
	bool big_endian;
};

/*
 * Of a thread of a process.  NULL with a sentence in *why if it cannot be read.  What
 * is allocated, sentences too, lives as long as the pool.
 */
struct pagemap *pagemap_open(const struct pagemap_source *source, unsigned int pid,
			     unsigned int tid, struct pool *pool, const char **why);
void pagemap_close(struct pagemap *p);

/* The page of an address.  False with *why if it cannot be read. */
bool pagemap_read(struct pagemap *p, uint64_t addr, struct pagemap_entry *e, const char **why);

/*
 * Each page between two addresses, by address, a large range in many reads.  False with
 * *why if pagemap ends before.
 */
bool pagemap_scan(struct pagemap *p, uint64_t start, uint64_t end,
		  void (*found)(void *data, const struct pagemap_entry *e), void *data,
		  const char **why);

#endif /* KVAS_PAGEMAP_H */
