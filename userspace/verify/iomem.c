// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomem.c - /proc/iomem: physical memory, and where in it the image is
 * (arch/x86/kernel/setup.c: code is _text to _etext, rodata __start_rodata
 * to __end_rodata, data _sdata to _edata, bss __bss_start to __bss_stop).
 */
#include <inttypes.h>
#include <string.h>

#include "../util.h"
#include "text.h"
#include "verify.h"

enum item {
	/* Each followed by its last byte and its size. */
	CODE, CODE_LAST, CODE_SIZE, RODATA, RODATA_LAST, RODATA_SIZE,
	DATA, DATA_LAST, DATA_SIZE, BSS, BSS_LAST, BSS_SIZE,
	RAM_FIRST, RAM_LAST, RAM_SUM, PA_BITS,
	N_ITEMS,
};

#define KERNEL_MAP	0xffffffff80000000u

/* "  00100000-3fffffff : System RAM", at any depth. */
static bool parse_line(const char *line, uint64_t *start, uint64_t *end,
		       const char **name)
{
	line += strspn(line, " ");
	if (!scan_number(&line, 16, start) || !skip(&line, "-") ||
	    !scan_number(&line, 16, end) || !skip(&line, " : "))
		return false;
	*name = line;
	return *end >= *start;
}

static bool is_named(const char *name, const char *what)
{
	size_t length = strlen(what);

	return !strncmp(name, what, length) &&
	       (name[length] == '\n' || !name[length]);
}

