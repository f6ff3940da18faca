// SPDX-License-Identifier: GPL-2.0-only
/* format.c - see format.h */
#include "format.h"

const char *const use_keys[N_USE_KEYS] = {
	"rss", "pss", "shared", "private", "swap", "huge", "hugetlb",
};

uint64_t *use_member(struct memory_use *use, size_t i)
{
	uint64_t *const members[N_USE_KEYS] = {
		&use->rss, &use->pss, &use->shared, &use->private, &use->swap, &use->huge,
		&use->hugetlb,
	};

	return members[i];
}

const char *const address_keys[N_ADDRESS_KEYS] = {
	"start_code", "end_code", "start_data", "end_data", "start_brk", "start_stack",
};

uint64_t *address_member(struct process *p, size_t i)
{
	uint64_t *const members[N_ADDRESS_KEYS] = {
		&p->start_code, &p->end_code, &p->start_data, &p->end_data, &p->start_brk,
		&p->start_stack,
	};

	return members[i];
}
