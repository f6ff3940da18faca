// SPDX-License-Identifier: GPL-2.0-only
/* See half.h.  The tests on the host compile this file, too. */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "half.h"

/* The kernel's entries must be the same before and after the process's are read. */
#define MAX_TRIES	8

enum relation {
	UNUSED,			/* by neither */
	SAME,
	COPIED,
	MISSING,
	OWN,
	UNSETTLED,		/* a table below cannot be read, or changes all the time */
};

/* Copies a piece of the two tables as they are at one moment. */
static bool read_chunk(struct kvas_halves *h, __u64 kernel, __u64 process,
		       unsigned int from, unsigned int n)
{
	const size_t size = (size_t)n * h->t->entry_size;
	const __u64 at = (__u64)from * h->t->entry_size;
	unsigned int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		if (!h->read(NULL, h->chunk[0], kernel + at, size) ||
		    !h->read(NULL, h->chunk[1], process + at, size) ||
		    !h->read(NULL, h->chunk[2], kernel + at, size))
			return false;
		if (!memcmp(h->chunk[0], h->chunk[2], size))
			return true;
	}
	return false;
}

static bool is_used(const struct kvas_halves *h, unsigned int level, __u64 value)
{
	return kvas_decode(h->t, level, value).kind != KVAS_ENTRY_NONE;
}

static enum relation compare(const struct kvas_halves *h, unsigned int level,
			     __u64 kernel, __u64 process)
{
	const bool has = is_used(h, level, kernel), used = is_used(h, level, process);

	if (!has && !used)
		return UNUSED;
	if (!used)
		return MISSING;
	return (kernel ^ process) & ~h->ignored ? OWN : SAME;
}

static enum relation compare_entries(const struct kvas_halves *h, unsigned int level,
				     unsigned int n)
{
	return compare(h, level, kvas_load_entry(h->t, h->chunk[0], n),
		       kvas_load_entry(h->t, h->chunk[1], n));
}

/* What two different tables of a lower level have in common. */
static enum relation compare_tables(struct kvas_halves *h, unsigned int level,
				    __u64 kernel, __u64 process)
{
	const unsigned int entries = 1U << h->t->level[level].bits;
	enum relation worst = COPIED, relation;
	unsigned int n;

	for (n = 0; n < entries && worst != OWN; n++) {
		if (n % KVAS_HALF_CHUNK == 0 &&
		    !read_chunk(h, kernel, process, n, KVAS_HALF_CHUNK))
			return UNSETTLED;
		relation = compare_entries(h, level, n % KVAS_HALF_CHUNK);
		if (relation > worst)
			worst = relation;
	}
	return worst;
}

/* The chunks of the top table are read again afterwards. */
static enum relation compare_below(struct kvas_halves *h, __u64 kernel, __u64 process)
{
	const unsigned int level = h->t->levels;
	const struct kvas_entry ours = kvas_decode(h->t, level, kernel);
	const struct kvas_entry theirs = kvas_decode(h->t, level, process);

	if (ours.kind != KVAS_ENTRY_TABLE || theirs.kind != KVAS_ENTRY_TABLE)
		return OWN;
	return compare_tables(h, level - 1, ours.phys, theirs.phys);
}

static bool compare_at(struct kvas_halves *h, unsigned int index, unsigned int n,
		       enum relation *relation)
{
	const unsigned int place = index % KVAS_HALF_CHUNK;
	__u64 kernel, process;

	*relation = compare_entries(h, h->t->levels, place);
	if (*relation != OWN || !h->has_copies)
		return true;
	kernel = kvas_load_entry(h->t, h->chunk[0], place);
	process = kvas_load_entry(h->t, h->chunk[1], place);
	*relation = compare_below(h, kernel, process);
	return *relation != UNSETTLED &&
	       read_chunk(h, h->kernel, h->process, index - place, n);
}

/* The text of ranges of indices, which come one after the other. */
struct ranges {
	char *text;
	size_t room;
	size_t length;
	unsigned int n;
	unsigned int start;
	unsigned int stop;
};

static void end_range(struct ranges *r)
{
	const char *comma = r->length ? "," : "";

	if (r->start == r->stop || r->n > KVAS_HALF_RANGES)
		return;
	if (++r->n > KVAS_HALF_RANGES)
		r->length += snprintf(r->text + r->length, r->room - r->length, ",...");
	else if (r->stop - r->start == 1)
		r->length += snprintf(r->text + r->length, r->room - r->length, "%s%u",
				      comma, r->start);
	else
		r->length += snprintf(r->text + r->length, r->room - r->length, "%s%u-%u",
				      comma, r->start, r->stop - 1);
}

static void add_index(struct ranges *r, unsigned int index)
{
	if (index != r->stop) {
		end_range(r);
		r->start = index;
	}
	r->stop = index + 1;
}

static void count(struct kvas_half *found, enum relation relation)
{
	found->same += relation == SAME;
	found->copied += relation == COPIED;
	found->missing += relation == MISSING;
	found->own += relation == OWN;
}

/**
 * kvas_compare_halves() - compare the kernel half of a process's top table
 * @h:		the two tables
 * @found:	filled in
 */
void kvas_compare_halves(struct kvas_halves *h, struct kvas_half *found)
{
	const unsigned int entries = 1U << h->t->level[h->t->levels].bits;
	struct ranges r = { .text = found->other, .room = sizeof(found->other) };
	enum relation relation;
	unsigned int index, n;

	memset(found, 0, sizeof(*found));
	n = entries < KVAS_HALF_CHUNK ? entries : KVAS_HALF_CHUNK;
	for (index = h->first; index < entries; index++) {
		const unsigned int place = index % KVAS_HALF_CHUNK;

		if (((!place || index == h->first) &&
		     !read_chunk(h, h->kernel, h->process, index - place, n)) ||
		    !compare_at(h, index, n, &relation)) {
			found->unreadable = true;
			return;
		}
		count(found, relation);
		if (relation > SAME)
			add_index(&r, index);
	}
	end_range(&r);
}

/**
 * kvas_half_kind() - the word for how the halves compare
 * @half:	what was found
 *
 * Return: the value of kernel_half.
 */
const char *kvas_half_kind(const struct kvas_half *half)
{
	if (half->own)
		return "own";
	if (half->missing)
		return "lazy";
	return half->copied ? "copied" : "same";
}
