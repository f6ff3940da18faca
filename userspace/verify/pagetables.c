// SPDX-License-Identifier: GPL-2.0-only
/*
 * pagetables.c - the kernel's page tables, read entry by entry from its
 * memory: what the processor itself goes by.
 *
 * The root is init_top_pgt; a table's physical address leads to its contents
 * by the segments of RAM in /proc/kcore.
 */
#include <elf.h>
#include <string.h>

#include "../util.h"
#include "elfcore.h"
#include "symtab.h"
#include "text.h"
#include "verify.h"

#define PRESENT		1u
#define LEAF		0x80u
#define ADDRESS		UINT64_C(0x000ffffffffff000)
#define PAGE		4096u
#define PMD		(UINT64_C(1) << 21)
#define P4D		(UINT64_C(1) << 39)

struct pagetables {
	struct machine *machine;
	const struct symbols *symbols;
	const struct elfcore *core;
	const char *why;		/* tables cannot be read */
	uint64_t root;			/* virtual address */
	unsigned int levels;
	uint64_t mask;			/* of the address in an entry */
	uint64_t apic, ioapic;		/* physical addresses, or 0 */
	const char *config;		/* the configuration, or NULL */
};

/* Where an address leads. */
struct mapping {
	enum { MAPPED, HOLE, UNREADABLE } state;
	uint64_t phys;
	const char *why;
};

/* The virtual address of physical memory, as /proc/kcore has it. */
static bool to_virtual(const struct elfcore *core, uint64_t phys, uint64_t *addr)
{
	for (size_t i = 0; i < core->n_segments; i++) {
		const struct segment *s = &core->segments[i];

		if (s->paddr != ELFCORE_NO_PADDR && phys >= s->paddr &&
		    phys - s->paddr < s->size) {
			*addr = s->vaddr + (phys - s->paddr);
			return true;
		}
	}
	return false;
}

/*
 * The entry for addr in the tables of a level: 1 is that of single pages.
 * Ends early at an entry that leads no further.
 */
static bool read_entry(const struct pagetables *k, uint64_t addr,
		       unsigned int level, uint64_t *entry,
		       unsigned int *reached, const char **why)
{
	uint64_t table = k->root;

	for (unsigned int at = k->levels; ; at--) {
		unsigned int index = addr >> (12 + 9 * (at - 1)) & 511;
		unsigned char line[8 * 8];	/* neighbours come along */

		if (!machine_memory(k->machine, table + (index & ~7u) * 8,
				    line, sizeof(line), why))
			return false;
		*entry = load_word(line + (index & 7) * 8, 8, false);
		*reached = at;
		if (at == level || !(*entry & PRESENT) || (*entry & LEAF))
			return true;
		if (!to_virtual(k->core, *entry & k->mask, &table)) {
			*why = "a page table lies outside the segments of /proc/kcore";
			return false;
		}
	}
}

static struct mapping walk(const struct pagetables *k, uint64_t addr)
{
	struct mapping m = { .state = UNREADABLE };
	unsigned int level;
	uint64_t entry, size;

	if (!read_entry(k, addr, 1, &entry, &level, &m.why))
		return m;
	if (!(entry & PRESENT)) {
		m.state = HOLE;
		return m;
	}
	size = UINT64_C(1) << (12 + 9 * (level - 1));
	m.state = MAPPED;
	/* The lowest bits of a large page's address are flags. */
	m.phys = (entry & k->mask & ~(size - 1)) | (addr & (size - 1));
	return m;
}

static void find_root(struct pagetables *k)
{
	unsigned char bytes[4];
	uint64_t addr;
	const char *p;

	if (!symbols_find(k->symbols, "init_top_pgt", NULL, &k->root)) {
		k->why = "init_top_pgt is not listed: this kernel is built without KALLSYMS_ALL";
		return;
	}
	/* Kernels that know four levels only have no such variable. */
	k->levels = 4;
	if (symbols_find(k->symbols, "__pgtable_l5_enabled", NULL, &addr)) {
		if (!machine_memory(k->machine, addr, bytes, sizeof(bytes), &k->why))
			return;
		k->levels += load_word(bytes, sizeof(bytes), false) != 0;
	}
	k->mask = ADDRESS;
	p = k->core->vmcoreinfo;
	p = p ? after(p, "NUMBER(sme_mask)=") : NULL;
	if (p && scan_number(&p, 10, &addr))
		k->mask &= ~addr;
	k->why = NULL;
}

