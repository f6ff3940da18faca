// SPDX-License-Identifier: GPL-2.0-only
/* pool.c - see pool.h */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "util.h"

#define BLOCK_SIZE	65536

struct pool_block {
	struct pool_block *next;
	size_t used, room;
	alignas(max_align_t) char data[];
};

void *pool_alloc(struct pool *p, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct pool_block *b = p->blocks;
	void *result;

	if (size > SIZE_MAX / 2)
		die("not enough memory");
	size = (size + align - 1) / align * align;
	if (!b || b->room - b->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		b = calloc(1, sizeof(*b) + room);
		if (!b)
			die("not enough memory for what the machine says");
		b->room = room;
		b->next = p->blocks;
		p->blocks = b;
	}
	result = b->data + b->used;
	b->used += size;
	return result;
}

char *pool_copy(struct pool *p, const char *text, size_t length)
{
	char *copy = pool_alloc(p, length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *pool_vprintf(struct pool *p, const char *format, va_list args)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return pool_copy(p, "", 0);
	text = pool_alloc(p, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

char *pool_printf(struct pool *p, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = pool_vprintf(p, format, args);
	va_end(args);
	return text;
}

void pool_free(struct pool *p)
{
	struct pool_block *b, *next;

	for (b = p->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	p->blocks = NULL;
}
