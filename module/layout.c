// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pure operations on a layout.  They call nothing of the kernel but
 * snprintf(), so the tests on the host compile this file, too.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <limits.h>
#include <stdio.h>
#include <string.h>
#endif

#include "layout.h"

#define X(id, name) [KVAS_##id] = name,
const char * const kvas_area_names[KVAS_N_AREAS] = {
	KVAS_REGIONS(X)
	KVAS_SECTIONS(X)
};
#undef X

#define X(id, name) [KVAS_ROUTE_##id] = name,
const char * const kvas_route_names[KVAS_N_ROUTES] = {
	KVAS_ROUTES(X)
};
#undef X

const char * const kvas_unit_names[KVAS_N_UNITS] = {
	[KVAS_UNIT_BYTES] = "bytes",
	[KVAS_UNIT_BITS] = "bits",
	[KVAS_UNIT_LEVELS] = "levels",
	[KVAS_UNIT_COUNT] = "count",
	[KVAS_UNIT_ADDRESS] = "address",
	[KVAS_UNIT_OFFSET] = "offset",
	[KVAS_UNIT_BOOL] = "bool",
	[KVAS_UNIT_TEXT] = "text",
};

/* The first reason for which a range is not known, or NULL. */
static const char *why_absent(const struct kvas_row *row)
{
	if (row->absent)
		return row->absent;
	return row->start.absent ? row->start.absent : row->end.absent;
}

/**
 * kvas_layout_add() - add an area
 * @l:		the layout
 * @area:	what to add; copied
 *
 * An area is added once.  It is absent if one of its bounds is.
 */
void kvas_layout_add(struct kvas_layout *l, const struct kvas_area *area)
{
	struct kvas_area *added = l->areas + l->n_areas;

	if (l->n_areas == KVAS_N_AREAS) {
		l->is_full = true;
		return;
	}
	*added = *area;
	added->row.absent = why_absent(&area->row);
	added->parent = KVAS_NO_AREA;
	l->n_areas++;
}

/**
 * kvas_layout_add_rows() - add the regions of a table
 * @l:		the layout
 * @rows:	the table
 * @n_rows:	how many rows it has
 */
void kvas_layout_add_rows(struct kvas_layout *l, const struct kvas_row *rows,
			  unsigned int n_rows)
{
	const struct kvas_row *row;

	for (row = rows; row < rows + n_rows; row++)
		kvas_layout_add(l, &(struct kvas_area) { .row = *row });
}

/**
 * kvas_layout_add_facts() - add the facts of a table
 * @l:		the layout
 * @facts:	the table
 * @n_facts:	how many rows it has
 */
void kvas_layout_add_facts(struct kvas_layout *l, const struct kvas_fact *facts,
			   unsigned int n_facts)
{
	const struct kvas_fact *fact;

	for (fact = facts; fact < facts + n_facts; fact++) {
		if (l->n_facts == KVAS_MAX_FACTS) {
			l->is_full = true;
			return;
		}
		l->facts[l->n_facts++] = *fact;
	}
}

/**
 * kvas_layout_add_split() - add the ratio of user to kernel addresses
 * @l:			the layout
 * @user_last:		last byte of the user half, which starts at 0
 * @kernel_first:	first byte of the kernel half, which ends with all addresses
 * @source:		what decides it, as the kernel spells it
 * @route:		how it was obtained
 */
void kvas_layout_add_split(struct kvas_layout *l, unsigned long user_last,
			   unsigned long kernel_first, const char *source,
			   enum kvas_route route)
{
	int length = kvas_size_text(l->split, sizeof(l->split) / 2, 0, user_last);
	const struct kvas_fact split = {
		.name = "user_kernel_split",
		.unit = KVAS_UNIT_TEXT,
		.text = l->split,
		.source = source,
		.route = route,
	};

	l->split[length++] = ':';
	kvas_size_text(l->split + length, sizeof(l->split) - length, kernel_first, ULONG_MAX);
	kvas_layout_add_facts(l, &split, 1);
}

