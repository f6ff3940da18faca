/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elfcore.h - the headers and notes of an ELF core file of a kernel, of any word size
 * and byte order: /proc/kcore, or a crash dump.
 */
#ifndef KVAS_ELFCORE_H
#define KVAS_ELFCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

/* The file marks what has no fixed physical address so. */
#define ELFCORE_NO_PADDR	UINT64_MAX

/* One PT_LOAD. */
struct segment {
	uint64_t vaddr;
	uint64_t paddr;		/* or ELFCORE_NO_PADDR */
	uint64_t size;		/* in memory, not zero, no wrap-around */
	uint64_t in_file;	/* so much of it is in the file */
	uint64_t offset;	/* there */
};

struct elfcore {
	unsigned int bits;		/* 32 or 64: of the file */
	bool big_endian;
	unsigned int machine;		/* EM_... */
	struct segment *segments;
	size_t n_segments;
	/*
	 * By their order (fs/proc/kcore.c, the same from 5.10 to 7.2): x86_64's page
	 * vsyscall; the kernel's image, where it is not in the direct map; vmalloc;
	 * modules, if that is another range.  NULL if there is none.
	 */
	const struct segment *vsyscall, *image, *vmalloc, *modules;
	/* The rest: RAM, each block followed by its struct pages, if mapped. */
	const struct segment *ram, *end;
	const char *vmcoreinfo;		/* KEY=value lines, or NULL */
	const unsigned char *head;	/* all of the above as it stands */
	size_t head_size;

	/* --- Of a crash dump only. ------------------------------------------- */

	/*
	 * The segments by their virtual addresses, where those are known.  In
	 * segments above vaddr is the physical address, too, as memory is read by it.
	 */
	struct segment *by_virtual;
	size_t n_by_virtual;
	/* CR3 of each x86 processor, as QEMU's own note has it. */
	uint64_t *cr3;
	size_t n_cr3;
};

/*
 * Read from fd, which stays open and is called name in sentences.  Returns NULL with
 * one in *why if that is no such file.
 */
struct elfcore *elfcore_read(int fd, const char *name, struct pool *pool, const char **why);

/* The same of a crash dump: /proc/vmcore, or what a virtual machine's monitor writes. */
struct elfcore *elfcore_read_dump(int fd, const char *name, struct pool *pool,
				  const char **why);

/* The first segment that has memory at vaddr, with at least a byte in the file; or NULL. */
const struct segment *elfcore_segment(const struct elfcore *core, uint64_t vaddr);

/* A number of 2, 4 or 8 bytes in the given byte order. */
uint64_t load_word(const void *bytes, size_t size, bool big_endian);
void store_word(void *bytes, size_t size, bool big_endian, uint64_t n);

#endif /* KVAS_ELFCORE_H */
