// SPDX-License-Identifier: GPL-2.0-only
/* random.c - see evaluate.h: numbers that follow from a seed, everywhere the same. */
#include <string.h>

#include "evaluate.h"

uint64_t random_hash(uint64_t before, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		before = (before ^ bytes[i]) * UINT64_C(0x100000001b3);
	return before;
}

/* The bytes of a number, whatever the byte order of this machine. */
static uint64_t hash_number(uint64_t before, uint64_t n)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(n >> 8 * i);
	return random_hash(before, bytes, sizeof(bytes));
}

uint64_t random_state(uint64_t seed, const char *exercise, size_t n)
{
	uint64_t state = hash_number(RANDOM_BASIS, seed);

	state = random_hash(state, exercise, strlen(exercise) + 1);
	return hash_number(state, n);
}

/* SplitMix64 by Steele, Lea and Flood. */
uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t layout_hash(const struct layout *l)
{
	uint64_t hash = RANDOM_BASIS;

	hash = random_hash(hash, l->release, strlen(l->release) + 1);
	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->is_memory)
			continue;
		hash = random_hash(hash, r->name, strlen(r->name) + 1);
		hash = hash_number(hash, r->start);
		hash = hash_number(hash, r->end);
	}
	return hash;
}
