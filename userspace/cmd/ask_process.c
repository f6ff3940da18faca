// SPDX-License-Identifier: GPL-2.0-only
/* ask_process.c - see ask_process.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ask_process.h"
#include "base/util.h"
#include "process.h"
#include "user.h"

struct search {
	struct asked_process *asked;
	const struct query *q;
	const char *name;		/* of the symbol, without its version */
	struct pool *pool;
	const struct image_symbol **found;
	size_t n, room;
	size_t n_unread;		/* files that could not be searched */
	const struct image *unread;	/* the first of them */
	const char *why;
};

static void open_symbols(struct asked_process *asked, const struct process *p)
{
	asked->p = p;
	process_symbols_open(&asked->symbols, asked->sysroot, p, asked->is_saved);
}

void asked_process_open(struct asked_process *asked, const struct options *opt, uint64_t pid,
			const struct process *p)
{
	*asked = (struct asked_process){
		.sysroot = opt->sysroot, .pid = pid, .is_saved = names_saved_process(opt->process),
	};
	if (p)
		open_symbols(asked, p);
}

void asked_process_close(struct asked_process *asked)
{
	if (asked->p)
		process_symbols_close(&asked->symbols);
	if (asked->own)
		process_free(asked->own);
	free(asked->why);
}

/* False if it cannot be read. */
static bool read_once(struct asked_process *asked)
{
	if (!asked->p && !asked->why) {
		asked->own = process_gather(asked->sysroot, asked->pid, &asked->why);
		if (asked->own)
			open_symbols(asked, asked->own);
	}
	return asked->p;
}

enum process_now asked_process_now(const struct asked_process *asked)
{
	return asked->is_saved ? NOW_SAME : process_now(asked->p, asked->sysroot);
}

/* --- The search ------------------------------------------------------------------------- */

static void add_found(struct search *s, const struct image_symbol *symbol)
{
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 16;
		const struct image_symbol **more = pool_alloc(s->pool, room * sizeof(*more));

		if (s->n)
			memcpy(more, s->found, s->n * sizeof(*more));
		s->found = more;
		s->room = room;
	}
	s->found[s->n++] = symbol;
}

/* Without a version in it, the query asks for each. */
static bool has_version(const struct image_symbol *symbol, const char *query)
{
	const char *at = strchr(query, '@');

	return !at || (symbol->version && strcmp(at + 1, symbol->version) == 0);
}

static void search_image(struct search *s, const struct image *image)
{
	const struct image_symbols *symbols = symbols_of_image(&s->asked->symbols, image);
	const struct image_symbol *const *named;
	size_t n;

	if (symbols->why && !s->n_unread++) {
		s->unread = image;
		s->why = symbols->why;
	}
	n = symbols_named(&s->asked->symbols, image, s->name, &named);
	for (size_t i = 0; i < n; i++)
		if (has_version(named[i], s->q->symbol))
			add_found(s, named[i]);
}

/* Of the file that is asked for, or of all.  False if there is no such file. */
static bool search_images(struct search *s)
{
	const struct process *p = s->asked->p;
	bool any = !s->q->bracket;

	for (size_t i = 0; i < p->n_images; i++) {
		const struct image *image = &p->images[i];

		if (s->q->bracket && strcmp(s->q->bracket, last_name(image->path)) != 0)
			continue;
		any = true;
		search_image(s, image);
	}
	return any;
}

/* Of several symbols those of the size that is asked for, if any has it. */
static bool keep_sized(struct search *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (query_fits_size(s->q, s->found[i]->size))
			s->found[n++] = s->found[i];
	if (n)
		s->n = n;
	return n;
}

/* --- What is said of it ------------------------------------------------------------------- */

static const char *join(struct pool *pool, const char *text, const char *more)
{
	return text && more ? pool_printf(pool, "%s; %s", text, more) : text ? text : more;
}

/* The files that could not be searched, or NULL.  A process that is gone has none. */
static const char *unread_of(const struct search *s)
{
	enum process_now now;
	const char *files;

	if (!s->n_unread)
		return NULL;
	now = asked_process_now(s->asked);
	s->asked->has_changed |= now == NOW_CHANGED;
	files = pool_printf(s->pool, "%zu of its ELF files could not be searched", s->n_unread);
	if (now == NOW_SAME)
		return pool_printf(s->pool, "%s, such as %s: %s", files, s->unread->path, s->why);
	return pool_printf(s->pool, "%s: %s", files,
			   now == NOW_ENDED ? PROCESS_HAS_ENDED : PROCESS_HAS_CHANGED);
}

/* Notes of one symbol, or NULL. */
static const char *note_of(const struct search *s, struct asker *a, bool sized,
			   const struct image_symbol *symbol, const char *unread)
{
	const char *size = sized ? NULL : ask_other_size(a, s->q, symbol->size);
	const char *several = s->n == 1 ? NULL :
		pool_printf(s->pool, "one of %zu symbols of this name in the process", s->n);

	return join(s->pool, join(s->pool, several, size), unread);
}

static const char *why_none(const struct search *s)
{
	if (s->n_unread)
		return pool_printf(s->pool, "no symbol '%s' was found in process %" PRIu64 "; %s",
				   s->q->symbol, s->asked->pid, unread_of(s));
	return pool_printf(s->pool, "there is no symbol '%s' in the ELF files of process %" PRIu64 ", or each thread has its own (TLS)",
			   s->q->symbol, s->asked->pid);
}

const char *asked_process_find(struct asked_process *asked, struct asker *a, const char *query,
			       const struct query *q)
{
	struct search s = {
		.asked = asked, .q = q, .pool = &a->names->pool,
		.name = pool_copy(&a->names->pool, q->symbol, strcspn(q->symbol, "@")),
	};
	const char *unread;
	bool sized;

	if (!read_once(asked))
		return pool_printf(s.pool, "%s", asked->why);
	if (!search_images(&s))
		return pool_printf(s.pool, "'%s' is the name of none of the ELF files of process %" PRIu64,
				   q->bracket, asked->pid);
	if (!s.n)
		return why_none(&s);
	sized = keep_sized(&s);
	unread = unread_of(&s);
	for (size_t i = 0; i < s.n; i++)
		ask_found(a, query, q, s.found[i]->addr, note_of(&s, a, sized, s.found[i], unread));
	return NULL;
}
