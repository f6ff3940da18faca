// SPDX-License-Identifier: GPL-2.0-only
/*
 * png.c - see png.h
 *
 * Cairo writes PNG, too, but tries five filters for each row, as for photographs.
 * Rows of a drawing are best left as they are, and that takes a fifth of the time.
 * PNG (Portable Network Graphics) Specification, Second Edition (ISO/IEC 15948).
 */
#ifdef HAVE_CAIRO

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/util.h"
#include "library.h"
#include "png.h"

#define FUNCTIONS(X) X(crc32) X(deflate) X(deflateEnd) X(deflateInit_)

static struct {
#define X(name) __typeof__(name) *name;
	FUNCTIONS(X)
#undef X
} zlib;

static void load_zlib(void)
{
	void *library = library_open("libz.so.1", "zlib1g");

#define X(name) zlib.name = (__typeof__(zlib.name))library_function(library, #name);
	FUNCTIONS(X)
#undef X
}

static void put_big_endian(unsigned char *to, uint32_t n)
{
	for (unsigned int i = 0; i < 4; i++)
		to[i] = (unsigned char)(n >> (24 - 8 * i));
}

static void put_chunk(FILE *out, const char *type, const void *data, uint32_t size)
{
	unsigned char number[4];
	uLong sum = zlib.crc32(zlib.crc32(0, NULL, 0), (const Bytef *)type, 4);

	put_big_endian(number, size);
	fwrite(number, 1, 4, out);
	fwrite(type, 1, 4, out);
	fwrite(data, 1, size, out);
	/* No data would begin the sum anew. */
	put_big_endian(number, (uint32_t)(size ? zlib.crc32(sum, data, size) : sum));
	fwrite(number, 1, 4, out);
}

static void put_header(FILE *out, const struct pixels *p)
{
	/* 8 bits for each of three colours; no interlacing. */
	unsigned char header[13] = { [8] = 8, [9] = 2 };

	put_big_endian(header, p->width);
	put_big_endian(header + 4, p->height);
	put_chunk(out, "IHDR", header, sizeof(header));
}

static void put_title(FILE *out, const char *title)
{
	char *text = text_printf("Title%c%s", '\0', title);

	printable(text + sizeof("Title"));
	put_chunk(out, "tEXt", text, (uint32_t)(sizeof("Title") + strlen(title)));
	free(text);
}

/* A row for the compressor: the number of its filter, which is none, and its colours. */
static void fill_row(unsigned char *to, const uint32_t *row, unsigned int width)
{
	*to++ = 0;
	for (unsigned int x = 0; x < width; x++) {
		*to++ = (unsigned char)(row[x] >> 16);
		*to++ = (unsigned char)(row[x] >> 8);
		*to++ = (unsigned char)row[x];
	}
}

/* Compresses a row into as many chunks as it takes; a NULL row is the end. */
static void put_row(FILE *out, z_stream *z, unsigned char *row, size_t size, unsigned char *room,
		    size_t room_size)
{
	z->next_in = row;
	z->avail_in = (uInt)size;
	do {
		if (!z->avail_out) {
			put_chunk(out, "IDAT", room, (uint32_t)room_size);
			z->next_out = room;
			z->avail_out = (uInt)room_size;
		}
		zlib.deflate(z, row ? Z_NO_FLUSH : Z_FINISH);
	} while (z->avail_in || !z->avail_out);
}

static void put_rows(FILE *out, const struct pixels *p)
{
	enum { ROOM = 1 << 16 };
	size_t size = 1 + 3 * (size_t)p->width;
	unsigned char *row = zalloc_array(size, 1), *room = zalloc_array(ROOM, 1);
	z_stream z = { .next_out = room, .avail_out = ROOM };

	if (zlib.deflateInit_(&z, Z_BEST_SPEED, ZLIB_VERSION, sizeof(z)) != Z_OK)
		die("zlib cannot compress this picture");
	for (unsigned int y = 0; y < p->height; y++) {
		fill_row(row, p->rows + y * p->row_length, p->width);
		put_row(out, &z, row, size, room, ROOM);
	}
	put_row(out, &z, NULL, 0, room, ROOM);
	put_chunk(out, "IDAT", room, ROOM - z.avail_out);
	zlib.deflateEnd(&z);
	free(row);
	free(room);
}

void png_write(FILE *out, const struct pixels *p, const char *title)
{
	static const unsigned char signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

	load_zlib();
	fwrite(signature, 1, sizeof(signature), out);
	put_header(out, p);
	put_title(out, title);
	put_rows(out, p);
	put_chunk(out, "IEND", "", 0);
}

#endif /* HAVE_CAIRO */
