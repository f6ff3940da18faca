// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64.c - the layout of 64-bit Book3S as the kernel's sources give
 * it: arch/powerpc/include/asm/book3s/64/{radix,hash-4k,hash-64k,pgtable}.h and
 * asm/task_size_64.h.
 */
#include <elf.h>
#include <string.h>

#include "arch.h"
#include "base/util.h"

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define TIB	(UINT64_C(1) << 40)
#define PIB	(UINT64_C(1) << 50)

#define LINEAR	UINT64_C(0xc000000000000000)

struct facts {
	const char *why;		/* something below is not known */
	bool radix, pages_64k;
	uint64_t thread_shift;		/* 0: not known */
	uint64_t kasan_offset;		/* 0: no KASAN */
	bool relocatable;
};

/* asm/thread_info.h; 0 if the configuration does not tell. */
static uint64_t find_thread_shift(const struct situation *s, bool pages_64k)
{
	uint64_t shift = option_number(s, "CONFIG_THREAD_SHIFT");
	uint64_t page_shift = pages_64k ? 16 : 12;

	if (shift && shift < 15 && has_option(s, "CONFIG_KASAN"))
		shift++;
	return shift && shift < page_shift && has_option(s, "CONFIG_VMAP_STACK") ?
		page_shift : shift;
}

static struct facts find_facts(const struct situation *s)
{
	struct facts d = { .why = s->mmu.kind == WORD ? NULL : s->mmu.how };

	if (!s->options) {
		d.why = d.why && !s->is_machine ? d.why : s->why_no_options;
		return d;
	}
	d.radix = s->mmu.kind == WORD && !strcmp(s->mmu.word, "radix");
	d.pages_64k = has_option(s, "CONFIG_PPC_64K_PAGES");
	if (!d.why && !has_option(s, "CONFIG_PPC_BOOK3S_64"))
		d.why = "the rules are those of Book3S";
	d.thread_shift = find_thread_shift(s, d.pages_64k);
	d.relocatable = has_option(s, "CONFIG_RELOCATABLE");
	/* With hash, it is not switched on. */
	if (has_option(s, "CONFIG_KASAN") && d.radix)
		d.kasan_offset = option_number(s, "CONFIG_KASAN_SHADOW_OFFSET");
	return d;
}

static void must_be_range(struct expected_list *e, const char *name,
			  uint64_t start, uint64_t end, const char *how)
{
	must_span(e, name, start, end, how);
	must_be(e, RECORD_REGION, name, "size", number(end - start, how));
}

static void expect_user(const struct facts *d, struct expected_list *e)
{
	const char *how = d->pages_64k ? "64 KiB pages" : "4 KiB pages";
	uint64_t end = d->pages_64k ? 4 * PIB : 64 * TIB;

	must_be_range(e, "user", 0, end, how);
	must_be(e, RECORD_FACT, "user_limit", "value", number(end, how));
	must_be(e, RECORD_FACT, "user_kernel_split", "value",
	       word(d->pages_64k ? "4P:4E" : "64T:4E", how));
	if (d->radix)
		must_be_range(e, "noncanonical", 4 * PIB, LINEAR,
			     "radix translates 52 bits");
	else
		must_be(e, RECORD_REGION, "noncanonical", "start",
		       nothing("hash has no such addresses"));
}

