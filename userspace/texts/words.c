// SPDX-License-Identifier: GPL-2.0-only
/* words.c - the words of the pictures; words.awk compiles them in from texts/. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "words.h"

struct language {
	const char *name;
	const char *texts[N_PICTURE_WORDS];
};

#include "words.inc"

static const struct language *chosen = &languages[0];

bool words_choose(const char *language)
{
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
		if (strcmp(languages[i].name, language) == 0) {
			chosen = &languages[i];
			return true;
		}
	}
	return false;
}

char *words_languages(void)
{
	char *list = text_printf("%s", languages[0].name);

	for (size_t i = 1; i < ARRAY_SIZE(languages); i++) {
		char *longer = text_printf("%s, %s", list, languages[i].name);

		free(list);
		list = longer;
	}
	return list;
}

const char *word(enum picture_word w)
{
	return chosen->texts[w];
}

char *word_filled(enum picture_word w, const char *const *parts)
{
	const char *text = word(w), *open;
	char *filled = text_printf("%s", "");
	size_t n = 0;

	while (parts[n])
		n++;
	while ((open = strchr(text, '{'))) {
		size_t part = (size_t)(open[1] - '1');
		char *longer = text_printf("%s%.*s%s", filled, (int)(open - text), text,
					   part < n ? parts[part] : "");

		free(filled);
		filled = longer;
		text = open + strlen("{1}");
	}
	open = filled;
	filled = text_printf("%s%s", filled, text);
	free((char *)open);
	return filled;
}
