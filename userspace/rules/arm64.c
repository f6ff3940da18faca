// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64.c - the layout as the kernel's documentation and sources
 * give it (Documentation/arch/arm64/memory.rst, which lags behind;
 * arch/arm64/include/asm/memory.h), for each number of bits that the kernel was
 * built for and that the processor has.
 */
#include <elf.h>
#include <string.h>

#include "arch.h"
#include "base/util.h"

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

#define BIT(n)	(UINT64_C(1) << (n))

struct facts {
	const char *why;		/* something below is not known */
	unsigned int release;		/* major * 1000 + minor */
	unsigned int page_shift, thread_shift;
	unsigned int built_bits, bits;	/* of an address */
	unsigned int phys_bits, levels;	/* built for */
	unsigned int kasan_shift;	/* 0: no shadow */
	uint64_t kasan_offset;
	bool nokaslr, modules_anywhere;
	const char *kpti;		/* as the command line asks for it */
	uint64_t trampoline_pages;	/* the most that it has */
	uint64_t vncr_pages;		/* KVM's slots of the fixmap */
	const char *why_pages;		/* the size of a struct page is not known */
	enum question by_efi;		/* firmware started it */
	enum question no_bpf_jit;	/* BPF programs have no region */
};

/* --- What decides -------------------------------------------------------- */

/* Of a kernel for 52 bits the processor decides. */
static void find_bits(struct facts *d, const struct situation *s)
{
	d->bits = d->built_bits;
	if (d->built_bits <= 48)
		return;
	if (s->va_bits.kind == NUMBER && s->va_bits.number >= 36 && s->va_bits.number <= 52)
		d->bits = (unsigned int)s->va_bits.number;
	else
		d->why = "needs the note VMCOREINFO, to tell 52 bits from fewer";
}

static void find_kasan(struct facts *d, const struct situation *s)
{
	if (has_option(s, "CONFIG_KASAN_GENERIC"))
		d->kasan_shift = 3;
	else if (has_option(s, "CONFIG_KASAN_SW_TAGS"))
		d->kasan_shift = 4;
	d->kasan_offset = option_number(s, "CONFIG_KASAN_SHADOW_OFFSET");
}

/* kpti= counts on any CPU. */
static void find_kpti(struct facts *d, const struct situation *s)
{
	if (has_parameter(s, "kpti=0") || has_parameter(s, "kpti=off"))
		d->kpti = "n";
	if (has_parameter(s, "kpti=1") || has_parameter(s, "kpti=on"))
		d->kpti = "y";
}

/*
 * asm/fixmap.h: the data of KPTI's trampoline has a slot besides the three of
 * its text, since 6.0 only where the kernel is relocatable.  Since 6.16 a page
 * of each guest's CPU has one, too.
 */
static void find_slots(struct facts *d, const struct situation *s)
{
	bool data = d->release < 6000 || has_option(s, "CONFIG_RELOCATABLE");

	d->trampoline_pages = data ? 4 : 3;
	if (d->release >= 6016 && has_option(s, "CONFIG_KVM"))
		d->vncr_pages = option_number(s, "CONFIG_NR_CPUS") + 1;
}

/* KASAN's tags are where NUMA balancing keeps what then needs a word of its own. */
static bool tags_need_room(const struct situation *s)
{
	return has_option(s, "CONFIG_NUMA_BALANCING") &&
	       (has_option(s, "CONFIG_KASAN_SW_TAGS") ||
		has_option(s, "CONFIG_KASAN_HW_TAGS"));
}

/* "arm64/bpf: Remove 128MB limit for BPF JIT programs" */
static enum question has_no_bpf_jit(const struct situation *s)
{
	static const struct backport updates[] = {
		{ 5010, NEVER_TAKEN }, { 5015, 18 }, { 5016, 4 }, { 0 }
	};

	return has_change(s, 5017, updates);
}

static unsigned int find_page_shift(const struct situation *s)
{
	return has_option(s, "CONFIG_ARM64_64K_PAGES") ? 16 :
	       has_option(s, "CONFIG_ARM64_16K_PAGES") ? 14 : 12;
}

