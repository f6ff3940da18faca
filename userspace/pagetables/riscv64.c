// SPDX-License-Identifier: GPL-2.0-only
/* riscv64.c - page tables of 64-bit RISC-V: Sv39, Sv48 and Sv57. */
#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "tables.h"

#define VALID		1u
#define PROT_NONE	0x20u		/* of an entry that is not valid; else it is global */
#define ANY_ACCESS	0xeu		/* read, write, execute: it is a leaf */
#define NAPOT		(UINT64_C(1) << 63)
#define NAPOT_SIZE	UINT64_C(0x10000)	/* the one that there is: 16 pages */

/* Without A and D (0xc0), which the processor may set, and RSW (0x300). */
#define ATTRIBUTES	(UINT64_C(7) << 61 | UINT64_C(0x3f))
#define PFN(entry)	((entry) >> 10 & ((UINT64_C(1) << 44) - 1))

/* "rv64imafdc_zicntr_svnapot": the bit means something else without it. */
static bool has_napot(const char *cpuinfo)
{
	const char *isa = after(cpuinfo, "isa\t\t: ");
	const char *p = isa ? strstr(isa, "_svnapot") : NULL;

	return p && p < isa + strcspn(isa, "\n");
}

/* By the register SATP as a processor had it, or by what the kernel computes with. */
static void find_in_note(struct tables *t)
{
	enum { SV39 = 8, SV57 = 10 };
	uint64_t satp, bits;

	if (tables_note(t, "NUMBER(satp)", 16, &satp) && satp >> 60 >= SV39 && satp >> 60 <= SV57)
		t->levels = (unsigned int)(satp >> 60) - SV39 + 3;
	else if (tables_note(t, "NUMBER(VA_BITS)", 10, &bits) && bits >= 39 && bits <= 57)
		t->levels = (unsigned int)(bits - 12) / 9;
	else
		t->why = "the note VMCOREINFO does not tell the mode of the MMU: expected NUMBER(satp) or NUMBER(VA_BITS)";
	/* No note tells whether the processor has Svnapot: the bit is of no other standard. */
	t->mask = NAPOT;
}

/* "mmu		: sv57" */
static void find_in_cpuinfo(struct tables *t)
{
	const char *text = machine_file(t->machine, "/proc/cpuinfo", NULL, &t->why);
	const char *p = text ? after(text, "mmu\t\t: sv") : NULL;
	uint64_t bits;

	if (!text)
		return;
	if (p && scan_number(&p, 10, &bits) && bits >= 39 && bits <= 57)
		t->levels = (unsigned int)(bits - 12) / 9;
	else
		t->why = "/proc/cpuinfo does not tell the mode of the MMU";
	t->mask = has_napot(text) ? NAPOT : 0;
}

static void find(struct tables *t)
{
	if (t->of_dump)
		find_in_note(t);
	else
		find_in_cpuinfo(t);
	t->base = HIGHEST_ADDRESSES;
	t->first = 256;
}

static bool image(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	uint64_t distance;

	if (!tables_note(t, "NUMBER(va_kernel_pa_offset)", 16, &distance))
		return false;
	*phys = addr - distance;
	return true;
}

/* PROT_NONE takes bit 5, G, of an entry that is not valid (from 5.13 on; before, bit 1). */
static enum entry_rest rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	(void)t;
	(void)level;
	*phys = PFN(entry) << 12;
	if (!entry)
		return REST_NOTHING;
	return entry & PROT_NONE ? REST_PAGE : REST_OTHER;
}

static uint64_t group(const struct tables *t, unsigned int level, uint64_t entry)
{
	return level == 1 && (entry & t->mask) ? NAPOT_SIZE : 0;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	(void)t;
	(void)level;
	return ATTRIBUTES;
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	(void)t;
	(void)level;
	*phys = PFN(entry) << 12;
	if (!(entry & VALID))
		return ENTRY_NONE;
	return entry & ANY_ACCESS ? ENTRY_LEAF : ENTRY_TABLE;
}

const struct paging paging_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.group = group,
	.rest = rest,
	.image = image,
	.image_by = "NUMBER(va_kernel_pa_offset)",
};
