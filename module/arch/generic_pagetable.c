// SPDX-License-Identifier: GPL-2.0-only
/* Page tables of architectures that have no file of their own. */
#include <linux/init.h>

#include "pagetable.h"

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	return "kvas has no rules for the page tables of this architecture";
}

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
};
