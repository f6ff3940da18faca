// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomem.c - /proc/iomem: physical memory, and where in it the image is
 * (arch/x86/kernel/setup.c: code is _text to _etext, rodata __start_rodata
 * to __end_rodata, data _sdata to _edata, bss __bss_start to __bss_stop).
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "verify.h"

enum item {
	/* Each followed by its last byte and its size. */
	CODE, CODE_LAST, CODE_SIZE, RODATA, RODATA_LAST, RODATA_SIZE,
	DATA, DATA_LAST, DATA_SIZE, BSS, BSS_LAST, BSS_SIZE,
	RAM_FIRST, RAM_LAST, RAM_SUM, PA_BITS,
	N_ITEMS,
};

#define KERNEL_MAP	0xffffffff80000000u

struct entry {
	uint64_t start, end;
	const char *name;		/* to the end of the line */
};

struct iomem {
	struct known items[N_ITEMS];
	struct entry *entries;		/* each before those that lie in it */
	size_t n;
	const char *why;		/* there are none */
};

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

/* Drivers name theirs "System RAM (kmem)". */
static bool is_ram(const char *name)
{
	return is_named(name, "System RAM") || !strncmp(name, "System RAM (", 12);
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
	struct pool *pool = machine_pool(m);
	struct iomem *k = pool_alloc(pool, sizeof(*k));
	struct known *items = k->items;
	uint64_t start, end, top = 0, sum = 0, ram = 0, first = UINT64_MAX;
	uint64_t page = machine_page_size(m);
	const char *text, *name;
	size_t lines = 1;

	text = machine_file(m, "/proc/iomem", NULL, &k->why);
	for (size_t i = 0; i < N_ITEMS; i++)
		items[i] = unknown(text ? "/proc/iomem does not list it" : k->why);
	for (const char *line = text; line; line = next_line(line))
		lines++;
	k->entries = pool_alloc(pool, lines * sizeof(*k->entries));
	for (const char *line = text; line; line = next_line(line)) {
		if (!parse_line(line, &start, &end, &name))
			continue;
		k->entries[k->n++] = (struct entry) { start, end, name };
		top = end > top ? end : top;
		take_part(items, name, start, end);
		if (!is_ram(name))
			continue;
		sum += end - start + 1;
		ram = end > ram ? end : ram;
		first = start < first ? start : first;
	}
	if (text && !top) {
		for (size_t i = 0; i < N_ITEMS; i++)
			items[i] = unknown("/proc/iomem shows no addresses: it needs CAP_SYS_ADMIN");
		k->why = items[0].how;
		k->n = 0;
		return k;
	}
	if (ram) {
		items[RAM_FIRST] = number(first, "the first System RAM");
		items[RAM_LAST] = page ? number((ram + 1) / page * page - 1, "the last System RAM") :
				  unknown("the machine was not measured");
		items[RAM_SUM] = range(1, sum, "all of System RAM");
	}
	if (top && top < UINT64_C(1) << 63) {
		uint64_t bits = 1;

		while (top >> bits)
			bits++;
		items[PA_BITS] = range(bits, 64, "the highest address in use");
	}
	return k;
}

/* Where a part has the bounds that its name in /proc/iomem suggests. */
#define NAMED	"x86_64 loongarch64 mips64"
/* Where "Kernel data" is data and BSS. */
#define TOGETHER	"arm arm64"

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
	{ TOGETHER, RECORD_SECTION, "data_bss", "phys", DATA, 0 },
	{ TOGETHER, RECORD_SECTION, "data_bss", "size", DATA_SIZE, 0 },
	{ TOGETHER, RECORD_SECTION, "data", "phys", DATA, 0 },
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
	{ TOGETHER, true, RECORD_SECTION, "data_bss", "start", DATA, 0 },
	{ TOGETHER, true, RECORD_SECTION, "data_bss", "end", DATA_LAST, 0 },
	{ TOGETHER, true, RECORD_SECTION, "data", "start", DATA, 0 },
	{ TOGETHER, true, RECORD_REGION, "image", "end", DATA_LAST, 0 },
	{ "i386", true, RECORD_SECTION, "text", "start", CODE, 0 },
	{ "i386", true, RECORD_SECTION, "rodata", "start", RODATA, 0 },
	{ "i386", true, RECORD_SECTION, "rodata", "end", RODATA_LAST, 0 },
	{ "i386", true, RECORD_SECTION, "data", "start", DATA, 0 },
	{ "i386", true, RECORD_SECTION, "data", "end", DATA_LAST, 0 },
	{ "i386 s390x", true, RECORD_SECTION, "bss", "start", BSS, 0 },
	{ "i386 s390x", true, RECORD_SECTION, "bss", "end", BSS_LAST, 0 },
	{ NAMED, true, RECORD_SECTION, "bss", "start", BSS, 0 },
	{ NAMED, true, RECORD_SECTION, "bss", "end", BSS_LAST, 0 },
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

	base = value_of(v, RECORD_FACT, "kimage_voffset", "value");
	if (is_arch(v, "arm64")) {
		*distance = base ? base->number : 0;
		return base && base->is_number;
	}
	if (!is_arch(v, "x86_64"))
		return distance_of_region(v, is_arch(v, "mips64") ? "ckseg0" :
					  is_arch(v, "s390x") ? "image" : "direct_map",
					  distance);
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

