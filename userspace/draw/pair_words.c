// SPDX-License-Identifier: GPL-2.0-only
/* pair_words.c - see kinds.h: what is said of two layouts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kinds.h"
#include "texts/words.h"

char *pair_interval(uint64_t low, uint64_t high, unsigned int bits)
{
	/* Without blanks, so that none is broken. */
	char *from = text_printf("0x%0*" PRIx64, (int)bits / 4, low);
	char *to = text_printf("0x%0*" PRIx64, (int)bits / 4, high);
	char *text = word_with(WORD_FROM_TO, from, to);

	free(from);
	free(to);
	return text;
}

/* The part of a path after the last slash; that of the machine, if it is the file of one. */
static char *last_part(const char *path)
{
	static const char usual[] = "/sys/kernel/debug/kvas";
	size_t n = strlen(path), from;

	if (n > strlen(usual) && strcmp(path + n - strlen(usual), usual) == 0)
		n -= strlen(usual);
	while (n > 1 && path[n - 1] == '/')
		n--;
	for (from = n; from > 0 && path[from - 1] != '/'; from--)
		;
	return text_printf("%.*s", (int)(n - from), path + from);
}

char *pair_name(const struct pair *p, int side)
{
	char *name = last_part(p->names[side]), *other = last_part(p->names[!side]);

	if (strcmp(name, other) == 0) {
		free(name);
		name = text_printf("%s", p->names[side]);
	}
	free(other);
	return name;
}

static char *slide_words(const struct difference *d, uint64_t max)
{
	bool down = d->slide > max / 2;
	uint64_t distance = down ? (-d->slide) & max : d->slide;
	char *size = label_size(distance - 1);
	char *text = text_printf("%s%s", down ? "-" : "+", size);
	char *words = word_with(WORD_MOVED_BY, text);

	free(text);
	free(size);
	return words;
}

static char *fate_words(const struct difference *d, uint64_t max)
{
	char *from = d->value[0] ? label_sizes(d->value[0]) : text_printf("%s", "");
	char *to = d->value[1] ? label_sizes(d->value[1]) : text_printf("%s", "");
	char *words;

	switch (d->kind) {
	case MOVED:
		words = d->slide ? slide_words(d, max) : text_printf("%s", word(WORD_MOVED));
		break;
	case APPEARED:
		words = text_printf("%s", word(WORD_APPEARED));
		break;
	case VANISHED:
		words = text_printf("%s", word(WORD_VANISHED));
		break;
	case GREW:
		words = word_with(WORD_GREW, from, to);
		break;
	case SHRANK:
		words = word_with(WORD_SHRANK, from, to);
		break;
	case REBUILT:
		words = word_with(WORD_REBUILT, from, to);
		break;
	case RELOCATED:
		words = text_printf("%s", word(WORD_RELOCATED));
		break;
	default:
		words = word_with(WORD_CHANGED, from, to);
	}
	free(from);
	free(to);
	return words;
}

char *pair_fate(const struct diff *all, const struct difference *d)
{
	char *words = fate_words(d, all->layout[0]->max_addr), *because = difference_because(d);
	char *text = because ? text_printf("%s: %s", words, because) : text_printf("%s", words);

	free(words);
	free(because);
	return text;
}

char *pair_told(const struct diff *all, const struct difference *one)
{
	char *because = difference_because(one), *text;

	if (one->region[0] || one->region[1]) {
		char *fate = pair_fate(all, one);

		text = text_printf("%s: %s", one->name, fate);
		free(fate);
	} else {
		text = text_printf("%s: %s -> %s%s%s", one->name,
				   one->value[0] ? one->value[0] : word(WORD_NOT_THERE),
				   one->value[1] ? one->value[1] : word(WORD_NOT_THERE),
				   because ? ": " : "", because ? because : "");
	}
	free(because);
	return text;
}
