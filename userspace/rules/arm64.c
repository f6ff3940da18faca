// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64.c - the layout as the kernel's documentation and sources
 * give it (Documentation/arch/arm64/memory.rst, which lags behind;
 * arch/arm64/include/asm/memory.h), for each number of bits that the kernel was
 * built for and that the processor has.
 *
 * The former is in the configuration, the latter in the note VMCOREINFO;
 * nothing is taken from kvas.
 */
#include <string.h>

#include "arch.h"
#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

#define BIT(n)	(UINT64_C(1) << (n))

struct documented {
	const char *why;		/* something below is not known */
	unsigned int release;		/* major * 1000 + minor */
	unsigned int page_shift;
	unsigned int built_bits, bits;	/* of an address */
	unsigned int phys_bits, levels;	/* built for */
	unsigned int kasan_shift;	/* 0: no shadow */
	uint64_t kasan_offset;
	bool nokaslr, modules_anywhere;
	const char *kpti;		/* as the command line asks for it */
	uint64_t trampoline_pages;	/* the most that it has */
	uint64_t vncr_pages;		/* KVM's slots of the fixmap */
	bool by_efi;			/* firmware started it */
};

/* --- What decides -------------------------------------------------------- */

/* A kernel for 52 bits says what it has in TCR_EL1; of an imagined one it is given. */
static void find_bits(struct documented *d, struct machine *m)
{
	const char *p = machine_measured(m, "va_bits"), *ignore;
	const struct elfcore *core;
	uint64_t n;

	d->bits = d->built_bits;
	if (d->built_bits <= 48)
		return;
	if (p && scan_number(&p, 10, &n) && n >= 36 && n <= 52) {
		d->bits = (unsigned int)n;
		return;
	}
	core = machine_core(m, &ignore);
	p = core && core->vmcoreinfo ?
		after(core->vmcoreinfo, "NUMBER(TCR_EL1_T1SZ)=") : NULL;
	if (p && scan_number(&p, 0, &n) && n <= 64 - 36)
		d->bits = 64 - (unsigned int)n;
	else
		d->why = "needs the note VMCOREINFO, to tell 52 bits from fewer";
}

static void find_kasan(struct documented *d, const char *config)
{
	if (is_switched_on(config, "CONFIG_KASAN_GENERIC"))
		d->kasan_shift = 3;
	else if (is_switched_on(config, "CONFIG_KASAN_SW_TAGS"))
		d->kasan_shift = 4;
	d->kasan_offset = config_number(config, "CONFIG_KASAN_SHADOW_OFFSET=");
}

/* kpti= counts on any CPU. */
static void find_kpti(struct documented *d, const char *cmdline)
{
	if (line_has_word(cmdline, "kpti=0") || line_has_word(cmdline, "kpti=off"))
		d->kpti = "n";
	if (line_has_word(cmdline, "kpti=1") || line_has_word(cmdline, "kpti=on"))
		d->kpti = "y";
}

/*
 * asm/fixmap.h: the data of KPTI's trampoline has a slot besides the three of
 * its text, since 6.0 only where the kernel is relocatable.  Since 6.16 a page
 * of each guest's CPU has one, too.
 */
static void find_slots(struct documented *d, const char *config)
{
	bool data = d->release < 6000 || is_switched_on(config, "CONFIG_RELOCATABLE");

	d->trampoline_pages = data ? 4 : 3;
	if (d->release >= 6016 && is_switched_on(config, "CONFIG_KVM"))
		d->vncr_pages = config_number(config, "CONFIG_NR_CPUS=") + 1;
}

