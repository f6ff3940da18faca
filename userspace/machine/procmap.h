/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * procmap.h - the kernel's answer to what a process maps at one address: PROCMAP_QUERY, a
 * call of /proc/PID/maps since Linux 6.11 (fs/proc/task_mmu.c).
 */
#ifndef KVAS_PROCMAP_H
#define KVAS_PROCMAP_H

#include <stdbool.h>
#include <stdint.h>

enum procmap_answer {
	PROCMAP_UNKNOWN,	/* the kernel has no such call, or refuses it */
	PROCMAP_ENDED,		/* the process has ended */
	PROCMAP_HOLE,		/* nothing is mapped there */
	PROCMAP_MAPPED,
};

/* A mapping; the range is inclusive. */
struct procmap {
	uint64_t start, end;
	bool readable, writable, executable, shared;
	uint64_t offset;		/* in the file */
	unsigned int major, minor;	/* of its file system */
	uint64_t inode;			/* 0: no file */
};

/* dir is /proc/PID of the live machine, or /proc/PID/task/TID. */
enum procmap_answer procmap_ask(const char *dir, uint64_t addr, struct procmap *map);

#endif /* KVAS_PROCMAP_H */
