// SPDX-License-Identifier: GPL-2.0-only
/* walked_words.c - see kinds.h: what is said of a table. */
#include <stdio.h>

#include "kinds.h"
#include "texts/words.h"

const char *walked_table_name(unsigned int level, unsigned int levels)
{
	static const char *const names[] = { "", "PTE", "PMD", "PUD", "P4D", "PGD" };

	return level == levels ? "PGD" : names[level];
}

char *walked_count(const enum entry_seen *seen, size_t n)
{
	size_t of[N_SEEN] = { 0 };
	char all[24], some[24], not_read[24];

	for (size_t i = 0; i < n; i++)
		of[seen[i]]++;
	snprintf(all, sizeof(all), "%zu", n);
	snprintf(some, sizeof(some), "%zu", of[SEEN_TABLE] + of[SEEN_LEAF] + of[SEEN_MAPPED]);
	snprintf(not_read, sizeof(not_read), "%zu", of[SEEN_NOT]);
	if (of[SEEN_NOT])
		return word_with(WORD_ENTRIES_PARTLY, some, not_read);
	return word_with(WORD_ENTRIES_USED, some, all);
}

void walked_bits(uint64_t addr, unsigned int first, unsigned int n, char *to)
{
	for (unsigned int i = 0; i < n; i++)
		to[i] = addr >> (first + n - 1 - i) & 1 ? '1' : '0';
	to[n] = '\0';
}
