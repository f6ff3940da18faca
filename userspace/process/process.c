// SPDX-License-Identifier: GPL-2.0-only
/* process.c - see process.h */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "process.h"

void process_free(struct process *p)
{
	if (!p)
		return;
	free(p->vmas);
	pool_free(&p->pool);
	free(p);
}

const struct vma *process_vma(const struct process *p, uint64_t addr)
{
	size_t low = 0, high = p->n_vmas;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->vmas[middle].end < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_vmas && p->vmas[low].start <= addr ? &p->vmas[low] : NULL;
}

uint64_t image_first(const struct process *p, const struct image *image)
{
	return image->segments[0].start / p->page_size * p->page_size;
}

uint64_t image_last(const struct process *p, const struct image *image)
{
	const struct image_segment *s = &image->segments[image->n_segments - 1];

	return (s->start + (s->in_memory - 1)) / p->page_size * p->page_size + (p->page_size - 1);
}

bool vma_has_flag(const struct vma *v, const char *flag)
{
	return v->flags && line_has_word(v->flags, flag);
}

bool may_have_guards(const struct vma *v)
{
	return vma_has_flag(v, "gu");
}

bool is_in_kernel_half(const struct process *p, const struct vma *v)
{
	return strcmp(v->path, "[vsyscall]") == 0 ||
	       (p->kernel_bits == 32 && strcmp(v->path, "[vectors]") == 0);
}

uint64_t process_size(const struct process *p)
{
	uint64_t size = 0;

	for (size_t i = 0; i < p->n_vmas; i++)
		if (!is_in_kernel_half(p, &p->vmas[i]))
			size += p->vmas[i].end - p->vmas[i].start + 1;
	return size;
}

struct memory_use process_sum(const struct process *p)
{
	struct memory_use sum = { 0 };

	for (size_t i = 0; i < p->n_vmas; i++) {
		const struct memory_use *use = &p->vmas[i].use;

		sum.rss += use->rss;
		sum.pss += use->pss;
		sum.shared += use->shared;
		sum.private += use->private;
		sum.swap += use->swap;
		sum.huge += use->huge;
		sum.hugetlb += use->hugetlb;
	}
	return sum;
}
