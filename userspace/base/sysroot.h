/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysroot.h - files of the machine that is looked at: the live one, or one
 * that `kvas save --all` put into a directory.
 *
 * A path is always the absolute one the file has on a running machine.  With
 * a sysroot it is looked up below that directory, without one it is taken as
 * it is.  Links are followed as if the sysroot were /; one that leads out of it
 * ends the program with a sentence that names it, unless the kernel made it: what
 * /proc/PID/exe leads to is merely not there.  Nothing but a regular file is
 * opened, so that neither a directory nor a saved process from elsewhere can name
 * a pipe or a device that opening alone would do something to.
 */
#ifndef KVAS_SYSROOT_H
#define KVAS_SYSROOT_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* All of these return NULL, -1 or false with errno set on failure. */

/* A file descriptor for reading. */
int sysroot_open(const char *sysroot, const char *path);

FILE *sysroot_fopen(const char *sysroot, const char *path);

DIR *sysroot_opendir(const char *sysroot, const char *path);

/*
 * The whole file, at most limit bytes of it (a longer one fails with EFBIG).
 * *size does not count the NUL that is put after the last byte.  The caller
 * frees it.
 */
char *sysroot_slurp(const char *sysroot, const char *path, size_t limit,
		    size_t *size);

/* The kernel's command line, without its end; the caller frees it. */
char *sysroot_cmdline(const char *sysroot);

/* The same from a descriptor that is open already. */
char *slurp_fd(int fd, size_t limit, size_t *size);

#endif /* KVAS_SYSROOT_H */