/* "fee00000-fee00fff : Local APIC" */
static uint64_t find_device(const char *iomem, const char *name)
{
	for (; iomem; iomem = next_line(iomem)) {
		const char *p = iomem + strspn(iomem, " ");
		uint64_t start;

		if (line_has(iomem, name) &&
		    scan_number(&p, 16, &start))
			return start;
	}
	return 0;
}

static const void *load(struct machine *m)
{
	struct pagetables *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *iomem, *why;

	k->machine = m;
	k->symbols = machine_addresses(m, &k->why);
	if (!k->symbols)
		return k;
	k->core = machine_core(m, &k->why);
	if (!k->core)
		return k;
	k->why = "no rule for this architecture";
	if (k->core->machine != EM_X86_64)
		return k;
	find_root(k);
	iomem = machine_file(m, "/proc/iomem", NULL, NULL);
	k->apic = find_device(iomem, " : Local APIC");
	k->ioapic = find_device(iomem, " : IOAPIC 0");
	k->config = machine_config_file(m, &why);
	return k;
}

/* Where a part of the image starts: as listed, or else as published. */
static bool find_part(const struct pagetables *k, const struct region *r,
		      uint64_t *start)
{
	static const char *const parts[][2] = {
		{ "image", "_text" },		{ "text", "_text" },
		{ "rodata", "__start_rodata" },	{ "data", "_sdata" },
		{ "init", "__init_begin" },	{ "init_percpu", "__per_cpu_load" },
		{ "init_percpu", "__per_cpu_start" },
		{ "bss", "__bss_start" },	{ "brk", "__brk_base" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!strcmp(r->name, parts[i][0]) &&
		    symbols_find(k->symbols, parts[i][1], NULL, start) && *start)
			return true;
	}
	*start = r->start;
	return false;
}

/* The physical address of every part of the image that is still mapped. */
static void check_phys(const struct pagetables *k, struct verification *v)
{
	for (size_t i = 0; i < v->layout->n_regions; i++) {
		const struct region *r = &v->layout->regions[i];
		struct mapping at;
		struct known is;
		uint64_t start;
		bool listed;

		if (!r->has_phys || r->absent)
			continue;
		listed = find_part(k, r, &start);
		at = walk(k, start);
		is = at.state == MAPPED ?
			number(at.phys, "where its first byte is mapped") :
			unknown(at.state == HOLE ? "not mapped any more" : at.why);
		expect(v, r->record->type, r->name, "phys",
		       listed ? is : leaning(is));
	}
}

/* A region that starts where a mapping does, at a known physical address. */
static void check_first(const struct pagetables *k, struct verification *v,
			enum record_type type, const char *name,
			const char *key, struct known phys)
{
	const struct value *value = value_of(v, type, name, key);
	struct mapping at, before;

	if (!value || !value->is_number || !value->number)
		return;
	at = walk(k, value->number);
	before = walk(k, value->number - 1);
	if (at.state == UNREADABLE || before.state == UNREADABLE)
		report(v, value, CANNOT_SAY, "%s", at.why ? at.why : before.why);
	else if (at.state == HOLE)
		report(v, value, DISAGREES, "nothing is mapped there");
	else if (before.state == MAPPED)
		report(v, value, DISAGREES, "the byte before is mapped, too");
	else if (phys.kind == NUMBER && at.phys != phys.number)
		report(v, value, DISAGREES, "something else is mapped there than %s",
		       phys.how);
	else
		report(v, value, AGREES, "%s is mapped there, and nothing before",
		       phys.kind == NUMBER ? phys.how : "the first page");
}