static void check_memory_end(const struct known *items, struct verification *v)
{
	struct known end = items[RAM_LAST];
	uint64_t distance;

	if (!distance_of_region(v, "direct_map", &distance))
		return;
	end.number += distance;
	end.how = end.kind == NUMBER ? "the last System RAM, moved by the start of direct_map" : end.how;
	expect_memory_end(v, leaning(end));
	end.number++;
	expect_high_memory(v, leaning(end));
}

/* --- Device memory -------------------------------------------------------- */

/* Drivers of such memory name what they manage so; the number of each follows. */
static bool is_device_memory(const char *name)
{
	return !strncmp(name, "Persistent Memory", 17) ||
	       !strncmp(name, "namespace", 9) || !strncmp(name, "dax", 3);
}

/* The innermost entry around all of it, or NULL. */
static const struct entry *entry_around(const struct iomem *k, uint64_t start, uint64_t end)
{
	const struct entry *found = NULL;

	for (size_t i = 0; i < k->n; i++) {
		const struct entry *e = &k->entries[i];

		if (e->start <= start && e->end >= end &&
		    (!found || e->end - e->start <= found->end - found->start))
			found = e;
	}
	return found;
}

static bool holds_ram(const struct iomem *k, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < k->n; i++) {
		if (is_ram(k->entries[i].name) &&
		    k->entries[i].start <= end && k->entries[i].end >= start)
			return true;
	}
	return false;
}

/* A bound at just that of an entry is no chance. */
static struct known bound_of(const struct entry *e, uint64_t value, uint64_t entry,
			     uint64_t distance)
{
	return value - distance == entry ? number(value, "a piece of device memory there") :
	       range(e->start + distance, e->end + distance, "a piece of device memory there");
}

/* DAX devices are without files; what is neither, a namespace is for. */
static struct known kind_by(const struct entry *e)
{
	if (!strncmp(e->name, "namespace", 9))
		return word("fs_dax", "a namespace");
	if (!strncmp(e->name, "dax", 3))
		return word("generic", "a device without files");
	return unknown("/proc/iomem does not name the kind");
}

static void check_piece(const struct iomem *k, struct verification *v, const struct region *r)
{
	const struct record *record = r->record;
	uint64_t last = r->phys + (r->end - r->start), distance = r->start - r->phys;
	const struct entry *e = entry_around(k, r->phys, last);
	const struct value *phys = value_at(v, record, "phys");

	if (!k->n) {
		report(v, phys, CANNOT_SAY, "%s", k->why);
		return;
	}
	/* On a bus it may be of any name. */
	if (!e || holds_ram(k, r->phys, last) ||
	    (!is_device_memory(e->name) && (!strcmp(r->kind, "fs_dax") || !strcmp(r->kind, "generic")))) {
		report(v, phys, DISAGREES, "no memory of a device is there");
		return;
	}
	expect_value(v, phys, bound_of(e, r->phys, e->start, 0));
	expect_value(v, value_at(v, record, "start"), leaning(bound_of(e, r->start, e->start, distance)));
	expect_value(v, value_at(v, record, "end"), leaning(bound_of(e, r->end, e->end, distance)));
	if (r->phys == e->start && last == e->end)
		expect_value(v, value_at(v, record, "size"), number(last - r->phys + 1, "all of a piece"));
	if (strcmp(r->kind, "unknown"))
		expect_value(v, value_at(v, record, "kind"), kind_by(e));
}

static void check_pieces(const struct iomem *k, struct verification *v)
{
	for (size_t i = 0; i < v->layout->n_present; i++) {
		if (v->layout->regions[i].is_memory)
			check_piece(k, v, &v->layout->regions[i]);
	}
}

static void check(const void *evidence, struct verification *v)
{
	const struct iomem *k = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), k->items);
	for (size_t i = 0; i < ARRAY_SIZE(relative); i++) {
		if (is_arch(v, relative[i].arch))
			check_relative(k->items, v, i);
	}
	if (is_arch(v, NAMED) || high_memory_is_unmapped(v))
		check_memory_end(k->items, v);
	check_pieces(k, v);
}

const struct source source_iomem = {
	.name = "iomem",
	.title = "/proc/iomem",
	.load = load,
	.check = check,
};
