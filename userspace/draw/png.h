/* SPDX-License-Identifier: GPL-2.0-only */
/* png.h - an image as a file of PNG, for cairo.c. */
#ifndef KVAS_PNG_H
#define KVAS_PNG_H

#include <stdint.h>
#include <stdio.h>

struct pixels {
	unsigned int width, height;
	const uint32_t *rows;	/* 0x??RRGGBB, from the top left on */
	size_t row_length;	/* of them in memory */
};

/* With a title, as ASCII.  Does not return on failure. */
void png_write(FILE *out, const struct pixels *p, const char *title);

#endif /* KVAS_PNG_H */
