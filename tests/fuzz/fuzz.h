/* SPDX-License-Identifier: GPL-2.0-only */
/* fuzz.h - what the targets share. */
#ifndef KVAS_FUZZ_H
#define KVAS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Of each target: one input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run, and so reports the input, if what must hold does not. */
static inline void require(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "does not hold: %s\n", what);
		abort();
	}
}

/* Bits that depend on the whole input and nothing else. */
static inline unsigned int hash(const uint8_t *data, size_t size)
{
	unsigned int h = 2166136261u;

	for (size_t i = 0; i < size; i++)
		h = (h ^ data[i]) * 16777619u;
	return h ^ h >> 15;
}

/* For struct option_source: a layout without a machine. */
static inline const char *no_option(void *data, const char *option, const char **why)
{
	(void)data;
	(void)option;
	*why = "there is no machine";
	return NULL;
}

#endif /* KVAS_FUZZ_H */
