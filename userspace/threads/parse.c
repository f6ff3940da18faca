// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - text of kvas_threads to struct threads; see threads.h. */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "layout/fields.h"
#include "threads.h"

enum {
	MOST_LEVELS = 8,
	MOST_ENTRIES = 1 << 20,
	MOST_CPUS = 1 << 20,
};

const char *const kernel_half_words[] = {
	[HALF_ROOT] = "root", [HALF_SPACE] = "space", [HALF_SAME] = "same",
	[HALF_COPIED] = "copied", [HALF_LAZY] = "lazy", [HALF_OWN] = "own",
};

const char *const thread_kind_words[] = {
	[THREAD_PROCESS] = "process", [THREAD_KERNEL] = "kernel", [THREAD_EXITED] = "exited",
};

struct reading {
	struct threads *t;
	struct frame frame;
	const struct record *record;	/* in hand */
};

/* --- Values of the record in hand --------------------------------------------- */

static const char *value(struct reading *r, const char *key)
{
	return record_value(r->record, key);
}

static bool need_number(struct reading *r, const char *key, uint64_t least, uint64_t most,
			uint64_t *n)
{
	return field_decimal(&r->frame, r->record, key, least, most, n);
}

static bool need_id(struct reading *r, const char *key, unsigned int *id)
{
	uint64_t n;

	if (!need_number(r, key, 1, INT_MAX, &n))
		return false;
	*id = (unsigned int)n;
	return true;
}

/* The first address tells how many bits one has. */
static bool need_address(struct reading *r, const char *key, uint64_t *addr)
{
	struct threads *t = r->t;
	const char *s;

	if (!field_text(&r->frame, r->record, key, &s))
		return false;
	if (!t->bits)
		t->bits = strlen(s) == strlen("0x") + 8 ? 32 : 64;
	if (strlen(s) == strlen("0x") + t->bits / 4)
		return field_hex(&r->frame, r->record, key, addr);
	return frame_fail(&r->frame, "%s=%.40s: an address of this %u-bit kernel is 0x and %u digits of 0-9a-f",
			  key, s, t->bits, t->bits / 4);
}

/* A physical address, which may not be there. */
static bool take_root(struct reading *r, const char *key, bool *has, uint64_t *addr)
{
	*has = value(r, key);
	return !*has || field_hex(&r->frame, r->record, key, addr);
}

/* Which of n words a key has; *which stays as it was if the key is not there. */
static bool take_word(struct reading *r, const char *key, const char *const *words, size_t n,
		      unsigned int *which)
{
	const char *word = value(r, key);

	for (size_t i = 0; word && i < n; i++) {
		if (words[i] && strcmp(word, words[i]) == 0) {
			*which = (unsigned int)i;
			return true;
		}
	}
	return !word || frame_fail(&r->frame, "%s=%.40s: it is no word that this reader knows",
				   key, word);
}

static bool take_range(struct reading *r, struct stack_range *range)
{
	uint64_t less_one;

	range->known = true;
	range->region = value(r, "region");
	if (!need_address(r, "start", &range->start) || !need_address(r, "end", &range->end) ||
	    !field_size(&r->frame, r->record, "size", &less_one))
		return false;
	if (range->start > range->end)
		return frame_fail(&r->frame, "start is above end");
	return less_one == range->end - range->start ||
	       frame_fail(&r->frame, "the size does not match the range from start to end");
}

/* --- The kernel's tables and the processors' stacks ----------------------------- */

static bool parse_tables(struct reading *r)
{
	struct threads *t = r->t;
	uint64_t levels;

	if (t->arch)
		return frame_fail(&r->frame, "a second tables record");
	if (!field_text(&r->frame, r->record, "arch", &t->arch))
		return false;
	t->absent = value(r, "absent");
	if (t->absent)
		return true;
	if (!need_number(r, "levels", 1, MOST_LEVELS, &levels) ||
	    !field_hex(&r->frame, r->record, "root", &t->root) ||
	    !need_number(r, "entries", 1, MOST_ENTRIES, &t->entries) ||
	    !need_number(r, "first", 0, t->entries, &t->first) ||
	    !take_root(r, "user_root", &t->has_user_root, &t->user_root))
		return false;
	t->levels = (unsigned int)levels;
	t->user_root_absent = value(r, "user_root_absent");
	if (t->has_user_root && t->user_root_absent)
		return frame_fail(&r->frame, "it has a user_root and says that it is not known");
	return true;
}

