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
#include <stdlib.h>
#include <string.h>

#include "../module/kvas_format.h"
#include "base/text.h"
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

const char *similar_explanation(const char *word)
{
	const char **words, *best;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++)
		for (const char *const *alias = explanations[i].aliases; *alias; alias++)
			n++;
	words = zalloc_array(n + ARRAY_SIZE(explanations), sizeof(*words));
	n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
		words[n++] = explanations[i].name;
		for (const char *const *alias = explanations[i].aliases; *alias; alias++)
			words[n++] = *alias;
	}
	best = similar_word(word, strlen(word), words, n);
	free(words);
	return best;
}

bool paragraph_is_for(const struct paragraph *p, const char *arch)
{
	return !p->archs || line_has_word(p->archs, arch);
}

const char *purpose_of(const char *name)
{
	const struct explanation *e = explanation_named(name);

	return e ? e->purpose : NULL;
}

const char *region_purpose(const struct region *r)
{
	if (r->purpose)
		return r->purpose;
	for (size_t i = 0; r->kind && i < ARRAY_SIZE(device_memory); i++)
		if (strcmp(device_memory[i].kind, r->kind) == 0)
			return device_memory[i].purpose;
	return purpose_of(r->name);
}

const char *region_color(const struct region *r)
{
	const struct explanation *e = explanation_named(r->purpose ? "user" : r->name);

	return e ? e->color : NULL;
}

char *ram_sentence(const struct layout *l)
{
	uint64_t ram, high;
	char *all, *low_size, *high_size, *sentence;

	if (!fact_number(layout_fact(l, "ram"), &ram) || !ram)
		return text_printf("%s", "");
	all = size_human(ram - 1);
	if (!fact_number(layout_fact(l, "highmem"), &high) || high >= ram) {
		sentence = text_printf("%s usable RAM", all);
	} else if (!high) {
		sentence = text_printf("%s usable RAM, all of it lowmem", all);
	} else {
		low_size = size_human(ram - high - 1);
		high_size = size_human(high - 1);
		sentence = text_printf("%s usable RAM, of it %s lowmem and %s highmem", all,
				       low_size, high_size);
		free(low_size);
		free(high_size);
	}
	free(all);
	return sentence;
}
