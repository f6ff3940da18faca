// SPDX-License-Identifier: GPL-2.0-only
/* notes.c - /sys/kernel/notes: the ELF notes of vmlinux, its build id too. */
#include <elf.h>
#include <string.h>

#include "base/util.h"
#include "machine/elfcore.h"
#include "verify.h"

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

/* The note that ld(1) leaves with --build-id. */
static const char *build_id(struct pool *pool, const unsigned char *p,
			    size_t size, bool big)
{
	while (size >= sizeof(Elf32_Nhdr)) {
		uint64_t name = load_word(p, 4, big);
		uint64_t desc = load_word(p + 4, 4, big);
		uint64_t type = load_word(p + 8, 4, big);
		uint64_t name_room = (name + 3) & ~UINT64_C(3);
		uint64_t room = ((desc + 3) & ~UINT64_C(3)) + name_room;

		p += sizeof(Elf32_Nhdr);
		size -= sizeof(Elf32_Nhdr);
		if (room > size)
			return NULL;
		if (type == NT_GNU_BUILD_ID && name == 4 && !memcmp(p, "GNU", 4))
			return hex(pool, p + name_room, desc);
		p += room;
		size -= room;
	}
	return NULL;
}

static const void *load(struct machine *m)
{
	struct known *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *text, *why, *id;
	size_t size;

	text = machine_file(m, "/sys/kernel/notes", &size, &why);
	*k = unknown(text ? "/sys/kernel/notes holds no build id" : why);
	if (!text)
		return k;
	/* Of the two byte orders only the right one leads to the note. */
	id = build_id(machine_pool(m), (const unsigned char *)text, size, false);
	if (!id)
		id = build_id(machine_pool(m), (const unsigned char *)text, size,
			      true);
	if (id)
		*k = word(id, "the note GNU");
	return k;
}

static void check(const void *evidence, struct verification *v)
{
	const struct known *k = evidence;

	expect(v, RECORD_KERNEL, "kernel", "build_id", *k);
}

const struct source source_notes = {
	.name = "notes",
	.title = "/sys/kernel/notes",
	.load = load,
	.check = check,
};