static bool parse_stack(struct reading *r)
{
	struct cpu_stack *stack = &r->t->stacks[r->t->n_stacks++];

	if (!field_text(&r->frame, r->record, "kind", &stack->kind))
		return false;
	stack->has_cpu = value(r, "cpu");
	if (stack->has_cpu && !need_number(r, "cpu", 0, MOST_CPUS, &stack->cpu))
		return false;
	stack->range.absent = value(r, "absent");
	if (stack->range.absent)
		return true;
	if (!stack->has_cpu)
		return frame_fail(&r->frame, "the stack record has no 'cpu'");
	return take_range(r, &stack->range);
}

/* --- A thread -------------------------------------------------------------------- */

static bool take_stack(struct reading *r, struct stack_range *range)
{
	if (value(r, "start"))
		return take_range(r, range);
	range->absent = value(r, "stack_absent");
	return range->absent || frame_fail(&r->frame, "the thread record has no 'start'");
}

static bool take_sp(struct reading *r, struct thread *thread)
{
	thread->sp_absent = value(r, "sp_absent");
	thread->has_sp = value(r, "sp");
	if (thread->has_sp && thread->sp_absent)
		return frame_fail(&r->frame, "it has an sp and says that it has none");
	return !thread->has_sp || need_address(r, "sp", &thread->sp);
}

/* All four or none, under keys that begin alike. */
static bool take_entries(struct reading *r, const char *const keys[4], bool *has,
			 struct half_entries *e)
{
	uint64_t room = r->t->entries - r->t->first;

	*has = value(r, keys[0]);
	if (!*has)
		return true;
	if (!need_number(r, keys[0], 0, room, &e->same) ||
	    !need_number(r, keys[1], 0, room, &e->copied) ||
	    !need_number(r, keys[2], 0, room, &e->missing) ||
	    !need_number(r, keys[3], 0, room, &e->own))
		return false;
	return e->same + e->copied + e->missing + e->own <= room ||
	       frame_fail(&r->frame, "there are more entries than the kernel half has, which is %" PRIu64,
			  room);
}

/* Moves *p past "3" or "3-7", which must not begin below next. */
static bool skip_entries(struct reading *r, const char **p, uint64_t *next)
{
	uint64_t first, last;

	if (!scan_number(p, 10, &first))
		return frame_fail(&r->frame, "other: expected a list such as 3-7,509");
	last = first;
	if (skip(p, "-") && !scan_number(p, 10, &last))
		return frame_fail(&r->frame, "other: expected a list such as 3-7,509");
	if (first < *next || last < first || last >= r->t->entries)
		return frame_fail(&r->frame, "other: expected entries of the kernel half, in ascending order");
	*next = last + 1;
	return true;
}

/* Ranges with commas between; "..." at the end stands for more of them. */
static bool check_other(struct reading *r, const char *p)
{
	uint64_t next = r->t->first;

	do {
		if (!skip_entries(r, &p, &next))
			return false;
		if (!*p)
			return true;
		if (!skip(&p, ","))
			return frame_fail(&r->frame, "other: expected a comma before '%.40s'", p);
	} while (strcmp(p, "...") != 0);
	return true;
}

static bool take_tables(struct reading *r, struct thread *thread)
{
	static const char *const keys[] = { "same", "copied", "missing", "own" };
	static const char *const user_keys[] = { "user_same", "user_copied", "user_missing",
						 "user_own" };
	unsigned int half = HALF_UNKNOWN;

	if (!take_root(r, "root", &thread->has_root, &thread->root) ||
	    !take_root(r, "user_root", &thread->has_user_root, &thread->user_root) ||
	    !take_word(r, "kernel_half", kernel_half_words, ARRAY_SIZE(kernel_half_words), &half) ||
	    !take_entries(r, keys, &thread->has_entries, &thread->entries) ||
	    !take_entries(r, user_keys, &thread->has_user_entries, &thread->user_entries))
		return false;
	thread->half = half;
	thread->unsettled = value(r, "unsettled");
	thread->user_unsettled = value(r, "user_unsettled");
	if (half >= HALF_SAME && !thread->has_entries)
		return frame_fail(&r->frame, "kernel_half=%s, but there is no 'same'",
				  kernel_half_words[half]);
	thread->other = value(r, "other");
	return !thread->other || check_other(r, thread->other);
}

