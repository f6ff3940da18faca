/* SPDX-License-Identifier: GPL-2.0-only */
/* symbols.h - names of the kernel and of its modules. */
#ifndef KVAS_SYMBOLS_H
#define KVAS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/options.h"
#include "layout/model.h"

/* The addresses of a symbol: static ones may share a name. */
struct symbol_addresses {
	uint64_t *addr;
	size_t n, room;
};

/*
 * Looks a symbol up in /proc/kallsyms, or else in the System.map of the
 * layout's kernel, moved to where the layout says the image is.  Exits with
 * KVAS_FAILURE and a sentence if it cannot be had.  *found must be zeroed at
 * first and freed in the end.
 */
void symbol_find(const struct options *opt, const struct layout *l,
		 const char *name, struct symbol_addresses *found);
void symbol_free(struct symbol_addresses *found);

/* An area that vmalloc() or one of its kin has handed out. */
struct area {
	uint64_t start, end;	/* inclusive, with its guard page */
	char caller[128];	/* the function that asked for it */
};

/* The area at an address, by /proc/vmallocinfo; a capture has none. */
bool area_find(const struct options *opt, uint64_t addr, struct area *area);

/* Is it a chunk of the per-CPU allocator, or a part of one? */
bool area_is_percpu(const struct area *area);

struct module_place {
	char name[256];
	char section[256];	/* the one that begins nearest below, or "" */
	uint64_t section_start;
	uint64_t start, end;	/* the allocation it is in, inclusive */
};

/* The module at an address.  False if none is there or none can be named. */
bool module_find(const struct options *opt, uint64_t addr,
		 struct module_place *place);

#endif /* KVAS_SYMBOLS_H */
