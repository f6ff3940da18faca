// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that changes while it is looked at, at moments that a test chooses: put before
 * the C library (LD_PRELOAD), it gives the entries in PAGEMAPS ("0x1,0x2,...") for reads of
 * one entry of a pagemap, one after the other, and the last of them ever after.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_pagemap(int fd)
{
	char link[64], target[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = '\0';
	return n > 8 && strcmp(target + n - 8, "/pagemap") == 0;
}

static uint64_t next_entry(void)
{
	static const char *at;
	static uint64_t entry;
	char *end;

	if (!at)
		at = getenv("PAGEMAPS");
	if (at && *at) {
		entry = strtoull(at, &end, 16);
		at = *end ? end + 1 : end;
	}
	return entry;
}

ssize_t pread64(int fd, void *to, size_t size, off64_t at)
{
	ssize_t (*next)(int, void *, size_t, off64_t) =
		(ssize_t (*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
	uint64_t entry;

	if (size != sizeof(entry) || !is_pagemap(fd))
		return next(fd, to, size, at);
	entry = next_entry();
	memcpy(to, &entry, size);
	return sizeof(entry);
}
