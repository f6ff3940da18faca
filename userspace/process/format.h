/* SPDX-License-Identifier: GPL-2.0-only */
/* format.h - the words of a saved process that write.c and parse.c share. */
#ifndef KVAS_PROCESS_FORMAT_H
#define KVAS_PROCESS_FORMAT_H

#include "process.h"

#define PROCESS_WORD	"kvas_process"
#define PROCESS_VERSION	1

/* Of a file that a command takes: about a million mappings. */
#define PROCESS_MOST_LINES	(1u << 20)

enum { N_USE_KEYS = 7, N_ADDRESS_KEYS = 6 };

/* rss, pss, ... */
extern const char *const use_keys[N_USE_KEYS];
uint64_t *use_member(struct memory_use *use, size_t i);

/* start_code, end_code, ... */
extern const char *const address_keys[N_ADDRESS_KEYS];
uint64_t *address_member(struct process *p, size_t i);

#endif /* KVAS_PROCESS_FORMAT_H */
