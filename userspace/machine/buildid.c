// SPDX-License-Identifier: GPL-2.0-only
/* buildid.c - see buildid.h */
#include <elf.h>
#include <stdint.h>
#include <string.h>

#include "buildid.h"
#include "elfcore.h"

static const char *hex(struct pool *pool, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *text = pool_alloc(pool, 2 * n + 1);

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	return text;
}

static uint64_t round_up(uint64_t n, size_t align)
{
	return (n + align - 1) / align * align;
}

const char *build_id_find(struct pool *pool, const unsigned char *notes, size_t size,
			  size_t align, bool big_endian)
{
	while (size >= sizeof(Elf32_Nhdr)) {
		uint64_t name = load_word(notes, 4, big_endian);
		uint64_t desc = load_word(notes + 4, 4, big_endian);
		uint64_t type = load_word(notes + 8, 4, big_endian);
		uint64_t start = round_up(sizeof(Elf32_Nhdr) + name, align);
		uint64_t room = round_up(start + desc, align);

		if (start + desc > size)
			return NULL;
		if (type == NT_GNU_BUILD_ID && name == 4 && desc && desc <= MOST_BUILD_ID &&
		    !memcmp(notes + sizeof(Elf32_Nhdr), "GNU", 4))
			return hex(pool, notes + start, desc);
		if (room >= size)
			return NULL;
		notes += room;
		size -= room;
	}
	return NULL;
}