/*
 * asm/memory.h: twice as much with a shadow of KASAN, and at least a page where
 * stacks are mapped.
 */
static unsigned int find_thread_shift(const struct situation *s)
{
	bool shadow = has_option(s, "CONFIG_KASAN_GENERIC") || has_option(s, "CONFIG_KASAN_SW_TAGS");
	unsigned int shift = 14 + shadow, page = find_page_shift(s);

	return has_option(s, "CONFIG_VMAP_STACK") && shift < page ? page : shift;
}

static struct facts find_facts(const struct situation *s)
{
	struct facts d = { .by_efi = s->by_efi };

	if (!s->options) {
		d.why = s->why_no_options;
		return d;
	}
	d.page_shift = find_page_shift(s);
	d.thread_shift = find_thread_shift(s);
	d.built_bits = (unsigned int)option_number(s, "CONFIG_ARM64_VA_BITS");
	d.phys_bits = (unsigned int)option_number(s, "CONFIG_ARM64_PA_BITS");
	d.levels = (unsigned int)option_number(s, "CONFIG_PGTABLE_LEVELS");
	d.release = s->release;
	d.no_bpf_jit = has_no_bpf_jit(s);
	if (d.built_bits < 36 || d.built_bits > 52 || d.phys_bits > 52 ||
	    d.levels < 2 || d.levels > 5)
		d.why = "not the configuration of an arm64 kernel";
	else if (!d.release)
		d.why = "the release is not known";
	else
		find_bits(&d, s);
	if (tags_need_room(s))
		d.why_pages = "struct page may have more than 64 bytes";
	d.modules_anywhere = has_option(s, "CONFIG_RANDOMIZE_MODULE_REGION_FULL");
	find_kasan(&d, s);
	find_slots(&d, s);
	find_kpti(&d, s);
	if (!has_option(s, "CONFIG_UNMAP_KERNEL_AT_EL0"))
		d.kpti = "n";
	d.nokaslr = !has_option(s, "CONFIG_RANDOMIZE_BASE") || has_parameter(s, "nokaslr");
	return d;
}

/* --- The rules ----------------------------------------------------------- */

/* VA_BITS_MIN: what is above its half is the same for all processors. */
static unsigned int least_bits(const struct facts *d)
{
	if (d->built_bits <= 48)
		return d->built_bits;
	return d->page_shift == 14 && d->release >= 6009 ? 47 : 48;
}

/* The end of the direct map, and of the shadow after or in it. */
static uint64_t halfway(const struct facts *d)
{
	return -BIT((d->release < 5011 ? d->bits : least_bits(d)) - 1);
}

/* The struct pages of all that a direct map for that many bits can hold. */
static uint64_t struct_pages(const struct facts *d, unsigned int bits)
{
	uint64_t bytes = -BIT(least_bits(d) - 1) - -BIT(bits);

	return (bytes >> d->page_shift) * 64;
}

/* VMALLOC_END of asm/pgtable.h. */
static uint64_t vmalloc_end(const struct facts *d)
{
	/* Of a level that is not there, the size is that of the one above. */
	unsigned int above_pages = d->levels - 1 < 2 ? d->levels - 1 : 2;
	uint64_t pud = BIT(d->page_shift + above_pages * (d->page_shift - 3));

	if (d->release < 5011)
		return -pud - struct_pages(d, d->built_bits) - 64 * KIB;
	if (d->release < 6009)
		return -BIT(d->built_bits - (d->page_shift - 6)) - 256 * MIB;
	return -GIB - struct_pages(d, d->bits) - 8 * MIB;
}

static void expect_halves(const struct facts *d, struct expected_list *e)
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

	must_span_if_any(e, "user", 0, half, how);
	must_span_if_any(e, "noncanonical", half, -half, how);
	must_be(e, RECORD_REGION, "direct_map", "start", number(-half, how));
	must_be(e, RECORD_FACT, "user_limit", "value", number(half, how));
	must_be(e, RECORD_FACT, "va_bits", "value", number(d->bits, how));
	if (splits[d->bits][0])
		must_be(e, RECORD_FACT, "user_kernel_split", "value",
		       word(splits[d->bits][0], how));
}

