// SPDX-License-Identifier: GPL-2.0-only
/* walk_process.c - see walk.h: the tables of a process, held against its pagemap. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "walk.h"

/* --- Opening ---------------------------------------------------------------------------- */

/* Without a region of its own the user half is what has no highest bit. */
static uint64_t end_of_user_half(const struct layout *l)
{
	const struct region *user = layout_region(l, "user");

	if (l->process)
		return l->user_end;
	return user && !user->absent ? user->end : l->max_addr >> 1;
}

static void find_tables(struct walk_process *p, const struct walker *w)
{
	const struct tables *kernel = w->tables;

	if (p->threads) {
		p->thread = thread_with_tables(p->threads, p->pid);
		p->tid = p->thread->tid;
		p->comm = p->thread->comm;
		process_tables(&p->tables, p->threads, p->thread, kernel);
		return;
	}
	p->tables.user = p->tables.kernel = *kernel;
	p->tables.user.why = p->tables.kernel.why = p->threads_why;
}

void walk_process_open(struct walk_process *p, const struct walker *w, const struct layout *l,
		       const char *word, const struct process *gathered)
{
	struct pagemap_source source = {
		.sysroot = w->opt->sysroot, .big_endian = l->big_endian,
		.page_size = machine_page_size(w->machine),
	};

	*p = (struct walk_process){ .user_end = end_of_user_half(l) };
	p->threads = process_threads(w->opt, &p->pool, &p->threads_why);
	p->pid = p->tid = process_of(w->opt, word);
	/* Of a process whose main thread has exited another one is asked. */
	if (gathered && gathered->read_by)
		p->tid = (unsigned int)gathered->read_by;
	p->comm = gathered ? gathered->comm : NULL;
	find_tables(p, w);
	p->user = shape_of_tables(&p->tables.user);
	p->kernel = shape_of_tables(&p->tables.kernel);
	if (!source.page_size)
		die("the page size was not measured, by which /proc/%u/pagemap is read", p->pid);
	p->page_size = source.page_size;
	p->pagemap = pagemap_open(&source, p->pid, p->tid, &p->pool, &p->pagemap_why);
	if (!p->pagemap && !p->threads)
		die("nothing is known of process %u: %s; and %s", p->pid, p->threads_why,
		    p->pagemap_why);
}

void walk_process_close(struct walk_process *p)
{
	pagemap_close(p->pagemap);
	threads_free(p->threads);
	pool_free(&p->pool);
}

/* --- Two witnesses ------------------------------------------------------------------------ */

static bool is_user(const struct walk_process *p, uint64_t addr)
{
	return p->tables.is_space || addr <= p->user_end;
}

/* What pagemap says that the walk does not, or NULL. */
static const char *contradiction(struct walk_process *p, const struct walk *w,
				 const struct pagemap_entry *e)
{
	bool has_page = w->mapped || w->rest == REST_PAGE;
	uint64_t phys = w->mapped ? w->phys : w->kept;

	if (has_page && !e->present)
		return e->swapped ? "a swap entry is there, and no page" : "no page is there";
	if (has_page && !pagemap_hides_frame(e) && e->frame != phys / p->page_size)
		return pool_printf(&p->pool, "the page at 0x%" PRIx64 " is there",
				   e->frame * p->page_size);
	if (!has_page && e->present)
		return "a page is there";
	/* pagemap does not tell of the swap entries of hugetlb. */
	if (w->rest == REST_OTHER && w->n_entries && w->entries[w->n_entries - 1].level > 1)
		return NULL;
	if (!has_page && e->swapped != (w->rest == REST_OTHER))
		return e->swapped ? "a swap entry is there" : "nothing is there";
	return NULL;
}

/* One look: pagemap before and after the walk must say the same. */
static void look(struct walk_process *p, const struct tables *t, uint64_t addr,
		 struct walk *walk, struct opinion *o)
{
	struct pagemap_entry before;
	bool known;

	o->why = p->pagemap_why;
	known = p->pagemap && pagemap_read(p->pagemap, addr, &before, &o->why);
	*walk = walk_tables(t, addr);
	o->says = OPINION_NONE;
	if (!known || !pagemap_read(p->pagemap, addr, &o->entry, &o->why))
		return;
	o->why = NULL;
	o->says = OPINION_AGREES;
	if (walk->unknown)
		o->says = OPINION_ALONE;
	else if (!pagemap_same(&before, &o->entry))
		o->says = OPINION_CHANGED;
	else if ((o->why = contradiction(p, walk, &o->entry)))
		o->says = OPINION_DIFFERS;
}

struct walk walk_process_walk(struct walk_process *p, uint64_t addr, struct opinion *o,
			      const struct shape **shape)
{
	const struct tables *t = &p->tables.user;
	struct walk walk;

	*o = (struct opinion){ .says = OPINION_NOT_ASKED };
	*shape = is_user(p, addr) ? &p->user : &p->kernel;
	if (!is_user(p, addr))
		return walk_tables(&p->tables.kernel, addr);
	look(p, t, addr, &walk, o);
	/* The process runs on: what differs may only have changed in between. */
	if (o->says == OPINION_DIFFERS || o->says == OPINION_CHANGED)
		look(p, t, addr, &walk, o);
	walk.user = true;
	return walk;
}
