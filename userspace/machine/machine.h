/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine.h - the machine that is verified, as its files show it: the live
 * one, or one that `kvas save --all` put into a directory.
 *
 * Each file is read once, however many sources look at it, and with a
 * destination set each thing that is read is also written there: what a
 * directory holds is by construction what verify needs.  This is plumbing;
 * what a file's content means is the business of each source alone.
 */
#ifndef KVAS_MACHINE_H
#define KVAS_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

/* Files that only a saved machine has, below the directory's top. */
#define MACHINE_MEASURED	"/kvas.measured"	/* key=value lines */
#define MACHINE_WORDS		"/proc/kcore.words"	/* address, bytes */

struct machine;
struct elfcore;
struct symbols;

/*
 * sysroot NULL: the live machine.  With save_to (an existing directory) all
 * that is read is also written below it.
 */
struct machine *machine_new(const char *sysroot, const char *save_to);

/*
 * A machine of which there is a crash dump and nothing else: it has no files, and its
 * memory is read by physical addresses.  The name must live as long as the machine.
 */
struct machine *machine_new_dump(const char *dump);
void machine_free(struct machine *m);

/*
 * With save_to: write nothing that shows page tables, the contents of memory or names of
 * processes.
 */
void machine_share(struct machine *m);

/* Can it be read again, and say something else: the live one, and nothing is saved. */
bool machine_is_live(const struct machine *m);

/* What stands before its paths; "" of the live one. */
const char *machine_root(const struct machine *m);

/* Memory that lives as long as the machine. */
struct pool *machine_pool(struct machine *m);

/*
 * The content of a file, NUL-terminated; do not change it.  NULL with a
 * sentence in *why if it cannot be read.
 */
const char *machine_file(struct machine *m, const char *path, size_t *size,
			 const char **why);

/* The first line of a file, without its end; else as machine_file(). */
const char *machine_line(struct machine *m, const char *path,
			 const char **why);

/* Names in a directory, sorted, NULL-terminated, or NULL with *why. */
const char *const *machine_list(struct machine *m, const char *path,
				const char **why);

/*
 * What kvas asks of the system by calls and not by files (measure.c), or
 * NULL if it is not known.
 */
const char *machine_measured(struct machine *m, const char *key);

/* The same as a number; false if it is not known. */
bool machine_measured_number(struct machine *m, const char *key, uint64_t *n);

/* The architecture as the module names it, or NULL if it is not known. */
const char *machine_arch(struct machine *m);

/* Of a page in bytes, or 0 if it is not known. */
uint64_t machine_page_size(struct machine *m);

/* The configuration file of the running kernel, or NULL with *why. */
const char *machine_config_file(struct machine *m, const char **why);

/* Header and program headers of /proc/kcore or the dump, or NULL with *why. */
const struct elfcore *machine_core(struct machine *m, const char **why);

/* /proc/kallsyms, or NULL with *why. */
const struct symbols *machine_symbols(struct machine *m, const char **why);

/* System.map of the kernel's package, as it was linked, or NULL with *why. */
const struct symbols *machine_system_map(struct machine *m, const char **why);

/*
 * Where the kernel's symbols are now: by /proc/kallsyms, or else by System.map
 * and the offset that VMCOREINFO tells.
 */
const struct symbols *machine_addresses(struct machine *m, const char **why);

/*
 * Kernel memory at addr, by /proc/kcore; of a crash dump, physical memory.  False
 * with a sentence in *why if it cannot be had.
 */
bool machine_memory(struct machine *m, uint64_t addr, void *to, size_t size,
		    const char **why);

/* The same of a number of so many bytes, at most 8, in the machine's byte order. */
bool machine_number(struct machine *m, uint64_t addr, size_t size, uint64_t *n,
		    const char **why);

/*
 * Where a saved machine's memory holds these bytes, if it was saved and they
 * are in one place only.
 */
bool machine_memory_find(struct machine *m, const void *bytes, size_t size,
			 uint64_t *addr);

/* With save_to: write a file that no source reads, the capture itself. */
void machine_save(struct machine *m, const char *path, const void *data,
		  size_t size);

/*
 * With save_to: write what is still to be written (memory, the list of what
 * could not be had).  0, or -1 with errno.
 */
int machine_save_finish(struct machine *m, const char *release);

/* How many files could and could not be had. */
void machine_counts(const struct machine *m, size_t *had, size_t *missing);

#endif /* KVAS_MACHINE_H */
