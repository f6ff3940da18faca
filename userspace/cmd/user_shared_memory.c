// SPDX-License-Identifier: GPL-2.0-only
/* user_shared_memory.c - see user_shared.h: the memory that two user halves share. */
#include <stdlib.h>

#include "base/pieces.h"
#include "machine/pagemap.h"
#include "process/process.h"
#include "user_shared.h"

/* Of a process's mappings; so many take a minute to read. */
#define MOST_PAGES	(UINT64_C(1) << 28)

struct counting {
	struct pieces pieces;
	uint64_t page_size;
	bool hidden;			/* frames are not shown */
};

static void take_page(void *data, const struct pagemap_entry *e)
{
	struct counting *c = data;

	c->hidden |= pagemap_hides_frame(e);
	if (e->present)
		pieces_add(&c->pieces, e->frame * c->page_size, c->page_size);
}

static uint64_t count_pages(const struct process *p)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < p->n_vmas; i++)
		pages += (p->vmas[i].end - p->vmas[i].start) / p->page_size + 1;
	return pages;
}

/* Of a mapping in the kernel half pagemap has nothing. */
static void scan_process(struct counting *c, const struct process *p, struct pagemap *map,
			 const char **why)
{
	c->page_size = p->page_size;
	if (count_pages(p) > MOST_PAGES) {
		*why = "a process has mapped more pages than are asked for";
		return;
	}
	for (size_t i = 0; i < p->n_vmas && !*why; i++)
		if (!is_in_kernel_half(p, &p->vmas[i]))
			pagemap_scan(map, p->vmas[i].start, p->vmas[i].end, take_page, c, why);
	if (c->hidden)
		*why = "pagemap shows frames to CAP_SYS_ADMIN only";
	else if (c->pieces.full)
		*why = "it is in more pieces than are counted";
}

static void count_side(struct counting *c, const struct sharing *s, unsigned int which,
		       struct pool *pool, const char **why)
{
	const struct shared_side *side = &s->side[which];
	char *reason = NULL;
	struct process *p = process_gather(s->opt->sysroot, side->pid, &reason);
	struct pagemap *map;

	if (!p) {
		*why = pool_printf(pool, "%s", reason);
		free(reason);
		return;
	}
	map = pagemap_open(&(struct pagemap_source){ s->opt->sysroot, p->page_size,
						     s->l->big_endian },
			   side->pid, side->thread->tid, pool, why);
	if (map)
		scan_process(c, p, map, why);
	pagemap_close(map);
	process_free(p);
}

static struct shared_memory by_pagemap(const struct sharing *s, struct pool *pool)
{
	struct shared_memory m = { 0 };
	struct counting all[2] = { 0 };

	for (unsigned int i = 0; i < 2 && !m.why; i++)
		count_side(&all[i], s, i, pool, &m.why);
	for (unsigned int i = 0; i < 2; i++)
		m.bytes[i] = pieces_join(&all[i].pieces);
	m.both = pieces_in_both(&all[0].pieces, &all[1].pieces);
	for (unsigned int i = 0; i < 2; i++)
		pieces_free(&all[i].pieces);
	if (!m.why)
		m.source = "pagemap";
	return m;
}

struct shared_memory shared_memory_find(const struct sharing *s, struct pool *pool)
{
	/* The first half is the user half. */
	const struct shared *below = &s->half[0].below;

	if (below->unread[0] || below->unread[1] || !below->has_memory)
		return by_pagemap(s, pool);
	return (struct shared_memory){ .source = "tables", .both = below->memory_both,
				       .bytes = { below->memory[0], below->memory[1] } };
}
