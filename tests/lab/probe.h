/* SPDX-License-Identifier: GPL-2.0-only */
/* probe.h - what the groups of checks share. */
#ifndef KVAS_PROBE_H
#define KVAS_PROBE_H

#include <stdbool.h>
#include <sys/types.h>

#define FILE_PATH	"/sys/kernel/debug/kvas"
#define MAPPINGS_PATH	"/sys/kernel/debug/kvas_mappings"
#define WALK_PATH	"/sys/kernel/debug/kvas_walk"
#define THREADS_PATH	"/sys/kernel/debug/kvas_threads"
#define MODULE_PATH	"/lab/kvas.ko"
#define ROOM		(1 << 20)

void verdict(bool good, const char *name, const char *why, ...)
	__attribute__((format(printf, 3, 4)));

/* Or this process ends, with a line that says why. */
int must_open(void);

/* Everything from the file's position on, by reads of the given size. */
ssize_t drain(int fd, char *into, size_t step);

/* What one cat of the open file gives. */
char *reference(int fd, ssize_t *length);

/* Of kvas; 0, or -1 with errno. */
long load(void);

void group_tables(void);
void group_rights(void);
void group_passed(void);
void group_kptr_restrict(void);
void group_lockdown(void);

#endif /* KVAS_PROBE_H */
