/* SPDX-License-Identifier: GPL-2.0-only */
/* symtab.h - names and addresses as /proc/kallsyms and System.map list them. */
#ifndef KVAS_SYMTAB_H
#define KVAS_SYMTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "layout/model.h"

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

/* A symbol that stands where a value is, or "add" from there. */
struct symbol_mark {
	const char *arch;	/* as in a rule; replaces those for any */
	enum record_type type;
	const char *name, *key, *symbol;
	int add;
};

extern const struct symbol_mark marks[];
extern const size_t n_marks;

/*
 * Its symbol: that of the image's start is the first of those that stand
 * there, as the layout names it, where the kernel keeps nothing before _stext.
 * An image without its brk, which kvas did not find, ends with BSS.
 */
const char *mark_symbol(const struct symbol_mark *mark, const struct layout *l);

/* Is this one of those for an architecture? */
bool mark_applies(const struct symbol_mark *mark, const char *arch);

/* Does it lie in the image, and move with it?  In a list as it was linked. */
bool symbol_is_of_image(const struct symbols *s, const struct symbol *y);

#endif /* KVAS_SYMTAB_H */
