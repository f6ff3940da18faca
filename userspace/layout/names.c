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

size_t name_distance(const char *a, size_t n, const char *b)
{
	size_t row[3][MAX_NAME + 1], m = strlen(b);

	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

const char *similar_name(const char *name, size_t length)
{
	static const struct {
		const char *const *names;
		size_t n;
	} lists[] = {
		{ regions, ARRAY_SIZE(regions) }, { facts, ARRAY_SIZE(facts) },
		{ witnesses, ARRAY_SIZE(witnesses) }, { kernel_keys, ARRAY_SIZE(kernel_keys) },
	};
	const char *best = NULL;
	size_t least = length / 3 + 1;

	if (length > MAX_NAME)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (size_t j = 0; j < lists[i].n; j++) {
			size_t d = name_distance(name, length, lists[i].names[j]);

			if (d < least) {
				least = d;
				best = lists[i].names[j];
			}
		}
	}
	return best;
}
