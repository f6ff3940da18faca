// SPDX-License-Identifier: GPL-2.0-only
/* arch.c - every architecture that has rules. */
#include <string.h>

#include "arch.h"

extern const struct arch arch_arm, arch_arm64, arch_i386, arch_loongarch64,
	arch_mips64, arch_ppc64, arch_riscv64, arch_s390x, arch_x86_64;

const struct arch *const arches[] = {
	&arch_x86_64, &arch_i386, &arch_arm, &arch_arm64, &arch_riscv64, &arch_ppc64,
	&arch_s390x, &arch_loongarch64, &arch_mips64, NULL
};

const struct arch *arch_by_name(const char *name)
{
	for (const struct arch *const *a = arches; *a; a++) {
		if (!strcmp((*a)->name, name))
			return *a;
	}
	return NULL;
}

const struct arch *arch_by_machine(unsigned int machine, unsigned int bits)
{
	for (const struct arch *const *a = arches; *a; a++) {
		if ((*a)->machine == machine && (*a)->bits == bits)
			return *a;
	}
	return NULL;
}
