// SPDX-License-Identifier: GPL-2.0-only
/*
 * riscv64.c - the layout as the kernel's documentation gives it
 * (Documentation/arch/riscv/vm-layout.rst), for Sv39, Sv48 and Sv57.
 *
 * Which of them it is, /proc/cpuinfo tells, and uname(2) the release; nothing
 * is taken from kvas.
 */
#include <string.h>

#include "arch.h"
#include "base/text.h"
#include "base/util.h"

#define PAGE	UINT64_C(4096)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

struct documented {
	const char *why;		/* the mode is not known */
	unsigned int mode;		/* index: 0 is Sv39, 1 Sv48, 2 Sv57 */
	unsigned int release;		/* major * 1000 + minor, or 0 */
	bool relocated;
};

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));
	const char *cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &d->why);
	const char *ignore, *config = machine_config_file(m, &ignore);
	const char *p = cpuinfo ? after(cpuinfo, "mmu\t\t: sv") : NULL;
	uint64_t bits = 0;

	if (p && scan_number(&p, 10, &bits) &&
	    (bits == 39 || bits == 48 || bits == 57))
		d->mode = (unsigned int)(bits - 39) / 9;
	else if (cpuinfo)
		d->why = "/proc/cpuinfo does not tell the mode of the MMU";
	d->release = release_number(machine_measured(m, "release"));
	if (config && !is_switched_on(config, "CONFIG_MMU"))
		d->why = "a kernel without an MMU";
	d->relocated = !config || is_switched_on(config, "CONFIG_RANDOMIZE_BASE");
	return d;
}

static const struct {
	enum record_type type;
	const char *name, *key;
	uint64_t by_mode[3];
} fixed[] = {
	{ RECORD_REGION, "user", "start", { 0, 0, 0 } },
	{ RECORD_REGION, "user", "end",
	  { 0x0000003fffffffff, 0x00007fffffffffff, 0x00ffffffffffffff } },
	{ RECORD_REGION, "noncanonical", "start",
	  { 0x0000004000000000, 0x0000800000000000, 0x0100000000000000 } },
	{ RECORD_REGION, "noncanonical", "end",
	  { 0xffffffbfffffffff, 0xffff7fffffffffff, 0xfeffffffffffffff } },
	{ RECORD_REGION, "fixmap", "start",
	  { 0xffffffc4fea00000, 0xffff8d7ffea00000, 0xff1bfffffea00000 } },
	{ RECORD_REGION, "fixmap", "end",
	  { 0xffffffc4feffffff, 0xffff8d7ffeffffff, 0xff1bfffffeffffff } },
	/* arch/riscv/include/asm/fixmap.h: the first slots, of twice 2 MiB. */
	{ RECORD_REGION, "dtb", "start",
	  { 0xffffffc4fec00000, 0xffff8d7ffec00000, 0xff1bfffffec00000 } },
	{ RECORD_REGION, "dtb", "end",
	  { 0xffffffc4feffffff, 0xffff8d7ffeffffff, 0xff1bfffffeffffff } },
	{ RECORD_REGION, "pci_io", "start",
	  { 0xffffffc4ff000000, 0xffff8d7fff000000, 0xff1bffffff000000 } },
	{ RECORD_REGION, "pci_io", "end",
	  { 0xffffffc4ffffffff, 0xffff8d7fffffffff, 0xff1bffffffffffff } },
	{ RECORD_REGION, "vmemmap", "start",
	  { 0xffffffc500000000, 0xffff8d8000000000, 0xff1c000000000000 } },
	{ RECORD_REGION, "vmemmap", "end",
	  { 0xffffffc5ffffffff, 0xffff8f7fffffffff, 0xff1fffffffffffff } },
	{ RECORD_REGION, "vmalloc", "start",
	  { 0xffffffc600000000, 0xffff8f8000000000, 0xff20000000000000 } },
	{ RECORD_REGION, "vmalloc", "end",
	  { 0xffffffd5ffffffff, 0xffffaf7fffffffff, 0xff5fffffffffffff } },
	{ RECORD_REGION, "direct_map", "start",
	  { 0xffffffd600000000, 0xffffaf8000000000, 0xff60000000000000 } },
	/* The 32 PiB of Sv57 are less a bit in the document, for KASAN. */
	{ RECORD_REGION, "direct_map", "end",
	  { 0xfffffff5ffffffff, 0xffffef7fffffffff, 0xffdfffffffffffff } },
	{ RECORD_REGION, "kasan_shadow", "start",
	  { 0xfffffff700000000, 0xffffef8000000000, 0xffdf000000000000 } },
	{ RECORD_REGION, "kasan_shadow", "end",
	  { 0xfffffffeffffffff, 0xfffffffeffffffff, 0xfffffffeffffffff } },
	{ RECORD_FACT, "user_limit", "value",
	  { 0x0000004000000000, 0x0000800000000000, 0x0100000000000000 } },
	{ RECORD_FACT, "page_levels", "value", { 3, 4, 5 } },
	{ RECORD_FACT, "va_bits", "value", { 39, 48, 57 } },
	{ RECORD_FACT, "page_size", "value", { PAGE, PAGE, PAGE } },
	{ RECORD_FACT, "pmd_size", "value", { 2 * MIB, 2 * MIB, 2 * MIB } },
	{ RECORD_FACT, "pgdir_size", "value", { GIB, 512 * GIB, 0x1000000000000 } },
	/* asm/sparsemem.h */
	{ RECORD_FACT, "section_size", "value", { 128 * MIB, 128 * MIB, 128 * MIB } },
	{ RECORD_FACT, "max_physmem_bits", "value", { 56, 56, 56 } },
};