static void expect_kasan(const struct facts *d, struct expected_list *e)
{
	const char *how = "CONFIG_KASAN_SHADOW_OFFSET";
	uint64_t end, start, direct_end = halfway(d);

	if (d->kasan_shift) {
		end = BIT(64 - d->kasan_shift) + d->kasan_offset;
		start = end - BIT(d->bits - d->kasan_shift);
		must_span_if_any(e, "kasan_shadow", start, end, how);
		if (d->release >= 5011)
			direct_end = start;
	} else {
		must_be(e, RECORD_REGION, "kasan_shadow", "start",
		       nothing("this configuration has no shadow"));
	}
	must_be(e, RECORD_REGION, "direct_map", "end",
	       number(direct_end - 1, "half of the kernel's half"));
}

/* Where modules begin, with the region of BPF programs below them or without. */
static uint64_t modules_start(const struct facts *d, bool bpf_jit)
{
	uint64_t at = -BIT(least_bits(d) - 1);

	if (!bpf_jit)
		return at;
	if (d->kasan_shift)
		at = BIT(64 - d->kasan_shift) + d->kasan_offset;
	return at + 128 * MIB;
}

/* One of two places, which are the same if the release tells. */
static struct known one_of(uint64_t a, uint64_t b, const char *how)
{
	return a < b ? either(a, b, how) : either(b, a, how);
}

/*
 * BPF programs had a region until 5.17, and until some updates of 5.15 and 5.16.
 * Modules got 2 GiB in 6.5, 128 MiB before.  Then comes vmalloc.  On any
 * processor they begin at the same place, though until 5.10 the direct map may
 * end elsewhere.
 */
static void expect_modules(const struct facts *d, struct expected_list *e)
{
	uint64_t size = d->release < 6005 ? 128 * MIB : 2 * GIB;
	uint64_t with = modules_start(d, true), without = modules_start(d, false);
	const char *how = "after the region of BPF programs, if updates have not removed it";
	uint64_t low, high;

	if (d->no_bpf_jit == YES) {
		with = without;
		how = "after the direct map";
		must_be(e, RECORD_REGION, "bpf_jit", "start",
			nothing("5.17, 5.16.4, 5.15.18 and later have none"));
	} else {
		must_span_if_any(e, "bpf_jit", with - 128 * MIB, with, "after the direct map");
	}
	if (d->no_bpf_jit == NO) {
		without = with;
		how = "after bpf_jit";
	}
	must_be(e, RECORD_REGION, "modules", "start", if_any(one_of(with, without, how)));
	must_be(e, RECORD_REGION, "modules", "end",
		if_any(one_of(with + size - 1, without + size - 1, how)));
	must_be(e, RECORD_REGION, "vmalloc", "start",
		one_of(with + size, without + size, "after modules"));
	low = size + (with < without ? with : without);
	high = size + (with < without ? without : with);
	/* A boot loader need not put it where a table begins. */
	must_be(e, RECORD_REGION, "image", "start", d->nokaslr ?
		range(low, high + 2 * MIB - 1, "the start of vmalloc, without KASLR") :
		range(low, vmalloc_end(d) - 1, "in vmalloc, moved by KASLR"));
}

/* 128 MiB, which calls reach, or 2 GiB if KASLR was told so and has a seed. */
static struct known text_size(const struct facts *d)
{
	const char *how = "128 MiB around the image, or 2 GiB if modules may be anywhere";

	return d->modules_anywhere && !d->nokaslr ? either(128 * MIB, 2 * GIB, how) :
						    number(128 * MIB, how);
}

/*
 * module_init_limits() of arch/arm64/kernel/module.c, since 6.5: a range around
 * the image, and 2 GiB around that.  Without KASLR both end where the image does.
 */
static void expect_execmem(const struct facts *d, const struct situation *s,
			  struct expected_list *e)
{
	bool small = s->image_size.kind == NUMBER && s->image_size.number <= 128 * MIB;

