/* SPDX-License-Identifier: GPL-2.0-only */
/* library.h - libraries that are loaded only when a picture needs them. */
#ifndef KVAS_LIBRARY_H
#define KVAS_LIBRARY_H

/* These do not return if there is none; package: Debian's, to be named then. */
void *library_open(const char *file, const char *package);
void *library_function(void *library, const char *name);

#endif /* KVAS_LIBRARY_H */
