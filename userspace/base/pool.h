/* SPDX-License-Identifier: GPL-2.0-only */
/* pool.h - memory that is all freed at once. */
#ifndef KVAS_POOL_H
#define KVAS_POOL_H

#include <stdarg.h>
#include <stddef.h>

struct pool_block;

/* An empty one is all zeroes. */
struct pool {
	struct pool_block *blocks;
};

/* None of these return NULL: without memory the program ends. */
void *pool_alloc(struct pool *p, size_t size);		/* zeroed */
char *pool_copy(struct pool *p, const char *text, size_t length);
char *pool_vprintf(struct pool *p, const char *format, va_list args);
char *pool_printf(struct pool *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void pool_free(struct pool *p);

#endif /* KVAS_POOL_H */
