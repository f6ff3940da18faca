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

size_t modes_by_bits(const struct situation *s, const unsigned int *bits, size_t n,
		     struct situation *modes)
{
	bool known = s->va_bits.kind == NUMBER;
	size_t count = 0;

	/* A processor for more than the kernel can use does not change it. */
	while (known && n > 1 && bits[n - 1] > s->va_bits.number)
		n--;
	for (size_t i = known ? n - 1 : 0; i < n; i++) {
		modes[count] = *s;
		modes[count++].va_bits = number(bits[i], "the processor");
	}
	return count;
}
