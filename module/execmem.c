// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the kernel may allocate memory for code: modules, kprobes, ftrace,
 * BPF.  From 6.10 on one structure holds all ranges (mm/execmem.c); before,
 * each architecture had a variable for modules, or none.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "arch/arch.h"
#include "compat.h"
#include "kvas.h"
#include "symbols.h"

static const enum kvas_area_id areas[] = {
	KVAS_EXECMEM_TEXT, KVAS_EXECMEM_TEXT_FALLBACK, KVAS_EXECMEM_KPROBES,
	KVAS_EXECMEM_FTRACE, KVAS_EXECMEM_BPF, KVAS_EXECMEM_DATA,
};

/* Set once: the ranges do not change. */
static struct kvas_row ranges[ARRAY_SIZE(areas)];

static void __init set_absent(const char *why)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(areas); n++)
		ranges[n] = (struct kvas_row) { .id = areas[n], .absent = why };
}

#if KVAS_HAS_EXECMEM

/*
 * Two symbols have this name where the architecture keeps the structure in a
 * static variable: that one, and the pointer in mm/execmem.c.  kallsyms gives
 * either; their sizes tell them apart.
 */
static const char * __init read_info(struct execmem_info *info)
{
	struct kvas_symbol symbol = kvas_symbol("execmem_info", 0);
	unsigned long addr = symbol.addr;

	if (symbol.absent)
		return symbol.absent;
	if (symbol.size < sizeof(*info)) {
		if (!kvas_read(&addr, (const void *)symbol.addr, sizeof(addr)))
			return "execmem_info cannot be read";
		symbol = kvas_symbol_at(addr);
		if (symbol.absent || symbol.size < sizeof(*info))
			return "execmem_info points to no structure of its kind";
	}
	return kvas_read(info, (const void *)addr, sizeof(*info)) ? NULL :
		"execmem_info cannot be read";
}

static bool __init is_same(const struct execmem_range *a, const struct execmem_range *b)
{
	return a->start == b->start && a->end == b->end;
}

static void __init set_range(enum kvas_area_id id, unsigned long start, unsigned long end,
			     const char *start_source, const char *end_source)
{
	struct kvas_row *row = ranges + (id - KVAS_EXECMEM_TEXT);
	const char *absent = NULL;

	if (!start || start == end)
		absent = "execmem_info has no range for it";
	else if (start > end || !PAGE_ALIGNED(start))
		absent = "execmem_info has no plausible range for it";
	*row = (struct kvas_row) {
		.id = id,
		.absent = absent,
		.start = { start, start_source, NULL, KVAS_ROUTE_KPROBE },
		.end = { kvas_last_byte(end), end_source, NULL, KVAS_ROUTE_KPROBE },
	};
}

#define SET_RANGE(info, id, type, first, stop)				\
	set_range(KVAS_##id, (info)->ranges[type].first, (info)->ranges[type].stop, \
		  "execmem_info.ranges[" #type "]." #first,		\
		  "execmem_info.ranges[" #type "]." #stop " - 1")

/* A range that does not differ from that for text is not published twice. */
#define SET_OTHER_RANGE(info, id, type)					\
	do {								\
		if (is_same((info)->ranges + (type),			\
			    (info)->ranges + EXECMEM_MODULE_TEXT))	\
			ranges[KVAS_##id - KVAS_EXECMEM_TEXT].absent =	\
				"the same range as execmem_text";	\
		else							\
			SET_RANGE(info, id, type, start, end);		\
	} while (0)

static void __init find_ranges(void)
{
	static struct execmem_info info __initdata;
	const char *why = read_info(&info);

	set_absent(why);
	if (why)
		return;
	SET_RANGE(&info, EXECMEM_TEXT, EXECMEM_MODULE_TEXT, start, end);
	SET_RANGE(&info, EXECMEM_TEXT_FALLBACK, EXECMEM_MODULE_TEXT, fallback_start,
		  fallback_end);
	SET_OTHER_RANGE(&info, EXECMEM_KPROBES, EXECMEM_KPROBES);
	SET_OTHER_RANGE(&info, EXECMEM_FTRACE, EXECMEM_FTRACE);
	SET_OTHER_RANGE(&info, EXECMEM_BPF, EXECMEM_BPF);
	SET_OTHER_RANGE(&info, EXECMEM_DATA, EXECMEM_MODULE_DATA);
}

#else

static void __init find_ranges(void)
{
	set_absent("no variable keeps it before 6.10");
	ranges[0] = (struct kvas_row) { .id = KVAS_EXECMEM_TEXT };
	if (kvas_arch.find_module_range)
		kvas_arch.find_module_range(&ranges[0]);
	else
		ranges[0].absent = "kept in no variable before 6.10";
}

#endif

/**
 * kvas_execmem_init() - find the ranges in which code may be allocated
 */
void __init kvas_execmem_init(void)
{
	if (IS_ENABLED(CONFIG_MODULES))
		find_ranges();
	else
		set_absent("CONFIG_MODULES is not set");
}

/**
 * kvas_execmem_add() - add the ranges in which code may be allocated
 * @l:	the layout
 */
void kvas_execmem_add(struct kvas_layout *l)
{
	kvas_layout_add_rows(l, ranges, ARRAY_SIZE(ranges));
}
