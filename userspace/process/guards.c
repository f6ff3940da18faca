// SPDX-License-Identifier: GPL-2.0-only
/*
 * guards.c - pages of MADV_GUARD_INSTALL; see internal.h.
 *
 * Such pages are no mapping of their own (6.13): VmFlags has "gu" (6.15), and an entry of
 * pagemap bit 58.  A C library may put them below the stacks of threads.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "internal.h"

#define GUARD_BIT	(UINT64_C(1) << 58)

enum {
	BATCH = 8192,			/* entries */
};

struct scan {
	struct process *p;
	int fd;
	struct address_range *found;
	size_t n, room;
};

static void add_page(struct scan *s, uint64_t start)
{
	uint64_t end = start + s->p->page_size - 1;

	if (s->n && s->found[s->n - 1].end + 1 == start) {
		s->found[s->n - 1].end = end;
		return;
	}
	if (s->n == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		s->found = realloc(s->found, s->room * sizeof(*s->found));
		if (!s->found)
			die("not enough memory");
	}
	s->found[s->n++] = (struct address_range){ start, end };
}

static void scan_vma(struct scan *s, const struct vma *v)
{
	static uint64_t entries[BATCH];
	uint64_t page = s->p->page_size, left = (v->end - v->start + 1) / page, at = v->start;

	while (left) {
		size_t wanted = left < BATCH ? left : BATCH;
		ssize_t n = pread(s->fd, entries, wanted * 8, (off_t)(at / page * 8));

		if (n < 8)
			return;
		n /= 8;
		for (ssize_t i = 0; i < n; i++)
			if (entries[i] & GUARD_BIT)
				add_page(s, at + (uint64_t)i * page);
		at += (uint64_t)n * page;
		left -= (uint64_t)n;
	}
}

void guards_find(struct gathering *g)
{
	struct process *p = g->p;
	struct scan s = { .p = p, .fd = -1 };

	for (size_t i = 0; i < p->n_vmas; i++) {
		const struct vma *v = &p->vmas[i];

		if (!may_have_guards(v) || v->end - v->start >= MOST_GUARDED)
			continue;
		if (s.fd < 0)
			s.fd = sysroot_open(g->sysroot, pool_printf(&p->pool, "%s/pagemap", g->dir));
		if (s.fd < 0)
			break;
		scan_vma(&s, v);
	}
	if (s.fd >= 0)
		close(s.fd);
	p->guards = pool_alloc(&p->pool, (s.n + 1) * sizeof(*s.found));
	if (s.n)
		memcpy(p->guards, s.found, s.n * sizeof(*s.found));
	p->n_guards = s.n;
	free(s.found);
}