/* The last byte of memory is mapped where it is due, and the next is not. */
static void check_direct_map_end(const struct pagetables *k,
				 struct verification *v)
{
	const struct region *r = layout_region(v->layout, "direct_map");
	const struct value *value = value_of(v, RECORD_REGION, "direct_map",
					     "populated_end");
	struct mapping at, behind;

	if (!value || !r || r->absent || r->populated_end == UINT64_MAX)
		return;
	at = walk(k, r->populated_end);
	behind = walk(k, r->populated_end + 1);
	v->leaning = true;		/* on where the region starts */
	if (at.state == UNREADABLE || behind.state == UNREADABLE)
		report(v, value, CANNOT_SAY, "%s", at.why ? at.why : behind.why);
	else if (at.state == HOLE || at.phys != r->populated_end - r->start)
		report(v, value, DISAGREES, "the last byte is not mapped, or not as far from the start as it is in memory");
	else if (behind.state == MAPPED)
		report(v, value, ALLOWS, "more is mapped behind");
	else
		report(v, value, AGREES, "the last byte is mapped, and nothing behind");
	v->leaning = false;
}

/* A known object of the image is mapped there as well. */
static void check_alias(const struct pagetables *k, struct verification *v,
			const struct value *value, const char *symbol,
			bool may_be_off)
{
	struct mapping at, object;
	uint64_t addr;

	if (!value || !value->is_number)
		return;
	if (!symbols_find(k->symbols, symbol, NULL, &addr)) {
		report(v, value, CANNOT_SAY, "%s is not listed", symbol);
		return;
	}
	at = walk(k, value->number);
	object = walk(k, addr);
	if (at.state == HOLE && may_be_off)
		report(v, value, CANNOT_SAY, "nothing is mapped there");
	else if (at.state == UNREADABLE || object.state == UNREADABLE)
		report(v, value, CANNOT_SAY, "%s", at.why ? at.why : object.why);
	else if (at.state == MAPPED && object.state == MAPPED &&
		 at.phys == object.phys)
		report(v, value, AGREES, "%s is mapped there", symbol);
	else
		report(v, value, DISAGREES, "%s is not mapped there", symbol);
}

/* One entry covers all of espfix, and leads to a table of that name. */
static void check_espfix(const struct pagetables *k, struct verification *v)
{
	const struct value *value = value_of(v, RECORD_REGION, "espfix", "start");
	const char *symbol = "espfix_pud_page", *why = NULL;
	const unsigned int level = 4;
	uint64_t addr, entry;
	struct mapping table;
	unsigned int reached;

	if (!value || !value->is_number)
		return;
	if (!symbols_find(k->symbols, symbol, NULL, &addr)) {
		report(v, value, CANNOT_SAY, "%s is not listed", symbol);
		return;
	}
	table = walk(k, addr);
	if (!read_entry(k, value->number, level, &entry, &reached, &why) ||
	    table.state == UNREADABLE) {
		report(v, value, CANNOT_SAY, "%s", why ? why : table.why);
		return;
	}
	if (reached != level || !(entry & PRESENT) || table.state != MAPPED ||
	    (entry & k->mask) != table.phys) {
		report(v, value, DISAGREES, "its entry does not lead to %s", symbol);
		return;
	}
	addr = value->number & ~(P4D - 1);
	expect_value(v, value, number(addr, "its entry leads to espfix_pud_page"));
	expect(v, RECORD_REGION, "espfix", "end",
	       number(addr + P4D - 1, "its entry leads to espfix_pud_page"));
}

/*
 * The lowest slots of the fixmap are for early_ioremap(): 512 of them, in the
 * table bm_pte; below is one for tboot if INTEL_TXT is set
 * (arch/x86/include/asm/fixmap.h).
 */
