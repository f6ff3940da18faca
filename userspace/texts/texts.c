// SPDX-License-Identifier: GPL-2.0-only
/*
 * texts.c - look up explanations; texts.awk compiles them in from texts/.
 *
 * Facts are from the kernel's sources, 5.10 to 7.2, above all
 * Documentation/arch/x86/x86_64/mm.rst, Documentation/arch/arm64/memory.rst
 * and the headers named in the module's arch/ directory.
 */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "../module/kvas_format.h"
#include "base/text.h"
#include "base/util.h"
#include "layout/names.h"
#include "texts.h"

#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define BLUE	"\033[34m"
#define MAGENTA	"\033[35m"
#define CYAN	"\033[36m"
#define GREY	"\033[90m"

/* include/linux/memremap.h, enum memory_type */
struct device_memory {
	const char *kind, *purpose;
};

#include "texts.inc"

/*
 * texts.awk reads the lists of names by patterns: did it find them all?  Two
 * witnesses, vmalloc and percpu, share an entry with a region.
 */
#define X(id, word) + 1
static_assert(ARRAY_SIZE(explanations) == 0 KVAS_REGIONS(X) KVAS_SECTIONS(X) KVAS_FACTS(X)
	      KVAS_WITNESSES(X) KVAS_WORDS(X) - 2, "texts.inc lacks a name");
#undef X

const struct explanation *explanation_at(size_t i)
{
	return i < ARRAY_SIZE(explanations) ? &explanations[i] : NULL;
}

const struct explanation *explanation_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++)
		if (strcmp(explanations[i].name, name) == 0)
			return &explanations[i];
	return NULL;
}

static char folded(char c)
{
	return c == ' ' || c == '-' ? '_' : (char)tolower((unsigned char)c);
}

static bool is_same_word(const char *a, const char *b)
{
	for (; *a && folded(*a) == folded(*b); a++)
		b++;
	return folded(*a) == folded(*b);
}

const struct explanation *explanation_for_word(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
		if (is_same_word(explanations[i].name, word))
			return &explanations[i];
		for (const char *const *alias = explanations[i].aliases; *alias; alias++)
			if (is_same_word(*alias, word))
				return &explanations[i];
	}
	return NULL;
}

/* Takes candidate for best if it is more like word. */
static void compare(const char *word, const char *candidate, const char **best,
		    size_t *least)
{
	char a[MAX_NAME + 1], b[MAX_NAME + 1];
	size_t n = strlen(word), m = strlen(candidate), distance;

	if (n > MAX_NAME || m > MAX_NAME)
		return;
	for (size_t i = 0; i <= n; i++)
		a[i] = folded(word[i]);
	for (size_t i = 0; i <= m; i++)
		b[i] = folded(candidate[i]);
	distance = name_distance(a, n, b);
	if (distance < *least) {
		*least = distance;
		*best = candidate;
	}
}

const char *similar_word(const char *word)
{
	const char *best = NULL;
	size_t least = strlen(word) / 3 + 1;

	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
		compare(word, explanations[i].name, &best, &least);
		for (const char *const *alias = explanations[i].aliases; *alias; alias++)
			compare(word, *alias, &best, &least);
	}
	return best;
}

bool paragraph_is_for(const struct paragraph *p, const char *arch)
{
	return !p->archs || line_has_word(p->archs, arch);
}

const char *region_purpose(const struct region *r)
{
	const struct explanation *e = explanation_named(r->name);

	for (size_t i = 0; r->kind && i < ARRAY_SIZE(device_memory); i++)
		if (strcmp(device_memory[i].kind, r->kind) == 0)
			return device_memory[i].purpose;
	return e ? e->purpose : NULL;
}

const char *region_color(const struct region *r)
{
	const struct explanation *e = explanation_named(r->name);

	return e ? e->color : NULL;
}