/* vmalloc, I/O and vmemmap are of one size, one after the other. */
static void expect_kernel(const struct facts *d, struct expected_list *e)
{
	bool narrow = !d->radix && !d->pages_64k;
	uint64_t size = narrow ? TIB : 512 * TIB;
	uint64_t vmalloc = LINEAR + (narrow ? 61 * TIB : 2 * PIB);
	uint64_t io = vmalloc + size, vmemmap = io + size;
	const char *how = d->radix ? "book3s/64/radix.h" :
			  narrow ? "book3s/64/hash-4k.h" : "book3s/64/hash-64k.h";
	const char *in_io = "book3s/64/pgtable.h";

	must_be_range(e, "direct_map", LINEAR, vmalloc, how);
	must_be(e, RECORD_REGION, "direct_map", "phys", number(0, how));
	must_be(e, RECORD_REGION, "direct_map", "populated_start", number(LINEAR, how));
	must_be_range(e, "vmalloc", vmalloc, io, how);
	must_be_range(e, "kernel_io", io, vmemmap, how);
	must_be_range(e, "isa_io", io, io + 64 * KIB, in_io);
	must_be_range(e, "phb_io", io + 64 * KIB, io + 2 * GIB, in_io);
	must_be_range(e, "ioremap", io + 2 * GIB, vmemmap - 32 * MIB, in_io);
	must_be_range(e, "fixmap", vmemmap - 32 * MIB, vmemmap, in_io);
	must_be(e, RECORD_REGION, "vmemmap", "start", if_any(number(vmemmap, how)));
	must_be(e, RECORD_REGION, "vmemmap", "populated_start",
	       if_any(number(vmemmap, how)));
	must_be(e, RECORD_REGION, "vmemmap", "end",
	       if_any(number(vmemmap + size - 1, how)));
	must_be(e, RECORD_REGION, "vmemmap", "size", if_any(number(size, how)));
	must_be(e, RECORD_REGION, "modules", "start",
	       nothing("modules are in vmalloc"));
	/* asm/kasan.h: there is none for the shadow itself. */
	if (d->kasan_offset)
		must_span(e, "kasan_shadow", d->kasan_offset + (LINEAR >> 3),
			  UINT64_C(0xc00fc00000000000), "CONFIG_KASAN_SHADOW_OFFSET");
	else
		must_be(e, RECORD_REGION, "kasan_shadow", "start",
		       nothing("this configuration has no shadow"));
	must_be(e, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

/*
 * The exception vectors of an image that runs elsewhere are copied to where the
 * processor looks for them, and those of one that does not are its first part.
 */
static void expect_vectors(struct expected_list *e)
{
	static const struct premise at_the_start[] = {
		{ { RECORD_REGION, "image", "start" }, LINEAR, false },
	};
	const char *how = "exceptions are taken at physical 0";
	struct expected *start[] = {
		must_be(e, RECORD_REGION, "vectors", "start",
			leaning(nothing("the image is there"))), NULL
	};

	start[0]->when = WHERE;
	start[0]->premises = at_the_start;
	start[0]->n_premises = ARRAY_SIZE(at_the_start);
	start[1] = must_be(e, RECORD_REGION, "vectors", "start", if_any(number(LINEAR, how)));
	start[1]->when = UNLESS;
	start[1]->premises = at_the_start;
	start[1]->n_premises = ARRAY_SIZE(at_the_start);
	must_be(e, RECORD_REGION, "vectors", "phys", if_any(number(0, how)));
	must_be(e, RECORD_REGION, "vectors", "end",
		if_any(range(LINEAR + 8 * KIB - 1, LINEAR + 64 * KIB - 1, how)));
}

/* The sizes of the tables: radix.h, radix-4k.h and so on. */
static void expect_facts(const struct facts *d, struct expected_list *e)
{
	const char *how = d->radix ? "radix, by /proc/cpuinfo" : "hash, by /proc/cpuinfo";
	unsigned int pmd_shift = d->radix ? 21 : d->pages_64k ? 24 : 21;
	unsigned int pgd_shift = d->radix ? 39 : d->pages_64k ? 44 : 37;

	must_be(e, RECORD_FACT, "page_size", "value", d->pages_64k ?
		number(64 * KIB, "CONFIG_PPC_64K_PAGES") :
		number(4 * KIB, "CONFIG_PPC_64K_PAGES is not set"));
	must_be(e, RECORD_FACT, "mmu", "value", word(d->radix ? "radix" : "hash", how));
	must_be(e, RECORD_FACT, "page_levels", "value", number(4, "on all of them"));
	must_be(e, RECORD_FACT, "va_bits", "value",
	       number(d->radix || d->pages_64k ? 52 : 46, how));
	must_be(e, RECORD_FACT, "pmd_size", "value", number(UINT64_C(1) << pmd_shift, how));
	must_be(e, RECORD_FACT, "pgdir_size", "value", number(UINT64_C(1) << pgd_shift, how));
	must_be(e, RECORD_FACT, "section_size", "value", number(16 * MIB, "asm/sparsemem.h"));
	if (d->thread_shift && d->thread_shift < 32)
		must_be(e, RECORD_FACT, "thread_size", "value",
		       number(UINT64_C(1) << d->thread_shift, "CONFIG_THREAD_SHIFT"));
	/* A kernel that a crash started runs where memory was set aside for it. */
	must_be(e, RECORD_FACT, "image_kaslr_offset", "value", d->relocatable ?
	       range(0, 4 * GIB, "there is no KASLR") :
	       number(0, "CONFIG_RELOCATABLE is not set"));
}

static void expect(const struct situation *s, struct expected_list *e)
{
	const struct facts facts = find_facts(s), *d = &facts;

	if (d->why) {
		must_be(e, RECORD_FACT, "mmu", "value", unknown(d->why));
		return;
	}
	expect_user(d, e);
	expect_kernel(d, e);
	expect_vectors(e);
	expect_facts(d, e);
}

static uint64_t page_size(const struct situation *s)
{
	return has_option(s, "CONFIG_PPC_64K_PAGES") ? 64 * KIB : 4 * KIB;
}

/* A kernel for both runs with either. */
static size_t modes(const struct situation *s, struct situation *each)
{
	bool can = has_option(s, "CONFIG_PPC_RADIX_MMU") && !has_parameter(s, "disable_radix");
	const char *given = s->mmu.kind == WORD ? s->mmu.word : "";
	size_t n = 0;

	if (!can || strcmp(given, "radix")) {
		each[n] = *s;
		each[n++].mmu = word("hash", "the processor");
	}
	if (can && strcmp(given, "hash")) {
		each[n] = *s;
		each[n++].mmu = word("radix", "the processor");
	}
	return n;
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	/* Hash leaves it to the kernel to refuse addresses. */
	{ RECORD_REGION, "noncanonical", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "vectors", AT_RUN_TIME, NULL, { 0 } },
	{ RECORD_REGION, "kernel_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "isa_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "phb_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "ioremap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "modules", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "data", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", WITHOUT_SYMBOLS, NULL, PHYS },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "mmu", "text", NULL },
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_PPC_4K_PAGES", "CONFIG_PPC_64K_PAGES", "CONFIG_PPC_RADIX_MMU",
	"CONFIG_PPC_RADIX_MMU_DEFAULT", "CONFIG_PPC_64S_HASH_MMU", NULL
};

static const char *const numbers[] = {
	"CONFIG_PAGE_OFFSET", "CONFIG_KERNEL_START", "CONFIG_PHYSICAL_START", NULL
};

static const char *const order[] = {
	"user", "noncanonical", "direct_map", "vmalloc", "kernel_io", "phb_io",
	"ioremap", "fixmap", "vmemmap", "kasan_shadow", NULL
};

const struct arch arch_ppc64 = {
	.name = "ppc64",
	.machine = EM_PPC64,
	.bits = 64,
	.expect = expect,
	.image_home = "direct_map",
	.page_size = page_size,
	.modes = modes,
	.modes_differ = "by the MMU (--mmu)",
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
