/* SPDX-License-Identifier: GPL-2.0-only */
/* objects.h - what objects.c and its library have in common. */
#ifndef KVAS_OBJECTS_H
#define KVAS_OBJECTS_H

#include <stddef.h>

/* Print where an object is. */
void show(const char *name, const void *object, size_t size);

int library_text(int x);
void show_library(void);

#endif
