// SPDX-License-Identifier: GPL-2.0-only
/*
 * pagetables_x86_64.c - what page tables tell of regions that no architecture
 * but x86_64 has.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "pagetables.h"

#define PAGE		4096u
#define PMD		(UINT64_C(1) << 21)
#define P4D		(UINT64_C(1) << 39)

/* A region that starts where a mapping does, at a known physical address. */
static void check_first(const struct tables *t, struct verification *v,
		 enum record_type type, const char *name, const char *key,
		 struct known phys)
{
	const struct value *value = value_of(v, type, name, key);
	struct mapping at, before;

	if (!value || !value->is_number || !value->number)
		return;
	at = tables_walk(t, value->number);
	before = tables_walk(t, value->number - 1);
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

/* A known object of the image is mapped there as well. */
static void check_alias(const struct tables *t, struct verification *v,
		 const struct value *value, const char *symbol, bool may_be_off)
{
	struct mapping at, object;
	uint64_t addr;

	if (!value || !value->is_number)
		return;
	if (!tables_symbol(t, symbol, &addr)) {
		report(v, value, CANNOT_SAY, "%s is not listed", symbol);
		return;
	}
	at = tables_walk(t, value->number);
	object = tables_walk(t, addr);
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

/* Nothing is ever mapped there in the tables of the kernel itself. */
static void check_empty(const struct tables *t, struct verification *v,
		 const char *name, unsigned int level)
{
	const struct region *r = layout_region(v->layout, name);
	const uint64_t step = tables_size(t, level);
	const struct value *start = value_of(v, RECORD_REGION, name, "start");
	const struct value *end = value_of(v, RECORD_REGION, name, "end");
	enum verdict verdict = ALLOWS;
	const char *why = "nothing is mapped there";
	enum entry_kind kind;
	unsigned int reached;
	uint64_t phys, n;

	if (!r || r->absent)
		return;
	n = (r->end - r->start) / step + 1;
	for (uint64_t i = 0; i < n && i < 512 && verdict == ALLOWS; i++) {
		if (!tables_entry(t, r->start + i * step, level, &kind, &phys,
				  &reached, &why)) {
			verdict = CANNOT_SAY;
		} else if (kind != ENTRY_NONE) {
			verdict = DISAGREES;
			why = "something is mapped there";
		}
	}
	report(v, start, verdict, "%s", why);
	report(v, end, verdict, "%s", why);
}

/* One entry covers all of espfix, and leads to a table of that name. */
static void check_espfix(const struct tables *t, struct verification *v)
{
	const struct value *value = value_of(v, RECORD_REGION, "espfix", "start");
	const char *symbol = "espfix_pud_page", *why = NULL;
	const unsigned int level = 4;
	enum entry_kind kind;
	uint64_t addr, phys;
	struct mapping table;
	unsigned int reached;

	if (!value || !value->is_number)
		return;
	if (!tables_symbol(t, symbol, &addr)) {
		report(v, value, CANNOT_SAY, "%s is not listed", symbol);
		return;
	}
	table = tables_walk(t, addr);
	if (!tables_entry(t, value->number, level, &kind, &phys, &reached, &why) ||
	    table.state == UNREADABLE) {
		report(v, value, CANNOT_SAY, "%s", why ? why : table.why);
		return;
	}
	if (reached != level || kind == ENTRY_NONE || table.state != MAPPED ||
	    phys != table.phys) {
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
static void check_fixmap(const struct tables *t, struct verification *v)
{
	const uint64_t from = 0xffffffffff000000u, to = 0xffffffffff800000u;
	const struct value *start = value_of(v, RECORD_REGION, "fixmap", "start");
	enum entry_kind kind;
	unsigned int reached;
	struct mapping table;
	uint64_t addr, phys;
	const char *why = "no entry leads to bm_pte";

	if (!start || !tables_symbol(t, "bm_pte", &addr))
		return;
	table = tables_walk(t, addr);
	for (addr = from; addr < to && table.state == MAPPED; addr += PMD) {
		if (!tables_entry(t, addr, 2, &kind, &phys, &reached, &why))
			break;
		if (reached != 2 || kind != ENTRY_TABLE || phys != table.phys)
			continue;
		if (t->config && after(t->config, "CONFIG_INTEL_TXT=y"))
			addr -= PAGE;
		expect_value(v, start, t->config ?
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
static void check_fixmap_end(const struct tables *t, struct verification *v)
{
	const struct value *end = value_of(v, RECORD_REGION, "fixmap", "end");
	uint64_t table, phys, addr, last = 0;
	enum entry_kind kind;
	struct mapping first;
	unsigned int reached;
	const char *why = "no entry leads to level1_fixmap_pgt";

	if (!end || !tables_symbol(t, "level1_fixmap_pgt", &table))
		return;
	first = tables_walk(t, table);
	/* From the top down: the last 2 MiB of all would end at 2^64. */
	for (addr = -2 * PMD; addr >= -16 * PMD && !last; addr -= PMD) {
		if (first.state != MAPPED ||
		    !tables_entry(t, addr, 2, &kind, &phys, &reached, &why))
			break;
		if (reached == 2 && kind == ENTRY_TABLE &&
		    phys >= first.phys && phys - first.phys < 8 * PAGE)
			last = addr + PMD - 1;
	}
	expect_value(v, end, last ?
		     number(last, "where level1_fixmap_pgt maps its last page") :
		     unknown(why ? why : "level1_fixmap_pgt is not mapped"));
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

/* Does the slot map that device?  A verdict for the slot that was published. */
static enum verdict judge_slot(const struct tables *t, uint64_t addr,
			       uint64_t device, uint64_t other)
{
	struct mapping at = tables_walk(t, addr);

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
static void check_slot(const struct tables *t, struct verification *v)
{
	const struct witness *w = layout_witness(v->layout, "fixmap_slot");
	const struct value *value = value_of(v, RECORD_WITNESS, "fixmap_slot",
					     "addr");
	const char *iomem = machine_file(t->machine, "/proc/iomem", NULL, NULL);
	uint64_t apic = find_device(iomem, " : Local APIC");
	uint64_t ioapic = find_device(iomem, " : IOAPIC 0");
	enum verdict local, io;

	if (!value || !w || !w->source ||
	    strcmp(w->source, "fix_to_virt(FIX_APIC_BASE)"))
		return;
	local = judge_slot(t, w->addr, apic, ioapic);
	io = judge_slot(t, w->addr - PAGE, ioapic, apic);
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

void check_x86_64(const struct tables *t, struct verification *v)
{
	check_first(t, v, RECORD_REGION, "direct_map", "start",
		    number(0, "the first byte of memory"));
	check_first(t, v, RECORD_REGION, "vmemmap", "start", unknown(""));
	check_first(t, v, RECORD_REGION, "image", "start", unknown(""));
	check_alias(t, v, value_of(v, RECORD_REGION, "cpu_entry_area", "start"),
		    "idt_table", false);
	check_alias(t, v, value_of(v, RECORD_REGION, "vsyscall", "start"),
		    "__vsyscall_page", true);
	check_espfix(t, v);
	check_fixmap(t, v);
	check_fixmap_end(t, v);
	check_empty(t, v, "guard_hole", t->levels);
	check_empty(t, v, "ldt_remap", t->levels);
	check_empty(t, v, "efi_runtime", 3);
	check_slot(t, v);
}

static const struct rule rules[] = {
	{ NULL, RECORD_REGION, "direct_map", "start", 0, 0 },
	{ NULL, RECORD_REGION, "vmemmap", "start", 0, 0 },
	{ NULL, RECORD_REGION, "image", "start", 0, 0 },
	{ NULL, RECORD_REGION, "cpu_entry_area", "start", 0, 0 },
	{ NULL, RECORD_REGION, "espfix", "start", 0, 0 },
	{ NULL, RECORD_REGION, "espfix", "end", 0, 0 },
	{ NULL, RECORD_REGION, "fixmap", "start", 0, 0 },
	{ NULL, RECORD_REGION, "fixmap", "end", 0, 0 },
	{ NULL, RECORD_REGION, "guard_hole", "start", 0, 0 },
	{ NULL, RECORD_REGION, "guard_hole", "end", 0, 0 },
	{ NULL, RECORD_REGION, "ldt_remap", "start", 0, 0 },
	{ NULL, RECORD_REGION, "ldt_remap", "end", 0, 0 },
	{ NULL, RECORD_REGION, "efi_runtime", "start", 0, 0 },
	{ NULL, RECORD_REGION, "efi_runtime", "end", 0, 0 },
	{ NULL, RECORD_REGION, "vsyscall", "start", 0, 0 },
	{ NULL, RECORD_WITNESS, "fixmap_slot", "addr", 0, 0 },
};

void cannot_check_x86_64(struct verification *v, struct known reason)
{
	apply_rules(v, rules, ARRAY_SIZE(rules), &reason);
}
