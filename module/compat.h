/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel releases, each with the release that changed
 * it, but for those that #ifdef of a macro in an architecture's file shows.
 * Each KVAS_HAS_ is 0 or 1.  Kbuild asks for names that the preprocessor cannot
 * see.
 */
#ifndef KVAS_COMPAT_H
#define KVAS_COMPAT_H

#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/version.h>

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

/* Before 6.14 the field was read as such. */
#if !KVAS_HAS_PAGE_PGMAP
#define page_pgmap(page)	((page)->pgmap)
#endif

/* 5.11 brought mappings of highmem during which the task may sleep. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#include <linux/highmem.h>
#define kmap_local_page(page)	kmap_atomic(page)
#define kunmap_local(addr)	kunmap_atomic(addr)
#endif

/* 6.10 brought execmem, which knows where code may be allocated. */
#ifdef CONFIG_EXECMEM
#include <linux/execmem.h>
#define KVAS_HAS_EXECMEM	1
#else
#define KVAS_HAS_EXECMEM	0
#endif

/*
 * From 6.14 on debugfs reads a file's operations at the first open before it
 * looks whether the file was removed (__debugfs_file_get() of
 * fs/debugfs/file.c).  The same series brought this macro.
 */
#ifdef debugfs_create_file_aux
#define KVAS_HAS_LATE_DEBUGFS_READ	1
#else
#define KVAS_HAS_LATE_DEBUGFS_READ	0
#endif

/*
 * Until 6.9 and the fix for CVE-2024-26946 register_kprobe() read the symbol
 * that it was asked for as if it were mapped.  Stable releases took the fix at
 * different times, so each before 6.9 counts.
 */
#define KVAS_HAS_CARELESS_KPROBES	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0))

/*
 * Threads of a process that never run in user mode: io_uring's since 5.12 (and stable
 * 5.10), which before were kernel threads, and all that 6.4 gave a flag of their own.
 */
#ifdef PF_USER_WORKER
#define KVAS_PF_NEVER_USER	(PF_IO_WORKER | PF_USER_WORKER)
#else
#define KVAS_PF_NEVER_USER	PF_IO_WORKER
#endif

/* Pointers carry a tag, which is no part of the address: arm64's KASAN. */
#if defined(CONFIG_KASAN_SW_TAGS) || defined(CONFIG_KASAN_HW_TAGS)
#include <linux/kasan.h>
#define kvas_untagged(object)	arch_kasan_reset_tag(object)
#else
#define kvas_untagged(object)	(object)
#endif

/*
 * x86: until 6.15 a symbol of a processor's variable was an offset (on x86_64), and
 * kprobes, until they were careful, read what is at that address.
 */
#define KVAS_HAS_PERCPU_SYMBOLS		(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0))

/* KASAN with tags of the hardware keeps them without a shadow. */
#if defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)
#include <linux/kasan.h>
#define KVAS_HAS_KASAN_SHADOW	1
#else
#define KVAS_HAS_KASAN_SHADOW	0
#endif
#ifdef CONFIG_KASAN
#define KVAS_NO_KASAN_SHADOW	"the hardware keeps KASAN's tags"
#else
#define KVAS_NO_KASAN_SHADOW	"CONFIG_KASAN is not set"
#endif

/* 5.12 brought KFENCE. */
#ifdef CONFIG_KFENCE
#include <linux/kfence.h>
#endif

/*
 * From 5.13 to 6.0, CFI made a function's address in a module that of a jump
 * table, and this macro gave the function's own.
 */
#ifndef function_nocfi
#define function_nocfi(function)	(function)
#endif

#endif /* KVAS_COMPAT_H */