/*
 * Up to 6.10 the direct map of Sv39 was 4 GiB smaller, and these were higher
 * (Documentation/riscv/vm-layout.rst).
 */
static const struct {
	const char *name, *key;
	uint64_t addr;
} sv39_before_6_11[] = {
	{ "fixmap", "start", 0xffffffc6fea00000 },
	{ "fixmap", "end", 0xffffffc6feffffff },
	{ "dtb", "start", 0xffffffc6fec00000 },
	{ "dtb", "end", 0xffffffc6feffffff },
	{ "pci_io", "start", 0xffffffc6ff000000 },
	{ "pci_io", "end", 0xffffffc6ffffffff },
	{ "vmemmap", "start", 0xffffffc700000000 },
	{ "vmemmap", "end", 0xffffffc7ffffffff },
	{ "vmalloc", "start", 0xffffffc800000000 },
	{ "vmalloc", "end", 0xffffffd7ffffffff },
	{ "direct_map", "start", 0xffffffd800000000 },
	{ "direct_map", "end", 0xfffffff6ffffffff },
};

static const char *const modes[] = {
	"the table for Sv39", "the table for Sv48", "the table for Sv57"
};

static const char *const splits[] = { "256G:256G", "128T:128T", "64P:64P" };

/* In the table of what has moved since, or NULL. */
static const uint64_t *find_old_place(const struct documented *d, size_t i)
{
	for (size_t j = 0; d->mode == 0 && j < ARRAY_SIZE(sv39_before_6_11); j++) {
		if (!strcmp(fixed[i].name, sv39_before_6_11[j].name) &&
		    !strcmp(fixed[i].key, sv39_before_6_11[j].key))
			return &sv39_before_6_11[j].addr;
	}
	return NULL;
}

/* User space and the gap above it are where the processor has them. */
static bool is_kernels_own(size_t i)
{
	return fixed[i].type == RECORD_REGION && strcmp(fixed[i].name, "user") &&
	       strcmp(fixed[i].name, "noncanonical");
}

static struct known place_of(const struct documented *d, size_t i)
{
	struct known place = number(fixed[i].by_mode[d->mode], modes[d->mode]);
	const uint64_t *old = find_old_place(d, i);

	if (d->why)
		return unknown(d->why);
	if (d->release && d->release < 5017 && is_kernels_own(i))
		return unknown("the tables are those of 5.17 and later");
	if (old && !d->release)
		return unknown("needs the release: the table for Sv39 changed in 6.11");
	if (old && d->release < 6011)
		place = number(*old, "the table for Sv39, up to 6.10");
	/* The device tree got its slots in 6.4, and in updates of older releases. */
	if (d->release && d->release < 6004 && !strcmp(fixed[i].name, "fixmap") &&
	    !strcmp(fixed[i].key, "start"))
		place = range(place.number, place.number + 4 * MIB, place.how);
	return if_any(place);
}

/* The last 2 GiB hold the image; modules and BPF end where it begins. */
static void check_image(const struct documented *d, struct verification *v)
{
	const uint64_t kernel = 0xffffffff80000000;
	const char *how = "the table for all modes";

	/* Before 5.13 the image was where memory is mapped. */
	if (!d->release || d->release < 5013)
		return;
	if (d->relocated) {
		expect(v, RECORD_REGION, "image", "start",
		       range(kernel, UINT64_MAX, "the last 2 GiB"));
		return;
	}
	expect(v, RECORD_REGION, "image", "start", number(kernel, how));
	expect(v, RECORD_REGION, "modules", "end", number(kernel - 1, how));
	/* They must reach the image's end; the table shows their most. */
	expect(v, RECORD_REGION, "modules", "start",
	       range(kernel - 2 * GIB, kernel - 2 * GIB + 256 * MIB,
		     "the table for all modes, and the size of the image"));
	expect(v, RECORD_REGION, "bpf_jit", "end", number(kernel - 1, how));
	expect(v, RECORD_REGION, "bpf_jit", "start",
	       number(kernel - 128 * MIB, "BPF_JIT_REGION_SIZE, 128 MiB"));
	expect(v, RECORD_FACT, "image_kaslr_offset", "value", number(0, "not configured"));
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;
	const struct value *base = value_of(v, RECORD_FACT, "phys_ram_base", "value");

	/* Rules without a machine to apply them to confirm nothing. */
	v->leaning = d->why != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		expect(v, fixed[i].type, fixed[i].name, fixed[i].key, place_of(d, i));
	expect(v, RECORD_FACT, "user_kernel_split", "value",
	       d->why ? unknown(d->why) : word(splits[d->mode], modes[d->mode]));
	check_image(d, v);
	expect(v, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
	if (base && base->is_number)
		expect(v, RECORD_REGION, "direct_map", "phys",
		       leaning(number(base->number, "phys_ram_base")));
	v->leaning = false;
}

const struct documentation documented_riscv64 = {
	.load = load,
	.check = check,
	.image_home = "image",
};
