// SPDX-License-Identifier: GPL-2.0-only
/* pattern.c - values that are no addresses, and say what went wrong; see trace.h */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "trace.h"

/* How far from a pattern a member of a structure may be. */
enum { NEAR = 4096, MAX_ERRNO = 4095 };

/* include/linux/poison.h: memory that is filled with one byte. */
static const struct {
	unsigned char byte;
	const char *text;
} fills[] = {
	{ 0x6b, "memory that the slab allocator has freed (POISON_FREE)" },
	{ 0x5a, "memory of the slab allocator that was never initialised (POISON_INUSE)" },
	{ 0xa5, "the end of an object of the slab allocator (POISON_END)" },
	{ 0xbb, "the red zone of a free object of the slab allocator" },
	{ 0xcc, "the red zone of an object of the slab allocator, or freed memory of boot" },
	{ 0xaa, "a page that was freed (PAGE_POISON)" },
};

/* The same file: pointers, with ILLEGAL_POINTER_VALUE added on 64 bits. */
static const struct {
	uint64_t value;
	const char *text;
} pointers[] = {
	{ 0x100, "the next entry of one that was deleted from a list (LIST_POISON1)" },
	{ 0x122, "the previous entry of one that was deleted from a list (LIST_POISON2)" },
	{ 0x300, "the list entry of a static timer (TIMER_ENTRY_STATIC)" },
};

static bool is_arch(const struct layout *l, const char *start)
{
	return strncmp(l->arch, start, strlen(start)) == 0;
}

/* arch/ARCH/Kconfig, ILLEGAL_POINTER_VALUE; 0 where it has none. */
static uint64_t illegal_pointer(const struct layout *l)
{
	if (l->bits == 32 || is_arch(l, "loongarch") || is_arch(l, "mips"))
		return 0;
	return is_arch(l, "ppc") || is_arch(l, "powerpc") ?
		UINT64_C(0x5deadbeef0000000) : UINT64_C(0xdead000000000000);
}

uint64_t trace_accessed(const struct layout *l, uint64_t pointer)
{
	bool is_cut = strcmp(l->arch, "arm64") == 0 && !(pointer >> 55 & 1);

	return is_cut ? pointer & UINT64_MAX >> 8 : pointer;
}

static const char *distance(struct pool *pool, uint64_t value, uint64_t from)
{
	if (value == from)
		return "";
	return value > from ? pool_printf(pool, " plus 0x%" PRIx64, value - from) :
			      pool_printf(pool, " less 0x%" PRIx64, from - value);
}

static bool is_near(uint64_t value, uint64_t pattern)
{
	return value - pattern < NEAR || pattern - value < NEAR;
}

static uint64_t filled(const struct layout *l, unsigned char byte)
{
	return byte * UINT64_C(0x0101010101010101) & l->max_addr;
}

static const char *find_fill(const struct layout *l, uint64_t value, bool is_access,
			     struct pool *pool)
{
	for (size_t i = 0; i < ARRAY_SIZE(fills); i++) {
		uint64_t whole = filled(l, fills[i].byte), cut = trace_accessed(l, whole);
		/* The last byte of an object is another one. */
		uint64_t last = whole & l->max_addr >> 8;

		if (is_near(value, whole))
			return pool_printf(pool, "0x%02x in each byte%s: %s", fills[i].byte,
					   distance(pool, value, whole), fills[i].text);
		if (is_access && is_near(value, cut))
			return pool_printf(pool, "0x%02x in each byte%s, without the top byte, which is a tag here: %s",
					   fills[i].byte, distance(pool, value, cut), fills[i].text);
		if (fills[i].byte == 0x6b && (value & l->max_addr >> 8) == last &&
		    value >> (l->bits - 8) == 0xa5)
			return pool_printf(pool, "the last bytes of %s", fills[i].text);
	}
	return NULL;
}

/* On 32 bits these are small numbers, too: only what was accessed is taken for one. */
static const char *find_pointer(const struct layout *l, uint64_t value, bool is_access,
				struct pool *pool)
{
	uint64_t illegal = illegal_pointer(l);

	if (!illegal && !is_access)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		uint64_t pointer = illegal + pointers[i].value;

		/* The two members of a list entry. */
		if (value == pointer || (is_access && value == pointer + l->bits / 8))
			return pool_printf(pool, "%s%s%s", pointers[i].text, distance(pool, value, pointer),
					   illegal ? "" : ", or a member of a structure at NULL");
	}
	if (illegal && value - illegal < NEAR)
		return pool_printf(pool, "a pointer that was made invalid on purpose (0x%" PRIx64 "%s)",
				   illegal, distance(pool, value, illegal));
	return NULL;
}

static const char *find_error(const struct layout *l, uint64_t value, struct pool *pool)
{
	uint64_t number = (0 - value) & l->max_addr;
	const char *name = number && number <= MAX_ERRNO ? strerrorname_np((int)number) : NULL;

	if (!name)
		return NULL;
	return pool_printf(pool, "-%" PRIu64 " (-%s): an error number, or such a pointer that was not checked with IS_ERR()",
			   number, name);
}

const char *trace_pattern(const struct layout *l, uint64_t value, bool is_access,
			  struct pool *pool)
{
	const char *text = find_fill(l, value, is_access, pool);

	if (!text)
		text = find_pointer(l, value, is_access, pool);
	if (!text)
		text = find_error(l, value, pool);
	if (!text && is_access && value < NEAR)
		text = value ? pool_printf(pool, "NULL plus 0x%" PRIx64 ": a member of a structure, or of an array, at NULL", value) :
			       "NULL";
	return text;
}

const char *trace_page_pattern(const struct layout *l, uint64_t page, struct pool *pool)
{
	uint64_t illegal = illegal_pointer(l);

	if (!page)
		return "the page of NULL: a member of a structure, or of an array, at NULL";
	if (page == illegal)
		return "the page of LIST_POISON1 and LIST_POISON2: an entry that was deleted from a list, or another pointer that was made invalid on purpose";
	for (size_t i = 0; i < ARRAY_SIZE(fills); i++)
		if (page == (filled(l, fills[i].byte) & ~UINT64_C(0xfff)))
			return pool_printf(pool, "the page of 0x%02x in each byte: %s", fills[i].byte,
					   fills[i].text);
	return trace_pattern(l, page, true, pool);
}
