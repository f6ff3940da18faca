// SPDX-License-Identifier: GPL-2.0-only
/* halves.c - which addresses are for user processes, and which are the kernel's. */
#include <string.h>

#include "base/util.h"
#include "parts.h"
#include "texts/words.h"

static bool is_one_of(const struct region *r, const char *a, const char *b)
{
	return strcmp(r->name, a) == 0 || strcmp(r->name, b) == 0;
}

/* Addresses that neither may use: not translated, or of a mode that Linux has no use for. */
static bool is_nobodys(const struct region *r)
{
	return is_one_of(r, "noncanonical", "xksseg");
}

static void find_user(const struct layout *l, struct half_range *user)
{
	if (l->process) {
		user->is_drawn = true;
		user->end = l->user_end;
	}
	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->parent || r->purpose || !is_one_of(r, "user", "user_guard"))
			continue;
		if (!user->is_drawn)
			user->start = r->start;
		user->is_drawn = true;
		if (user->end < r->end)
			user->end = r->end;
	}
}

/* From the lowest region that is the kernel's to the top. */
static void find_kernel(const struct layout *l, const struct half_range *user,
			struct half_range *kernel)
{
	uint64_t last = 0;

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->purpose)
			continue;
		if (is_nobodys(r)) {
			/* On x86 and others: all above it is the kernel's. */
			if (r->end < l->max_addr && strcmp(r->name, "noncanonical") == 0 &&
			    !kernel->is_drawn) {
				kernel->is_drawn = true;
				kernel->start = r->end + 1;
			}
			continue;
		}
		if (r->is_overlay || (user->is_drawn && r->start <= user->end))
			continue;
		if (!kernel->is_drawn)
			kernel->start = r->start;
		kernel->is_drawn = true;
		if (last < r->end)
			last = r->end;
	}
	kernel->end = l->max_addr;
	/* s390x: what the tables do not translate is above all. */
	if (l->n_present && is_nobodys(&l->regions[l->n_present - 1]) &&
	    l->regions[l->n_present - 1].end == l->max_addr &&
	    last < l->regions[l->n_present - 1].start)
		kernel->end = l->regions[l->n_present - 1].start - 1;
	if (kernel->is_drawn && kernel->start > kernel->end)
		kernel->is_drawn = false;
}

void find_halves(const struct layout *l, struct half_range halves[HALF_USER + 1])
{
	find_user(l, &halves[HALF_USER]);
	find_kernel(l, &halves[HALF_USER], &halves[HALF_KERNEL]);
	halves[HALF_USER].name = word(WORD_USER_HALF);
	halves[HALF_KERNEL].name = word(halves[HALF_USER].is_drawn ? WORD_KERNEL_HALF :
									WORD_KERNEL_OWN);
	for (size_t i = 0; i <= HALF_USER; i++)
		if (halves[i].is_drawn)
			halves[i].size = size_human(halves[i].end - halves[i].start);
}

enum half half_of(const struct half_range halves[HALF_USER + 1], uint64_t addr)
{
	for (unsigned int i = 0; i <= HALF_USER; i++)
		if (halves[i].is_drawn && addr >= halves[i].start && addr <= halves[i].end)
			return (enum half)i;
	return HALF_NEITHER;
}
