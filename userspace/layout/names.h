/* SPDX-License-Identifier: GPL-2.0-only */
/* names.h - the names that a capture may hold, whatever machine it is of. */
#ifndef KVAS_NAMES_H
#define KVAS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Of a region or a section; lowmem is another name of direct_map. */
bool is_region_name(const char *name, size_t length);
bool is_fact_name(const char *name);
bool is_witness_name(const char *name);

/* What is said of the kernel: release, machine, ... */
bool is_kernel_key(const char *name);

/* The longest name that can be compared. */
enum { MAX_NAME = 40 };

/*
 * How many letters of a, which has n of them, to add, remove, change or swap to
 * get b (Damerau and Levenshtein).  Neither is longer than MAX_NAME.
 */
size_t name_distance(const char *a, size_t n, const char *b);

/* The name that is most like this one; NULL if none is much like it. */
const char *similar_name(const char *name, size_t length);

/* "nothing is called ...", with that name if there is one; the caller frees it. */
char *unknown_name(const char *name, size_t length);

#endif /* KVAS_NAMES_H */
