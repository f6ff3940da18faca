// SPDX-License-Identifier: GPL-2.0-only
/* walk_words.c - see walk.h: what a walk says, in words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "pagetables/mappings.h"
#include "walk.h"

const char *const walk_kinds[] = {
	[ENTRY_NONE] = "none",
	[ENTRY_TABLE] = "table",
	[ENTRY_TABLE_AT] = "table",
	[ENTRY_LEAF] = "page",
};

static char *add_word(char *text, const char *before, const char *word)
{
	char *longer = text_printf("%s%s%s%s", text ? text : "", text ? " " : "", before, word);

	free(text);
	return longer;
}

/* "no user, RO": what an entry that leads to a table changes for all below it. */
static char *limits_text(const struct attributes *a, const struct limits *limits)
{
	char *text = NULL;

	for (const struct attribute *row = attributes_rows(a, 1, 0); row->name; row++) {
		bool set = (limits->set & row->mask) == row->mask;
		bool clear = (limits->clear & row->mask) == row->mask;
		/* Of fields with several bits none is changed by an upper level. */
		bool one_bit = !(row->mask & (row->mask - 1));
		const char *word = set ? row->set : row->clear;

		if (one_bit && (set || clear))
			text = add_word(text, word ? "" : "no-", word ? word : row->name);
	}
	return text;
}

char *entry_meaning(const struct trail *t, const struct walk_entry *e)
{
	char *limits, *text;

	if (!t->attributes || e->kind == ENTRY_NONE)
		return NULL;
	if (e->kind == ENTRY_LEAF)
		return page_attributes(t);
	limits = limits_text(t->attributes, &e->limits);
	text = limits ? text_printf("all below: %s", limits) : NULL;
	free(limits);
	return text;
}

char *page_attributes(const struct trail *t)
{
	const struct walk *w = &t->walk;
	struct pool pool = { 0 };
	char *text;

	if (!w->mapped || w->by_window || !t->attributes)
		return NULL;
	text = text_printf("%s", attributes_text(t->attributes, w->level, w->attr, &pool));
	pool_free(&pool);
	return text;
}

char *page_access(const struct trail *t)
{
	const struct walk *w = &t->walk;
	char text[ACCESS_TEXT];

	if (!w->mapped || w->by_window || !t->attributes)
		return NULL;
	access_text(attributes_access(t->attributes, w->level, w->attr, w->upper), text);
	return text_printf("%s", text);
}

static const char *kernel_rights(struct access a)
{
	static const char *const words[] = {
		"cannot be accessed", "can be executed only", "can be written only",
		"can be written and executed, not read", "can be read only",
		"can be read and executed", "can be read and written",
		"can be read, written and executed",
	};

	return words[(a.read ? 4 : 0) | (a.write ? 2 : 0) | (a.execute ? 1 : 0)];
}

char *access_words(const struct trail *t)
{
	const struct walk *w = &t->walk;
	struct access a;
	char text[ACCESS_TEXT];

	if (!w->mapped || w->by_window || !t->attributes)
		return NULL;
	a = attributes_access(t->attributes, w->level, w->attr, w->upper);
	access_text(a, text);
	return text_printf("%s: %s by the kernel, %s", text, kernel_rights(a),
			   a.user_execute ? "reached and executed by user mode" :
			   a.user ? "reached by user mode" : "not reached by user mode");
}

/* "; it keeps ...": of an entry of a process that maps nothing. */
static char *rest_words(const struct trail *t)
{
	const struct walk *w = &t->walk;

	if (w->rest == REST_PAGE)
		return text_printf("; it keeps the page at 0x%0*" PRIx64 ": PROT_NONE, or not accessed since it was marked old",
				   (int)t->spot.place.l->bits / 4, w->kept & -t->process->page_size);
	if (w->rest == REST_OTHER)
		return text_printf("; it is a swap entry: swapped out, in migration or a marker");
	return text_printf("%s", "");
}

