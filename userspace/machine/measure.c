// SPDX-License-Identifier: GPL-2.0-only
/* measure.c - see internal.h */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "internal.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE	0x100000
#endif

/*
 * Does user memory reach as far as this page?  It does if the kernel maps it,
 * or says that something is mapped there already.
 */
static bool page_is_ours(uintptr_t addr, size_t page)
{
	void *got = mmap((void *)addr, page, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE |
			 MAP_NORESERVE, -1, 0);

	if (got == MAP_FAILED)
		return errno == EEXIST;
	munmap(got, page);
	/* Before 4.17 the address is a hint that the kernel may ignore. */
	return got == (void *)addr;
}

/* Between a page that is ours and one that is not. */
static uintptr_t bisect(uintptr_t ours, uintptr_t beyond, size_t page)
{
	while (beyond - ours > page) {
		uintptr_t middle = ours + (beyond - ours) / 2 / page * page;

		if (page_is_ours(middle, page))
			ours = middle;
		else
			beyond = middle;
	}
	return ours;
}

/*
 * The highest page that user memory reaches, or 0.  User memory often ends a few pages
 * below a power of two: that is found first, and then it goes down in steps that double.
 */
static uintptr_t find_highest_page(size_t page)
{
	enum { LOW = 24 };		/* well above mmap_min_addr */
	unsigned int first = LOW, last = sizeof(uintptr_t) * 8;
	uintptr_t ours, beyond;

	if (!page_is_ours((uintptr_t)1 << LOW, page))
		return 0;
	while (last - first > 1) {
		unsigned int middle = (first + last) / 2;

		if (page_is_ours((uintptr_t)1 << middle, page))
			first = middle;
		else
			last = middle;
	}
	ours = (uintptr_t)1 << first;
	beyond = first + 1 == sizeof(uintptr_t) * 8 ? UINTPTR_MAX / page * page :
						      (uintptr_t)1 << last;
	for (uintptr_t step = page; beyond - ours > step; step *= 2) {
		if (page_is_ours(beyond - step, page)) {
			ours = beyond - step;
			break;
		}
		beyond -= step;
	}
	return bisect(ours, beyond, page);
}

const char *measure(struct pool *pool)
{
	size_t page = getauxval(AT_PAGESZ);
	uintptr_t highest = page ? find_highest_page(page) : 0;
	const uint16_t one = 1;
	struct utsname uts;
	const char *text = "";

	if (!uname(&uts))
		text = pool_printf(pool, "release=%s\nmachine=%s\n",
				   uts.release, uts.machine);
	text = pool_printf(pool, "%sword_bits=%zu\nbyte_order=%s\n", text,
			   sizeof(void *) * 8,
			   *(const unsigned char *)&one ? "little" : "big");
	if (page)
		text = pool_printf(pool, "%spage_size=%zu\n", text, page);
	text = pool_printf(pool, "%scpus_configured=%ld\n", text,
			   sysconf(_SC_NPROCESSORS_CONF));
	if (highest)
		text = pool_printf(pool, "%smmap_highest=0x%" PRIxPTR "\n", text,
				   highest);
	return text;
}
