/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture provides, and the forms of the rows in its tables.
 *
 * A new architecture is one file here, which defines kvas_arch, and one line
 * in Kbuild.  Spell each region in the kernel's own macros:
 *
 *	const struct kvas_row rows[] = {
 *		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
 *		REGION_IF(CONFIG_EFI, EFI_RUNTIME, EFI_VA_END, EFI_VA_START, MACRO),
 *		NO_REGION(PKMAP, "no highmem on a 64-bit kernel"),
 *	};
 *
 * The spelling becomes the source of the bound, so it cannot be out of date.
 */
#ifndef KVAS_ARCH_H
#define KVAS_ARCH_H

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "../compat.h"
#include "../config.h"
#include "../image.h"
#include "../layout.h"
#include "../memory.h"
#include "../stacks.h"
#include "../symbols.h"

/**
 * struct kvas_arch - an architecture
 * @name:		as the record "kernel" has it
 * @is_generic:		it has no rules of its own: what has no rule is absent
 * @image_area:		the region around the kernel image, for objects of the
 *			image whose section is not known
 * @options:		its own options of the kernel's configuration
 * @init:		finds what does not change while the kernel runs, above
 *			all the parts of the image
 * @add_regions:	adds its tables of regions
 * @add_facts:		adds its tables of facts
 * @fill_in:		completes regions with what only the running kernel
 *			knows: the used part, the physical address; NULL if
 *			there is nothing
 * @image_va:		the virtual address of a physical address of the image;
 *			not called if @init asks for no resource
 * @image_phys:		the other way round; false for an address that is not in
 *			memory as the direct map shows it
 * @fixmap_slot:	the address of a fixmap slot that is in use, or 0; NULL if
 *			no slot is sure to be used: there is no such witness then
 * @stacks:		the stacks of its processors, up to a row without a kind; NULL if
 *			there are no rules
 * @find_module_range:	before 6.10: where modules may be allocated; NULL if no
 *			variable tells
 */
struct kvas_arch {
	const char *name;
	bool is_generic;
	enum kvas_area_id image_area;
	const struct kvas_option *options;
	void (*init)(void);
	void (*add_regions)(struct kvas_layout *l, const struct kvas_memory *memory);
	void (*add_facts)(struct kvas_layout *l, const struct kvas_memory *memory);
	void (*fill_in)(struct kvas_layout *l, const struct kvas_memory *memory);
	unsigned long (*image_va)(resource_size_t phys);
	bool (*image_phys)(unsigned long addr, unsigned long long *phys);
	unsigned long (*fixmap_slot)(const char **source);
	struct kvas_stack *stacks;
	void (*find_module_range)(struct kvas_row *row);
};

extern const struct kvas_arch kvas_arch;

/* common.c */
void kvas_layout_take(struct kvas_layout *l, struct kvas_memory *memory);
void kvas_set_populated(struct kvas_layout *l, enum kvas_area_id id, unsigned long start,
			const struct kvas_bound *end);
void kvas_set_populated_from_first(struct kvas_layout *l, const struct kvas_memory *memory);
void kvas_set_phys(struct kvas_layout *l, enum kvas_area_id id, unsigned long long phys);
void kvas_set_note(struct kvas_layout *l, enum kvas_area_id id, const char *note);
unsigned long kvas_readable_address(unsigned long addr);
struct kvas_fact kvas_image_offset(const struct kvas_image *image, unsigned long linked,
				   const char *source);

/*
 * An expression that the compiler can fold is a constant of the headers.  Any
 * other one depends on what the row's route says, such as an exported variable.
 */
#define KVAS_ROUTE_OF(expression, route)				\
	(__builtin_constant_p(expression) ? KVAS_ROUTE_MACRO : (route))

#define KVAS_EXPRESSION(expression, text, route)			\
	{ (unsigned long)(expression), text, NULL, KVAS_ROUTE_OF(expression, route) }

#define KVAS_END(expression, text, route)				\
	kvas_bound_at_end((unsigned long)(expression), text, text " - 1", \
			  KVAS_ROUTE_OF(expression, route))

