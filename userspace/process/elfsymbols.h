/* SPDX-License-Identifier: GPL-2.0-only */
/* elfsymbols.h - the tables of symbols of an open ELF file: .symtab and .dynsym. */
#ifndef KVAS_PROCESS_ELFSYMBOLS_H
#define KVAS_PROCESS_ELFSYMBOLS_H

#include "internal.h"
#include "symbols.h"

/*
 * Adds those that have places in the image, in no order; bias is what is added to an
 * address in the file.  Returns why the file cannot be searched, or NULL.
 */
const char *elf_symbols_read(struct image_symbols *to, const struct image *image,
			     const struct elf *elf, int fd, uint64_t bias);

#endif /* KVAS_PROCESS_ELFSYMBOLS_H */
