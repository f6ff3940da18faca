/* SPDX-License-Identifier: GPL-2.0-only */
/* symtab.h - names and addresses as /proc/kallsyms and System.map list them. */
#ifndef KVAS_SYMTAB_H
#define KVAS_SYMTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct symbol {
	uint64_t addr;
	const char *name;	/* not NUL-terminated */
	unsigned int name_length;
	unsigned int key_length; /* more where "\t[module]" follows the name */
	bool in_module;
	bool ambiguous;		/* it is at several addresses */
	char type;		/* as nm(1) has it */
};

struct symbols {
	struct symbol *list;	/* in the order of the file */
	size_t n;
	uint32_t *slots;	/* hash table: index + 1, or 0 */
	size_t n_slots;		/* a power of two */
	bool all_zero;		/* every address is 0: not permitted to see */
};

/*
 * From the text of such a file, which must outlive the result.  Lines that
 * are none are passed over.
 */
const struct symbols *symbols_parse(const char *text, struct pool *pool);

/*
 * The address of a symbol of the kernel itself or, with a module's name, of
 * that module.  False if there is none, or several at different addresses.
 */
bool symbols_find(const struct symbols *s, const char *name,
		  const char *module, uint64_t *addr);

/* The module that a symbol is from, NUL-terminated in buf; false if none. */
bool symbol_module(const struct symbol *s, char *buf, size_t size);

#endif /* KVAS_SYMTAB_H */
