// SPDX-License-Identifier: GPL-2.0-only
/*
 * texts.c - one text for each name of the contract's vocabulary, and some words.
 *
 * The texts themselves are in texts/, and texts.awk compiles them in.  Facts
 * are from the kernel's sources, 5.10 to 6.12 and later, above all
 * Documentation/arch/x86/x86_64/mm.rst, Documentation/arch/arm64/memory.rst
 * and the headers named in the module's arch/ directory.
 */
#include <assert.h>
#include <string.h>

#include "../module/kvas_format.h"
#include "base/util.h"
#include "texts.h"

#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define BLUE	"\033[34m"
#define MAGENTA	"\033[35m"
#define CYAN	"\033[36m"
#define GREY	"\033[90m"

const struct region_text region_texts[] = {
#include "texts.inc"
};

/* texts.awk reads the lists of names by patterns: did it find them all? */
#define X(id, word) + 1
static_assert(ARRAY_SIZE(region_texts) == 0 KVAS_REGIONS(X) KVAS_SECTIONS(X) KVAS_WORDS(X),
	      "texts.inc lacks a name");
#undef X

const size_t n_region_texts = ARRAY_SIZE(region_texts);

const struct region_text *region_text(const char *name)
{
	for (size_t i = 0; i < n_region_texts; i++)
		if (strcmp(region_texts[i].name, name) == 0)
			return &region_texts[i];
	return NULL;
}

const char *region_name(const char *name)
{
	return strcmp(name, "lowmem") == 0 ? "direct_map" : name;
}
