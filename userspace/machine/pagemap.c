// SPDX-License-Identifier: GPL-2.0-only
/* pagemap.c - see pagemap.h */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "elfcore.h"
#include "pagemap.h"

#define BIT(n)		(UINT64_C(1) << (n))
#define FRAME		(BIT(55) - 1)
#define SWAP_TYPES	5		/* bits of a type, below the offset */

enum { ENTRY = 8, MOST_AT_ONCE = 8192 };

struct pagemap {
	int fd;
	const char *path;
	struct pagemap_source source;
	struct pool *pool;
};

struct pagemap_entry pagemap_decode(uint64_t entry)
{
	struct pagemap_entry e = {
		.present = entry & BIT(63), .swapped = entry & BIT(62),
		.file = entry & BIT(61), .guard = entry & BIT(58),
		.uffd_wp = entry & BIT(57), .exclusive = entry & BIT(56),
		.soft_dirty = entry & BIT(55),
	};

	if (e.present) {
		e.frame = entry & FRAME;
	} else if (e.swapped) {
		e.swap_type = (unsigned int)(entry & (BIT(SWAP_TYPES) - 1));
		e.swap_offset = (entry & FRAME) >> SWAP_TYPES;
	}
	return e;
}

bool pagemap_hides_frame(const struct pagemap_entry *e)
{
	return e->present && !e->frame;
}

bool pagemap_same(const struct pagemap_entry *a, const struct pagemap_entry *b)
{
	return a->present == b->present && a->swapped == b->swapped && a->frame == b->frame &&
	       a->swap_type == b->swap_type && a->swap_offset == b->swap_offset;
}

static const char *reason(const struct pagemap *p, int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return pool_printf(p->pool, "%s cannot be read: no right to ptrace the process; read it as root, or as the user it runs as",
				   p->path);
	case ENOENT:
		return pool_printf(p->pool, "there is no %s: the process has ended, or the kernel is built without CONFIG_PROC_PAGE_MONITOR",
				   p->path);
	case ESRCH:
		return pool_printf(p->pool, "%s has nothing: it is of a kernel thread or of a process that has ended, which have no user half",
				   p->path);
	default:
		return pool_printf(p->pool, "%s cannot be read: %s", p->path, strerror(error));
	}
}

struct pagemap *pagemap_open(const struct pagemap_source *source, unsigned int pid,
			     unsigned int tid, struct pool *pool, const char **why)
{
	struct pagemap *p = pool_alloc(pool, sizeof(*p));

	/* Of a process whose main thread has ended the others still have it. */
	p->path = pid == tid ? pool_printf(pool, "/proc/%u/pagemap", pid) :
			       pool_printf(pool, "/proc/%u/task/%u/pagemap", pid, tid);
	p->source = *source;
	p->pool = pool;
	p->fd = sysroot_open(source->sysroot, p->path);
	if (p->fd >= 0)
		return p;
	*why = reason(p, errno);
	return NULL;
}

void pagemap_close(struct pagemap *p)
{
	if (p)
		close(p->fd);
}

/* Whole entries, of so many pages from an address on; 0 with *why if there is none. */
static size_t read_entries(struct pagemap *p, uint64_t addr, unsigned char *bytes, size_t n_pages,
			   const char **why)
{
	ssize_t n;

	do {
		n = pread(p->fd, bytes, n_pages * ENTRY,
			  (off_t)(addr / p->source.page_size * ENTRY));
	} while (n < 0 && errno == EINTR);
	if (n >= ENTRY)
		return (size_t)n / ENTRY;
	*why = n < 0 ? reason(p, errno) :
	       pool_printf(p->pool, "%s ends before this address: it is above the user half, or the process has ended",
			   p->path);
	return 0;
}

static struct pagemap_entry entry_at(const struct pagemap *p, const unsigned char *bytes)
{
	return pagemap_decode(load_word(bytes, ENTRY, p->source.big_endian));
}

bool pagemap_read(struct pagemap *p, uint64_t addr, struct pagemap_entry *e, const char **why)
{
	unsigned char bytes[ENTRY];

	if (!read_entries(p, addr, bytes, 1, why))
		return false;
	*e = entry_at(p, bytes);
	return true;
}

bool pagemap_scan(struct pagemap *p, uint64_t start, uint64_t end,
		  void (*found)(void *data, const struct pagemap_entry *e), void *data,
		  const char **why)
{
	static unsigned char bytes[MOST_AT_ONCE * ENTRY];
	uint64_t left = (end - start) / p->source.page_size + 1;

	for (uint64_t addr = start; left; ) {
		size_t n = read_entries(p, addr, bytes, left < MOST_AT_ONCE ? left : MOST_AT_ONCE,
					why);

		if (!n)
			return false;
		for (size_t i = 0; i < n; i++) {
			struct pagemap_entry e = entry_at(p, bytes + i * ENTRY);

			found(data, &e);
		}
		addr += n * p->source.page_size;
		left -= n;
	}
	return true;
}