/**
 * kvas_layout_get() - look an area up by its identity
 * @l:	the layout
 * @id:	which
 *
 * Return: the area if it is present, else NULL.
 */
struct kvas_area *kvas_layout_get(struct kvas_layout *l, enum kvas_area_id id)
{
	struct kvas_area *area;

	for (area = l->areas; area < l->areas + l->n_areas; area++) {
		if (area->row.id == id)
			return area->row.absent ? NULL : area;
	}
	return NULL;
}

static bool is_before(const struct kvas_area *a, const struct kvas_area *b)
{
	if (!a->row.absent != !b->row.absent)
		return !a->row.absent;
	if (a->row.absent)
		return false;
	if (a->row.start.addr != b->row.start.addr)
		return a->row.start.addr < b->row.start.addr;
	return a->row.end.addr > b->row.end.addr;
}

static void sort(struct kvas_layout *l)
{
	struct kvas_area *next, *at;

	for (next = l->areas; next < l->areas + l->n_areas; next++) {
		const struct kvas_area moved = *next;

		for (at = next; at > l->areas && is_before(&moved, at - 1); at--)
			*at = at[-1];
		*at = moved;
	}
}

/*
 * Ranges from which the kernel allocates memory for code overlap regions and
 * one another (on arm64 two of them are all of vmalloc, and one has the image
 * in it): they are limits of allocators, and nothing lies in them.
 */
static bool is_limit(enum kvas_area_id id)
{
	return id >= KVAS_EXECMEM_TEXT && id <= KVAS_EXECMEM_DATA;
}

/*
 * The parent is the last area before it that encloses the whole range: of
 * nested areas that is the smallest.  An area that merely overlaps another one
 * is not nested in it.
 */
static void nest(struct kvas_layout *l)
{
	struct kvas_area *area, *outer;

	for (area = l->areas; area < l->areas + l->n_areas && !area->row.absent; area++) {
		for (outer = area; outer-- > l->areas; ) {
			/* Sorted, so it does not start after the area. */
			if (outer->row.end.addr >= area->row.end.addr &&
			    !is_limit(outer->row.id)) {
				area->parent = outer->row.id;
				break;
			}
		}
	}
}

/**
 * kvas_layout_finish() - sort the areas and set their parents
 * @l:	the layout, all areas added
 *
 * Present areas come first, sorted by start, an outer one before the inner
 * ones; of two areas with the same range the one that was added first is the
 * outer one.  Absent areas follow in the order in which they were added.  A
 * range that ends before it starts becomes absent.
 */
void kvas_layout_finish(struct kvas_layout *l)
{
	struct kvas_area *area;

	for (area = l->areas; area < l->areas + l->n_areas; area++) {
		if (!area->row.absent && area->row.start.addr > area->row.end.addr)
			area->row.absent = "the kernel's bounds for it are reversed";
	}
	sort(l);
	nest(l);
}

/**
 * kvas_layout_find() - find the area that an address lies in
 * @l:		the layout, finished
 * @addr:	the address
 *
 * Return: the innermost area around @addr; NULL if there is none.
 */
const struct kvas_area *kvas_layout_find(const struct kvas_layout *l, unsigned long addr)
{
	const struct kvas_area *area = l->areas + l->n_areas;

	/* Sorted: of all areas around it, the last one starts last. */
	while (area-- > l->areas) {
		if (!area->row.absent && !is_limit(area->row.id) &&
		    area->row.start.addr <= addr && addr <= area->row.end.addr)
			return area;
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
 * The largest of K M G T P E that divides the size shortens it.  The whole
 * address space has a size that no unsigned long can hold, so this computes
 * with the size less one.
 *
 * Return: as snprintf().
 */
int kvas_size_text(char *buf, size_t size, unsigned long start, unsigned long end)
{
	static const char units[] = "KMGTPE";
	unsigned long last = end - start;
	const char *unit = units;

	while (*unit && (last & 1023) == 1023) {
		last >>= 10;
		unit++;
	}
	if (unit == units)
		return snprintf(buf, size, "%lu", last + 1);
	return snprintf(buf, size, "%lu%c", last + 1, unit[-1]);
}