static void take_part(struct known *items, const char *name, uint64_t start,
		      uint64_t end)
{
	static const struct {
		const char *name;
		enum item first;
	} parts[] = {
		{ "Kernel code", CODE },	{ "Kernel rodata", RODATA },
		{ "Kernel data", DATA },	{ "Kernel bss", BSS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct known *k = &items[parts[i].first];

		if (!is_named(name, parts[i].name))
			continue;
		k[0] = number(start, parts[i].name);
		k[1] = number(end, parts[i].name);
		k[2] = number(end - start + 1, parts[i].name);
	}
}

static const void *load(struct machine *m)
{
	struct known *items = pool_alloc(machine_pool(m),
					 N_ITEMS * sizeof(*items));
	uint64_t start, end, top = 0, sum = 0, ram = 0, first = UINT64_MAX;
	const char *text, *name, *why;

	text = machine_file(m, "/proc/iomem", NULL, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		items[i] = unknown(text ? "/proc/iomem does not list it" : why);
	for (const char *line = text; line; line = next_line(line)) {
		if (!parse_line(line, &start, &end, &name))
			continue;
		top = end > top ? end : top;
		take_part(items, name, start, end);
		if (!is_named(name, "System RAM"))
			continue;
		sum += end - start + 1;
		ram = end > ram ? end : ram;
		first = start < first ? start : first;
	}
	if (text && !top) {
		for (size_t i = 0; i < N_ITEMS; i++)
			items[i] = unknown("/proc/iomem shows no addresses: it needs CAP_SYS_ADMIN");
		return items;
	}
	if (ram) {
		items[RAM_FIRST] = number(first, "the first System RAM");
		items[RAM_LAST] = number(ram, "the last System RAM");
		items[RAM_SUM] = range(1, sum, "all of System RAM");
	}
	if (top && top < UINT64_C(1) << 63) {
		uint64_t bits = 1;

		while (top >> bits)
			bits++;
		items[PA_BITS] = range(bits, 64, "the highest address in use");
	}
	return items;
}

/* Where a part has the bounds that its name in /proc/iomem suggests. */
#define NAMED	"x86_64 loongarch64 mips64"

static const struct rule rules[] = {
	{ NAMED, RECORD_REGION, "image", "phys", CODE, 0 },
	{ NAMED, RECORD_SECTION, "text", "phys", CODE, 0 },
	{ NAMED, RECORD_SECTION, "text", "size", CODE_SIZE, 0 },
	{ "x86_64", RECORD_SECTION, "rodata", "phys", RODATA, 0 },
	{ "x86_64", RECORD_SECTION, "rodata", "size", RODATA_SIZE, 0 },
	{ NAMED, RECORD_SECTION, "data", "phys", DATA, 0 },
	{ NAMED, RECORD_SECTION, "data", "size", DATA_SIZE, 0 },
	{ NAMED, RECORD_SECTION, "bss", "phys", BSS, 0 },
	{ NAMED, RECORD_SECTION, "bss", "size", BSS_SIZE, 0 },
	{ "x86_64", RECORD_SECTION, "data", "phys", DATA, 0 },
	{ "x86_64", RECORD_SECTION, "data", "size", DATA_SIZE, 0 },
	{ "x86_64", RECORD_SECTION, "bss", "phys", BSS, 0 },
	{ "x86_64", RECORD_SECTION, "bss", "size", BSS_SIZE, 0 },
	{ "riscv64", RECORD_FACT, "phys_ram_base", "value", RAM_FIRST, 0 },
	{ "arm", RECORD_REGION, "direct_map", "phys", RAM_FIRST, 0 },
	{ NULL, RECORD_FACT, "ram", "value", RAM_SUM, 0 },
	{ NULL, RECORD_FACT, "pa_bits", "value", PA_BITS, 0 },
	{ NULL, RECORD_FACT, "max_physmem_bits", "value", PA_BITS, 0 },
};

/* Physical addresses become virtual ones by the distance kvas publishes. */
static const struct {
	const char *arch;
	bool is_image;			/* else the direct map */
	enum record_type type;
	const char *name, *key;
	enum item item;
	int add;
} relative[] = {
	{ NAMED, true, RECORD_REGION, "image", "start", CODE, 0 },
	{ NAMED, true, RECORD_SECTION, "text", "start", CODE, 0 },
	{ NAMED, true, RECORD_SECTION, "text", "end", CODE_LAST, 0 },
	{ "x86_64", true, RECORD_SECTION, "rodata", "start", RODATA, 0 },
	{ "x86_64", true, RECORD_SECTION, "rodata", "end", RODATA_LAST, 0 },
	{ NAMED, true, RECORD_SECTION, "data", "start", DATA, 0 },
	{ NAMED, true, RECORD_SECTION, "data", "end", DATA_LAST, 0 },
	{ NAMED, true, RECORD_SECTION, "bss", "start", BSS, 0 },
	{ NAMED, true, RECORD_SECTION, "bss", "end", BSS_LAST, 0 },
	{ NAMED, false, RECORD_REGION, "direct_map", "populated_end", RAM_LAST, 0 },
};

static bool distance_of_region(const struct verification *v, const char *name,
			       uint64_t *distance)
{
	const struct region *r = layout_region(v->layout, name);

	if (!r || r->absent || !r->has_phys)
		return false;
	*distance = r->start - r->phys;
	return true;
}

static bool distance_of_image(const struct verification *v, uint64_t *distance)
{
	const struct value *base;

	if (!is_arch(v, "x86_64"))
		return distance_of_region(v, is_arch(v, "mips64") ?
					  "ckseg0" : "direct_map", distance);
	base = value_of(v, RECORD_FACT, "phys_base", "value");
	if (!base || !base->is_number)
		return false;
	*distance = KERNEL_MAP - base->number;
	return true;
}

static void check_relative(const struct known *items, struct verification *v,
			   size_t i)
{
	struct known k = items[relative[i].item];
	uint64_t distance;

	if (!(relative[i].is_image ? distance_of_image(v, &distance) :
	      distance_of_region(v, "direct_map", &distance)))
		k = unknown("physical only: the distance to it is not published");
	else if (k.kind == NUMBER) {
		k.number += distance + (uint64_t)relative[i].add;
		k.how = relative[i].is_image ? "moved as the image is" :
					       "moved by the start of direct_map";
	}
	expect(v, relative[i].type, relative[i].name, relative[i].key,
	       leaning(k));
}

static void check_high_memory(const struct known *items, struct verification *v)
{
	struct known end = items[RAM_LAST];
	uint64_t distance;

	if (!distance_of_region(v, "direct_map", &distance))
		return;
	end.number += distance + 1;
	expect_high_memory(v, leaning(end));
}

static void check(const void *evidence, struct verification *v)
{
	const struct known *items = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), items);
	for (size_t i = 0; i < ARRAY_SIZE(relative); i++) {
		if (is_arch(v, relative[i].arch))
			check_relative(items, v, i);
	}
	if (is_arch(v, NAMED))
		check_high_memory(items, v);
}

const struct source source_iomem = {
	.name = "iomem",
	.title = "/proc/iomem",
	.load = load,
	.check = check,
};
