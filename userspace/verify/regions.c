// SPDX-License-Identifier: GPL-2.0-only
/* regions.c - what several sources expect of the direct map and of modules. */
#include <string.h>

#include "base/text.h"
#include "verify.h"

void expect_used_end(struct verification *v, const char *region,
		     struct known last)
{
	const struct region *r = layout_region(v->layout, region);

	if (r && !r->absent && !r->has_populated && last.kind == NUMBER &&
	    r->end != last.number && !ends_with_memory(v, region))
		last = up_to_there(last, v->layout->max_addr);
	expect(v, RECORD_REGION, region, r && r->has_populated ?
	       "populated_end" : "end", last);
}

uint64_t device_memory_last(const struct verification *v)
{
	uint64_t last = 0;

	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];

		if (r->is_memory && r->end > last)
			last = r->end;
	}
	return last;
}

void expect_memory_end(struct verification *v, struct known last)
{
	uint64_t device = device_memory_last(v);

	if (is_numeric(&last) && device > highest(&last))
		last = leaning(number(device, "device memory ends there"));
	expect_used_end(v, "direct_map", last);
}

bool memory_was_added(const struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");

	return map && !map->absent && map->has_populated &&
	       !strcmp(map->populated_route, "iomem") &&
	       !is_arch(v, "x86_64 i386 ppc64");
}

bool high_memory_is_unmapped(const struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct value *fact = value_of(v, RECORD_FACT, "high_memory", "value");

	return map && !map->absent && map->has_populated && fact && fact->is_number &&
	       is_arch(v, "x86_64 arm64 riscv64 ppc64") &&
	       fact->number > map->populated_end + 1;
}

bool ends_with_memory(const struct verification *v, const char *region)
{
	const struct region *r = layout_region(v->layout, region);

	return r && !r->absent && !r->has_populated && r->note &&
	       !strncmp(r->note, "to the end of memory", strlen("to the end of memory"));
}

static bool is_set(const struct verification *v, const char *option)
{
	const struct fact *f = layout_config(v->layout, option);

	return f && f->value && !strcmp(f->value, "y");
}

bool end_could_be_known(const struct verification *v)
{
	return is_set(v, "CONFIG_KALLSYMS_ALL") && is_set(v, "CONFIG_KPROBES");
}

struct known limit_of_memory(const struct verification *v, struct known last)
{
	const struct value *fact = value_of(v, RECORD_FACT, "high_memory", "value");
	bool is_less = release_number(v->layout->release) >= 6011 && fact && fact->is_number &&
		       fact->number <= last.number;

	return last.kind == NUMBER && (high_memory_is_unmapped(v) || is_less) ?
	       from_there(last, 0) : last;
}

void expect_high_memory(struct verification *v, struct known end)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct value *fact = value_of(v, RECORD_FACT, "high_memory", "value");
	uint64_t device = device_memory_last(v);

	/* 5.10 moves it over device memory, too, on x86; powerpc still does. */
	if (device && fact && fact->is_number && fact->number == device + 1 &&
	    is_arch(v, "x86_64 ppc64"))
		end = leaning(number(device + 1, "device memory ends there"));
	if (end.kind == NUMBER && high_memory_is_unmapped(v))
		end = up_to_there(end, v->layout->max_addr);
	else if (end.kind == NUMBER && memory_was_added(v))
		end = from_there(end, map->start);
	expect(v, RECORD_FACT, "high_memory", "value", end);
}

static bool is_in(const struct verification *v, const char *region,
		  uint64_t addr)
{
	const struct region *r = layout_region(v->layout, region);

	return r && !r->absent && addr >= r->start && addr <= r->end;
}

void expect_modules(struct verification *v, struct known low, struct known high)
{
	const struct known in_vmalloc = unknown("modules are in vmalloc");
	bool may_be = is_arch(v, "arm arm64");

	/* Each is a range, of which one end is the address of a module. */
	if (may_be && low.kind == RANGE && is_in(v, "vmalloc", low.high))
		low = in_vmalloc;
	if (may_be && high.kind == RANGE && is_in(v, "vmalloc", high.number))
		high = in_vmalloc;
	expect(v, RECORD_REGION, "modules", "start", low);
	expect(v, RECORD_REGION, "modules", "end", high);
}

/*
 * Before 6.10 the ranges for when the first is full are not published: on arm64
 * what is within 2 GiB, on ARM vmalloc.
 */
bool may_be_code(const struct verification *v, uint64_t addr)
{
	const struct region *text = layout_region(v->layout, "execmem_text");
	const struct region *fallback = layout_region(v->layout, "execmem_text_fallback");

	if (is_in(v, "execmem_text", addr) || is_in(v, "execmem_text_fallback", addr))
		return true;
	if (fallback && !fallback->absent)
		return false;
	return is_arch(v, "arm64") ? addr >= text->start && addr - text->start < UINT64_C(1) << 31 :
	       is_arch(v, "arm") && is_in(v, "vmalloc", addr);
}