/* KASAN's tags are where NUMA balancing keeps what then needs a word of its own. */
static bool tags_need_room(const char *config)
{
	return is_switched_on(config, "CONFIG_NUMA_BALANCING") &&
	       (is_switched_on(config, "CONFIG_KASAN_SW_TAGS") ||
		is_switched_on(config, "CONFIG_KASAN_HW_TAGS"));
}

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));
	const char *cmdline = machine_file(m, "/proc/cmdline", NULL, NULL);
	const char *config = machine_config_file(m, &d->why);

	d->by_efi = machine_file(m, "/sys/firmware/efi/fw_platform_size", NULL, NULL);
	if (!config)
		return d;
	d->why = NULL;
	d->page_shift = is_switched_on(config, "CONFIG_ARM64_64K_PAGES") ? 16 :
			is_switched_on(config, "CONFIG_ARM64_16K_PAGES") ? 14 : 12;
	d->built_bits = (unsigned int)config_number(config, "CONFIG_ARM64_VA_BITS=");
	d->phys_bits = (unsigned int)config_number(config, "CONFIG_ARM64_PA_BITS=");
	d->levels = (unsigned int)config_number(config, "CONFIG_PGTABLE_LEVELS=");
	d->release = release_number(machine_measured(m, "release"));
	if (d->built_bits < 36 || d->built_bits > 52 || d->phys_bits > 52 ||
	    d->levels < 2 || d->levels > 5)
		d->why = "not the configuration of an arm64 kernel";
	else if (!d->release)
		d->why = "the release is not known";
	else if (tags_need_room(config))
		d->why = "struct page may have more than 64 bytes";
	else
		find_bits(d, m);
	d->modules_anywhere = is_switched_on(config, "CONFIG_RANDOMIZE_MODULE_REGION_FULL");
	find_kasan(d, config);
	find_slots(d, config);
	if (cmdline)
		find_kpti(d, cmdline);
	if (!is_switched_on(config, "CONFIG_UNMAP_KERNEL_AT_EL0"))
		d->kpti = "n";
	d->nokaslr = !is_switched_on(config, "CONFIG_RANDOMIZE_BASE") ||
		     (cmdline && line_has_word(cmdline, "nokaslr"));
	return d;
}

/* --- The rules ----------------------------------------------------------- */

/* VA_BITS_MIN: what is above its half is the same for all processors. */
static unsigned int least_bits(const struct documented *d)
{
	if (d->built_bits <= 48)
		return d->built_bits;
	return d->page_shift == 14 && d->release >= 6009 ? 47 : 48;
}

/* The end of the direct map, and of the shadow behind or in it. */
static uint64_t halfway(const struct documented *d)
{
	return -BIT((d->release < 5011 ? d->bits : least_bits(d)) - 1);
}

/* The struct pages of all that a direct map for that many bits can hold. */
static uint64_t struct_pages(const struct documented *d, unsigned int bits)
{
	uint64_t bytes = -BIT(least_bits(d) - 1) - -BIT(bits);

	return (bytes >> d->page_shift) * 64;
}

static void expect_range(struct verification *v, const char *name,
			 uint64_t start, uint64_t end, const char *how)
{
	expect(v, RECORD_REGION, name, "start", if_any(number(start, how)));
	expect(v, RECORD_REGION, name, "end", if_any(number(end - 1, how)));
}

static void check_halves(const struct documented *d, struct verification *v)
{
	static const char *const splits[][2] = {
		[36] = { "64G:64G", "36 bits" },
		[39] = { "512G:512G", "39 bits" },
		[42] = { "4T:4T", "42 bits" },
		[47] = { "128T:128T", "47 bits" },
		[48] = { "256T:256T", "48 bits" },
		[52] = { "4P:4P", "52 bits" },
	};
	uint64_t half = BIT(d->bits);
	const char *how = d->bits < ARRAY_SIZE(splits) && splits[d->bits][1] ?
			  splits[d->bits][1] : "the number of bits";

	expect_range(v, "user", 0, half, how);
	expect_range(v, "noncanonical", half, -half, how);
	expect(v, RECORD_REGION, "direct_map", "start", number(-half, how));
	expect(v, RECORD_FACT, "user_limit", "value", number(half, how));
	expect(v, RECORD_FACT, "va_bits", "value", number(d->bits, how));
	if (splits[d->bits][0])
		expect(v, RECORD_FACT, "user_kernel_split", "value",
		       word(splits[d->bits][0], how));
}

