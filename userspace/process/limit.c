// SPDX-License-Identifier: GPL-2.0-only
/* limit.c - see limit.h; the macros are those of arch/ARCH/include/asm/processor.h or so. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "limit.h"
#include "parts.h"

#define GIB	(UINT64_C(1) << 30)

/* TASK_SIZE of a 32-bit program, less pages of the kernel's size. */
static const struct {
	const char *arch;
	uint64_t size;
	unsigned int pages;
	const char *why;
} narrow[] = {
	{ "x86_64", 4 * GIB - 0x2000, 0,
	  "IA32_PAGE_OFFSET, of 32-bit programs; with the personality ADDR_LIMIT_3GB 3G" },
	{ "arm64", 4 * GIB, 1, "TASK_SIZE_32, of 32-bit programs" },
	{ "ppc64", 4 * GIB, 1, "TASK_SIZE_USER32, of 32-bit programs" },
	{ "mips64", 2 * GIB - 0x8000, 0, "TASK_SIZE32, of 32-bit programs" },
	{ "s390x", 2 * GIB, 0, "TASK_SIZE of 31-bit programs" },
};

/* DEFAULT_MAP_WINDOW, or what has its place: below it mmap() searches. */
static const struct {
	const char *arch;
	unsigned int bits;
	unsigned int pages;		/* less these */
	unsigned int since;		/* this release */
	const char *why;
} windows[] = {
	{ "x86_64", 47, 1, 0, "DEFAULT_MAP_WINDOW, with 5-level page tables" },
	{ "arm64", 48, 0, 0, "DEFAULT_MAP_WINDOW_64, with 52-bit addresses" },
	{ "riscv64", 47, 0, 6006, "DEFAULT_MAP_WINDOW, the user half of sv48" },
	{ "ppc64", 47, 0, 0, "DEFAULT_MAP_WINDOW_USER64" },
	{ "s390x", 42, 0, 0, "3 levels of page tables, to which mmap() adds" },
};

static void find_narrow(struct user_limit *limit, const struct process *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(narrow); i++) {
		if (strcmp(narrow[i].arch, p->arch) != 0)
			continue;
		limit->known = true;
		limit->end = narrow[i].size - narrow[i].pages * p->page_size - 1;
		limit->why = text_printf("%s", narrow[i].why);
		return;
	}
	limit->why = text_printf("kvas does not know where 32-bit programs end on %s", p->arch);
}

/* By the capture, or as mmap() measured it. */
static void find_native(struct user_limit *limit, const struct process *p, const struct layout *l)
{
	const struct fact *f = l ? layout_fact(l, "user_limit") : NULL;
	uint64_t n;

	limit->known = true;
	if (f && fact_number(f, &n) && n) {
		limit->end = n - 1;
		limit->why = text_printf("%s", f->source ? f->source : "user_limit");
	} else if (p->mmap_highest) {
		limit->end = p->mmap_highest + (p->page_size - 1);
		limit->why = text_printf("TASK_SIZE, by the highest page that mmap() gives");
	} else {
		limit->known = false;
		limit->why = text_printf("it was not measured, and there is no capture of the kernel");
	}
}

static void find_window(struct user_limit *limit, const struct process *p)
{
	unsigned int release = release_number(p->release);

	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		uint64_t end = (UINT64_C(1) << windows[i].bits) - windows[i].pages * p->page_size - 1;

		if (strcmp(windows[i].arch, p->arch) != 0 || release < windows[i].since ||
		    limit->end <= end)
			continue;
		limit->has_window = true;
		limit->window_end = end;
		limit->window_why = windows[i].why;
	}
	for (size_t i = p->n_vmas; limit->has_window && i-- > 0;)
		if (p->vmas[i].end > limit->window_end && !is_in_kernel_half(p, &p->vmas[i]))
			limit->n_beyond++;
}

void user_limit_find(struct user_limit *limit, const struct process *p, const struct layout *l)
{
	*limit = (struct user_limit){ 0 };
	if (p->bits < p->kernel_bits) {
		find_narrow(limit, p);
		return;
	}
	find_native(limit, p, l);
	if (limit->known && p->bits == 64)
		find_window(limit, p);
}

void user_limit_free(struct user_limit *limit)
{
	free(limit->why);
}