static bool parse_thread(struct reading *r)
{
	static const char *const yes_no[] = { "n", "y" };
	struct threads *t = r->t;
	struct thread *thread = &t->threads[t->n_threads];
	unsigned int kind = UINT_MAX, running = 0;

	if (!need_id(r, "tid", &thread->tid) || !need_id(r, "pid", &thread->pid))
		return false;
	if (t->n_threads && thread->tid <= thread[-1].tid)
		return frame_fail(&r->frame, "tid=%u comes after tid=%u: expected threads in ascending order",
				  thread->tid, thread[-1].tid);
	if (!take_word(r, "kind", thread_kind_words, ARRAY_SIZE(thread_kind_words), &kind) ||
	    !take_word(r, "running", yes_no, ARRAY_SIZE(yes_no), &running))
		return false;
	if (kind == UINT_MAX)
		return frame_fail(&r->frame, "the thread record has no 'kind'");
	thread->kind = kind;
	thread->running = running;
	t->n_threads++;
	return field_escaped(&r->frame, r->record, "comm", &thread->comm) &&
	       take_stack(r, &thread->stack) && take_sp(r, thread) && take_tables(r, thread);
}

/* --- All records ------------------------------------------------------------------ */

static bool parse_record(struct reading *r)
{
	static const struct {
		const char *word;
		bool (*parse)(struct reading *r);
	} kinds[] = {
		{ "tables", parse_tables }, { "stack", parse_stack }, { "thread", parse_thread },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(r->record->word, kinds[i].word) != 0)
			continue;
		if (kinds[i].parse != parse_tables && !r->t->arch)
			return frame_fail(&r->frame, "expected the tables record here, before all others");
		return kinds[i].parse(r);
	}
	return true;
}

static size_t count(const struct frame *f, const char *word)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_records; i++)
		n += strcmp(f->records[i].word, word) == 0;
	return n;
}

static void *alloc(void *owner, size_t n, size_t size)
{
	return pool_alloc(owner, n * size);
}

static bool parse_all(struct reading *r, const char *text, size_t size)
{
	struct threads *t = r->t;

	if (!frame_parse(&r->frame, text, size))
		return false;
	t->stacks = pool_alloc(&t->pool, (count(&r->frame, "stack") + 1) * sizeof(*t->stacks));
	t->threads = pool_alloc(&t->pool, (count(&r->frame, "thread") + 1) * sizeof(*t->threads));
	for (size_t i = 0; i < r->frame.n_records; i++) {
		r->record = &r->frame.records[i];
		r->frame.line = r->record->line;
		if (!parse_record(r))
			return false;
	}
	t->bits = t->bits ? t->bits : 64;
	t->max_addr = UINT64_MAX >> (64 - t->bits);
	r->frame.line = 0;
	return t->arch || frame_fail(&r->frame, "there is no tables record");
}

struct threads *threads_parse(const char *text, size_t size, struct parse_error *error)
{
	struct reading r = {
		.frame = {
			.word = KVAS_THREADS_NAME, .newest = KVAS_THREADS_VERSION,
			.kind = "list of threads", .most_lines = THREADS_MOST_LINES,
			.alloc = alloc, .error = error,
		},
	};

	r.t = calloc(1, sizeof(*r.t));
	if (!r.t) {
		frame_no_memory(&r.frame);
		return NULL;
	}
	r.frame.owner = &r.t->pool;
	if (parse_all(&r, text, size))
		return r.t;
	threads_free(r.t);
	return NULL;
}

void threads_free(struct threads *t)
{
	if (t)
		pool_free(&t->pool);
	free(t);
}

/* --- Looking up --------------------------------------------------------------------- */

static int compare_tid(const void *key, const void *thread)
{
	uint64_t tid = *(const uint64_t *)key, other = ((const struct thread *)thread)->tid;

	return tid < other ? -1 : tid > other;
}

const struct thread *threads_find(const struct threads *t, uint64_t tid)
{
	return bsearch(&tid, t->threads, t->n_threads, sizeof(*t->threads), compare_tid);
}

static bool holds(const struct stack_range *range, uint64_t addr)
{
	return range->known && range->start <= addr && addr <= range->end;
}

size_t threads_with_stack(const struct threads *t, uint64_t addr, size_t from)
{
	while (from < t->n_threads && !holds(&t->threads[from].stack, addr))
		from++;
	return from;
}

size_t threads_cpu_stack(const struct threads *t, uint64_t addr, size_t from)
{
	while (from < t->n_stacks && !holds(&t->stacks[from].range, addr))
		from++;
	return from;
}
