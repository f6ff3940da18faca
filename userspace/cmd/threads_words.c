// SPDX-License-Identifier: GPL-2.0-only
/* threads_words.c - see threads.h: what threads and their tables are, in words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "threads.h"

/* --- One thread ---------------------------------------------------------------- */

#define UNSETTLED "its page tables could not be read, or changed each time they were"

static char *add(char *text, const char *before, const char *what)
{
	char *longer = text_printf("%s%s%s%s", text ? text : "", text ? "; " : "", before, what);

	free(text);
	return longer;
}

char *thread_note(const struct thread *thread)
{
	char *note = NULL;

	if (thread->kind == THREAD_KERNEL)
		note = add(note, "", "a kernel thread has no user half");
	if (thread->kind == THREAD_EXITED)
		note = add(note, "", "it has exited and given its user half back");
	if (thread->running && thread->has_sp)
		note = add(note, "", "it was running: the user stack pointer is that of its last entry into the kernel");
	if (thread->sp_absent)
		note = add(note, "no user stack pointer: ", thread->sp_absent);
	if (thread->unsettled)
		note = add(note, "", UNSETTLED);
	else if (thread->kind == THREAD_PROCESS && !thread->half)
		note = add(note, "", "nothing is known of its page tables");
	if (thread->user_unsettled)
		note = add(note, "", UNSETTLED " (those of user mode)");
	if (thread->stack.absent)
		note = add(note, "no kernel stack: ", thread->stack.absent);
	return note;
}

char *thread_name(const struct thread *thread)
{
	return thread->tid == thread->pid ?
	       text_printf("thread %u, %s", thread->tid, thread->comm) :
	       text_printf("thread %u of process %u, %s", thread->tid, thread->pid, thread->comm);
}

/* --- All that are listed --------------------------------------------------------- */

/* From the least to the most of a number. */
struct span {
	uint64_t least, most;
};

static void span_add(struct span *s, uint64_t n, bool first)
{
	if (first || n < s->least)
		s->least = n;
	if (first || n > s->most)
		s->most = n;
}

/* "12 to 13 are missing", or with most == 1 "1 is missing"; to be freed. */
static char *clause(struct span s, const char *one, const char *more)
{
	if (s.least == s.most)
		return text_printf("%" PRIu64 " %s", s.most, s.most == 1 ? one : more);
	return text_printf("%" PRIu64 " to %" PRIu64 " %s", s.least, s.most, more);
}

/* Threads of which the same is to be said. */
struct group {
	size_t threads, processes;
	struct span same, copied, missing, own;
	const char *other;		/* of all of them; NULL if they differ */
};

static int compare_numbers(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return x < y ? -1 : x > y;
}

static size_t count_different(unsigned int *numbers, size_t n)
{
	size_t different = 0;

	if (n)
		qsort(numbers, n, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < n; i++)
		different += !i || numbers[i] != numbers[i - 1];
	return different;
}

static void group_add(struct group *g, const struct half_entries *e, const char *other)
{
	bool first = !g->threads;

	span_add(&g->same, e->same, first);
	span_add(&g->copied, e->copied, first);
	span_add(&g->missing, e->missing, first);
	span_add(&g->own, e->own, first);
	if (first)
		g->other = other;
	else if (!g->other || !other || strcmp(g->other, other) != 0)
		g->other = NULL;
	g->threads++;
}

/* Those with a kernel half of one kind; or, with half < 0, those with a user_root. */
static struct group group_of(const struct thread_list *listed, int half)
{
	unsigned int *pids = zalloc_array(listed->n + 1, sizeof(*pids));
	struct group g = { 0 };

	for (size_t i = 0; i < listed->n; i++) {
		const struct thread *t = listed->list[i];

		if (t->kind != THREAD_PROCESS || (half < 0 ? !t->has_user_entries :
							     (int)t->half != half))
			continue;
		pids[g.threads] = t->pid;
		group_add(&g, half < 0 ? &t->user_entries : &t->entries, t->other);
	}
	g.processes = count_different(pids, g.threads);
	free(pids);
	return g;
}