static void check_kasan(const struct documented *d, struct verification *v)
{
	const char *how = "CONFIG_KASAN_SHADOW_OFFSET";
	uint64_t end, start, direct_end = halfway(d);

	if (d->kasan_shift) {
		end = BIT(64 - d->kasan_shift) + d->kasan_offset;
		start = end - BIT(d->bits - d->kasan_shift);
		expect_range(v, "kasan_shadow", start, end, how);
		if (d->release >= 5011)
			direct_end = start;
	} else {
		expect(v, RECORD_REGION, "kasan_shadow", "start",
		       nothing("this configuration has no shadow"));
	}
	expect(v, RECORD_REGION, "direct_map", "end",
	       number(direct_end - 1, "half of the kernel's half"));
}

/*
 * BPF programs had a region until 5.17.  Modules got 2 GiB in 6.5, 128 MiB
 * before.  Then comes vmalloc.  On any processor they begin at the same place,
 * though until 5.10 the direct map may end elsewhere.
 */
static void check_modules(const struct documented *d, struct verification *v)
{
	uint64_t at = -BIT(least_bits(d) - 1), size = (d->release < 6005 ? 128 * MIB : 2 * GIB);
	const char *how = "behind the direct map";

	if (d->release < 5017) {
		if (d->kasan_shift)
			at = BIT(64 - d->kasan_shift) + d->kasan_offset;
		expect_range(v, "bpf_jit", at, at + 128 * MIB, how);
		at += 128 * MIB;
		how = "behind bpf_jit";
	} else {
		expect(v, RECORD_REGION, "bpf_jit", "start",
		       nothing("5.17 and later have none"));
	}
	expect_range(v, "modules", at, at + size, how);
	expect(v, RECORD_REGION, "vmalloc", "start",
	       number(at + size, "behind modules"));
	/* A boot loader need not put it where a table begins. */
	expect(v, RECORD_REGION, "image", "start", d->nokaslr ?
	       range(at + size, at + size + 2 * MIB - 1, "the start of vmalloc, without KASLR") :
	       range(at + size, UINT64_MAX, "in vmalloc, moved by KASLR"));
}

/* 128 MiB, which calls reach, or 2 GiB if KASLR was told so and has a seed. */
static struct known text_size(const struct documented *d, const struct region *text)
{
	const char *how = "128 MiB around the image, or 2 GiB if modules may be anywhere";
	uint64_t size = text && !text->absent ? text->end - text->start + 1 : 0;

	if (d->modules_anywhere && !d->nokaslr && (!size || size == 2 * GIB))
		return range(128 * MIB, 2 * GIB, how);
	return number(128 * MIB, how);
}

/*
 * module_init_limits() of arch/arm64/kernel/module.c, since 6.5: a range around
 * the image, and 2 GiB around that.  Without KASLR both end where the image does.
 */
static void check_execmem(const struct documented *d, struct verification *v)
{
	const struct region *image = layout_region(v->layout, "image");
	const struct region *text = layout_region(v->layout, "execmem_text");
	bool small = image && !image->absent && image->end - image->start < 128 * MIB;

	if (d->release < 6010)
		return;
	expect_size(v, "execmem_text", if_any(leaning(small ? text_size(d, text) :
		range(128 * MIB, 2 * GIB, "128 MiB or 2 GiB around the image"))));
	expect_size(v, "execmem_text_fallback", if_any(number(2 * GIB, "2 GiB around the image")));
	if (!small || !text || text->absent)
		return;
	expect(v, RECORD_REGION, "execmem_text", "start",
	       leaning(range(0, image->start, "around the image")));
	expect(v, RECORD_REGION, "execmem_text", "end", leaning(d->nokaslr ?
	       number(image->end, "the end of the image, without KASLR") :
	       range(image->end, UINT64_MAX, "around the image")));
}

