/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel does not export, obtained without calling an unexported
 * function, without arming a probe and without a page fault.  Everything but
 * kvas_read() is for the module's initialisation, which one task runs.
 */
#ifndef KVAS_SYMBOLS_H
#define KVAS_SYMBOLS_H

#include <linux/init.h>
#include <linux/types.h>

#include "layout.h"

/**
 * struct kvas_symbol - what kallsyms knows of a name
 * @addr:	its address; 0 if it is not known
 * @size:	how far it is to the next symbol, in bytes
 * @absent:	why the address is not known, or NULL
 */
struct kvas_symbol {
	unsigned long addr;
	unsigned long size;
	const char *absent;
};

bool kvas_read(void *to, const void *from, size_t size);
struct kvas_symbol kvas_symbol(const char *name, unsigned int distance);
struct kvas_symbol kvas_symbol_at(unsigned long addr);
const char *kvas_variable(const char *name, void *value, size_t size);
bool kvas_is_kernel_symbol(unsigned long addr);
const char *kvas_why_no_symbols(void);
struct kvas_bound kvas_symbols_end(unsigned long in, unsigned long out,
				   unsigned long step, const char *source);

struct kvas_bound kvas_marker(const char *name);
struct kvas_bound kvas_marker_end(const char *name, const char *source);

size_t kvas_vmcoreinfo(const char *key, char *value, size_t size);
bool kvas_vmcoreinfo_hex(const char *key, unsigned long *value);

#endif /* KVAS_SYMBOLS_H */
