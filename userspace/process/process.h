/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * process.h - a process as the reader holds it.
 *
 * It is gathered from /proc/PID (gather.c) or parsed from a file that `kvas save -p`
 * wrote (parse.c); commands do not know the difference.  Ranges are inclusive, sizes
 * are in bytes, strings are raw and live as long as the process.  What each range is
 * for, parts.h says.
 */
#ifndef KVAS_PROCESS_H
#define KVAS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "layout/parse.h"

/* The memory of a mapping, by smaps, or of all of them, by smaps_rollup. */
struct memory_use {
	uint64_t rss;			/* resident, without hugetlb */
	uint64_t pss;			/* of it the process's share: shared pages count in part */
	uint64_t shared, private;	/* of it */
	uint64_t swap;
	uint64_t huge;			/* of rss: transparent huge pages of any kind */
	uint64_t hugetlb;		/* pages of hugetlb; not in rss */
};

/* A mapping. */
struct vma {
	uint64_t start, end;
	bool readable, writable, executable, shared;
	uint64_t offset;		/* in the file */
	unsigned int major, minor;	/* of its file system */
	uint64_t inode;			/* 0: no file */
	const char *path;		/* of the file, or "[heap]" and the like; "" of none */
	bool deleted;			/* the file has no such name any more */
	const char *flags;		/* VmFlags of smaps, "rd wr gd", or NULL */
	struct memory_use use;		/* if the process has_use */
};

/* A PT_LOAD of an ELF file, where it lies in memory. */
struct image_segment {
	uint64_t start;			/* not rounded to pages */
	uint64_t in_file, in_memory;	/* bytes; the rest is BSS */
	bool readable, writable, executable;
};

/* An ELF file that is mapped to be executed. */
struct image {
	const char *path;
	bool is_program;		/* and no library */
	/* What tells it from another file of the same name. */
	const char *build_id;		/* in hexadecimal, or NULL */
	uint64_t size, mtime;		/* if it has none: bytes, ns since 1970; size 0: unknown */
	struct image_segment *segments;	/* by address; at least one */
	size_t n_segments;
};

/* A range within a mapping, such as one that MADV_GUARD_INSTALL guards. */
struct address_range {
	uint64_t start, end;
};

/* A larger mapping is not searched for them: that would take too long. */
#define MOST_GUARDED	(UINT64_C(4) << 30)

struct process_thread {
	uint64_t tid;
	const char *comm;
	char state;			/* as in stat(5) of /proc: R, S, D, Z ... */
	/*
	 * The stack pointer of user mode at the thread's last entry into the kernel.
	 * A thread that runs has none in /proc; kvas_threads may know it.
	 */
	bool has_sp;
	uint64_t sp;
	const char *no_sp;		/* why it is not known, or NULL */
};

struct process {
	uint64_t pid;			/* as the reader's PID namespace numbers it */
	uint64_t inner_pid;		/* as its own does; the same if that is the reader's */
	uint64_t uid;			/* effective */
	const char *comm;
	const char *exe;		/* or NULL: it cannot be read */
	bool exe_deleted;		/* the file has no such name any more */
	/* The main thread has exited, and the memory was read of this thread; or 0. */
	uint64_t read_by;
	uint64_t start_time;		/* of one that was gathered; no other of this number has the same */

	/* --- Its kernel. ---------------------------------------------------- */
	const char *release, *arch;	/* arch as the module names it */
	unsigned int kernel_bits;
	bool big_endian;
	uint64_t page_size;
	uint64_t mmap_highest;		/* the last page that mmap() gives a 64-bit task; 0: unknown */

	/* --- Its memory. ----------------------------------------------------- */
	unsigned int bits;		/* the word size of the program: 32 or 64 */
	uint64_t start_code, end_code, start_data, end_data, start_brk, start_stack;
	struct vma *vmas;		/* by address */
	size_t n_vmas;
	bool changed;			/* mappings came or went while they were read, each time */
	bool has_use;			/* smaps could be read, and not only maps */
	bool has_total;
	struct memory_use total;	/* of smaps_rollup */
	struct image *images;		/* by address, none within another */
	size_t n_images;
	struct address_range *guards;	/* of MADV_GUARD_INSTALL, by address */
	size_t n_guards;
	uint64_t stack_gap;		/* that the kernel keeps free below a stack; 0: unknown */

	struct process_thread *threads;	/* by tid */
	size_t n_threads;
	struct pool pool;
};

/*
 * Of the live machine, or of the /proc below a directory.  If it cannot be read in
 * full, NULL with a whole sentence in *why, which the caller frees.
 */
struct process *process_gather(const char *sysroot, uint64_t pid, char **why);

/* What has become of a process since it was gathered from there. */
enum process_now {
	NOW_SAME,
	NOW_ENDED,
	NOW_CHANGED,		/* it runs another program, or is read by another thread now */
};

enum process_now process_now(const struct process *p, const char *sysroot);

/* /proc/PID; if the main thread has exited, that of the thread that was asked. */
const char *process_dir(const struct process *p, struct pool *pool);

/* The number of this very program, or 0 with a sentence. */
uint64_t process_self(const char *sysroot, char **why);

/* The only process of this name, or 0 with a sentence. */
uint64_t process_named(const char *sysroot, const char *comm, char **why);

/* A saved process; as layout_parse(), and does not look at any other file. */
struct process *process_parse(const char *text, size_t size, struct parse_error *error);

/* Does the text begin as that of a saved process? */
bool is_saved_process(const char *text, size_t size);

/* The text of a saved process, which the caller frees. */
char *process_text(const struct process *p, size_t *size);

void process_free(struct process *p);

/* The mapping that holds an address, or NULL. */
const struct vma *process_vma(const struct process *p, uint64_t addr);

/* Of its pages. */
uint64_t image_first(const struct process *p, const struct image *image);
uint64_t image_last(const struct process *p, const struct image *image);

/*
 * Does the kernel put it into each process, in what is its own half elsewhere: x86_64's
 * page vsyscall, 32-bit Arm's vectors?  smaps_rollup does not count it.
 */
bool is_in_kernel_half(const struct process *p, const struct vma *v);

/* Does a mapping have this flag of two letters in VmFlags? */
bool vma_has_flag(const struct vma *v, const char *flag);

/* Has it pages that MADV_GUARD_INSTALL guards, or had some? */
bool may_have_guards(const struct vma *v);

/* The sum over all mappings. */
struct memory_use process_sum(const struct process *p);

/* What is mapped in the user half, in bytes. */
uint64_t process_size(const struct process *p);

#endif /* KVAS_PROCESS_H */
