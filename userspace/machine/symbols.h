/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbols.h - what has a name on a machine: symbols, sections of modules, and areas
 * of vmalloc.  All of it is read once; the rest are pure functions.
 */
#ifndef KVAS_SYMBOLS_H
#define KVAS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/options.h"
#include "base/pool.h"
#include "layout/model.h"
#include "machine/symtab.h"

/* An area that vmalloc() or a relative of it has allocated. */
struct area {
	uint64_t start, end;	/* inclusive, with its guard page */
	uint64_t pages;		/* mapped pages of memory; 0 if not listed */
	const char *caller;	/* the function that asked for it */
};

/* A section of a loaded module that is still there. */
struct module_section {
	const char *module, *name;
	uint64_t start;
};

/* Read with names_load(). */
struct names {
	const struct layout *layout;
	const struct symbols *symbols;	/* NULL without any */
	uint32_t *by_address;		/* indexes into symbols->list */
	size_t n_by_address;
	uint64_t moved;			/* add this to each address: System.map's are as linked */
	bool has_data;			/* symbols of data, too, not only of code */
	const char *missing;		/* why there are no symbols, or NULL */
	const char *list;		/* the file that the symbols are from */
	bool areas_known;
	struct area *areas;
	size_t n_areas;
	struct module_section *sections;
	size_t n_sections;
	struct pool pool;
};

/*
 * Reads /proc/kallsyms, or else the System.map of the layout's kernel, which is
 * moved to where the layout says the kernel is; /proc/vmallocinfo; and the sections
 * of the modules.  A capture alone (--file) has none of them.
 */
void names_load(struct names *n, const struct options *opt, const struct layout *l);
void names_free(struct names *n);

/* The areas of vmalloc alone, which take less time; of a layout that may be NULL. */
void names_load_areas(struct names *n, const struct options *opt, const struct layout *l);

/* The addresses of a symbol: static ones may share a name. */
struct symbol_addresses {
	uint64_t *addr;
	size_t n;
};

/* From the pool of names; of any module, or only of the one that is given. */
struct symbol_addresses names_find(struct names *n, const char *name, const char *module);

/*
 * The distance to the next symbol, which the kernel prints as a symbol's size.  0 if it
 * is not known, as of the last one in a module's section.
 */
uint64_t names_size(const struct names *n, uint64_t symbol);

/* The area at an address, or NULL. */
const struct area *names_area(const struct names *n, uint64_t addr);

/* The last area that ends below an address, or NULL; and the first above it. */
const struct area *names_area_below(const struct names *n, uint64_t addr);
const struct area *names_area_above(const struct names *n, uint64_t addr);

/* Is it a chunk of the per-CPU allocator, or a part of one? */
bool area_is_percpu(const struct area *area);

/* Is the address in the guard page that ends the area?  False if that is not known. */
bool area_is_guard(const struct names *n, const struct area *area, uint64_t addr);

/*
 * The section that begins nearest below an address, in the same area; or, where the
 * areas are not known, only if symbols show that the module reaches so far.  NULL if
 * no module is there.
 *
 * Since Linux 6.4 the parts of a module are separate allocations, so base and size
 * in /proc/modules are no range.
 */
const struct module_section *names_module(const struct names *n, uint64_t addr);

/* A symbol near an address. */
struct nearest {
	const struct symbol *symbol;	/* or NULL */
	uint64_t offset;
	uint64_t size;			/* 0 if unknown */
};

/*
 * The symbol whose code or data the address is in: the nearest one below it in the
 * same section of the kernel image or of a module.
 */
struct nearest names_at(const struct names *n, uint64_t addr);

#endif /* KVAS_SYMBOLS_H */