	if (d->release < 6010)
		return;
	must_have_size(e, "execmem_text", if_any(leaning(small ? text_size(d) :
		range(128 * MIB, 2 * GIB, "128 MiB or 2 GiB around the image"))));
	must_have_size(e, "execmem_text_fallback", if_any(number(2 * GIB, "2 GiB around the image")));
	if (!small)
		return;
	must_be_from(e, RECORD_REGION, "execmem_text", "start", REGION_START("image"),
		     if_any(range(-2 * GIB, 0, "around the image")));
	must_be_from(e, RECORD_REGION, "execmem_text", "end", REGION_END("image"), if_any(d->nokaslr ?
		     number(0, "the end of the image, without KASLR") :
		     range(0, 2 * GIB, "around the image")));
}

/* Until 5.10 from the top down, each beside 2 MiB that are left free. */
static void expect_top_5_10(const struct facts *d, struct expected_list *e)
{
	uint64_t size = struct_pages(d, d->built_bits);
	uint64_t vmemmap = -size - 2 * MIB, pci = vmemmap - 2 * MIB;
	const char *how = "from the top down, before 5.11";

	must_span_if_any(e, "vmemmap", vmemmap + size - struct_pages(d, d->bits),
		     vmemmap + size, how);
	must_span_if_any(e, "pci_io", pci - 16 * MIB, pci, how);
	must_be(e, RECORD_REGION, "fixmap", "end", number(pci - 18 * MIB - 1, how));
	must_be(e, RECORD_REGION, "vmalloc", "end", number(vmalloc_end(d) - 1, how));
}

/* From 5.11 to 6.8 vmemmap is as far from the top as it is long, and more. */
static void expect_top_5_11(const struct facts *d, struct expected_list *e)
{
	uint64_t vmemmap = -BIT(d->built_bits - (d->page_shift - 6));
	uint64_t size = struct_pages(d, d->built_bits);
	const char *how = "a projection of the direct map, 5.11 to 6.8";

	must_span_if_any(e, "vmemmap", vmemmap + size - struct_pages(d, d->bits),
		     vmemmap + size, how);
	must_span_if_any(e, "pci_io", vmemmap - 24 * MIB, vmemmap - 8 * MIB, how);
	must_be(e, RECORD_REGION, "fixmap", "end", number(vmemmap - 32 * MIB - 1, how));
	must_be(e, RECORD_REGION, "vmalloc", "end", number(vmalloc_end(d) - 1, how));
}

/*
 * Slots count down from the top: 2 MiB for the device tree, and 2 MiB or two
 * pages for its alignment; pages for consoles, patches and errors, and the
 * trampoline; seven windows of 256 KiB for early_ioremap(), and a page to each
 * of some releases; and one for each level of tables.  That is 8 MiB at most,
 * with pages of 64 KiB.
 */
static void expect_slots(const struct facts *d, struct expected_list *e, uint64_t top)
{
	uint64_t vncr = d->vncr_pages << d->page_shift;
	uint64_t early = 7 * 256 * KIB;
	uint64_t trampoline = d->trampoline_pages << d->page_shift;
	/* Before 6.0, updates gave it two slots more. */
	uint64_t least = d->release < 6000 ? 2 : d->trampoline_pages;

	must_be(e, RECORD_REGION, "dtb", "end", number(top - 1, "the first slots of the fixmap"));
	must_be(e, RECORD_REGION, "dtb", "start",
	       range(top - 4 * MIB, top - 2 * MIB, "2 to 4 MiB of the fixmap"));
	must_be(e, RECORD_REGION, "fixmap", "start",
	       range(top - 8 * MIB - vncr, top - 2 * MIB - early,
		     "slots for the device tree and early_ioremap(), and some more"));
	must_be(e, RECORD_REGION, "kpti_trampoline", "start",
	       if_any(range(top - 5 * MIB - vncr, top - 2 * MIB - (least << d->page_shift),
			    "slots of the fixmap, after the device tree's")));
	must_have_size(e, "kpti_trampoline",
		    if_any(known_between(least << d->page_shift, trampoline,
					 "slots of the fixmap for its code and data")));
}

