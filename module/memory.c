// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which memory there is, and how far the direct map and the struct pages reach.
 *
 * high_memory is the end of the memory that was there at boot.  x86 and
 * powerpc move it when RAM is added, others do not, so the resource tree is
 * asked for RAM, too.  None of them moves it for memory that a device driver
 * adds (memremap_pages(): persistent memory, memory of PCI devices), although
 * such memory gets struct pages in ZONE_DEVICE and a place in the direct map.
 */
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/pfn.h>
#include <linux/sched.h>

#include "compat.h"
#include "image.h"
#include "memory.h"
#include "symbols.h"

/* Of what ends before that page: its last byte, and that of its last struct page. */
static unsigned long last_byte(unsigned long end)
{
	return (unsigned long)__va(PFN_PHYS(end - 1)) + PAGE_SIZE - 1;
}

static unsigned long last_byte_of_struct_page(unsigned long end)
{
	return (unsigned long)(pfn_to_page(end - 1) + 1) - 1;
}

#ifdef CONFIG_ZONE_DEVICE

/*
 * The driver's description of a page's memory; the page is a copy.  None is in
 * a tail page, whose field names the head page instead.
 */
static const struct dev_pagemap *pagemap_of(const struct page *copy)
{
	return PageTail((struct page *)copy) ? NULL : page_pgmap(copy);
}

static const char unknown[] = "unknown";

/*
 * What device memory is for; NULL for memory of a device that the kernel
 * cannot address, which has struct pages but no place in the direct map.
 */
static const char *kind_of(const struct page *copy)
{
	enum memory_type type;
	const struct dev_pagemap *pagemap = pagemap_of(copy);

	/* The driver may take it away at this moment. */
	if (!pagemap || !kvas_read(&type, &pagemap->type, sizeof(type)))
		return unknown;
	switch (type) {
	case MEMORY_DEVICE_PRIVATE:
		return NULL;
	case MEMORY_DEVICE_FS_DAX:
		return "fs_dax";
	case MEMORY_DEVICE_GENERIC:
		return "generic";
	case MEMORY_DEVICE_PCI_P2PDMA:
		return "p2pdma";
#if KVAS_HAS_DEVICE_COHERENT
	case MEMORY_DEVICE_COHERENT:
		return "coherent";
#endif
	default:
		return unknown;
	}
}

/*
 * Whether a page is ZONE_DEVICE memory, and of which kind.  The struct page is
 * copied without faulting, as its memory may be removed at any time.
 */
static bool is_device_page(unsigned long pfn, const char **kind)
{
	struct page copy;

	if (!pfn_valid(pfn) || !kvas_read(&copy, pfn_to_page(pfn), sizeof(copy)) ||
	    page_zonenum(&copy) != ZONE_DEVICE)
		return false;
	*kind = kind_of(&copy);
	return true;
}

/*
 * A device may keep its first pages from the kernel (vmem_altmap.reserve); their
 * struct pages were never set up.
 */
static bool is_device_memory(unsigned long pfn, const char **kind)
{
	return is_device_page(pfn, kind) ||
	       is_device_page(pfn + PAGES_PER_SUBSECTION - 1, kind);
}

static void add_device(struct kvas_memory *memory, unsigned long first,
		       unsigned long end, const char *kind)
{
	struct kvas_device_memory *device = memory->devices + memory->n_devices;
	unsigned long last_page = last_byte_of_struct_page(end);
	unsigned long last;

	if (last_page > memory->last_page.addr) {
		memory->last_page.addr = last_page;
		memory->last_page.source = "pfn_to_page(end of ZONE_DEVICE memory) - 1 byte";
		memory->last_page.route = KVAS_ROUTE_MEASURED;
	}
	if (!kind)
		return;
	last = last_byte(end);
	if (last > memory->last.addr) {
		memory->last.addr = last;
		memory->last.source = "__va(end of ZONE_DEVICE memory) - 1 byte";
		memory->last.route = KVAS_ROUTE_MEASURED;
	}
	if (memory->n_devices == KVAS_MAX_DEVICES) {
		memory->devices_left_out = true;
		return;
	}
	*device = (struct kvas_device_memory) {
		.start = (unsigned long)__va(PFN_PHYS(first)),
		.end = last,
		.phys = PFN_PHYS(first),
		.kind = kind,
	};
	memory->n_devices++;
}

/* A whole section without struct pages can be stepped over. */
static unsigned long next_pfn(unsigned long pfn)
{
	if (present_section(__pfn_to_section(pfn)))
		return ALIGN_DOWN(pfn, PAGES_PER_SUBSECTION) + PAGES_PER_SUBSECTION;
	return ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION;
}

/*
 * A zone's span only ever grows, so each piece in it is looked for.  Memory is
 * added by subsections (2 MiB).
 */
