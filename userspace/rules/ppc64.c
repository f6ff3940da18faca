// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64.c - the layout of 64-bit Book3S as the kernel's sources give
 * it: arch/powerpc/include/asm/book3s/64/{radix,hash-4k,hash-64k,pgtable}.h and
 * asm/task_size_64.h.
 *
 * Which MMU is in use is taken from /proc/cpuinfo, the page size from the
 * configuration; nothing is taken from kvas.
 */
#include <string.h>

#include "arch.h"
#include "base/text.h"
#include "base/util.h"

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define TIB	(UINT64_C(1) << 40)
#define PIB	(UINT64_C(1) << 50)

#define LINEAR	UINT64_C(0xc000000000000000)

struct documented {
	const char *why;		/* something below is not known */
	bool radix, pages_64k;
	uint64_t thread_shift;		/* 0: not known */
	uint64_t kasan_offset;		/* 0: no KASAN */
	bool relocatable;
};

/* asm/thread_info.h; 0 if the configuration does not tell. */
static uint64_t find_thread_shift(const char *config, bool pages_64k)
{
	uint64_t shift = config_number(config, "CONFIG_THREAD_SHIFT=");
	uint64_t page_shift = pages_64k ? 16 : 12;

	if (shift && shift < 15 && is_switched_on(config, "CONFIG_KASAN"))
		shift++;
	return shift && shift < page_shift && is_switched_on(config, "CONFIG_VMAP_STACK") ?
		page_shift : shift;
}

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));
	const char *cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &d->why);
	const char *mmu = cpuinfo ? after(cpuinfo, "MMU\t\t: ") : NULL;
	const char *config;

	if (!cpuinfo)
		return d;
	config = machine_config_file(m, &d->why);
	if (!config)
		return d;
	d->why = mmu ? NULL : "/proc/cpuinfo does not name the MMU";
	d->radix = mmu && !strncmp(mmu, "Radix", 5);
	d->pages_64k = is_switched_on(config, "CONFIG_PPC_64K_PAGES");
	if (!d->why && !is_switched_on(config, "CONFIG_PPC_BOOK3S_64"))
		d->why = "the rules are those of Book3S";
	d->thread_shift = find_thread_shift(config, d->pages_64k);
	d->relocatable = is_switched_on(config, "CONFIG_RELOCATABLE");
	/* With hash, it is not switched on. */
	if (is_switched_on(config, "CONFIG_KASAN") && d->radix)
		d->kasan_offset = config_number(config, "CONFIG_KASAN_SHADOW_OFFSET=");
	return d;
}

static void expect_range(struct verification *v, const char *name,
			 uint64_t start, uint64_t end, const char *how)
{
	expect(v, RECORD_REGION, name, "start", number(start, how));
	expect(v, RECORD_REGION, name, "end", number(end - 1, how));
	expect(v, RECORD_REGION, name, "size", number(end - start, how));
}

static void check_user(const struct documented *d, struct verification *v)
{
	const char *how = d->pages_64k ? "64 KiB pages" : "4 KiB pages";
	uint64_t end = d->pages_64k ? 4 * PIB : 64 * TIB;

	expect_range(v, "user", 0, end, how);
	expect(v, RECORD_FACT, "user_limit", "value", number(end, how));
	expect(v, RECORD_FACT, "user_kernel_split", "value",
	       word(d->pages_64k ? "4P:4E" : "64T:4E", how));
	if (d->radix)
		expect_range(v, "noncanonical", 4 * PIB, LINEAR,
			     "radix translates 52 bits");
	else
		expect(v, RECORD_REGION, "noncanonical", "start",
		       nothing("hash has no such addresses"));
}

