// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_process.c - whatever bytes a saved process has, the reader must neither crash nor
 * leak nor take long, each mistake gets a sentence, all that is mapped is in one part,
 * what is saved again is the same, and there is no difference between the two.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process/diff.h"
#include "process/limit.h"
#include "process/parts.h"
#include "fuzz.h"

/* Parts without gaps from the first address of the mapping to its last. */
static size_t check_mapping(const struct parts *parts, const struct vma *v, size_t i)
{
	uint64_t next = v->start;

	while (i < parts->n && !parts->parts[i].vma)
		i++;
	for (; i < parts->n && parts->parts[i].vma == v; i++) {
		require(parts->parts[i].start == next, "a mapping's parts have no gap between");
		next = parts->parts[i].end + 1;
	}
	require(next == v->end + 1, "they are all of the mapping");
	return i;
}

static void check_parts(const struct process *p)
{
	struct parts parts = { 0 };
	size_t next = 0;

	parts_find(&parts, p);
	for (size_t i = 0; i < p->n_vmas; i++) {
		require(process_vma(p, p->vmas[i].start) == &p->vmas[i], "a mapping is found");
		next = check_mapping(&parts, &p->vmas[i], next);
	}
	for (size_t i = 0; i < parts.n; i++) {
		const struct part *part = &parts.parts[i];

		require(part->start <= part->end, "a part is a range");
		require(!i || part[-1].end < part->start, "parts are in order");
		require(parts_at(&parts, part->end) == part, "each part is found");
		free(part_note(&parts, part));
	}
	parts_free(&parts);
}

static void check_limit(const struct process *p)
{
	struct user_limit limit = { 0 };

	user_limit_find(&limit, p, NULL);
	require(limit.why != NULL, "the end of the user half has a reason");
	user_limit_free(&limit);
}

/* How many there are; each is of something. */
static size_t differences(const struct process *from, const struct process *to)
{
	struct parts parts[2] = { { 0 } };
	struct process_diff diff;
	size_t n;

	parts_find(&parts[0], from);
	parts_find(&parts[1], to);
	process_diff_find(&diff, from, &parts[0], to, &parts[1]);
	n = diff.n;
	for (size_t i = 0; i < n; i++)
		require(diff.list[i].at[0].there || diff.list[i].at[1].there || diff.list[i].thread,
			"a difference is of a range or a thread");
	process_diff_free(&diff);
	parts_free(&parts[0]);
	parts_free(&parts[1]);
	return n;
}

static void check_differences(const struct process *p, struct process *same)
{
	size_t n = same->n_vmas;

	require(!differences(p, same), "a process is as it is");
	same->n_vmas -= n / 2;
	require((differences(p, same) > 0) == (n > 1), "half of its mappings are less");
	require((differences(same, p) > 0) == (n > 1), "and all of them are more");
	same->start_stack++;
	require((differences(p, same) > 0) == (n > 1), "also of another run");
	same->n_vmas = n;
	require(!differences(p, same), "another run may lie where the first one was");
}

static void check_saved_again(const struct process *p)
{
	struct parse_error error = { 0 };
	size_t size, again_size;
	char *text = process_text(p, &size), *again_text;
	struct process *again = process_parse(text, size, &error);

	if (!again)
		fprintf(stderr, "%u: %s\n", error.line, error.message);
	require(again != NULL, "what is written is read");
	again_text = process_text(again, &again_size);
	require(size == again_size && memcmp(text, again_text, size) == 0,
		"and written again it is the same");
	check_differences(p, again);
	free(text);
	free(again_text);
	process_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_error error = { 0 };
	struct process *p = process_parse((const char *)data, size, &error);

	if (!p) {
		require(*error.message && !strchr(error.message, '\n'), "a mistake has a sentence");
		return 0;
	}
	check_parts(p);
	check_limit(p);
	check_saved_again(p);
	process_free(p);
	return 0;
}
