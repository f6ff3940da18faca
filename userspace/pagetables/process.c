// SPDX-License-Identifier: GPL-2.0-only
/* process.c - see tables.h: the tables of a process, and what their entries keep. */
#include "tables.h"

struct tables tables_of_process(const struct tables *kernel, const struct process_half *half)
{
	struct tables t = *kernel;
	const char *why = "the process's top page table lies outside the segments of /proc/kcore";

	if (t.why)
		return t;
	if (!tables_virtual(kernel, half->root, &t.root)) {
		t.why = why;
		return t;
	}
	if (!half->user) {
		t.first = half->split;
		return t;
	}
	/* On arm64 TTBR0 translates as many bits as TTBR1, from the first entry on. */
	t.base = t.high = 0;
	t.first = 0;
	t.end = half->split;
	if (t.paging->user)
		t.paging->user(&t);
	return t;
}

enum entry_rest tables_rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	if (t->paging->rest)
		return t->paging->rest(t, level, entry, phys);
	return entry ? REST_OTHER : REST_NOTHING;
}
