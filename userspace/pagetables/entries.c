// SPDX-License-Identifier: GPL-2.0-only
/* entries.c - see walk.h: the entries of a table beside the one that the walk takes. */
#include "walk.h"

enum { LINE = 64 };		/* bytes that are read at once: as in saved machines */

static enum entry_seen decoded(const struct tables *t, unsigned int level, uint64_t value)
{
	uint64_t phys;

	switch (tables_decode(t, value, level, &phys)) {
	case ENTRY_NONE:
		return SEEN_EMPTY;
	case ENTRY_LEAF:
		return SEEN_LEAF;
	default:
		return SEEN_TABLE;
	}
}

void walk_read_table(const struct tables *t, const struct walk *w, size_t i,
		     enum entry_seen *seen, size_t n)
{
	const struct walk_entry *e = &w->entries[i];
	unsigned int in_line = LINE / t->entry_size;
	unsigned char line[LINE];
	uint64_t table;
	const char *why;

	if (t->why || !e->has_addr || e->level > t->levels)
		return;
	table = e->addr - (uint64_t)e->index * t->entry_size;
	if (!t->of_dump && !tables_virtual(t, table, &table))
		return;
	for (size_t at = 0; at < n; at += in_line) {
		uint64_t place = table + at * t->entry_size;

		/* A table of a few entries may begin within a line. */
		if (!machine_memory(t->machine, place - place % LINE, line, sizeof(line), &why))
			continue;
		for (size_t k = 0; k < in_line && at + k < n; k++) {
			size_t byte = place % LINE + k * t->entry_size;

			if (byte < LINE)
				seen[at + k] = decoded(t, e->level,
						       load_word(line + byte, t->entry_size,
								 t->big_endian));
		}
	}
}

/* --- By what is mapped ------------------------------------------------------------ */

struct inference {
	uint64_t start, size;
	enum entry_seen *seen;
	bool repeats;			/* some has copies, which may lie anywhere */
};

static void mark(struct inference *in, uint64_t start, uint64_t end, bool unsettled)
{
	uint64_t last = (end - in->start) / in->size;

	for (uint64_t k = (start - in->start) / in->size; k <= last; k++) {
		if (in->seen[k] == SEEN_UNMAPPED || (in->seen[k] == SEEN_NOT && !unsettled))
			in->seen[k] = unsettled ? SEEN_NOT : SEEN_MAPPED;
	}
}

static void note_piece(void *data, const struct piece *piece)
{
	struct inference *in = data;

	if (piece->times > 1)
		in->repeats = true;
	else
		mark(in, piece->start, piece->end, piece->run->unsettled);
}

/* Of one entry, wherever in it the copies are. */
static void note_copies(void *data, const struct piece *piece)
{
	enum entry_seen *seen = data;

	if (*seen != SEEN_MAPPED)
		*seen = piece->run->unsettled ? SEEN_NOT : SEEN_MAPPED;
}

void walk_infer_table(const struct mappings *m, uint64_t start, uint64_t size,
		      enum entry_seen *seen, size_t n)
{
	struct inference in = { .start = start, .size = size, .seen = seen };

	for (size_t k = 0; k < n; k++) {
		if (seen[k] == SEEN_NOT)
			seen[k] = SEEN_UNMAPPED;
	}
	mappings_each(m, start, start + (n * size - 1), note_piece, &in);
	for (size_t k = 0; in.repeats && k < n; k++) {
		uint64_t first = start + k * size;

		if (seen[k] == SEEN_UNMAPPED)
			mappings_each(m, first, first + (size - 1), note_copies, &seen[k]);
	}
}
