/* SPDX-License-Identifier: GPL-2.0-only */
/* write.h - files that are written whole. */
#ifndef KVAS_WRITE_H
#define KVAS_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it; false with errno set on failure. */
bool write_fd(int fd, const void *data, size_t size);

/*
 * Puts all of this into the file path, or to standard output if that is "-".  A
 * regular file is replaced when the new one is complete and not before, by a file
 * of the same permissions; a pipe or a device is written to.  Does not return on
 * failure.
 */
void write_whole(const char *path, const void *data, size_t size);

/* The same, and no other user may read the file. */
void write_private(const char *path, const void *data, size_t size);

#endif /* KVAS_WRITE_H */
