// SPDX-License-Identifier: GPL-2.0-only
/*
 * riscv64.c - the layout as the kernel's documentation gives it
 * (Documentation/arch/riscv/vm-layout.rst), for Sv39, Sv48 and Sv57.
 */
#include <elf.h>
#include <string.h>

#include "arch.h"
#include "base/util.h"

#define PAGE	UINT64_C(4096)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

struct facts {
	const char *why;		/* the mode is not known */
	unsigned int mode;		/* index: 0 is Sv39, 1 Sv48, 2 Sv57 */
	unsigned int release;		/* major * 1000 + minor, or 0 */
	bool relocated;
};

static struct facts find_facts(const struct situation *s)
{
	uint64_t bits = s->va_bits.kind == NUMBER ? s->va_bits.number : 0;
	struct facts d = {
		.release = s->release,
		.relocated = (!s->options || has_option(s, "CONFIG_RANDOMIZE_BASE")) &&
			     !has_parameter(s, "nokaslr"),
	};

	if (bits == 39 || bits == 48 || bits == 57)
		d.mode = (unsigned int)(bits - 39) / 9;
	else
		d.why = s->va_bits.how;
	if (s->options && !has_option(s, "CONFIG_MMU"))
		d.why = "a kernel without an MMU";
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
 * Up to 6.10 these were 8 GiB higher for Sv39 (Documentation/riscv/vm-layout.rst).
 * The document ends the direct map 4 GiB early, as setup_bootmem() uses no more.
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
	{ "direct_map", "end", 0xfffffff7ffffffff },
};

static const char *const mode_names[] = {
	"the table for Sv39", "the table for Sv48", "the table for Sv57"
};

static const char *const splits[] = { "256G:256G", "128T:128T", "64P:64P" };

/* In the table of what has moved since, or NULL. */
static const uint64_t *find_old_place(const struct facts *d, size_t i)
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