/* vmalloc, I/O and vmemmap are of one size, one behind the other. */
static void check_kernel(const struct documented *d, struct verification *v)
{
	bool narrow = !d->radix && !d->pages_64k;
	uint64_t size = narrow ? TIB : 512 * TIB;
	uint64_t vmalloc = LINEAR + (narrow ? 61 * TIB : 2 * PIB);
	uint64_t io = vmalloc + size, vmemmap = io + size;
	const char *how = d->radix ? "book3s/64/radix.h" :
			  narrow ? "book3s/64/hash-4k.h" : "book3s/64/hash-64k.h";
	const char *in_io = "book3s/64/pgtable.h";

	expect_range(v, "direct_map", LINEAR, vmalloc, how);
	expect(v, RECORD_REGION, "direct_map", "phys", number(0, how));
	expect(v, RECORD_REGION, "direct_map", "populated_start", number(LINEAR, how));
	expect_range(v, "vmalloc", vmalloc, io, how);
	expect_range(v, "kernel_io", io, vmemmap, how);
	expect_range(v, "isa_io", io, io + 64 * KIB, in_io);
	expect_range(v, "phb_io", io + 64 * KIB, io + 2 * GIB, in_io);
	expect_range(v, "ioremap", io + 2 * GIB, vmemmap - 32 * MIB, in_io);
	expect_range(v, "fixmap", vmemmap - 32 * MIB, vmemmap, in_io);
	expect(v, RECORD_REGION, "vmemmap", "start", if_any(number(vmemmap, how)));
	expect(v, RECORD_REGION, "vmemmap", "populated_start",
	       if_any(number(vmemmap, how)));
	expect(v, RECORD_REGION, "vmemmap", "end",
	       if_any(number(vmemmap + size - 1, how)));
	expect(v, RECORD_REGION, "vmemmap", "size", if_any(number(size, how)));
	expect(v, RECORD_REGION, "modules", "start",
	       nothing("modules are in vmalloc"));
	if (d->kasan_offset)
		expect(v, RECORD_REGION, "kasan_shadow", "start",
		       number(d->kasan_offset + (LINEAR >> 3), "CONFIG_KASAN_SHADOW_OFFSET"));
	else
		expect(v, RECORD_REGION, "kasan_shadow", "start",
		       nothing("this configuration has no shadow"));
	expect(v, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

/*
 * The exception vectors of an image that runs elsewhere are copied to where the
 * processor looks for them, and those of one that does not are its first part.
 */
static void check_vectors(struct verification *v)
{
	const struct region *image = layout_region(v->layout, "image");
	const char *how = "exceptions are taken at physical 0";

	if (image && !image->absent && image->start == LINEAR)
		expect(v, RECORD_REGION, "vectors", "start",
		       leaning(nothing("the image is there")));
	else
		expect(v, RECORD_REGION, "vectors", "start", if_any(number(LINEAR, how)));
	expect(v, RECORD_REGION, "vectors", "phys", if_any(number(0, how)));
	expect(v, RECORD_REGION, "vectors", "end",
	       if_any(range(LINEAR + 8 * KIB - 1, LINEAR + 64 * KIB - 1, how)));
}

/* The sizes of the tables: radix.h, radix-4k.h and so on. */
static void check_facts(const struct documented *d, struct verification *v)
{
	const char *how = d->radix ? "radix, by /proc/cpuinfo" : "hash, by /proc/cpuinfo";
	unsigned int pmd_shift = d->radix ? 21 : d->pages_64k ? 24 : 21;
	unsigned int pgd_shift = d->radix ? 39 : d->pages_64k ? 44 : 37;

	expect(v, RECORD_FACT, "mmu", "value", word(d->radix ? "radix" : "hash", how));
	expect(v, RECORD_FACT, "page_levels", "value", number(4, "on all of them"));
	expect(v, RECORD_FACT, "va_bits", "value",
	       number(d->radix || d->pages_64k ? 52 : 46, how));
	expect(v, RECORD_FACT, "pmd_size", "value", number(UINT64_C(1) << pmd_shift, how));
	expect(v, RECORD_FACT, "pgdir_size", "value", number(UINT64_C(1) << pgd_shift, how));
	expect(v, RECORD_FACT, "section_size", "value", number(16 * MIB, "asm/sparsemem.h"));
	if (d->thread_shift && d->thread_shift < 32)
		expect(v, RECORD_FACT, "thread_size", "value",
		       number(UINT64_C(1) << d->thread_shift, "CONFIG_THREAD_SHIFT"));
	/* A kernel that a crash started runs where memory was set aside for it. */
	expect(v, RECORD_FACT, "image_kaslr_offset", "value", d->relocatable ?
	       range(0, 4 * GIB, "there is no KASLR") :
	       number(0, "CONFIG_RELOCATABLE is not set"));
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;

	if (d->why) {
		expect(v, RECORD_FACT, "mmu", "value", unknown(d->why));
		return;
	}
	check_user(d, v);
	check_kernel(d, v);
	check_vectors(v);
	check_facts(d, v);
}

const struct documentation documented_ppc64 = {
	.load = load,
	.check = check,
	.image_home = "direct_map",
};
