// SPDX-License-Identifier: GPL-2.0-only
/* user_shared_words.c - see user_shared.h: the comparison in sentences, and as JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/json.h"
#include "user_shared.h"

const char *const top_words[] = {
	[TOP_SAME] = "the same",
	[TOP_OWN] = "each its own",
	[TOP_FIRST] = "only the first",
	[TOP_SECOND] = "only the second",
};

static const char *const kind_words[] = {
	[TOP_SAME] = "same", [TOP_OWN] = "own", [TOP_FIRST] = "first", [TOP_SECOND] = "second",
};

static char *amount(const struct sharing *s, uint64_t bytes)
{
	if (!bytes)
		return text_printf("nothing");
	return s->opt->bytes ? size_bytes(bytes - 1) : size_human(bytes - 1);
}

static const struct shared_half *half_of(const struct sharing *s, bool user)
{
	for (size_t i = 0; i < s->n_halves; i++)
		if (s->half[i].user == user)
			return &s->half[i];
	return NULL;
}

/* --- Sentences ------------------------------------------------------------------------------ */

/* How the two processes' entries are related to the kernel's, by kvas_threads. */
static char *relation_text(const struct sharing *s)
{
	enum kernel_half one = s->side[0].thread->half, other = s->side[1].thread->half;
	const char *words[] = {
		[HALF_UNKNOWN] = "of an unknown relation to the kernel's own entries",
		[HALF_SAME] = "equal to the kernel's own entries",
		[HALF_COPIED] = "with equal entries in tables of its own below the top one",
		[HALF_LAZY] = "as the kernel's own, of which some entries are not copied yet: they are at the first use",
		[HALF_OWN] = "as the kernel's own, but for entries that are each process's by design",
	};

	if (one == other)
		return text_printf("both are %s", words[one]);
	return text_printf("that of %u is %s, that of %u is %s", s->side[0].pid, words[one],
			   s->side[1].pid, words[other]);
}

char *kernel_half_text(const struct sharing *s)
{
	const struct shared_half *h = half_of(s, false);
	char *relation, *text;

	if (s->side[0].thread->half == HALF_ROOT)
		return text_printf("has a root of its own, the same for all processes: all of it is shared, and no table of a process has anything of it");
	if (s->side[0].thread->half == HALF_SPACE)
		return text_printf("is an address space of its own, the same for all processes: no table of a process has anything of it");
	if (!h)
		return text_printf("is not in the tables of both");
	relation = relation_text(s);
	if (h->tops.why)
		text = text_printf("%s; the top tables were not compared: %s", relation, h->tops.why);
	else
		text = text_printf("%u of %u entries that either top table has lead to the same tables; %s",
				   h->tops.entries[TOP_SAME],
				   h->tops.entries[TOP_SAME] + h->tops.entries[TOP_OWN] +
				   h->tops.entries[TOP_FIRST] + h->tops.entries[TOP_SECOND],
				   relation);
	free(relation);
	return text;
}

static const struct shared_side *isolated_side(const struct sharing *s)
{
	for (unsigned int i = 0; i < 2; i++)
		if (s->side[i].thread->has_user_root && s->side[i].tables.kernel_is_own)
			return &s->side[i];
	return NULL;
}

char *isolation_text(const struct sharing *s)
{
	const struct shared_side *side = isolated_side(s);
	const unsigned int *entries;
	uint64_t all = 0, both = 0;

	if (!side)
		return NULL;
	if (side->isolation.why)
		return text_printf("user mode runs on a second top table, which cannot be read: %s",
				   side->isolation.why);
	entries = side->isolation.entries;
	for (unsigned int level = 1; level < side->below.levels; level++) {
		all += side->below.level[level].tables[0];
		both += side->below.level[level].both;
	}
	return text_printf("user mode of %u runs on a second top table, which has the same user half, and %u of the %u kernel entries, with %u more in tables of its own: %" PRIu64 " of the %" PRIu64 " page tables of the kernel half. What no entry leads to cannot be read by a processor that reads ahead of its checks (Meltdown). CONFIG_MITIGATION_PAGE_TABLE_ISOLATION (before 6.9 CONFIG_PAGE_TABLE_ISOLATION) has it, and pti=off switches it off",
			   side->pid, entries[TOP_SAME],
			   entries[TOP_SAME] + entries[TOP_OWN] + entries[TOP_FIRST],
			   entries[TOP_OWN] + entries[TOP_SECOND], both, all);
}

char *memory_text(const struct sharing *s)
{
	const struct shared_memory *m = &s->memory;
	char *one, *other, *both, *text;

	if (!m->source)
		return text_printf("what the user halves share is not known: %s", m->why);
	one = amount(s, m->bytes[0]);
	other = amount(s, m->bytes[1]);
	both = amount(s, m->both);
	text = text_printf("%u maps %s, %u maps %s, and of this %s is the same memory (by %s)",
			   s->side[0].pid, one, s->side[1].pid, other, both, m->source);
	free(one);
	free(other);
	free(both);
	return text;
}

/* Takes the text; a name in it may have any bytes. */
static void print_sentence(const struct sharing *s, const char *label, char *text)
{
	char *plain;

	if (!text)
		return;
	plain = escaped(text);
	printf("%-18s", label);
	print_wrapped(stdout, 18, s->opt->width, plain);
	free(plain);
	free(text);
}

static void print_tops(const struct sharing *s, const struct shared_half *h)
{
	const struct tables *t = h->tables[0];
	int digits = (int)s->l->bits / 4;

	for (size_t i = 0; i < h->tops.n; i++) {
		const struct top_range *r = &h->tops.ranges[i];
		uint64_t start = tables_address(t, t->levels, r->first, t->base);
		uint64_t end = tables_address(t, t->levels, r->last, t->base) +
			       tables_size(t, t->levels) - 1;
		char entries[32];

		snprintf(entries, sizeof(entries), r->first == r->last ? "%u" : "%u-%u", r->first,
			 r->last);
		printf("  %-6s  %-9s  0x%0*" PRIx64 "-0x%0*" PRIx64 "  %s\n", h->name, entries,
		       digits, start, digits, end, top_words[r->kind]);
	}
}