char *walk_end(const struct trail *t)
{
	const struct walk *w = &t->walk;
	char *rest, *text;

	if (w->mapped)
		return NULL;
	if (w->n_entries && !w->unknown && w->entries[w->n_entries - 1].kind == ENTRY_NONE) {
		rest = w->user && t->process ? rest_words(t) : NULL;
		text = text_printf("the entry of level %u maps nothing%s",
				   w->entries[w->n_entries - 1].level, rest ? rest : "");
		free(rest);
		return text;
	}
	if (w->n_entries && w->unknown)
		return text_printf("after level %u: %s", w->entries[w->n_entries - 1].level,
				   w->absent);
	return text_printf("%s", w->absent);
}

const char *walk_origin(const struct trail *t)
{
	if (t->walker->source.kind == SOURCE_MODULE)
		return "/sys/kernel/debug/" KVAS_WALK_NAME;
	if (t->walker->source.kind == SOURCE_DUMP)
		return t->walker->source.dump;
	return t->walker->opt->sysroot ? "saved /proc/kcore" : "/proc/kcore";
}

const char *walk_source(const struct trail *t)
{
	static const char *const words[] = {
		[SOURCE_MODULE] = "module", [SOURCE_KCORE] = "kcore", [SOURCE_DUMP] = "dump",
	};

	return words[t->walker->source.kind];
}

uint64_t walk_extent(const struct trail *t)
{
	const struct walk *w = &t->walk;
	const struct walk_entry *last = w->n_entries ? &w->entries[w->n_entries - 1] : NULL;

	if (w->mapped)
		return w->size;
	if (!last || w->unknown || last->level > t->shape->levels)
		return 0;
	return UINT64_C(1) << t->shape->shift[last->level];
}

/* --- pagemap ------------------------------------------------------------------------ */

static char *place_words(const struct trail *t, const struct pagemap_entry *e)
{
	if (e->guard)
		return text_printf("a guard region: an access is a fault");
	if (e->swapped && !e->swap_type && !e->swap_offset)
		return text_printf("a swap entry; its type and offset are shown to CAP_SYS_ADMIN only");
	if (e->swapped)
		return text_printf("a swap entry of type %u, offset 0x%" PRIx64, e->swap_type,
				   e->swap_offset);
	if (!e->present)
		return text_printf("nothing is there");
	if (pagemap_hides_frame(e))
		return text_printf("a page is there; its frame is shown to CAP_SYS_ADMIN only");
	return text_printf("the page at 0x%0*" PRIx64, (int)t->spot.place.l->bits / 4,
			   e->frame * t->process->page_size);
}

char *pagemap_words(const struct trail *t)
{
	const struct pagemap_entry *e = &t->opinion.entry;
	char *text = place_words(t, e), *more;

	if (!e->present && !e->swapped)
		return text;
	more = text_printf("%s%s%s%s%s", text,
			   !e->present ? "" : e->file ? ", of a file or shared" : ", anonymous",
			   e->present && e->exclusive ? ", mapped once" : "",
			   e->soft_dirty ? ", soft-dirty" : "",
			   e->uffd_wp ? ", write-protected by userfaultfd" : "");
	free(text);
	return more;
}

static char *opinion_start(const struct opinion *o)
{
	switch (o->says) {
	case OPINION_AGREES:
		return text_printf("agrees");
	case OPINION_ALONE:
		return text_printf("alone says");
	case OPINION_CHANGED:
		return text_printf("changed while the tables were walked, twice");
	case OPINION_DIFFERS:
		return text_printf("pagemap says otherwise, twice: %s", o->why);
	default:
		return text_printf("%s", o->why);
	}
}

char *opinion_words(const struct trail *t)
{
	const struct opinion *o = &t->opinion;
	char *start, *page, *text;

	if (o->says == OPINION_NOT_ASKED)
		return NULL;
	start = opinion_start(o);
	if (o->says == OPINION_NONE)
		return start;
	page = pagemap_words(t);
	text = text_printf("%s: %s", start, page);
	free(start);
	free(page);
	return text;
}

/* --- Numbers ------------------------------------------------------------------------ */

/* Entries of two levels have 32 bits, all others 64. */
int entry_digits(const struct trail *t)
{
	return t->spot.place.l->bits == 32 && t->walk.levels == 2 ? 8 : 16;
}