static void check_fixmap(const struct pagetables *k, struct verification *v)
{
	const uint64_t from = 0xffffffffff000000u, to = 0xffffffffff800000u;
	const struct value *start = value_of(v, RECORD_REGION, "fixmap", "start");
	unsigned int reached;
	struct mapping table;
	uint64_t addr, entry;
	const char *why = "no entry leads to bm_pte";

	if (!start || !symbols_find(k->symbols, "bm_pte", NULL, &addr))
		return;
	table = walk(k, addr);
	for (addr = from; addr < to && table.state == MAPPED; addr += PMD) {
		if (!read_entry(k, addr, 2, &entry, &reached, &why))
			break;
		if (reached != 2 || !(entry & PRESENT) || (entry & LEAF) ||
		    (entry & k->mask) != table.phys)
			continue;
		if (k->config && after(k->config, "CONFIG_INTEL_TXT=y"))
			addr -= PAGE;
		expect_value(v, start, k->config ?
			     number(addr, "the lowest slots are those that bm_pte maps") :
			     range(addr - PAGE, addr, "the lowest slots are those that bm_pte maps"));
		return;
	}
	report(v, start, CANNOT_SAY, "%s", why ? why : "bm_pte is not mapped");
}

/*
 * The tables level1_fixmap_pgt are in the image, and the last of them holds
 * the highest slots (arch/x86/kernel/head_64.S).
 */
static void check_fixmap_end(const struct pagetables *k, struct verification *v)
{
	const struct value *end = value_of(v, RECORD_REGION, "fixmap", "end");
	uint64_t table, entry, addr, last = 0;
	struct mapping first;
	unsigned int reached;
	const char *why = "no entry leads to level1_fixmap_pgt";

	if (!end || !symbols_find(k->symbols, "level1_fixmap_pgt", NULL, &table))
		return;
	first = walk(k, table);
	/* From the top down: the last 2 MiB of all would end at 2^64. */
	for (addr = -2 * PMD; addr >= -16 * PMD && !last; addr -= PMD) {
		if (first.state != MAPPED ||
		    !read_entry(k, addr, 2, &entry, &reached, &why))
			break;
		if (reached == 2 && (entry & PRESENT) && !(entry & LEAF) &&
		    (entry & k->mask) >= first.phys &&
		    (entry & k->mask) - first.phys < 8 * PAGE)
			last = addr + PMD - 1;
	}
	expect_value(v, end, last ?
		     number(last, "where level1_fixmap_pgt maps its last page") :
		     unknown(why ? why : "level1_fixmap_pgt is not mapped"));
}

/* Nothing is ever mapped there in the tables of the kernel itself. */
static void check_empty(const struct pagetables *k, struct verification *v,
			const char *name, unsigned int level)
{
	const struct region *r = layout_region(v->layout, name);
	const uint64_t step = UINT64_C(1) << (12 + 9 * (level - 1));
	const struct value *start = value_of(v, RECORD_REGION, name, "start");
	const struct value *end = value_of(v, RECORD_REGION, name, "end");
	enum verdict verdict = ALLOWS;
	const char *why = "nothing is mapped there";
	unsigned int reached;
	uint64_t entry, n;

	if (!r || r->absent)
		return;
	n = (r->end - r->start) / step + 1;
	for (uint64_t i = 0; i < n && i < 512 && verdict == ALLOWS; i++) {
		if (!read_entry(k, r->start + i * step, level, &entry, &reached,
				&why)) {
			verdict = CANNOT_SAY;
		} else if (entry & PRESENT) {
			verdict = DISAGREES;
			why = "something is mapped there";
		}
	}
	report(v, start, verdict, "%s", why);
	report(v, end, verdict, "%s", why);
}

/* Does the slot map that device?  A verdict for the slot that was published. */
static enum verdict judge_slot(const struct pagetables *k, uint64_t addr,
			       uint64_t device, uint64_t other)
{
	struct mapping at = walk(k, addr);

	if (at.state != MAPPED)
		return CANNOT_SAY;
	if (device && at.phys == device)
		return AGREES;
	return device || (other && at.phys / PAGE == other / PAGE) ?
		DISAGREES : CANNOT_SAY;
}

/*
 * The slot of the local APIC maps its registers, unless it runs as x2APIC;
 * the slot after it, a page below, those of the first I/O APIC.
 */
