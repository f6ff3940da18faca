// SPDX-License-Identifier: GPL-2.0-only
/* arch.c - every architecture that sources have rules for. */
#include <elf.h>
#include <string.h>

#include "arch.h"
#include "base/util.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH	258
#endif

extern const struct contents contents_arm, contents_arm64, contents_i386,
	contents_loongarch64, contents_mips64, contents_ppc64, contents_riscv64,
	contents_s390x, contents_x86_64;
extern const struct documentation documented_arm, documented_arm64,
	documented_i386, documented_loongarch64, documented_mips64,
	documented_ppc64, documented_riscv64, documented_s390x,
	documented_x86_64;
extern const struct paging paging_arm64, paging_i386, paging_loongarch64,
	paging_mips64, paging_ppc64, paging_riscv64, paging_s390x, paging_x86_64;

const struct arch arches[] = {
	{
		.name = "x86_64",
		.machine = EM_X86_64,
		.bits = 64,
		.contents = &contents_x86_64,
		.documentation = &documented_x86_64,
		.paging = &paging_x86_64,
	},
	{
		.name = "i386",
		.machine = EM_386,
		.bits = 32,
		.contents = &contents_i386,
		.documentation = &documented_i386,
		.paging = &paging_i386,
	},
	{
		.name = "arm",
		.machine = EM_ARM,
		.bits = 32,
		.contents = &contents_arm,
		.documentation = &documented_arm,
	},
	{
		.name = "arm64",
		.machine = EM_AARCH64,
		.bits = 64,
		.contents = &contents_arm64,
		.documentation = &documented_arm64,
		.paging = &paging_arm64,
	},
	{
		.name = "riscv64",
		.machine = EM_RISCV,
		.bits = 64,
		.contents = &contents_riscv64,
		.documentation = &documented_riscv64,
		.paging = &paging_riscv64,
	},
	{
		.name = "ppc64",
		.machine = EM_PPC64,
		.bits = 64,
		.contents = &contents_ppc64,
		.paging = &paging_ppc64,
		.documentation = &documented_ppc64,
	},
	{
		.name = "s390x",
		.machine = EM_S390,
		.bits = 64,
		.contents = &contents_s390x,
		.paging = &paging_s390x,
		.documentation = &documented_s390x,
	},
	{
		.name = "loongarch64",
		.machine = EM_LOONGARCH,
		.bits = 64,
		.contents = &contents_loongarch64,
		.documentation = &documented_loongarch64,
		.paging = &paging_loongarch64,
	},
	{
		.name = "mips64",
		.machine = EM_MIPS,
		.bits = 64,
		.contents = &contents_mips64,
		.documentation = &documented_mips64,
		.paging = &paging_mips64,
	},
};

const size_t n_arches = ARRAY_SIZE(arches);

const struct arch *arch_by_name(const char *name)
{
	for (size_t i = 0; i < n_arches; i++) {
		if (!strcmp(arches[i].name, name))
			return &arches[i];
	}
	return NULL;
}

const struct arch *arch_by_machine(unsigned int machine, unsigned int bits)
{
	for (size_t i = 0; i < n_arches; i++) {
		if (arches[i].machine == machine && arches[i].bits == bits)
			return &arches[i];
	}
	return NULL;
}
