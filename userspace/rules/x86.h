/* SPDX-License-Identifier: GPL-2.0-only */
/* x86.h - what x86 of 32 and of 64 bits share. */
#ifndef KVAS_RULES_X86_H
#define KVAS_RULES_X86_H

#include "arch.h"

/* Decided before x86 knows its own parameters, by those of the boot loader. */
#define X86_LOADER_ONLY	"nokaslr no5lvl"

/*
 * Where x86 links its image, less where physical memory is mapped for it, if
 * that is in its window of so many bytes; 0 if the options do not tell.
 */
static inline uint64_t linked_offset(const struct situation *s, uint64_t window)
{
	uint64_t start = option_number(s, "CONFIG_PHYSICAL_START");
	uint64_t align = option_number(s, "CONFIG_PHYSICAL_ALIGN");

	return start && align && start <= window && align <= window ?
		(start + align - 1) / align * align : 0;
}

#endif /* KVAS_RULES_X86_H */
