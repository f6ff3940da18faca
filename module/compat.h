/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel releases that more than a macro's presence
 * decides, each with the release that changed it.
 */
#ifndef KVAS_COMPAT_H
#define KVAS_COMPAT_H

/*
 * 6.9 moved the VMCOREINFO note from crash_core to vmcore_info, header and
 * option alike.  Without the option the kernel has no such note.
 */
#if defined(CONFIG_VMCORE_INFO)
#include <linux/vmcore_info.h>
#define KVAS_HAS_VMCOREINFO	1
#elif defined(CONFIG_CRASH_CORE)
#include <linux/crash_core.h>
#define KVAS_HAS_VMCOREINFO	1
#else
#define KVAS_HAS_VMCOREINFO	0
#endif

/* 6.9 renamed X86's PAGE_TABLE_ISOLATION to MITIGATION_PAGE_TABLE_ISOLATION. */
#if defined(CONFIG_PAGE_TABLE_ISOLATION) || \
	defined(CONFIG_MITIGATION_PAGE_TABLE_ISOLATION)
#define KVAS_HAS_PTI	1
#else
#define KVAS_HAS_PTI	0
#endif

/*
 * 6.11 (and stable 6.1) made the end of the direct map a variable, under one
 * name or another; before it, the end follows from the amount of memory.
 */
#if defined(PHYSMEM_END) || defined(DIRECT_MAP_PHYSMEM_END)
#define KVAS_HAS_PHYSMEM_END	1
#else
#define KVAS_HAS_PHYSMEM_END	0
#endif

/* Pointers carry a tag, which is no part of the address: arm64's KASAN. */
#if defined(CONFIG_KASAN_SW_TAGS) || defined(CONFIG_KASAN_HW_TAGS)
#include <linux/kasan.h>
#define kvas_untagged(object)	arch_kasan_reset_tag(object)
#else
#define kvas_untagged(object)	(object)
#endif

/* 5.12 brought KFENCE. */
#ifdef CONFIG_KFENCE
#include <linux/kfence.h>
#endif

#endif /* KVAS_COMPAT_H */
