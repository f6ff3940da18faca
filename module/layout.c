// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pure operations on a layout.  No kernel call beyond snprintf(), so that the
 * host's tests compile this very file.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "layout.h"

/*
 * All names, one behind the other: a table of pointers would be as large.  A
 * module has none but empty names for what other architectures alone have.
 */
#define NAME(id, name)		name "\0"
#define NO_NAME(id, name)	"\0"
#if defined(CONFIG_FLATMEM) || !defined(__KERNEL__)
#define FLATMEM_NAME	NAME
#else
#define FLATMEM_NAME	NO_NAME
#endif
#if !defined(CONFIG_64BIT) || !defined(__KERNEL__)
#define NAME_32BIT	NAME
#else
#define NAME_32BIT	NO_NAME
#endif
#if defined(CONFIG_X86_64) || defined(CONFIG_S390) || !defined(__KERNEL__)
#define KMSAN_NAME	NAME
#else
#define KMSAN_NAME	NO_NAME
#endif
#if defined(CONFIG_X86) || !defined(__KERNEL__)
#define X86_NAME	NAME
#else
#define X86_NAME	NO_NAME
#endif
#if !defined(CONFIG_X86) || !defined(__KERNEL__)
#define SHARED_NAME	NAME
#else
#define SHARED_NAME	NO_NAME
#endif
#if defined(CONFIG_ARM) || defined(CONFIG_ARM64) || !defined(__KERNEL__)
#define ARM_NAME	NAME
#else
#define ARM_NAME	NO_NAME
#endif
#if defined(CONFIG_LOONGARCH) || !defined(__KERNEL__)
#define LOONGARCH_NAME	NAME
#else
#define LOONGARCH_NAME	NO_NAME
#endif
#if defined(CONFIG_MIPS) || !defined(__KERNEL__)
#define MIPS_NAME	NAME
#else
#define MIPS_NAME	NO_NAME
#endif
#if defined(CONFIG_PPC) || !defined(__KERNEL__)
#define POWERPC_NAME	NAME
#else
#define POWERPC_NAME	NO_NAME
#endif
#if defined(CONFIG_S390) || !defined(__KERNEL__)
#define S390_NAME	NAME
#else
#define S390_NAME	NO_NAME
#endif

const char kvas_area_names[] =
	KVAS_COMMON_REGIONS(NAME)
	KVAS_FLATMEM_REGIONS(FLATMEM_NAME)
	KVAS_32BIT_REGIONS(NAME_32BIT)
	KVAS_KMSAN_REGIONS(KMSAN_NAME)
	KVAS_X86_REGIONS(X86_NAME)
	KVAS_SHARED_REGIONS(SHARED_NAME)
	KVAS_ARM_REGIONS(ARM_NAME)
	KVAS_LOONGARCH_REGIONS(LOONGARCH_NAME)
	KVAS_MIPS_REGIONS(MIPS_NAME)
	KVAS_POWERPC_REGIONS(POWERPC_NAME)
	KVAS_S390_REGIONS(S390_NAME)
	KVAS_SECTIONS(NAME);

const char kvas_route_names[] = KVAS_ROUTES(NAME);

/* In the order of enum kvas_unit. */
const char kvas_unit_names[] =
	"bytes\0" "bits\0" "levels\0" "count\0" "address\0" "offset\0" "bool\0" "text";

/**
 * kvas_nth_name() - a name of a list
 * @names:	names, each with a NUL behind it
 * @n:		which, from 0
 *
 * Return: the word of kvas_format.h.
 */
const char *kvas_nth_name(const char *names, unsigned int n)
{
	while (n--)
		names += strlen(names) + 1;
	return names;
}

static bool is_before(const struct kvas_area *a, const struct kvas_area *b)
{
	if (!a->absent != !b->absent)
		return !a->absent;
	if (a->absent)
		return false;
	if (a->start.addr != b->start.addr)
		return a->start.addr < b->start.addr;
	return a->end.addr > b->end.addr;
}

/**
 * kvas_layout_add() - add an area at its place
 * @l:		the layout
 * @area:	what to add; copied
 *
 * Present areas stand first, sorted by start and the outer before the inner;
 * of two areas with the same range the one added first is the outer one.
 * Absent areas follow in the order in which they were added.  A range that
 * ends before it starts is added as absent, and says so.
 *
 * Return: the copy, for the caller to complete before the next addition moves
 * it; never NULL.  What no longer fits is not shown.
 */