static const char last_gib[] = "the last GiB and what is below it, 6.9 and later";

static void expect_above_vmemmap(const struct facts *d, struct expected_list *e)
{
	must_span_if_any(e, "pci_io", -GIB + 8 * MIB, -GIB + 24 * MIB, last_gib);
	must_be(e, RECORD_REGION, "fixmap", "end", number(-8 * MIB - 1, last_gib));
	expect_slots(d, e, -8 * MIB);
}

/* From 6.9 on vmemmap ends 1 GiB below the top, and the rest is above it. */
static void expect_top_6_9(const struct facts *d, struct expected_list *e)
{
	must_span_if_any(e, "vmemmap", -GIB - struct_pages(d, d->bits), -GIB, last_gib);
	must_be(e, RECORD_REGION, "vmalloc", "end", number(vmalloc_end(d) - 1, last_gib));
	expect_above_vmemmap(d, e);
}

/* Until 6.8 all the rest is counted from vmemmap; since then only vmalloc's end is. */
static void expect_unsure_top(const struct facts *d, struct expected_list *e)
{
	static const char *const names[] = { "vmemmap", "pci_io", "fixmap", "dtb" };
	bool all = d->release < 6009;

	for (size_t i = 0; i < (all ? ARRAY_SIZE(names) : 1); i++) {
		must_be(e, RECORD_REGION, names[i], "start", unknown(d->why_pages));
		must_be(e, RECORD_REGION, names[i], "end", unknown(d->why_pages));
	}
	must_be(e, RECORD_REGION, "vmalloc", "end", unknown(d->why_pages));
	if (!all)
		expect_above_vmemmap(d, e);
}

static void expect_top(const struct facts *d, struct expected_list *e)
{
	uint64_t top;

	if (d->why_pages) {
		expect_unsure_top(d, e);
		return;
	}
	if (d->release < 5011) {
		expect_top_5_10(d, e);
		top = -struct_pages(d, d->built_bits) - 22 * MIB;
	} else if (d->release < 6009) {
		expect_top_5_11(d, e);
		top = -BIT(d->built_bits - (d->page_shift - 6)) - 32 * MIB;
	} else {
		expect_top_6_9(d, e);
		return;
	}
	expect_slots(d, e, top);
}

/* In an address space of its own, where processes are in theirs. */
static void expect_efi(const struct facts *d, struct expected_list *e)
{
	const struct known half = if_any(range(0, BIT(d->bits) - 1, "the lower half"));

	must_be(e, RECORD_REGION, "efi_runtime", "start", half);
	must_be(e, RECORD_REGION, "efi_runtime", "end", half);
	if (d->by_efi == NO)
		may_be_absent(e, "efi_runtime", "there is no /sys/firmware/efi");
}

static void expect_facts(const struct facts *d, struct expected_list *e)
{
	unsigned int index_bits = d->page_shift - 3;
	const char *how = "the configuration";

	must_be(e, RECORD_FACT, "page_levels", "value",
	       number((d->bits - 4) / index_bits, "as many as that many bits need"));
	must_be(e, RECORD_FACT, "page_size", "value", number(BIT(d->page_shift), how));
	must_be(e, RECORD_FACT, "thread_size", "value",
		number(BIT(d->thread_shift), "THREAD_SIZE of asm/memory.h"));
	must_be(e, RECORD_FACT, "pmd_size", "value",
	       number(BIT(d->page_shift + index_bits), how));
	must_be(e, RECORD_FACT, "pgdir_size", "value",
	       number(BIT(d->page_shift + index_bits * (d->levels - 1)), how));
	must_be(e, RECORD_FACT, "section_size", "value",
	       number(BIT(d->release < 5012 ? 30 : d->page_shift == 16 ? 29 : 27),
		      "asm/sparsemem.h"));
	must_be(e, RECORD_FACT, "max_physmem_bits", "value",
	       d->phys_bits > 48 ? range(48, d->phys_bits, "CONFIG_ARM64_PA_BITS at most") :
	       number(d->phys_bits, "CONFIG_ARM64_PA_BITS"));
	must_be(e, RECORD_FACT, "pa_bits", "value",
	       range(32, d->phys_bits, "CONFIG_ARM64_PA_BITS at most"));
	if (d->kpti)
		must_be(e, RECORD_FACT, "kpti", "value",
		       word(d->kpti, "kpti= on the command line, or the configuration"));
	/* What is left of nokaslr is where the boot loader put the image. */
	must_be(e, RECORD_FACT, "image_kaslr_offset", "value", d->nokaslr ?
	       range(0, 2 * MIB - 1, "nokaslr, or not configured") :
	       range(0, BIT(least_bits(d) - 1), "within vmalloc"));
}

