// SPDX-License-Identifier: GPL-2.0-only
/* load.c - every architecture whose tables can be read; finding those of a machine or a dump. */
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "../module/kvas_format.h"
#include "base/bits.h"
#include "tables.h"

extern const struct paging paging_arm64, paging_i386, paging_loongarch64,
	paging_mips64, paging_ppc64, paging_riscv64, paging_s390x, paging_x86_64;

const struct paging *const pagings[] = {
	&paging_x86_64, &paging_i386, &paging_arm64, &paging_riscv64, &paging_ppc64,
	&paging_s390x, &paging_loongarch64, &paging_mips64, NULL
};

const struct paging *paging_by_name(const char *name)
{
	for (const struct paging *const *p = pagings; *p; p++) {
		if (!strcmp((*p)->name, name))
			return *p;
	}
	return NULL;
}

void paging_limits(const char *arch, unsigned int levels, unsigned int level, uint64_t entry,
		   struct limits *limits)
{
	const struct paging *p = paging_by_name(arch);

	/* Kernels for arm have no /proc/kcore; with LPAE their tables are as arm64's. */
	if (!strcmp(arch, "arm") && levels == 2)
		limits->set |= entry & 4 ? KVAS_ARM_TABLE_PXN : 0;
	else if (!strcmp(arch, "arm"))
		paging_arm64.limit(level, entry, limits);
	else if (p && p->limit)
		p->limit(level, entry, limits);
}

static const struct paging *paging_by_machine(unsigned int machine, unsigned int bits)
{
	for (const struct paging *const *p = pagings; *p; p++) {
		if ((*p)->machine == machine && (*p)->bits == bits)
			return *p;
	}
	return NULL;
}

/* What paging->find() has left to its default; and what cannot be is refused. */
static void complete(struct tables *t)
{
	if (!t->why && !t->root && !tables_place(t, "swapper_pg_dir", &t->root) && !t->why)
		t->why = "swapper_pg_dir is not listed";
	if (!t->why && (!t->levels || t->levels > TABLES_MAX_LEVELS))
		t->why = "the number of levels is not known";
	if (t->why)
		return;
	if (tables_bits(t) > t->paging->bits ||
	    (tables_bits(t) == 64 && t->base == HIGHEST_ADDRESSES))
		t->why = "so many levels do not fit the page size";
	else if (t->base == HIGHEST_ADDRESSES)
		t->base = -(UINT64_C(1) << tables_bits(t));
}

const struct tables *tables_load(struct machine *m)
{
	struct tables *t = pool_alloc(machine_pool(m), sizeof(*t));
	const char *why;

	t->machine = m;
	t->core = machine_core(m, &t->why);
	if (!t->core)
		return t;
	t->symbols = machine_addresses(m, &why);
	t->config = machine_config_file(m, &why);
	t->paging = paging_by_machine(t->core->machine, t->core->bits);
	t->page_shift = log2_of(machine_page_size(m));
	t->entry_size = 8;
	t->big_endian = t->core->big_endian;
	t->why = "no rule for this architecture";
	if (!t->paging)
		return t;
	t->why = t->page_shift ? NULL : "the page size was not measured";
	if (!t->why)
		t->paging->find(t);
	complete(t);
	return t;
}

/* One that the kernel and its modules were linked with. */
static uint64_t page_size_of_note(const struct tables *t)
{
	uint64_t size;

	return tables_note(t, "PAGESIZE", 10, &size) && size >= 4096 && size <= 1 << 20 &&
	       is_power_of_two(size) ? size : 0;
}

/*
 * The kernel's tables map themselves, in the image.  If they do not, the note is of
 * another kernel than the memory, or what it tells was taken amiss.  Of a dump that
 * lacks a table on the way this is not known.
 */
static void check_root(struct tables *t)
{
	struct pool *pool = machine_pool(t->machine);
	uint64_t addr, place;
	struct mapping m;

	if (!tables_symbol(t, "swapper_pg_dir", &addr) ||
	    !tables_place(t, "swapper_pg_dir", &place))
		return;
	m = tables_walk(t, addr);
	if (m.state == UNREADABLE && tables_path(t, addr, t->levels).why)
		t->why = pool_printf(pool, "the top page table, at 0x%" PRIx64 ", cannot be read: %s",
				     t->root, m.why);
	else if (m.state == HOLE || (m.state == MAPPED && m.phys != place))
		t->why = pool_printf(pool, "swapper_pg_dir must be at 0x%" PRIx64 ", but the tables there %s: note and memory are not of one kernel, or the dump is damaged",
				     place, m.state == MAPPED ? "map its address to other memory" :
							        "do not map its address");
}

static const char *names_of_all(struct machine *m)
{
	const char *names = "";

	for (const struct paging *const *p = pagings; *p; p++)
		names = pool_printf(machine_pool(m), "%s%s%s", names, *names ? ", " : "", (*p)->name);
	return names;
}

const struct tables *tables_load_dump(struct machine *m, const struct layout *l)
{
	struct tables *t = pool_alloc(machine_pool(m), sizeof(*t));

	t->machine = m;
	t->of_dump = true;
	t->layout = l;
	t->core = machine_core(m, &t->why);
	if (!t->core)
		return t;
	/* With more than 4 GiB of memory a 32-bit machine has a 64-bit file. */
	t->paging = t->core->machine == EM_386 ? paging_by_name("i386") :
		    paging_by_machine(t->core->machine, t->core->bits);
	if (!t->paging)
		t->why = pool_printf(machine_pool(m), "it is of a machine (%u of ELF, %u bits) of which kvas walks no tables: expected one of %s",
				     t->core->machine, t->core->bits, names_of_all(m));
	else if (!t->core->vmcoreinfo)
		t->why = "it has no note VMCOREINFO, which tells where the kernel's top page table is: the kernel writes it into /proc/vmcore, and QEMU into its dumps if the guest has '-device vmcoreinfo' and the driver qemu_fw_cfg";
	else if (!page_size_of_note(t))
		t->why = "the note VMCOREINFO does not tell the page size: expected PAGESIZE=4096, or another power of two";
	if (t->why)
		return t;
	t->page_shift = log2_of(page_size_of_note(t));
	t->entry_size = 8;
	t->big_endian = t->core->big_endian;
	t->paging->find(t);
	complete(t);
	if (!t->why)
		check_root(t);
	return t;
}