static char *side_text(const struct sharing *s, const struct shared_side *side)
{
	const struct thread *t = side->thread;
	int digits = (int)s->l->bits / 4;

	if (t->has_user_root && side->tables.kernel_is_own)
		return text_printf("%s, top table at 0x%0*" PRIx64 ", in user mode at 0x%0*" PRIx64,
				   t->comm, digits, t->root, digits, t->user_root);
	return text_printf("%s, top table at 0x%0*" PRIx64, t->comm, digits, t->root);
}

void shared_print(const struct sharing *s)
{
	putchar('\n');
	for (unsigned int i = 0; i < 2; i++) {
		char label[32];

		snprintf(label, sizeof(label), "process %u", s->side[i].pid);
		print_sentence(s, label, side_text(s, &s->side[i]));
	}
	printf("\nentries of the top tables:\n");
	for (size_t i = 0; i < s->n_halves; i++)
		print_tops(s, &s->half[i]);
	putchar('\n');
	print_sentence(s, "kernel half", kernel_half_text(s));
	print_sentence(s, "isolation", isolation_text(s));
	print_sentence(s, "memory", memory_text(s));
	for (size_t i = 0; i < s->n_halves; i++) {
		const struct shared *below = &s->half[i].below;

		if (below->unread[0] || below->unread[1])
			print_sentence(s, "not known", text_printf("%" PRIu64 " and %" PRIu64 " tables of the %s half could not be read: %s",
								   below->unread[0], below->unread[1],
								   s->half[i].name, below->why));
	}
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *json_bytes(uint64_t bytes)
{
	return json_sprintf("0x%" PRIx64, bytes);
}

static json_t *json_taken(char *text)
{
	json_t *json = json_text(text);

	free(text);
	return json;
}

static json_t *json_side(const struct sharing *s, const struct shared_side *side)
{
	const struct thread *t = side->thread;
	json_t *object = json_object();

	json_member(object, "pid", json_count(side->pid));
	json_member(object, "tid", json_count(t->tid));
	json_member(object, "comm", json_text(t->comm));
	json_member(object, "kernel_half", json_text(kernel_half_words[t->half]));
	json_member(object, "root", json_address(s->l, t->root));
	json_member(object, "user_root", t->has_user_root ? json_address(s->l, t->user_root) :
							    json_null());
	return object;
}

static json_t *json_tops(const struct sharing *s, const struct shared_half *h)
{
	const struct tables *t = h->tables[0];
	json_t *array = json_array();

	for (size_t i = 0; i < h->tops.n; i++) {
		const struct top_range *r = &h->tops.ranges[i];
		json_t *object = json_object();

		json_member(object, "first", json_count(r->first));
		json_member(object, "last", json_count(r->last));
		json_member(object, "start", json_address(s->l, tables_address(t, t->levels, r->first,
										t->base)));
		json_member(object, "end", json_address(s->l, tables_address(t, t->levels, r->last,
			    t->base) + tables_size(t, t->levels) - 1));
		json_member(object, "kind", json_text(kind_words[r->kind]));
		json_element(array, object);
	}
	return array;
}

static json_t *json_levels(const struct shared_half *h)
{
	json_t *array = json_array();

	for (unsigned int level = h->below.levels - 1; level; level--) {
		const struct shared_level *found = &h->below.level[level];
		json_t *object = json_object();

		json_member(object, "level", json_count(level));
		json_member(object, "first", json_count(found->tables[0]));
		json_member(object, "second", json_count(found->tables[1]));
		json_member(object, "both", json_count(found->both));
		json_member(object, "size", json_bytes(found->both *
						       shared_table_size(h->tables[0], level)));
		json_element(array, object);
	}
	return array;
}

static json_t *json_half(const struct sharing *s, const struct shared_half *h)
{
	json_t *object = json_object();

	json_member(object, "half", json_text(h->name));
	json_member(object, "top", json_tops(s, h));
	json_member(object, "top_absent", json_text(h->tops.why));
	json_member(object, "levels", json_levels(h));
	json_member(object, "unread", json_count(h->below.unread[0] + h->below.unread[1]));
	json_member(object, "why", json_text(h->below.why));
	return object;
}

static json_t *json_memory(const struct shared_memory *m)
{
	json_t *object = json_object();

	json_member(object, "source", json_text(m->source));
	json_member(object, "first", m->source ? json_bytes(m->bytes[0]) : json_null());
	json_member(object, "second", m->source ? json_bytes(m->bytes[1]) : json_null());
	json_member(object, "both", m->source ? json_bytes(m->both) : json_null());
	json_member(object, "absent", json_text(m->why));
	return object;
}

json_t *json_sharing(const struct sharing *s)
{
	json_t *document = json_document("user", s->l), *processes = json_array();
	json_t *halves = json_array(), *shared = json_object();

	for (unsigned int i = 0; i < 2; i++)
		json_element(processes, json_side(s, &s->side[i]));
	for (size_t i = 0; i < s->n_halves; i++)
		json_element(halves, json_half(s, &s->half[i]));
	json_member(shared, "processes", processes);
	json_member(shared, "halves", halves);
	json_member(shared, "kernel_half", json_taken(kernel_half_text(s)));
	json_member(shared, "isolation", json_taken(isolation_text(s)));
	json_member(shared, "memory", json_memory(&s->memory));
	json_member(document, "shared", shared);
	return document;
}
