// SPDX-License-Identifier: GPL-2.0-only
/* The first chunk of the per-CPU allocator, which is set up once at boot. */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/percpu.h>

#include "kvas.h"
#include "symbols.h"

static struct {
	void *base;
	int unit_size;
	const char *absent;
} first_chunk;

static bool is_plausible(void)
{
	return first_chunk.unit_size > 0 && PAGE_ALIGNED(first_chunk.unit_size) &&
	       PAGE_ALIGNED(first_chunk.base) &&
	       (virt_addr_valid(first_chunk.base) || is_vmalloc_addr(first_chunk.base));
}

/**
 * kvas_percpu_init() - look up the variables that describe the first chunk
 */
void __init kvas_percpu_init(void)
{
	first_chunk.absent = kvas_variable("pcpu_base_addr", &first_chunk.base,
					   sizeof(first_chunk.base));
	if (!first_chunk.absent)
		first_chunk.absent = kvas_variable("pcpu_unit_size", &first_chunk.unit_size,
						   sizeof(first_chunk.unit_size));
	if (!first_chunk.absent && !is_plausible())
		first_chunk.absent = "pcpu_base_addr and pcpu_unit_size describe no memory";
}

/* From the lowest CPU's unit to the highest's. */
#ifdef CONFIG_SMP
static unsigned long span_of_units(void)
{
	unsigned long lowest = ULONG_MAX, highest = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		lowest = min_t(unsigned long, lowest, per_cpu_offset(cpu));
		highest = max_t(unsigned long, highest, per_cpu_offset(cpu));
	}
	return highest - lowest;
}
#else
static unsigned long span_of_units(void)
{
	return 0;
}
#endif

/**
 * kvas_percpu_add() - add the first chunk, if its units stand side by side
 * @l:	the layout
 */
void kvas_percpu_add(struct kvas_layout *l)
{
	unsigned long base = (unsigned long)first_chunk.base;
	struct kvas_row row = { .id = KVAS_PERCPU, .absent = first_chunk.absent };
	unsigned long span;

	if (!row.absent) {
		span = span_of_units();
		if (span / first_chunk.unit_size >= num_possible_cpus())
			row.absent = "in several pieces, one for each memory node";
		row.start = (struct kvas_bound) {
			base, "pcpu_base_addr", NULL, KVAS_ROUTE_KPROBE
		};
		row.end = (struct kvas_bound) {
			base + span + first_chunk.unit_size - 1,
			"pcpu_base_addr + span of __per_cpu_offset[] + pcpu_unit_size - 1",
			NULL, KVAS_ROUTE_KPROBE
		};
		if (!is_vmalloc_addr(first_chunk.base))
			row.note = "the unused end of each CPU's unit is ordinary memory";
	}
	kvas_layout_add_rows(l, &row, 1);
}
