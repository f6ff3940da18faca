// SPDX-License-Identifier: GPL-2.0-only
/* attributes.c - see attributes.h */
#include <stddef.h>
#include <string.h>

#include "attributes.h"

extern const struct attributes attributes_x86_64, attributes_i386, attributes_i386_pae,
	attributes_arm64, attributes_arm, attributes_arm_lpae, attributes_riscv64,
	attributes_ppc64, attributes_s390x, attributes_loongarch64, attributes_mips64_9,
	attributes_mips64_8, attributes_mips64_7, attributes_mips64_6;

const struct attributes *const all_attributes[] = {
	&attributes_x86_64, &attributes_i386, &attributes_i386_pae, &attributes_arm64,
	&attributes_arm, &attributes_arm_lpae, &attributes_riscv64, &attributes_ppc64,
	&attributes_s390x, &attributes_loongarch64,
	/* The first one that fits: the highest bits. */
	&attributes_mips64_9, &attributes_mips64_8, &attributes_mips64_7,
	&attributes_mips64_6, NULL
};

const struct attributes *attributes_of(const char *arch, unsigned int levels, uint64_t mask)
{
	for (const struct attributes *const *a = all_attributes; *a; a++)
		if (strcmp((*a)->arch, arch) == 0 &&
		    (!(*a)->levels || (*a)->levels == levels) &&
		    (mask & (*a)->mask) == (*a)->mask)
			return *a;
	return NULL;
}

const struct attribute *attributes_rows(const struct attributes *a, unsigned int level,
					uint64_t attr)
{
	return a->rows(level, attr);
}

struct access attributes_access(const struct attributes *a, unsigned int level,
				uint64_t attr, uint64_t upper)
{
	return a->access(level, attr ^ upper);
}

char *attributes_text(const struct attributes *a, unsigned int level, uint64_t attr,
		      struct pool *pool)
{
	char *text = pool_copy(pool, "", 0);

	for (const struct attribute *row = a->rows(level, attr); row->name; row++) {
		const char *word = (attr & row->mask) == row->value ? row->set : row->clear;

		if (word)
			text = pool_printf(pool, "%s%s%s", text, *text ? " " : "", word);
	}
	return text;
}
