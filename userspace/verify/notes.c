// SPDX-License-Identifier: GPL-2.0-only
/* notes.c - /sys/kernel/notes: the ELF notes of vmlinux, its build id too. */
#include "base/util.h"
#include "machine/buildid.h"
#include "verify.h"

static const void *load(struct machine *m)
{
	struct known *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *text, *why, *id = NULL;
	size_t size;

	text = machine_file(m, "/sys/kernel/notes", &size, &why);
	*k = unknown(text ? "/sys/kernel/notes holds no build id" : why);
	if (!text)
		return k;
	/* Of the two byte orders only the right one leads to the note. */
	for (int big = 0; big < 2 && !id; big++)
		id = build_id_find(machine_pool(m), (const unsigned char *)text, size, 4, big);
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