/* The register, or whatever else it is, that holds the kernel's own root. */
static const char *root_register(const char *arch)
{
	static const char *const registers[][2] = {
		{ "arm64", "TTBR1_EL1" }, { "arm", "TTBR1" }, { "loongarch64", "PGDH" },
		{ "ppc64", "entry 0 of the process table" },
		{ "mips64", "swapper_pg_dir, for xkseg" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (strcmp(arch, registers[i][0]) == 0)
			return registers[i][1];
	return "a register of its own";
}

static bool is_x86(const struct threads *t)
{
	return strcmp(t->arch, "x86_64") == 0 || strcmp(t->arch, "i386") == 0;
}

/* To be freed. */
static char *lazy_sentence(const struct group *g)
{
	char *same = clause(g->same, "entry is a copy", "entries are copies");
	char *missing = clause(g->missing, "is", "are");
	char *text = text_printf("%s of the kernel's, and %s not there yet, or not whole: the kernel copies an entry to a process when that first needs it.",
				 same, missing);

	free(same);
	free(missing);
	return text;
}

static char *own_sentence(const struct threads *t, const struct group *g)
{
	char *same = clause(g->same, "entry is a copy", "entries are copies");
	char *own = clause(g->own, "is", "are");
	char *text = text_printf("%s of the kernel's, and %s the process's own by design%s%s%s.",
				 same, own, is_x86(t) ? ", as that of its LDT" : "",
				 g->other ? ": number " : "", g->other ? g->other : "");

	free(same);
	free(own);
	return text;
}

static char *same_sentence(const struct group *g)
{
	char *same = clause(g->same, "entry that is in use is a copy",
			    "entries that are in use are copies");
	char *text = text_printf("each has a top table of its own, but in its kernel half %s of the kernel's: all share the tables below.",
				 same);

	free(same);
	return text;
}

static char *copied_sentence(const struct group *g)
{
	char *copied = clause(g->copied, "entry of the top table leads", "entries of the top table lead");
	char *text = text_printf("%s to tables of the process's own, in which each entry is as the kernel's: what is below these is shared.",
				 copied);

	free(copied);
	return text;
}

/* arm64 with KPTI; to be freed. */
static char *user_root_sentence(const struct threads *t)
{
	if (t->has_user_root)
		return text_printf(" With page-table isolation another table stands there in user mode, at 0x%016" PRIx64 ", also the same for all.",
				   t->user_root);
	if (t->user_root_absent)
		return text_printf(" With page-table isolation another table stands there in user mode, also the same for all; where it is, is not known: %s.",
				   t->user_root_absent);
	return text_printf("%s", "");
}

/* arm with LPAE splits the addresses at a multiple of 1G, and modules lie below. */
static char *root_sentence(const struct threads *t)
{
	char *user = user_root_sentence(t);
	char *text = text_printf("its tables have a root of their own (%s), the same for all; the tables of a process hold nothing of it%s.%s",
				 root_register(t->arch),
				 strcmp(t->arch, "arm") ? "" : " but modules and PKMAP", user);

	free(user);
	return text;
}

/* What stands behind the word; to be freed. */
static char *half_sentence(const struct threads *t, enum kernel_half half, const struct group *g)
{
	switch (half) {
	case HALF_ROOT:
		return root_sentence(t);
	case HALF_SPACE:
		return text_printf("the kernel is in an address space of its own; the tables of a process hold nothing of it.");
	case HALF_SAME:
		return same_sentence(g);
	case HALF_COPIED:
		return copied_sentence(g);
	case HALF_LAZY:
		return lazy_sentence(g);
	case HALF_OWN:
		return own_sentence(t, g);
	default:
		return text_printf("how it is related to the kernel's own is not known%s%s.",
				   t->absent ? ": " : "; the column NOTE says why",
				   t->absent ? t->absent : "");
	}
}

static const char *plural(size_t n, const char *one, const char *more)
{
	return n == 1 ? one : more;
}

/* Prints and frees it. */
static void print_sentence(const struct options *opt, char *text)
{
	print_wrapped(stdout, 0, opt->width, text);
	free(text);
}

static void print_half(const struct options *opt, const struct thread_list *listed,
		       enum kernel_half half)
{
	struct group g = group_of(listed, (int)half);
	char *sentence;

	if (!g.threads)
		return;
	sentence = half_sentence(listed->of, half, &g);
	print_sentence(opt, text_printf("Kernel half of %zu process%s%s%s: %s", g.processes,
					plural(g.processes, "", "es"), half ? ", " : "",
					half ? kernel_half_words[half] : "", sentence));
	free(sentence);
}

/* Adds a clause about some entries, if there are any. */
static char *add_clause(char *text, struct span s, const char *one, const char *more)
{
	char *words, *longer;

	if (!s.most)
		return text;
	words = clause(s, one, more);
	longer = text_printf("%s%s%s", text ? text : "", text ? ", " : "", words);
	free(words);
	free(text);
	return longer;
}

/* What user mode has of the kernel half, where it runs on tables of its own. */
static void print_isolation(const struct options *opt, const struct thread_list *listed)
{
	struct group g = group_of(listed, -1);
	struct span others = { g.copied.least + g.own.least, g.copied.most + g.own.most };
	char *entries = add_clause(NULL, g.same, "is the kernel's", "are the kernel's");

	entries = add_clause(entries, others, "leads to another table", "lead to other tables");
	entries = add_clause(entries, g.missing, "is missing", "are missing");
	if (entries)
		print_sentence(opt, text_printf("Page-table isolation: in user mode %zu process%s on a second top table. Of the entries of its kernel half %s.",
						g.processes, plural(g.processes, " runs", "es run"),
						entries));
	free(entries);
}

/* Those that have no user half. */
static void print_kinds(const struct options *opt, const struct thread_list *listed)
{
	size_t kinds[ARRAY_SIZE(thread_kind_words)] = { 0 };

	for (size_t i = 0; i < listed->n; i++)
		kinds[listed->list[i]->kind]++;
	if (kinds[THREAD_KERNEL])
		print_sentence(opt, text_printf("%zu kernel thread%s no user half.",
						kinds[THREAD_KERNEL],
						plural(kinds[THREAD_KERNEL], " has", "s have")));
	if (kinds[THREAD_EXITED])
		print_sentence(opt, text_printf("%zu thread%s exited and given the user half back.",
						kinds[THREAD_EXITED],
						plural(kinds[THREAD_EXITED], " has", "s have")));
}

void threads_print_legend(const struct options *opt, const struct thread_list *listed)
{
	putchar('\n');
	for (enum kernel_half half = HALF_ROOT; half <= HALF_OWN; half++)
		print_half(opt, listed, half);
	print_half(opt, listed, HALF_UNKNOWN);
	print_isolation(opt, listed);
	print_kinds(opt, listed);
}
