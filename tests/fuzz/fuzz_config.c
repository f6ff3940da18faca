// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_config.c - whatever bytes a .config has, the reader must neither crash
 * nor leak, each mistake gets a sentence, and predictions make sense.
 *
 * The first byte says with how much else that is known.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/kconfig.h"
#include "rules/predict.h"
#include "fuzz.h"

static void check_prediction(const struct prediction *p, const struct circumstances *c)
{
	const struct known *k = &p->known;

	require(*p->name && *p->key, "a prediction is of something");
	require(k->how && *k->how && !strchr(k->how, '\n'), "a prediction has a reason");
	require(k->kind != RANGE || k->number <= k->high, "an interval has a first and a last");
	require(k->kind != WORD || *k->word, "a word is one");
	require(strcmp(c->arch, "i386") || p->type != RECORD_REGION ||
		k->kind != NUMBER || k->number >> 33 == 0, "addresses of 32 bits are no longer");
}

static void check_predictions(const struct kconfig *k, unsigned int how)
{
	struct circumstances c = {
		.arch = k->arch,
		.config = k->text,
		.release = k->release ? k->release : "6.12",
		.cmdline = how & 1 ? "" : how & 2 ? "nokaslr mem=512M vmalloc=1G" : NULL,
		.ram = how & 4 ? 0 : 1u << 30,
		.va_bits = how & 8 ? 0 : how & 16 ? 57 : 48,
		.pa_bits = how & 8 ? 0 : 48,
	};
	struct predictions p;

	predict(&c, &p);
	require(p.n > 0, "of each architecture something is predicted");
	for (size_t i = 0; i < p.n; i++)
		check_prediction(&p.each[i], &c);
	predictions_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool pool = { 0 };
	unsigned int line;
	struct kconfig k;
	const char *error;
	char *text;

	if (!size)
		return 0;
	text = malloc(size);
	require(text != NULL, "there is memory");
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (!kconfig_parse(&k, text, size - 1, &pool, &line, &error))
		require(*error && !strchr(error, '\n'), "an error has a sentence");
	else if (k.arch && can_predict(k.arch))
		check_predictions(&k, data[0]);
	pool_free(&pool);
	free(text);
	return 0;
}
