// SPDX-License-Identifier: GPL-2.0-only
/*
 * meminfo.c - /proc/meminfo and /proc/zoneinfo: how much memory there is, and
 * which pages it spans.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "verify.h"

enum item {
	RAM, MANAGED, PAGES_START, PAGES_END, VMALLOC_SIZE, HUGE_PAGE, HIGH,
	N_ITEMS,
};

#define MIB	(UINT64_C(1) << 20)

struct meminfo {
	struct known items[N_ITEMS];
	struct known device;		/* bytes that the zone of devices spans */
	uint64_t page;
};

/* "MemTotal:        2014152 kB", as bytes. */
static struct known kilobytes(const char *text, const char *key)
{
	const char *p = after(text, key);
	uint64_t n;

	if (!p)
		return unknown("/proc/meminfo does not say");
	p += strspn(p, " ");
	if (!scan_number(&p, 10, &n) || !skip(&p, " kB") || n >> 54)
		return unknown("/proc/meminfo is not understood");
	return number(n * 1024, key);
}

/* "spanned  4095": the number after a word at the start of a line. */
static bool field(const char *line, const char *key, uint64_t *n)
{
	line += strspn(line, " ");
	if (!skip(&line, key))
		return false;
	line += strspn(line, " ");
	return scan_number(&line, 10, n);
}

/*
 * The zone of devices has no pages that are managed, so that where it starts is
 * not shown; but each node's spans its device memory from first to last.
 */
static void take_device_zones(struct meminfo *k, const char *text)
{
	unsigned int zones = 0, used = 0;
	uint64_t spanned = 0, n;
	bool device = false;

	for (const char *line = text; line; line = next_line(line)) {
		if (!strncmp(line, "Node ", 5)) {
			device = line_has(line, " Device");
			zones += device;
		} else if (device && field(line, "spanned ", &n) && n) {
			used++;
			spanned = n;
		}
	}
	if (!zones || !k->page || spanned >> 44)
		return;
	if (!used)
		k->device = nothing("zone Device spans no pages");
	else if (used > 1)
		k->device = unknown("several nodes have device memory");
	else
		k->device = number(spanned * k->page, "zone Device");
}

static void take_zones(struct meminfo *k, const char *text, const char *iomem)
{
	uint64_t spanned = 0, managed = 0, start, n, first = UINT64_MAX, end = 0;
	bool high = false, any_high = false;

	for (const char *line = text; line; line = next_line(line)) {
		if (!strncmp(line, "Node ", 5)) {
			high = line_has(line, " HighMem");
			any_high |= high;
		} else if (field(line, "spanned ", &n)) {
			spanned = n;
		} else if (field(line, "managed ", &n)) {
			managed += n;
		} else if (field(line, "start_pfn: ", &start)) {
			/* A zone without pages starts nowhere. */
			if (spanned && start < first)
				first = start;
			if (spanned && !high && start + spanned > end)
				end = start + spanned;
			spanned = 0;
		}
	}
	if (!end || !k->page || end >> 44)
		return;
	/* s390 frees a few late, and counts them in one place only. */
	k->items[MANAGED] = range(managed * k->page - MIB, managed * k->page + MIB,
				  "managed pages of all zones, to 1 MiB");
	k->items[PAGES_START] = number(first * k->page, "start of the first zone");
	k->items[PAGES_END] = number(end * k->page, "end of the last zone, but for HighMem");
	/* Memory that was added belongs to no zone until it is put online. */
	if (!any_high && ram_end(iomem) / k->page > end)
		k->items[PAGES_END] = range(end * k->page, ram_end(iomem), "end of the last zone, or of RAM that is offline");
}

/*
 * Until 6.1 the stack and the lowcore that the first CPU started with, 16 and 8
 * KiB, go to memblock_free_late().  It counts them as RAM even where, with
 * CONFIG_DEFERRED_STRUCT_PAGE_INIT, no zone can have them yet.
 */
static void allow_for_late_frees(struct meminfo *k)
{
	struct known *managed = &k->items[MANAGED];

	if (managed->kind == NUMBER)
		*managed = range(managed->number, managed->number + 24 * 1024,
				 "managed pages of all zones, and a stack and a lowcore");
}

