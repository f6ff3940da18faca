// SPDX-License-Identifier: GPL-2.0-only
/*
 * meminfo.c - /proc/meminfo and /proc/zoneinfo: how much memory there is, and
 * which pages it spans.
 */
#include <string.h>

#include "../util.h"
#include "text.h"
#include "verify.h"

enum item {
	RAM, MANAGED, PAGES_END, VMALLOC_SIZE, HUGE_PAGE,
	N_ITEMS,
};

struct meminfo {
	struct known items[N_ITEMS];
	uint64_t page;
};

/* "MemTotal:        2014152 kB", as bytes. */
static struct known kilobytes(const char *text, const char *key)
{
	const char *p = after(text, key);
	uint64_t n;

	if (!p)
		return unknown("/proc/meminfo does not tell");
	p += strspn(p, " ");
	if (!scan_number(&p, 10, &n) || !skip(&p, " kB") || n >> 54)
		return unknown("/proc/meminfo is not understood");
	return number(n * 1024, key);
}

/* "spanned  4095": the number behind a word at the start of a line. */
static bool field(const char *line, const char *key, uint64_t *n)
{
	line += strspn(line, " ");
	if (!skip(&line, key))
		return false;
	line += strspn(line, " ");
	return scan_number(&line, 10, n);
}

static void take_zones(struct meminfo *k, const char *text)
{
	uint64_t spanned = 0, managed = 0, start, n, end = 0;

	for (const char *line = text; line; line = next_line(line)) {
		if (field(line, "spanned ", &n)) {
			spanned = n;
		} else if (field(line, "managed ", &n)) {
			managed += n;
		} else if (field(line, "start_pfn: ", &start)) {
			/* A zone without pages starts nowhere. */
			if (spanned && start + spanned > end)
				end = start + spanned;
			spanned = 0;
		}
	}
	if (!end || !k->page || end >> 44)
		return;
	k->items[MANAGED] = number(managed * k->page, "managed pages of all zones");
	k->items[PAGES_END] = number(end * k->page, "end of the last zone");
}

static const void *load(struct machine *m)
{
	struct meminfo *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *text = machine_measured(m, "page_size"), *why;

	if (text && (!scan_number(&text, 10, &k->page) || k->page > 1 << 20))
		k->page = 0;
	text = machine_file(m, "/proc/meminfo", NULL, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		k->items[i] = unknown(why);
	if (text) {
		k->items[RAM] = kilobytes(text, "MemTotal:");
		k->items[VMALLOC_SIZE] = kilobytes(text, "VmallocTotal:");
		k->items[HUGE_PAGE] = kilobytes(text, "Hugepagesize:");
	}
	text = machine_file(m, "/proc/cmdline", NULL, NULL);
	if (!text || line_has(text, "default_hugepagesz="))
		k->items[HUGE_PAGE] = unknown("a boot parameter may have set the size of huge pages");
	text = machine_file(m, "/proc/zoneinfo", NULL, &why);
	k->items[MANAGED] = k->items[PAGES_END] =
		unknown(text ? "/proc/zoneinfo is not understood" : why);
	if (text)
		take_zones(k, text);
	return k;
}

static const struct rule rules[] = {
	{ NULL, RECORD_FACT, "ram", "value", RAM, 0 },
	{ NULL, RECORD_FACT, "ram", "value", MANAGED, 0 },
	{ "x86_64", RECORD_FACT, "pmd_size", "value", HUGE_PAGE, 0 },
	/* Rounded down from a length that is one byte short. */
	{ "x86_64", RECORD_REGION, "vmalloc", "size", VMALLOC_SIZE, 1024 },
};

/* Zones are physical: the distance is the published start. */
static void check_end(const struct meminfo *k, struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	struct known end = k->items[PAGES_END];

	if (!map || map->absent || !is_arch(v, "x86_64"))
		return;
	end.number += map->start;
	expect(v, RECORD_FACT, "high_memory", "value", leaning(end));
	end.number--;
	expect(v, RECORD_REGION, "direct_map", "populated_end", leaning(end));
}

static void check(const void *evidence, struct verification *v)
{
	const struct meminfo *k = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), k->items);
	check_end(k, v);
}

const struct source source_meminfo = {
	.name = "meminfo",
	.title = "/proc/meminfo and /proc/zoneinfo",
	.load = load,
	.check = check,
};