static void expect(const struct situation *s, struct expected_list *e)
{
	const struct facts facts = find_facts(s), *d = &facts;

	/* Rules without a machine to apply them to confirm nothing. */
	e->weak = d->why != NULL;
	must_be(e, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
	e->weak = false;
	if (d->why) {
		must_be(e, RECORD_FACT, "va_bits", "value", unknown(d->why));
		return;
	}
	expect_halves(d, e);
	expect_kasan(d, e);
	expect_modules(d, e);
	expect_execmem(d, s, e);
	expect_efi(d, e);
	expect_top(d, e);
	expect_facts(d, e);
}

static uint64_t page_size(const struct situation *s)
{
	return BIT(find_page_shift(s));
}

/* A kernel for 52 bits runs with fewer if the processor has them or the boot says so. */
static size_t modes(const struct situation *s, struct situation *each)
{
	unsigned int built = (unsigned int)option_number(s, "CONFIG_ARM64_VA_BITS"), bits[2];
	size_t n = 0;

	if (!built) {
		*each = *s;
		return 1;
	}
	if (built == 52)
		bits[n++] = find_page_shift(s) == 14 && s->release >= 6009 ? 47 : 48;
	if (built < 52 || !has_parameter(s, "arm64.nolva"))
		bits[n++] = built;
	return modes_by_bits(s, bits, n, each);
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "noncanonical", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	/* CONFIG_KASAN_HW_TAGS has none, CONFIG_KASAN_SW_TAGS has one. */
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN_GENERIC", { 0 } },
	{ RECORD_REGION, "efi_runtime", AT_RUN_TIME, "CONFIG_EFI", { 0 } },
	{ RECORD_REGION, "bpf_jit", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pci_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "dtb", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "kpti_trampoline", WITHOUT_OPTION, "CONFIG_UNMAP_KERNEL_AT_EL0", { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "text", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "data_bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "data", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "fixmap_slot", OPTIONAL, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "kpti", "bool", NULL },
	{ "phys_offset", "offset", NULL },
	{ "kimage_voffset", "offset", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_ARM64_4K_PAGES", "CONFIG_ARM64_16K_PAGES",
	"CONFIG_ARM64_64K_PAGES", "CONFIG_ARM64_LPA2",
	"CONFIG_ARM64_FORCE_52BIT", "CONFIG_RANDOMIZE_MODULE_REGION_FULL",
	"CONFIG_ARM64_MODULE_PLTS", "CONFIG_UNMAP_KERNEL_AT_EL0",
	"CONFIG_KASAN_SW_TAGS", "CONFIG_KASAN_HW_TAGS",
	"CONFIG_ACPI_APEI_GHES", "CONFIG_ARM_SDE_INTERFACE", NULL
};

static const char *const numbers[] = {
	"CONFIG_ARM64_VA_BITS", "CONFIG_ARM64_PA_BITS", NULL
};

/* What lies above vmalloc is sorted in another way since 6.9. */
static const char *const order[] = {
	"user", "noncanonical", "direct_map", "kasan_shadow", "bpf_jit",
	"modules", "vmalloc", "pci_io", NULL
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.bits = 64,
	.expect = expect,
	.image_home = "image",
	.page_size = page_size,
	.modes = modes,
	.modes_differ = DIFFER_BY_BITS,
	.modules_move = true,
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