static struct known place_of(const struct facts *d, size_t i)
{
	struct known place = number(fixed[i].by_mode[d->mode], mode_names[d->mode]);
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

/*
 * asm/pgtable.h of 5.10: the direct map reaches from CONFIG_PAGE_OFFSET to the top, half
 * as much below it is vmalloc, and all else is below that.
 */
static void expect_5_10(const struct situation *s, struct expected_list *e)
{
	uint64_t direct_map = option_number(s, "CONFIG_PAGE_OFFSET");
	uint64_t vmalloc = direct_map - -direct_map / 2;
	/* For half of all addresses, of 39 bits, 64 bytes a page. */
	uint64_t vmemmap = vmalloc - (UINT64_C(1) << (39 - 12 - 1 + 6));
	uint64_t pci_io = vmemmap - 16 * MIB;
	const char *how = "CONFIG_PAGE_OFFSET, in 5.10";

	/* No more than half of the kernel's addresses. */
	if (direct_map < -(UINT64_C(1) << 37))
		return;
	must_be(e, RECORD_REGION, "direct_map", "start", number(direct_map, how));
	must_be(e, RECORD_REGION, "direct_map", "end", number(UINT64_MAX, how));
	must_span_if_any(e, "vmalloc", vmalloc, direct_map, how);
	must_span_if_any(e, "bpf_jit", direct_map - 128 * MIB, direct_map, how);
	must_span_if_any(e, "vmemmap", vmemmap, vmalloc, how);
	must_span_if_any(e, "pci_io", pci_io, vmemmap, how);
	must_span_if_any(e, "fixmap", pci_io - 2 * MIB, pci_io, how);
	must_span_if_any(e, "kasan_shadow", -(UINT64_C(1) << 38),
			 -(UINT64_C(1) << 38) + (UINT64_C(1) << 35), "asm/kasan.h of 5.10");
}

/* The last 2 GiB hold the image; modules and BPF end where it begins. */
static void expect_image(const struct facts *d, struct expected_list *e)
{
	const uint64_t kernel = 0xffffffff80000000, step = 2 * MIB;
	/* setup_vm() of arch/riscv/mm/init.c: within one entry of the level above. */
	uint64_t most = d->relocated ? GIB - step : 0;
	const char *how = d->relocated ? "the table for all modes, moved by KASLR" :
					 "the table for all modes";

	/* Before 5.13 the image was where memory is mapped. */
	if (!d->release || d->release < 5013)
		return;
	must_be(e, RECORD_REGION, "image", "start",
		in_steps(known_between(kernel, kernel + most, how), step));
	must_be(e, RECORD_REGION, "modules", "end",
		known_between(kernel - 1, kernel + most - 1, how));
	/* They must reach the image's end; the table shows their most. */
	must_be(e, RECORD_REGION, "modules", "start",
	       range(kernel - 2 * GIB, kernel - 2 * GIB + most + 256 * MIB,
		     "the table for all modes, and the size of the image"));
	must_be(e, RECORD_REGION, "bpf_jit", "end",
		known_between(kernel - 1, kernel + most - 1, how));
	must_be(e, RECORD_REGION, "bpf_jit", "start",
		known_between(kernel - 128 * MIB, kernel + most - 128 * MIB,
			      "BPF_JIT_REGION_SIZE, 128 MiB"));
	must_be(e, RECORD_FACT, "image_kaslr_offset", "value", d->relocated ?
		in_steps(range(0, most, "setup_vm(): less than 1 GiB, in steps of 2 MiB"), step) :
		number(0, "nokaslr, or not configured"));
}

/* It became an option in 6.6; KASAN needs twice as much. */
static unsigned int find_thread_order(const struct situation *s)
{
	const char *order = kernel_option(s->options, "CONFIG_THREAD_SIZE_ORDER");

	return (order ? (unsigned int)option_number(s, "CONFIG_THREAD_SIZE_ORDER") & 7 : 2) +
	       has_option(s, "CONFIG_KASAN");
}

static void expect(const struct situation *s, struct expected_list *e)
{
	const struct facts facts = find_facts(s), *d = &facts;

	/* Rules without a machine to apply them to confirm nothing. */
	e->weak = d->why != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		must_be(e, fixed[i].type, fixed[i].name, fixed[i].key, place_of(d, i));
	must_be(e, RECORD_FACT, "user_kernel_split", "value",
		d->why ? unknown(d->why) : word(splits[d->mode], mode_names[d->mode]));
	expect_image(d, e);
	if (s->options && d->release && d->release < 5011)
		expect_5_10(s, e);
	if (s->options)
		must_be(e, RECORD_FACT, "thread_size", "value",
			number(PAGE << find_thread_order(s), "THREAD_SIZE of asm/thread_info.h"));
	must_be(e, RECORD_REGION, "pkmap", "start",
		nothing("a 64-bit kernel has no highmem"));
	must_be_from(e, RECORD_REGION, "direct_map", "phys", FACT("phys_ram_base"),
		     number(0, "phys_ram_base"));
	e->weak = false;
}

/* Each mode came with a release, and needs those below it. */
static size_t modes(const struct situation *s, struct situation *each)
{
	static const unsigned int bits[] = { 39, 48, 57 };
	size_t n = 1;

	if (s->release >= 5017 && !has_option(s, "CONFIG_XIP_KERNEL") &&
	    !has_parameter(s, "no4lvl"))
		n = s->release >= 5018 && !has_parameter(s, "no5lvl") ? 3 : 2;
	return modes_by_bits(s, bits, n, each);
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "noncanonical", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "dtb", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pci_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "bpf_jit", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "image", NEVER, NULL, PHYS },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ RECORD_WITNESS, "fixmap_slot", OPTIONAL, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "phys_ram_base", "address", NULL },
	{ "va_pa_offset", "offset", NULL },
	{ "va_kernel_pa_offset", "offset", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_XIP_KERNEL", "CONFIG_COMPAT", "CONFIG_BUILTIN_DTB", NULL
};

static const char *const numbers[] = { "CONFIG_PHYS_RAM_BASE", NULL };

static const char *const order[] = {
	"user", "noncanonical", "fixmap", "pci_io", "vmemmap", "vmalloc",
	"direct_map", "kasan_shadow", "modules", "image", NULL
};

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.bits = 64,
	.expect = expect,
	.image_home = "image",
	.modes = modes,
	.modes_differ = DIFFER_BY_BITS,
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