/* KVAS_ROW_0 and KVAS_ROW_1: a region that this kernel lacks, or has. */
#define KVAS_ROW_0(area, why, ...)	{ .id = area, .absent = why }
#define KVAS_ROW_1(area, why, first, first_text, stop, stop_text, how, ...) \
	{ .id = area,							\
	  .start = KVAS_EXPRESSION(first, first_text, how),		\
	  .end = KVAS_END(stop, stop_text, how), ##__VA_ARGS__ }

/*
 * The forms of a row.  @first is the first byte; @stop the address after the
 * last byte, or an END macro, whichever of the two it means; @how a word of
 * KVAS_ROUTES.  More fields of struct kvas_row may follow.
 */
#define REGION(area, first, stop, how, ...)				\
	KVAS_ROW_1(KVAS_##area, NULL, first, #first, stop, #stop,		\
		   KVAS_ROUTE_##how, ##__VA_ARGS__)

/* A region that ends at a bound which only the running kernel knows. */
#define REGION_UP_TO(area, first, last, how, ...)			\
	{ .id = KVAS_##area,						\
	  .start = KVAS_EXPRESSION(first, #first, KVAS_ROUTE_##how),	\
	  .end = last, ##__VA_ARGS__ }

/* For a row's field .absent: the reason in kernels without an option. */
#define UNLESS(option)	(IS_BUILTIN(option) ? NULL : #option " is not set")

/* A region of kernels with an option. */
#define REGION_IF(option, area, first, stop, how, ...)			\
	CONCATENATE(KVAS_ROW_, IS_BUILTIN(option))(KVAS_##area, #option " is not set", \
		first, #first, stop, #stop, KVAS_ROUTE_##how, ##__VA_ARGS__)

/* A region of kernels of which a KVAS_HAS_ macro is 1. */
#define REGION_WITH(has, why, area, first, stop, how, ...)		\
	CONCATENATE(KVAS_ROW_, has)(KVAS_##area, why, first, #first, stop, #stop, \
				    KVAS_ROUTE_##how, ##__VA_ARGS__)

/* A region that this kernel does not have. */
#define NO_REGION(area, why)	{ .id = KVAS_##area, .absent = why }

/* The forms of a fact's row; @measure is the unit. */
#define KVAS_FACT_0(what, why, ...)	{ .name = what, .absent = why }
#define KVAS_FACT_1(what, why, expression, text_, measure, how)		\
	{ .name = what, .unit = measure, .value = (unsigned long long)(expression), \
	  .source = text_, .route = KVAS_ROUTE_OF(expression, how) }

#define FACT(name, measure, expression, how)				\
	KVAS_FACT_1(name, NULL, expression, #expression, KVAS_UNIT_##measure, \
		    KVAS_ROUTE_##how)

#define FACT_IF(option, name, measure, expression, how)			\
	CONCATENATE(KVAS_FACT_, IS_BUILTIN(option))(name, #option " is not set", \
		expression, #expression, KVAS_UNIT_##measure, KVAS_ROUTE_##how)

#define KVAS_TEXT_FACT(what, word, from, how)				\
	{ .name = what, .unit = KVAS_UNIT_TEXT, .text = word, .source = from, \
	  .route = KVAS_ROUTE_##how }

/*
 * The forms of a row of stacks.  @name is the variable that tells, which is not
 * exported, or @object one that is exported.
 */
#define STACK_PER_CPU(what, bytes, tells, name, ...)			\
	{ .kind = what, .size = bytes, .variable = KVAS_PER_CPU, .symbol = name, \
	  .place = KVAS_STACK_##tells, ##__VA_ARGS__ }
#define STACK_PER_CPU_IN(what, bytes, tells, object, where, ...)	\
	{ .kind = what, .size = bytes, .variable = KVAS_PER_CPU, \
	  .base = (unsigned long)&(object), .offset = where, \
	  .place = KVAS_STACK_##tells, ##__VA_ARGS__ }
#define STACK_IN_ARRAY(what, bytes, tells, name, ...)			\
	{ .kind = what, .size = bytes, .variable = KVAS_IN_ARRAY, .symbol = name, \
	  .stride = sizeof(void *), .place = KVAS_STACK_##tells, ##__VA_ARGS__ }
#define STACK_BY_POINTER(what, bytes, array, where, ...)		\
	{ .kind = what, .size = bytes, .variable = KVAS_BY_POINTER, \
	  .base = (unsigned long)(array), .offset = where, \
	  .place = KVAS_STACK_BEFORE, ##__VA_ARGS__ }
#define NO_STACK(what, why)	{ .kind = what, .absent = why }
/* For the field .absent: the stack is there, and nothing takes it. */
#define UNLESS_SOFTIRQS_ARE_THREADS					\
	(IS_BUILTIN(CONFIG_PREEMPT_RT) ? "CONFIG_PREEMPT_RT is set: threads run softirqs" : NULL)

#define ADD_REGIONS(l, rows)	kvas_layout_add_rows(l, rows, ARRAY_SIZE(rows))
#define ADD_FACTS(l, facts)	kvas_layout_add_facts(l, facts, ARRAY_SIZE(facts))

/* Rows that architectures share. */
#define ROW_KASAN_SHADOW(how, ...)					\
	REGION_WITH(KVAS_HAS_KASAN_SHADOW, KVAS_NO_KASAN_SHADOW, KASAN_SHADOW, \
		    KASAN_SHADOW_START, KASAN_SHADOW_END, how, ##__VA_ARGS__)
#define ROW_NO_HIGHMEM_ON_64_BITS					\
	NO_REGION(PKMAP, "no highmem on a 64-bit kernel")

/* Why a window's end is not known. */
#define KVAS_NOTE_ROOM_UNKNOWN						\
	"to the end of memory; how much room is after it is not known"
#define KVAS_NOTE_WINDOW						\
	"a window of the processor; populated to the highest memory, with holes"
#define KVAS_NOTE_HOLES							\
	"populated from the lowest memory to the highest, with holes"

/* highmem.c, for kernels of 32 bits */
void kvas_add_lowmem(struct kvas_layout *l, const struct kvas_memory *memory);
void kvas_add_highmem(struct kvas_layout *l);
struct kvas_fact kvas_highmem_fact(void);

#endif /* KVAS_ARCH_H */
