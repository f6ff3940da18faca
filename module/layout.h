/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A layout: the areas of the virtual address space, and the facts that they
 * depend on.  Pure data and pure functions: the module, its KUnit suites and
 * the tests on the host compile the same file.
 */
#ifndef KVAS_LAYOUT_H
#define KVAS_LAYOUT_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#endif

#include "kvas_format.h"

/* Every region, then every section. */
enum kvas_area_id {
#define X(id, name) KVAS_##id,
	KVAS_REGIONS(X)
	KVAS_SECTIONS(X)
#undef X
	KVAS_N_AREAS,
	KVAS_FIRST_SECTION = KVAS_TEXT,
	KVAS_NO_AREA = KVAS_N_AREAS,
};

enum kvas_route {
#define X(id, name) KVAS_ROUTE_##id,
	KVAS_ROUTES(X)
#undef X
	KVAS_N_ROUTES,
};

/* The unit of a fact's value decides how the value is printed. */
enum kvas_unit {
	KVAS_UNIT_BYTES,	/* decimal */
	KVAS_UNIT_BITS,		/* decimal */
	KVAS_UNIT_LEVELS,	/* decimal */
	KVAS_UNIT_COUNT,	/* decimal */
	KVAS_UNIT_ADDRESS,	/* 0x and all digits */
	KVAS_UNIT_OFFSET,	/* signed, 0x... or -0x... */
	KVAS_UNIT_BOOL,		/* y or n */
	KVAS_UNIT_TEXT,		/* the text of the fact */
	KVAS_N_UNITS,
};

extern const char * const kvas_area_names[KVAS_N_AREAS];
extern const char * const kvas_route_names[KVAS_N_ROUTES];
extern const char * const kvas_unit_names[KVAS_N_UNITS];

/**
 * struct kvas_bound - one end of a range
 * @addr:	a byte that belongs to the range
 * @source:	the expression for it, as the kernel spells it
 * @absent:	why @addr is not known, or NULL
 * @route:	how @addr was obtained
 */
struct kvas_bound {
	unsigned long addr;
	const char *source;
	const char *absent;
	enum kvas_route route;
};

/**
 * struct kvas_row - a row of an architecture's table of regions
 * @id:		which region
 * @absent:	why this kernel does not have it, or NULL
 * @start:	first byte
 * @end:	last byte
 * @note:	something that the range alone does not tell, or NULL
 */
struct kvas_row {
	enum kvas_area_id id;
	const char *absent;
	struct kvas_bound start;
	struct kvas_bound end;
	const char *note;
};

/**
 * struct kvas_area - a region, or a section of the kernel image
 * @row:		its range
 * @has_populated:	whether the next two are known
 * @populated_start:	first byte in use
 * @populated_end:	last byte in use, with source and route of both
 * @has_phys:		whether @phys is known
 * @phys:		physical address of the first byte
 * @parent:		the smallest area around this one
 */
struct kvas_area {
	struct kvas_row row;
	bool has_populated;
	unsigned long populated_start;
	struct kvas_bound populated_end;
	bool has_phys;
	unsigned long long phys;
	enum kvas_area_id parent;
};

/**
 * struct kvas_fact - a number or a word that the layout depends on
 * @name:	which
 * @unit:	of @value
 * @absent:	why this kernel does not have it, or NULL
 * @value:	the value; signed if @unit is an offset
 * @text:	the value, if @unit is text
 * @source:	the expression for it, as the kernel spells it
 * @route:	how it was obtained
 */
struct kvas_fact {
	const char *name;
	enum kvas_unit unit;
	const char *absent;
	unsigned long long value;
	const char *text;
	const char *source;
	enum kvas_route route;
};

#define KVAS_MAX_FACTS		32
#define KVAS_SPLIT_SIZE		48	/* two sizes */

/**
 * struct kvas_layout - everything that is known of the address space
 * @n_areas:	how many areas there are
 * @n_facts:	how many facts there are
 * @is_full:	an area or a fact did not fit
 * @areas:	in the order of kvas_layout_finish()
 * @facts:	in the order in which they were added
 * @split:	the text of the fact user_kernel_split
 */
struct kvas_layout {
	unsigned int n_areas;
	unsigned int n_facts;
	bool is_full;
	struct kvas_area areas[KVAS_N_AREAS];
	struct kvas_fact facts[KVAS_MAX_FACTS];
	char split[KVAS_SPLIT_SIZE];
};

void kvas_layout_add(struct kvas_layout *l, const struct kvas_area *area);
void kvas_layout_add_rows(struct kvas_layout *l, const struct kvas_row *rows,
			  unsigned int n_rows);
void kvas_layout_add_facts(struct kvas_layout *l, const struct kvas_fact *facts,
			   unsigned int n_facts);
void kvas_layout_add_split(struct kvas_layout *l, unsigned long user_last,
			   unsigned long kernel_first, const char *source,
			   enum kvas_route route);
struct kvas_area *kvas_layout_get(struct kvas_layout *l, enum kvas_area_id id);
void kvas_layout_finish(struct kvas_layout *l);
const struct kvas_area *kvas_layout_find(const struct kvas_layout *l,
					 unsigned long addr);
int kvas_size_text(char *buf, size_t size, unsigned long start, unsigned long end);

/**
 * kvas_last_byte() - the last byte of a range whose END macro is known
 * @end:	the macro's value
 *
 * Most architectures define an END as the address after the range, some as the
 * last byte of it.  All ranges end at the end of a page, so an odd value is a
 * last byte.
 *
 * Return: the last byte.
 */
static inline unsigned long kvas_last_byte(unsigned long end)
{
	return end & 1 ? end : end - 1;
}

/**
 * kvas_bound_at_end() - the bound that an END macro of either kind describes
 * @end:		the macro's value
 * @inclusive:		the macro, as it is spelled
 * @exclusive:		the same, with " - 1" after it
 * @route:		how it was obtained
 *
 * Return: the last byte of the range.
 */
static inline struct kvas_bound
kvas_bound_at_end(unsigned long end, const char *inclusive, const char *exclusive,
		  enum kvas_route route)
{
	return (struct kvas_bound) {
		.addr = kvas_last_byte(end),
		.source = end & 1 ? inclusive : exclusive,
		.route = route,
	};
}

#endif /* KVAS_LAYOUT_H */