static void check_slot(const struct pagetables *k, struct verification *v)
{
	const struct witness *w = layout_witness(v->layout, "fixmap_slot");
	const struct value *value = value_of(v, RECORD_WITNESS, "fixmap_slot",
					     "addr");
	enum verdict local, io;

	if (!value || !w || !w->source ||
	    strcmp(w->source, "fix_to_virt(FIX_APIC_BASE)"))
		return;
	local = judge_slot(k, w->addr, k->apic, k->ioapic);
	io = judge_slot(k, w->addr - PAGE, k->ioapic, k->apic);
	if (w->addr % PAGE)
		report(v, value, DISAGREES, "not the start of a page");
	else if (local == DISAGREES || io == DISAGREES)
		report(v, value, DISAGREES, "other memory is mapped there than the APIC's");
	else if (local == AGREES)
		report(v, value, AGREES, "the local APIC of /proc/iomem is mapped there");
	else if (io == AGREES)
		report(v, value, AGREES, "the I/O APIC of /proc/iomem is mapped by the next slot");
	else
		report(v, value, CANNOT_SAY, "the slots of the APICs map nothing");
}

static void check_all(const struct pagetables *k, struct verification *v)
{
	check_phys(k, v);
	check_first(k, v, RECORD_REGION, "direct_map", "start",
		    number(0, "the first byte of memory"));
	check_first(k, v, RECORD_REGION, "vmemmap", "start", unknown(""));
	check_first(k, v, RECORD_REGION, "image", "start", unknown(""));
	check_direct_map_end(k, v);
	check_alias(k, v, value_of(v, RECORD_REGION, "cpu_entry_area", "start"),
		    "idt_table", false);
	check_alias(k, v, value_of(v, RECORD_REGION, "vsyscall", "start"),
		    "__vsyscall_page", true);
	check_espfix(k, v);
	check_fixmap(k, v);
	check_fixmap_end(k, v);
	check_empty(k, v, "guard_hole", k->levels);
	check_empty(k, v, "ldt_remap", k->levels);
	check_empty(k, v, "efi_runtime", 3);
	check_slot(k, v);
}

/* What check_all() judges, for when it cannot. */
static const struct rule rules[] = {
	{ "x86_64", RECORD_REGION, "direct_map", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "direct_map", "populated_end", 0, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "image", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "image", "phys", 0, 0 },
	{ "x86_64", RECORD_REGION, "cpu_entry_area", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "espfix", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "espfix", "end", 0, 0 },
	{ "x86_64", RECORD_REGION, "fixmap", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "fixmap", "end", 0, 0 },
	{ "x86_64", RECORD_REGION, "guard_hole", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "guard_hole", "end", 0, 0 },
	{ "x86_64", RECORD_REGION, "ldt_remap", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "ldt_remap", "end", 0, 0 },
	{ "x86_64", RECORD_REGION, "efi_runtime", "start", 0, 0 },
	{ "x86_64", RECORD_REGION, "efi_runtime", "end", 0, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "start", 0, 0 },
	{ "x86_64", RECORD_SECTION, "text", "phys", 0, 0 },
	{ "x86_64", RECORD_SECTION, "rodata", "phys", 0, 0 },
	{ "x86_64", RECORD_SECTION, "data", "phys", 0, 0 },
	{ "x86_64", RECORD_SECTION, "init", "phys", 0, 0 },
	{ "x86_64", RECORD_SECTION, "init_percpu", "phys", 0, 0 },
	{ "x86_64", RECORD_SECTION, "bss", "phys", 0, 0 },
	{ "x86_64", RECORD_SECTION, "brk", "phys", 0, 0 },
	{ "x86_64", RECORD_WITNESS, "fixmap_slot", "addr", 0, 0 },
};

static void check(const void *evidence, struct verification *v)
{
	const struct pagetables *k = evidence;
	const struct known reason = unknown(k->why);

	if (k->why || !is_arch(v, "x86_64"))
		apply_rules(v, rules, ARRAY_SIZE(rules), &reason);
	else
		check_all(k, v);
}

const struct source source_pagetables = {
	.name = "pagetables",
	.title = "the kernel's page tables in memory",
	.load = load,
	.check = check,
};