struct kvas_area *kvas_layout_add(struct kvas_layout *l,
				  const struct kvas_area *area)
{
	struct kvas_area added = *area;
	struct kvas_area *at = l->areas + l->n_areas;

	added.parent = KVAS_NO_AREA;
	if (!added.absent && added.start.addr > added.end.addr)
		added.absent = "the kernel's bounds for it are reversed";
	if (l->n_areas == KVAS_N_AREAS) {
		*at = added;
		return at;
	}

	for (; at > l->areas && is_before(&added, at - 1); at--)
		*at = at[-1];
	*at = added;
	l->n_areas++;
	return at;
}

/**
 * kvas_layout_add_absent() - say that this kernel lacks an area
 * @l:		the layout
 * @id:		the area
 * @why:	the reason, a static string
 */
void kvas_layout_add_absent(struct kvas_layout *l, enum kvas_area_id id,
			    const char *why)
{
	kvas_layout_add(l, &(struct kvas_area) { .id = id, .absent = why });
}

/**
 * kvas_layout_add_bounds() - add an area of which no more is known than its ends
 * @l:		the layout
 * @id:		which area
 * @start:	first byte
 * @end:	last byte
 *
 * Return: as kvas_layout_add().
 */
struct kvas_area *kvas_layout_add_bounds(struct kvas_layout *l,
					 enum kvas_area_id id,
					 const struct kvas_bound *start,
					 const struct kvas_bound *end)
{
	return kvas_layout_add(l, &(struct kvas_area) {
		.id = id,
		.start = *start,
		.end = *end,
	});
}

/**
 * kvas_layout_add_fact() - add a fact
 * @l:		the layout
 * @name:	of the fact
 * @unit:	of @value
 * @value:	the value; signed if @unit is an offset
 * @source:	as the kernel spells it
 * @route:	how it was had
 *
 * Return: the fact, for the caller to complete; never NULL.
 */
struct kvas_fact *
kvas_layout_add_fact(struct kvas_layout *l, const char *name,
		     enum kvas_unit unit, unsigned long long value,
		     const char *source, enum kvas_route route)
{
	struct kvas_fact *fact = l->facts + l->n_facts;

	*fact = (struct kvas_fact) {
		.name = name,
		.unit = unit,
		.value = value,
		.source = source,
		.route = route,
	};
	if (l->n_facts < KVAS_MAX_FACTS)
		l->n_facts++;
	return fact;
}

/**
 * kvas_layout_nest() - set each area's parent
 * @l:	the layout, all areas added
 *
 * The parent is the smallest area that encloses the whole range.  An area
 * that merely overlaps another is nested in neither.
 */
void kvas_layout_nest(struct kvas_layout *l)
{
	struct kvas_area *area, *outer;

	for (area = l->areas; area < l->areas + l->n_areas; area++) {
		if (area->absent)
			break;
		for (outer = area; outer-- > l->areas; ) {
			if (outer->end.addr < area->end.addr)
				continue;
			/* Sorted, so it starts no later: it encloses. */
			area->parent = outer->id;
			break;
		}
	}
}

/**
 * kvas_layout_get() - look an area up by its identity
 * @l:	the layout
 * @id:	which
 *
 * Return: the area if it is present, else NULL.
 */
const struct kvas_area *kvas_layout_get(const struct kvas_layout *l,
					enum kvas_area_id id)
{
	const struct kvas_area *area;

	for (area = l->areas; area < l->areas + l->n_areas; area++) {
		if (area->id == id)
			return area->absent ? NULL : area;
	}
	return NULL;
}

/**
 * kvas_size_text() - print the exact size of an inclusive range
 * @buf:	where to
 * @size:	of @buf, in bytes; 24 suffice for any range
 * @start:	first byte
 * @end:	last byte
 *
 * The largest of K M G T P E that divides the size shortens it.  Written with
 * care for the whole address space, whose size no unsigned long holds.
 *
 * Return: as snprintf().
 */
unsigned int kvas_size_text(char *buf, size_t size, unsigned long start,
			    unsigned long end)
{
	static const char units[] = "\0KMGTPE";
	unsigned long last = end - start;	/* the size is last + 1 */
	unsigned int unit = 0;

	while (unit < sizeof(units) - 2 && (last & 1023) == 1023) {
		last >>= 10;
		unit++;
	}
	return snprintf(buf, size, unit ? "%lu%c" : "%lu", last + 1, units[unit]);
}