static void find_devices_of(struct kvas_memory *memory, const struct zone *zone)
{
	unsigned long end = zone_end_pfn(zone), first = 0, pfn;
	const char *kind = NULL, *kind_here;
	bool inside = false;

	/* A zone may span terabytes: whoever waits for it may be killed. */
	for (pfn = zone->zone_start_pfn; pfn < end && !fatal_signal_pending(current);
	     pfn = next_pfn(pfn)) {
		bool is_device = is_device_memory(pfn, &kind_here);

		/* Tail pages, and those that hold struct pages, do not tell: see the others. */
		if (inside && is_device && kind_here == unknown)
			kind_here = kind;
		else if (inside && is_device && kind == unknown)
			kind = kind_here;
		if (inside && (!is_device || kind_here != kind)) {
			add_device(memory, first, pfn, kind);
			inside = false;
		}
		if (is_device && !inside) {
			inside = true;
			first = pfn;
			kind = kind_here;
		}
		cond_resched();
	}
	if (inside)
		add_device(memory, first, end, kind);
}

static void find_devices(struct kvas_memory *memory)
{
	int node;

	for_each_online_node(node)
		find_devices_of(memory, &NODE_DATA(node)->node_zones[ZONE_DEVICE]);
}

#else

static void find_devices(struct kvas_memory *memory)
{
}

#endif

static int extend_range(struct resource *res, void *ram)
{
	struct kvas_phys_range *range = ram;

	range->start = min(range->start, res->start);
	range->end = max(range->end, res->end);
	cond_resched();
	return 0;
}

/* The page after the last one of RAM; 0 if that has no struct page yet. */
static unsigned long ram_end(const struct kvas_phys_range *ram)
{
	unsigned long end = ram->end ? PFN_DOWN(ram->end + 1) : 0;

	return end && pfn_valid(end - 1) ? end : 0;
}

#ifdef CONFIG_ZONE_DEVICE
#define N_MEMORY_ZONES	ZONE_DEVICE	/* the last one */
#else
#define N_MEMORY_ZONES	MAX_NR_ZONES
#endif

/* The page after the last one that is managed; firmware's own memory counts, too. */
static unsigned long zones_end(void)
{
	unsigned long end = 0;
	int node, i;

	for_each_online_node(node) {
		for (i = 0; i < N_MEMORY_ZONES; i++) {
			const struct zone *zone = &NODE_DATA(node)->node_zones[i];

			if (zone->spanned_pages)
				end = max(end, zone_end_pfn(zone));
		}
	}
	return end;
}

static const char ram_source[] = "end of System RAM";
static const char zones_source[] = "end of all zones but ZONE_DEVICE - 1 byte";
static const char ram_page_source[] = "virt_to_page(end of System RAM) + 1 - 1 byte";
static const char zones_page_source[] = "pfn_to_page(end of all zones but ZONE_DEVICE) - 1 byte";

/*
 * high_memory counts memory that is not mapped: that of firmware (arm64, riscv64 and
 * ppc64; x86_64's ACPI tables since 6.11), and what was removed (x86_64, ppc64).
 * Others lower it never, and do not raise it for RAM that is added.
 */
static void find_end_64(struct kvas_memory *memory, const struct kvas_phys_range *range)
{
	bool firmware_is_managed = IS_ENABLED(CONFIG_ARM64) || IS_ENABLED(CONFIG_RISCV) ||
				   IS_ENABLED(CONFIG_PPC64);
	unsigned long high = PFN_UP(__pa(memory->end - 1) + 1), ram = ram_end(range);
	unsigned long zones = zones_end(), managed = max(zones, ram);
	unsigned long mapped = firmware_is_managed ? ram : managed;

	if (!ram || !zones)
		return;
	if (mapped != high)
		memory->last = (struct kvas_bound) {
			last_byte(mapped),
			mapped == ram ? ram_source : zones_source,
			NULL,
			mapped == ram ? KVAS_ROUTE_IOMEM : KVAS_ROUTE_EXPORTED,
		};
	if (managed != high)
		memory->last_page = (struct kvas_bound) {
			last_byte_of_struct_page(managed),
			managed == ram ? ram_page_source : zones_page_source,
			NULL,
			managed == ram ? KVAS_ROUTE_IOMEM : KVAS_ROUTE_EXPORTED,
		};
}

/*
 * Firmware may keep memory for itself below the first RAM: it has struct pages,
 * but the kernel does not map it.
 */
static unsigned long first_pfn(void)
{
	unsigned long first = ULONG_MAX;
	int node;

	for_each_online_node(node) {
		if (NODE_DATA(node)->node_spanned_pages)
			first = min(first, node_start_pfn(node));
	}
	return first;
}

/**
 * kvas_memory_find() - find the memory of the machine
 * @memory:	filled in
 *
 * Context: process; may sleep.
 */
void kvas_memory_find(struct kvas_memory *memory)
{
	struct kvas_phys_range ram = { .start = (resource_size_t)-1 };

	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
			    0, -1, &ram, extend_range);
	memory->end = high_memory;
	memory->first = (unsigned long)__va(ram.end ? ram.start : 0);
	memory->first_pfn = first_pfn();
	memory->last = (struct kvas_bound) {
		(unsigned long)memory->end - 1, "high_memory - 1", NULL, KVAS_ROUTE_EXPORTED
	};
	memory->last_page = (struct kvas_bound) {
		last_byte_of_struct_page(PHYS_PFN(__pa(memory->end - 1)) + 1),
		"virt_to_page(high_memory - 1) + 1 - 1 byte", NULL, KVAS_ROUTE_EXPORTED
	};
	/* With 32 bits the direct map ends at high_memory, before the memory does. */
	if (IS_ENABLED(CONFIG_64BIT))
		find_end_64(memory, &ram);
	find_devices(memory);
}
