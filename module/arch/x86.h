/* SPDX-License-Identifier: GPL-2.0-only */
/* What x86 has with 32 bits and with 64. */
#ifndef KVAS_ARCH_X86_H
#define KVAS_ARCH_X86_H

#include "arch.h"

void kvas_x86_find_image(unsigned long limit);
void kvas_x86_add_regions(struct kvas_layout *l);
void kvas_x86_add_facts(struct kvas_layout *l);
unsigned long kvas_x86_fixmap_slot(const char **source);
void kvas_x86_find_module_range(struct kvas_row *row);

#endif /* KVAS_ARCH_X86_H */
