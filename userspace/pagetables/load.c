// SPDX-License-Identifier: GPL-2.0-only
/* load.c - every architecture whose tables can be read; finding those of a machine. */
#include <string.h>

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

static const struct paging *paging_by_machine(unsigned int machine, unsigned int bits)
{
	for (const struct paging *const *p = pagings; *p; p++) {
		if ((*p)->machine == machine && (*p)->bits == bits)
			return *p;
	}
	return NULL;
}

static unsigned int log2_of(uint64_t size)
{
	unsigned int shift = 0;

	while (size >> shift > 1)
		shift++;
	return shift;
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
	if (!t->why && !t->root && !tables_symbol(t, "swapper_pg_dir", &t->root))
		t->why = "swapper_pg_dir is not listed";
	if (!t->why && (!t->levels || t->levels > TABLES_MAX_LEVELS))
		t->why = "the number of levels is not known";
	if (!t->why && t->base == HIGHEST_ADDRESSES)
		t->base = -(UINT64_C(1) << tables_bits(t));
	return t;
}
