// SPDX-License-Identifier: GPL-2.0-only
/* names.c - see names.h; the lists are those of the contract. */
#include <string.h>

#include "../module/kvas_format.h"
#include "base/util.h"
#include "names.h"

#define X(id, word) word,
static const char *const regions[] = { KVAS_REGIONS(X) KVAS_SECTIONS(X) "lowmem" };
static const char *const facts[] = { KVAS_FACTS(X) "vm_split" };
static const char *const witnesses[] = { KVAS_WITNESSES(X) };
#undef X
static const char *const kernel_keys[] = {
	"release", "machine", "arch", "bits", "endian", "build_id",
};
static const char *const region_keys[] = { "start", "end", "size", "phys", "used", "parent" };

static bool is_one(const char *const *names, size_t n, const char *name, size_t length)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(names[i]) == length && !strncmp(names[i], name, length))
			return true;
	}
	return false;
}

bool is_region_name(const char *name, size_t length)
{
	return is_one(regions, ARRAY_SIZE(regions), name, length);
}

bool is_fact_name(const char *name)
{
	return is_one(facts, ARRAY_SIZE(facts), name, strlen(name));
}

bool is_witness_name(const char *name)
{
	return is_one(witnesses, ARRAY_SIZE(witnesses), name, strlen(name));
}

bool is_kernel_key(const char *name)
{
	return is_one(kernel_keys, ARRAY_SIZE(kernel_keys), name, strlen(name));
}

/* --- What somebody may have meant -------------------------------------------- */

const char *similar_name(const char *name, size_t length)
{
	static const struct {
		const char *const *names;
		size_t n;
	} lists[] = {
		{ regions, ARRAY_SIZE(regions) }, { facts, ARRAY_SIZE(facts) },
		{ witnesses, ARRAY_SIZE(witnesses) }, { kernel_keys, ARRAY_SIZE(kernel_keys) },
		{ region_keys, ARRAY_SIZE(region_keys) },
	};
	const char *all[ARRAY_SIZE(regions) + ARRAY_SIZE(facts) + ARRAY_SIZE(witnesses) +
			ARRAY_SIZE(kernel_keys) + ARRAY_SIZE(region_keys)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t j = 0; j < lists[i].n; j++)
			all[n++] = lists[i].names[j];
	return similar_word(name, length, all, n);
}

char *unknown_name(const char *name, size_t length)
{
	const char *similar = similar_name(name, length);

	return text_printf("nothing is called '%.*s'%s%s%s", (int)length, name,
			   similar ? "; did you mean " : "", similar ? similar : "",
			   similar ? "?" : "");
}
