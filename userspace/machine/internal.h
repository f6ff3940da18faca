/* SPDX-License-Identifier: GPL-2.0-only */
/* internal.h - a machine, as the files of this directory share it. */
#ifndef KVAS_MACHINE_INTERNAL_H
#define KVAS_MACHINE_INTERNAL_H

#include "machine.h"

/* A file that was asked for: what it holds, or why that is not known. */
struct file {
	struct file *next;
	const char *path;
	const char *text;
	size_t size;
	const char *why;
};

/* Memory that was read, or that a saved machine holds. */
struct chunk {
	uint64_t addr;
	size_t size;
	const unsigned char *bytes;
};

struct machine {
	const char *sysroot;
	const char *save_to;
	const char *dump;		/* there is nothing but this file, or NULL */
	bool shareable;
	struct pool pool;
	struct file *files;
	bool core_tried, symbols_tried, map_tried, words_tried;
	int core_fd;
	const struct elfcore *core;
	const char *core_why;
	const struct symbols *symbols, *map, *moved_map;
	const char *symbols_why, *map_why;
	struct chunk *chunks;
	size_t n_chunks, room;
	bool save_failed;
	int save_errno;
};

/*
 * What the running system answers to calls, as key=value lines:
 *   release, machine	uname(2)
 *   word_bits, byte_order	of this very program
 *   page_size		the auxiliary vector's AT_PAGESZ
 *   cpus_configured	sysconf(3)
 *   mmap_highest	the highest page at which mmap(2) puts a mapping
 */
const char *measure(struct pool *pool);

/* Why a file cannot be read, by errno. */
const char *machine_reason(struct machine *m, const char *path);

/* A place of a file that has the kernel's release in its name. */
struct place {
	const char *before, *behind;
};

/* The first of these places that has a file; it must hold this piece. */
const char *machine_find_by_release(struct machine *m, const struct place *places,
				    size_t n, const char *piece);

/*
 * Does this file show page tables, memory or names of processes, so that a shareable
 * machine has it not?
 */
bool machine_is_private(const char *path);

/* With save_to: write what was read of memory. */
void machine_save_words(struct machine *m);

#endif /* KVAS_MACHINE_INTERNAL_H */