static const void *load(struct machine *m)
{
	struct meminfo *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *text, *why;

	k->page = machine_page_size(m);
	text = machine_file(m, "/proc/meminfo", NULL, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		k->items[i] = unknown(why);
	if (text) {
		k->items[RAM] = kilobytes(text, "MemTotal:");
		k->items[VMALLOC_SIZE] = kilobytes(text, "VmallocTotal:");
		k->items[HUGE_PAGE] = kilobytes(text, "Hugepagesize:");
		k->items[HIGH] = kilobytes(text, "HighTotal:");
	}
	/* Rounded down from a length that is one byte short there. */
	text = machine_measured(m, "machine");
	if (!text)
		k->items[VMALLOC_SIZE] = unknown("the machine was not measured");
	else if (!strcmp(text, "x86_64"))
		k->items[VMALLOC_SIZE].number += 1024;
	text = machine_file(m, "/proc/cmdline", NULL, NULL);
	if (!text || line_has(text, "default_hugepagesz="))
		k->items[HUGE_PAGE] = unknown("a boot parameter may have set the size of huge pages");
	text = machine_file(m, "/proc/zoneinfo", NULL, &why);
	k->items[MANAGED] = k->items[PAGES_START] = k->items[PAGES_END] =
		unknown(text ? "/proc/zoneinfo is not understood" : why);
	k->device = k->items[MANAGED];
	if (text) {
		take_zones(k, text, machine_file(m, "/proc/iomem", NULL, NULL));
		take_device_zones(k, text);
	}
	text = machine_measured(m, "machine");
	if (text && !strcmp(text, "s390x"))
		allow_for_late_frees(k);
	return k;
}

static const struct rule rules[] = {
	{ NULL, RECORD_FACT, "ram", "value", RAM, 0 },
	{ NULL, RECORD_FACT, "ram", "value", MANAGED, 0 },
	{ NULL, RECORD_FACT, "highmem", "value", HIGH, 0 },
	{ NULL, RECORD_REGION, "vmalloc", "size", VMALLOC_SIZE, 0 },
	{ "x86_64 arm64 riscv64 s390x loongarch64", RECORD_FACT, "pmd_size", "value", HUGE_PAGE, 0 },
};

/* Zones are physical: the distance is the published start. */
static void check_ranges(const struct meminfo *k, struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct region *vmemmap = layout_region(v->layout, "vmemmap");
	struct known first = k->items[PAGES_START], end = k->items[PAGES_END], last = end;
	uint64_t size;

	if (!map || map->absent || !map->has_phys)
		return;
	/* Without HighMem a kernel of 32 bits leaves memory out, and never adds it. */
	if (end.kind == RANGE && v->layout->max_addr <= UINT32_MAX)
		end = number(end.number, "end of the last zone");
	end.number = wrap(v, end.number + map->start - map->phys);
	end.high = wrap(v, end.high + map->start - map->phys);
	expect_high_memory(v, leaning(end));
	end.number--;
	end.high--;
	if (end.kind == NUMBER && high_memory_is_unmapped(v))
		end = from_there(end, map->start);
	expect_memory_end(v, leaning(end));
	/* Only there both windows start for the same page, and are used from the first. */
	if (!is_arch(v, "arm64") || !vmemmap || vmemmap->absent || !k->page ||
	    !fact_number(layout_fact(v->layout, "struct_page_size"), &size))
		return;
	first.number = wrap(v, vmemmap->start + (first.number - map->phys) / k->page * size);
	expect(v, RECORD_REGION, "vmemmap", "populated_start", leaning(first));
	if (device_memory_last(v))
		return;
	last.number = wrap(v, vmemmap->start + (last.number - map->phys) / k->page * size - 1);
	last.high = wrap(v, vmemmap->start + (last.high - map->phys) / k->page * size - 1);
	expect(v, RECORD_REGION, "vmemmap", "populated_end", leaning(last));
}

/* From the first piece to the last they reach no further than their zone. */
static void check_device_memory(const struct meminfo *k, struct verification *v)
{
	const struct region *first = NULL, *last = NULL;
	uint64_t bytes;

	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];

		if (!r->is_memory)
			continue;
		if (!first)
			first = r;
		if (!last || r->end > last->end)
			last = r;
	}
	if (!first)
		return;
	bytes = last->end - first->start + 1;
	if (k->device.kind != NUMBER) {
		expect_value(v, value_at(v, first->record, "start"), k->device);
		expect_value(v, value_at(v, last->record, "end"), k->device);
		return;
	}
	/* What has gone is still counted. */
	report(v, value_at(v, first->record, "start"), bytes <= k->device.number ? ALLOWS : DISAGREES,
	       "all device memory against the span of zone Device");
	report(v, value_at(v, last->record, "end"), bytes <= k->device.number ? ALLOWS : DISAGREES,
	       "all device memory against the span of zone Device");
}

static void check(const void *evidence, struct verification *v)
{
	const struct meminfo *k = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), k->items);
	check_ranges(k, v);
	check_device_memory(k, v);
}

const struct source source_meminfo = {
	.name = "meminfo",
	.title = "/proc/meminfo and /proc/zoneinfo",
	.load = load,
	.check = check,
};