/* Until 5.10 from the top down, each beside 2 MiB that are left free. */
static void check_top_5_10(const struct documented *d, struct verification *v)
{
	uint64_t size = struct_pages(d, d->built_bits);
	uint64_t vmemmap = -size - 2 * MIB, pci = vmemmap - 2 * MIB;
	/* Of a level that is not there, the size is that of the one above. */
	uint64_t pud = BIT(d->page_shift + (d->levels - 1 < 2 ? d->levels - 1 : 2) *
			   (d->page_shift - 3));
	const char *how = "from the top down, before 5.11";

	expect_range(v, "vmemmap", vmemmap + size - struct_pages(d, d->bits),
		     vmemmap + size, how);
	expect_range(v, "pci_io", pci - 16 * MIB, pci, how);
	expect(v, RECORD_REGION, "fixmap", "end", number(pci - 18 * MIB - 1, how));
	expect(v, RECORD_REGION, "vmalloc", "end",
	       number(-pud - size - 64 * KIB - 1, how));
}

/* From 5.11 to 6.8 vmemmap is as far from the top as it is long, and more. */
static void check_top_5_11(const struct documented *d, struct verification *v)
{
	uint64_t vmemmap = -BIT(d->built_bits - (d->page_shift - 6));
	uint64_t size = struct_pages(d, d->built_bits);
	const char *how = "a projection of the direct map, 5.11 to 6.8";

	expect_range(v, "vmemmap", vmemmap + size - struct_pages(d, d->bits),
		     vmemmap + size, how);
	expect_range(v, "pci_io", vmemmap - 24 * MIB, vmemmap - 8 * MIB, how);
	expect(v, RECORD_REGION, "fixmap", "end", number(vmemmap - 32 * MIB - 1, how));
	expect(v, RECORD_REGION, "vmalloc", "end", number(vmemmap - 256 * MIB - 1, how));
}

/* From 6.9 on vmemmap ends 1 GiB below the top, and the rest is above it. */
static void check_top_6_9(const struct documented *d, struct verification *v)
{
	uint64_t end = -GIB, start = end - struct_pages(d, d->bits);
	const char *how = "the last GiB and what is below it, 6.9 and later";

	expect_range(v, "vmemmap", start, end, how);
	expect_range(v, "pci_io", end + 8 * MIB, end + 24 * MIB, how);
	expect(v, RECORD_REGION, "fixmap", "end", number(-8 * MIB - 1, how));
	expect(v, RECORD_REGION, "vmalloc", "end", number(start - 8 * MIB - 1, how));
}

/*
 * Slots count down from the top: 2 MiB for the device tree, and 2 MiB or two
 * pages for its alignment; pages for consoles, patches and errors, and the
 * trampoline; seven windows of 256 KiB for early_ioremap(), and a page to each
 * of some releases; and one for each level of tables.  That is 8 MiB at most,
 * with pages of 64 KiB.
 */
static void check_slots(const struct documented *d, struct verification *v, uint64_t top)
{
	uint64_t vncr = d->vncr_pages << d->page_shift;
	uint64_t early = 7 * 256 * KIB;
	uint64_t trampoline = d->trampoline_pages << d->page_shift;
	/* Before 6.0, updates gave it two slots more. */
	uint64_t least = d->release < 6000 ? 2 : d->trampoline_pages;

	expect(v, RECORD_REGION, "dtb", "end", number(top - 1, "the first slots of the fixmap"));
	expect(v, RECORD_REGION, "dtb", "start",
	       range(top - 4 * MIB, top - 2 * MIB, "2 to 4 MiB of the fixmap"));
	expect(v, RECORD_REGION, "fixmap", "start",
	       range(top - 8 * MIB - vncr, top - 2 * MIB - early,
		     "slots for the device tree and early_ioremap(), and some more"));
	expect(v, RECORD_REGION, "kpti_trampoline", "start",
	       if_any(range(top - 5 * MIB - vncr, top - 2 * MIB - (least << d->page_shift),
			    "slots of the fixmap, behind the device tree's")));
	expect_size(v, "kpti_trampoline",
		    if_any(known_between(least << d->page_shift, trampoline,
					 "slots of the fixmap for its code and data")));
}

