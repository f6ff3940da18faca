/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.h - what each range of a process is for, in the words of the textbooks.
 *
 * A part is a range within one mapping, because data and BSS may share a mapping, and
 * the heap may begin in that of the BSS.  All that is mapped is in exactly one part.
 * Guard gaps, which nothing maps, are parts, too.
 */
#ifndef KVAS_PARTS_H
#define KVAS_PARTS_H

#include "process.h"

/* X(identifier, "name", "purpose", "route"): the route is how kvas knows what it is. */
#define PROCESS_PARTS(X)									\
	X(TEXT,		"text",		"machine code",			"elf")			\
	X(RODATA,	"rodata",	"constants",			"elf")			\
	X(RELRO,	"relro",	"read-only after relocation",	"elf")			\
	X(DATA,		"data",		"initialised variables",	"elf")			\
	X(BSS,		"bss",		"variables that start as zero",	"elf")			\
	X(IMAGE_GAP,	"segment_gap",	"gap between segments",		"elf")			\
	X(HEAP,		"heap",		"brk(): malloc's small blocks",	"maps")			\
	X(ANONYMOUS,	"anonymous",	"mmap(): memory of its own",	"maps")			\
	X(FILE,		"file",		"mapped file",			"maps")			\
	X(SHARED,	"shared_anonymous", "shared with its children",	"maps")			\
	X(MEMFD,	"memfd",	"file in memory",		"maps")			\
	X(SYSV,		"sysv_shm",	"System V shared memory",	"maps")			\
	X(HUGETLB,	"hugetlb",	"reserved huge pages",		"maps")			\
	X(RESERVATION,	"reservation",	"reserved, no access",		"maps")			\
	X(DEVICE,	"device",	"device memory",		"smaps")		\
	X(KERNEL_OBJECT, "kernel_object", "shared with the kernel",	"maps")			\
	X(THREAD_STACK,	"thread_stack",	"stack of a thread",		"stack pointer")	\
	X(STACK,	"stack",	"stack of the main thread",	"maps")			\
	X(GUARD,	"guard",	"guard pages: no access",	"maps")			\
	X(STACK_GAP,	"stack_guard_gap", "kept free below a stack",	"stack_guard_gap=")	\
	X(VDSO,		"vdso",		"kernel code for programs",	"maps")			\
	X(VVAR,		"vvar",		"kernel data for the vDSO",	"maps")			\
	X(VSYSCALL,	"vsyscall",	"legacy system-call page",	"maps")			\
	X(VECTORS,	"vectors",	"kernel's helpers and vectors",	"maps")			\
	X(SPECIAL,	"special",	"installed by the kernel",	"maps")

enum part_kind {
#define X(id, name, purpose, route) PART_##id,
	PROCESS_PARTS(X)
#undef X
	N_PART_KINDS,
};

struct part {
	uint64_t start, end;
	enum part_kind kind;
	const struct vma *vma;		/* NULL: nothing is mapped there */
	/*
	 * The memory of a mapping is not known by parts: it is that of the first one
	 * that is no guard, and of the others this is false.
	 */
	bool has_use;
	const struct image *image;	/* that it is a part of, or NULL */
	/* Those whose stack pointers are in it, in the order of these. */
	const struct process_thread *const *threads;
	size_t n_threads;
};

struct parts {
	struct part *parts;		/* by address */
	size_t n, room;
	const struct process_thread **by_sp;	/* owns the arrays of the parts */
	size_t n_by_sp;
};

/* Call it again if a stack pointer became known.  The process must live as long. */
void parts_find(struct parts *parts, const struct process *p);
void parts_free(struct parts *parts);

/* The part that holds an address, or NULL. */
const struct part *parts_at(const struct parts *parts, uint64_t addr);

const char *part_name(enum part_kind kind);
const char *part_purpose(enum part_kind kind);
const char *part_route(enum part_kind kind);

/* Do its bytes come from a file?  Those of BSS do not, also on the last page of the data. */
bool part_is_in_file(const struct part *part);

/* What else is to be known of it, or NULL; the caller frees it. */
char *part_note(const struct parts *parts, const struct part *part);

#endif /* KVAS_PARTS_H */
