/* SPDX-License-Identifier: GPL-2.0-only */
/* symbols.h - the names in a process's ELF files: .symtab and .dynsym of each. */
#ifndef KVAS_PROCESS_SYMBOLS_H
#define KVAS_PROCESS_SYMBOLS_H

#include "process.h"

struct image_symbol {
	uint64_t addr, size;		/* size: 0 if the file does not tell it */
	const char *name;		/* raw, without a version */
	const char *version;		/* if it is not the default one of that name, or NULL */
	const struct image_symbol *around;	/* the last before it that goes on here, or NULL */
	bool is_resolver;		/* STT_GNU_IFUNC: it chooses a function at load time */
	unsigned char rank;		/* of two at one address, the lower one is the better name */
};

struct image_symbols {
	bool is_read;
	struct image_symbol *list;	/* by address, no name twice at one */
	size_t n;
	const struct image_symbol **by_name;	/* once a name was asked for */
	char *strings[2];		/* of .symtab and .dynsym: the names are in them */
	size_t n_strings;
	const char *why;		/* why there are none, or NULL */
};

struct process_symbols {
	const struct process *p;
	const char *sysroot;
	bool is_saved;
	struct image_symbols *of;	/* of each image of the process */
	struct pool pool;
};

/*
 * Nothing is read before it is asked for.  Of a saved process a file is read only if
 * that of today is the same one.
 */
void process_symbols_open(struct process_symbols *s, const char *sysroot, const struct process *p,
			  bool is_saved);
void process_symbols_close(struct process_symbols *s);

/* Of an image of the process. */
const struct image_symbols *symbols_of_image(struct process_symbols *s, const struct image *image);

/* Those of this name, of any version, by address, of one image: how many, and the first. */
size_t symbols_named(struct process_symbols *s, const struct image *image, const char *name,
		     const struct image_symbol *const **first);

/* The one whose code or data the address is in, or NULL. */
const struct image_symbol *image_symbol_at(const struct image_symbols *symbols, uint64_t addr);

#endif /* KVAS_PROCESS_SYMBOLS_H */