static void check_top(const struct documented *d, struct verification *v)
{
	uint64_t top;

	if (d->release < 5011) {
		check_top_5_10(d, v);
		top = -struct_pages(d, d->built_bits) - 22 * MIB;
	} else if (d->release < 6009) {
		check_top_5_11(d, v);
		top = -BIT(d->built_bits - (d->page_shift - 6)) - 32 * MIB;
	} else {
		check_top_6_9(d, v);
		top = -8 * MIB;
	}
	check_slots(d, v, top);
}

/* In an address space of its own, where processes are in theirs. */
static void check_efi(const struct documented *d, struct verification *v)
{
	const struct known half = if_any(range(0, BIT(d->bits) - 1, "the lower half"));

	expect(v, RECORD_REGION, "efi_runtime", "start", half);
	expect(v, RECORD_REGION, "efi_runtime", "end", half);
	if (!d->by_efi)
		report(v, value_of(v, RECORD_REGION, "efi_runtime", "absent"), ALLOWS,
		       "there is no /sys/firmware/efi");
}

static void check_facts(const struct documented *d, struct verification *v)
{
	unsigned int index_bits = d->page_shift - 3;
	const char *how = "the configuration";

	expect(v, RECORD_FACT, "page_levels", "value",
	       number((d->bits - 4) / index_bits, "as many as that many bits need"));
	expect(v, RECORD_FACT, "page_size", "value", number(BIT(d->page_shift), how));
	expect(v, RECORD_FACT, "pmd_size", "value",
	       number(BIT(d->page_shift + index_bits), how));
	expect(v, RECORD_FACT, "pgdir_size", "value",
	       number(BIT(d->page_shift + index_bits * (d->levels - 1)), how));
	expect(v, RECORD_FACT, "section_size", "value",
	       number(BIT(d->release < 5012 ? 30 : d->page_shift == 16 ? 29 : 27),
		      "asm/sparsemem.h"));
	expect(v, RECORD_FACT, "max_physmem_bits", "value",
	       d->phys_bits > 48 ? range(48, d->phys_bits, "CONFIG_ARM64_PA_BITS at most") :
	       number(d->phys_bits, "CONFIG_ARM64_PA_BITS"));
	expect(v, RECORD_FACT, "pa_bits", "value",
	       range(32, d->phys_bits, "CONFIG_ARM64_PA_BITS at most"));
	if (d->kpti)
		expect(v, RECORD_FACT, "kpti", "value",
		       word(d->kpti, "kpti= on the command line, or the configuration"));
	/* What is left of nokaslr is where the boot loader put the image. */
	expect(v, RECORD_FACT, "image_kaslr_offset", "value", d->nokaslr ?
	       range(0, 2 * MIB - 1, "nokaslr, or not configured") :
	       range(0, BIT(least_bits(d) - 1), "within vmalloc"));
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;

	/* Rules without a machine to apply them to confirm nothing. */
	v->leaning = d->why != NULL;
	expect(v, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
	v->leaning = false;
	if (d->why) {
		expect(v, RECORD_FACT, "va_bits", "value", unknown(d->why));
		return;
	}
	check_halves(d, v);
	check_kasan(d, v);
	check_modules(d, v);
	check_execmem(d, v);
	check_efi(d, v);
	check_top(d, v);
	check_facts(d, v);
}

const struct documentation documented_arm64 = {
	.load = load,
	.check = check,
	.image_home = "image",
	.modules_move = true,
};
