/* SPDX-License-Identifier: GPL-2.0-only */
/* What x86 has with 32 bits and with 64. */
#ifndef KVAS_ARCH_X86_H
#define KVAS_ARCH_X86_H

#include "arch.h"

/* A stack of which a variable of each processor tells; hot ones were once one struct. */
#if KVAS_HAS_PCPU_HOT
#define STACK_X86(what, bytes, tells, name, ...)			\
	STACK_PER_CPU_IN(what, bytes, tells, pcpu_hot, offsetof(struct pcpu_hot, name), \
			 ##__VA_ARGS__)
#elif KVAS_HAS_PERCPU_SYMBOLS
#define STACK_X86(what, bytes, tells, name, ...)			\
	STACK_PER_CPU(what, bytes, tells, #name, ##__VA_ARGS__)
#else
#define STACK_X86(what, bytes, tells, name, ...)			\
	NO_STACK(what, "this kernel does not tell safely where its processors' variables are")
#endif

void kvas_x86_find_image(unsigned long limit);
void kvas_x86_add_regions(struct kvas_layout *l);
void kvas_x86_add_facts(struct kvas_layout *l);
unsigned long kvas_x86_fixmap_slot(const char **source);
void kvas_x86_find_module_range(struct kvas_row *row);

#endif /* KVAS_ARCH_X86_H */
