/* SPDX-License-Identifier: GPL-2.0-only */
/* internal.h - what the files that gather a process share; see process.h. */
#ifndef KVAS_PROCESS_INTERNAL_H
#define KVAS_PROCESS_INTERNAL_H

#include <elf.h>

#include "machine/elfcore.h"
#include "process.h"

struct gathering {
	struct process *p;
	const char *sysroot;
	const char *dir;		/* /proc/PID, or /proc/PID/task/TID */
	char *why;			/* a sentence, once something failed */
	bool gone;			/* it failed because there is nothing any more */
};

/* --- stat.c: /proc/PID/stat --------------------------------------------------- */

struct stat_line {
	uint64_t pid, flags, threads, start_time;
	const char *comm;		/* raw */
	char state;
	uint64_t start_code, end_code, start_stack, start_data, end_data, start_brk;
};

/* False if it cannot be read, with errno set, or is none (EINVAL). */
bool stat_read(struct pool *pool, const char *sysroot, const char *dir, struct stat_line *s);

/* --- smaps.c: the text of maps, smaps and smaps_rollup -------------------------- */

/* Fills in vmas and has_use.  Returns 0, or the number of the line that is wrong. */
unsigned int smaps_parse(struct process *p, const char *text);

/* Has the text of maps the same ranges? */
bool smaps_has_ranges(const struct process *p, const char *maps);

/* Also the range from the first mapping to the end of the last below the kernel half. */
bool rollup_parse(const char *text, struct memory_use *total, struct address_range *range);

/* --- paths.c: names of files ------------------------------------------------------ */

/* Makes the paths of smaps raw, and tells which files are deleted. */
void paths_resolve(struct gathering *g);

/* The name of the program, whose code begins at an address: exe and exe_deleted. */
void exe_resolve(struct gathering *g, uint64_t start_code);

/* The target of a link, or NULL. */
const char *link_read(const struct gathering *g, const char *path);

/* --- images.c: ELF files ----------------------------------------------------------- */

enum { MOST_HEADERS = 256 };

struct elf_load {
	uint64_t offset, vaddr, in_file, in_memory;
	uint32_t flags;
};

struct elf {
	unsigned int bits;
	bool big_endian;
	bool is_fixed;			/* ET_EXEC: its addresses are the ones to use */
	struct elf_load loads[MOST_HEADERS];
	size_t n_loads;
	const char *build_id;		/* or NULL */
};

/* The member of a structure of an ELF file, of either word size and byte order. */
#define ELF_FIELD(e, bytes, kind, member)						\
	((e)->bits == 64 ?								\
	 load_word((bytes) + offsetof(Elf64_##kind, member),				\
		   sizeof(((Elf64_##kind *)0)->member), (e)->big_endian) :		\
	 load_word((bytes) + offsetof(Elf32_##kind, member),				\
		   sizeof(((Elf32_##kind *)0)->member), (e)->big_endian))

/*
 * The headers of an open file, or of one in memory at the address to which its beginning
 * is mapped.  False if it is no ELF file, or a strange one.
 */
bool elf_read(struct elf *e, struct pool *pool, int fd, uint64_t base, uint64_t page);

/* Notes what tells the open file from others: build_id, or size and mtime. */
void image_identify(struct image *image, const struct elf *e, int fd);

/* By the link of a mapping if the kernel lets us, else by its name in the process's root. */
int mapped_open(const struct gathering *g, const struct vma *v);

void images_find(struct gathering *g);

/* --- elfsymbols.c: tables of symbols ------------------------------------------------ */

struct image_symbols;

/*
 * Adds those of an open file that have places in the image, in no order; bias is what is
 * added to an address in the file.  Returns why the file cannot be searched, or NULL.
 */
const char *elf_symbols_read(struct image_symbols *to, const struct image *image,
			     const struct elf *elf, int fd, uint64_t bias);

/* --- tasks.c: threads ---------------------------------------------------------------- */

/* Those that have not ended meanwhile: none, if the process has. */
void tasks_read(struct gathering *g);

/* --- guards.c: pages of MADV_GUARD_INSTALL --------------------------------------------- */

void guards_find(struct gathering *g);

#endif /* KVAS_PROCESS_INTERNAL_H */
