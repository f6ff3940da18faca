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

/*
 * These are entries of the 256-colour table, which are the same in every
 * terminal, while a theme may make anything of the sixteen ANSI colours; of the
 * standard ones only red, magenta, bright red, bright blue and bright black
 * can be read on black and on white.  Each of these has a contrast of at least
 * 3.9:1 with black and with white (4.6:1 is the most that both can have).
 */
#define GREEN	"\033[38;5;28m"
#define YELLOW	"\033[38;5;130m"
#define BLUE	"\033[38;5;27m"
#define MAGENTA	"\033[38;5;164m"
#define CYAN	"\033[38;5;30m"
#define GREY	"\033[38;5;243m"

const struct color_meaning color_meanings[] = {
	{ GREEN, "processes and code" },
	{ YELLOW, "data" },
	{ CYAN, "memory in one piece" },
	{ BLUE, "memory page by page" },
	{ MAGENTA, "fixed addresses and devices" },
	{ GREY, "not used" },
	{ NULL, NULL }
};

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
