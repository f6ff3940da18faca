/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A layout: which areas of the virtual address space there are, and what is
 * known of each.  Pure data and pure functions, compiled into the module, its
 * KUnit suites and the host's tests alike.
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

/* Every region, then every section; the spelling is kvas_format.h's. */
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
};

/* The unit of a fact's value, and thereby how it is printed. */
enum kvas_unit {
	KVAS_UNIT_BYTES,	/* decimal */
	KVAS_UNIT_BITS,		/* decimal */
	KVAS_UNIT_LEVELS,	/* decimal */
	KVAS_UNIT_COUNT,	/* decimal */
	KVAS_UNIT_ADDRESS,	/* 0x and all digits */
	KVAS_UNIT_OFFSET,	/* signed, 0x... or -0x... */
	KVAS_UNIT_BOOL,		/* y or n */
	KVAS_UNIT_TEXT,		/* printed as it is */
};

/* The words for each enum above, by its numbers. */
extern const char kvas_area_names[], kvas_route_names[], kvas_unit_names[];
const char *kvas_nth_name(const char *names, unsigned int n);

/* One end of a range, always a byte that belongs to it. */
struct kvas_bound {
	unsigned long addr;
	const char *source;		/* as the kernel spells it */
	enum kvas_route route;
};

/**
 * struct kvas_area - a region or a section of the kernel image
 * @id:			which one
 * @absent:		why it is not there, or NULL
 * @start:		first byte
 * @end:		last byte
 * @has_populated:	@populated_start and @populated_end are known
 * @populated_start:	first byte in use
 * @populated_end:	last byte in use, with source and route of both
 * @has_phys:		@phys is known
 * @phys:		physical address of @start
 * @note:		a fact that the range alone does not tell, or NULL
 * @parent:		smallest area around this one; set by kvas_layout_nest()
 */
struct kvas_area {
	enum kvas_area_id id;
	const char *absent;
	struct kvas_bound start;
	struct kvas_bound end;
	bool has_populated;
	unsigned long populated_start;
	struct kvas_bound populated_end;
	bool has_phys;
	unsigned long long phys;
	const char *note;
	enum kvas_area_id parent;
};

struct kvas_fact {
	const char *name;
	const char *absent;
	unsigned long long value;
	char text[48];	/* two sizes */
	enum kvas_unit unit;
	const char *source;
	enum kvas_route route;
};

#define KVAS_MAX_FACTS	32

/* The last entry of each array takes what does not fit, and is not shown. */
struct kvas_layout {
	unsigned int n_areas;
	unsigned int n_facts;
	struct kvas_area areas[KVAS_N_AREAS + 1];
	struct kvas_fact facts[KVAS_MAX_FACTS + 1];
};

struct kvas_area *kvas_layout_add(struct kvas_layout *l,
				  const struct kvas_area *area);
void kvas_layout_add_absent(struct kvas_layout *l, enum kvas_area_id id,
			    const char *why);
struct kvas_area *kvas_layout_add_bounds(struct kvas_layout *l,
					 enum kvas_area_id id,
					 const struct kvas_bound *start,
					 const struct kvas_bound *end);
struct kvas_fact *
kvas_layout_add_fact(struct kvas_layout *l, const char *name,
		     enum kvas_unit unit, unsigned long long value,
		     const char *source, enum kvas_route route);
void kvas_layout_nest(struct kvas_layout *l);
const struct kvas_area *kvas_layout_get(const struct kvas_layout *l,
					enum kvas_area_id id);
unsigned int kvas_size_text(char *buf, size_t size, unsigned long start,
			    unsigned long end);

/*
 * The same without a variable for each end.  Not a function of so many
 * arguments: pushing them costs more than the bounds do.
 */
static __always_inline struct kvas_area *
kvas_layout_add_range(struct kvas_layout *l, enum kvas_area_id id,
		      unsigned long start, const char *start_source,
		      enum kvas_route start_route, unsigned long end,
		      const char *end_source, enum kvas_route end_route)
{
	const struct kvas_bound first = { start, start_source, start_route };
	const struct kvas_bound last = { end, end_source, end_route };

	return kvas_layout_add_bounds(l, id, &first, &last);
}

/*
 * An expression is published as it is spelled; # must meet the argument
 * itself, or the macros in it would be expanded first.  One that the compiler
 * can fold is a constant of the headers; else it hangs on ROUTE, say an
 * exported variable behind the macro.
 */
#define KVAS_ROUTE_OF(expr, route_)					\
	(__builtin_constant_p(expr) ? KVAS_ROUTE_MACRO : KVAS_ROUTE_##route_)

/* A range whose ends are both spelled by the kernel; both inclusive. */
#define KVAS_RANGE(l, id_, first, last, route_)				\
	kvas_layout_add_range(l, KVAS_##id_,				\
		(unsigned long)(first), #first, KVAS_ROUTE_OF(first, route_), \
		(unsigned long)(last), #last, KVAS_ROUTE_OF(last, route_))

#define KVAS_FACT(l, name, unit_, expr, route_)				\
	kvas_layout_add_fact(l, name, KVAS_UNIT_##unit_,		\
			     (unsigned long long)(expr), #expr,		\
			     KVAS_ROUTE_OF(expr, route_))

#endif /* KVAS_LAYOUT_H */
