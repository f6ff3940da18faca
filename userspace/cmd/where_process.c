// SPDX-License-Identifier: GPL-2.0-only
/* where_process.c - see where_process.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "machine/procmap.h"
#include "output/json.h"
#include "process.h"
#include "where_process.h"

void where_process_open(struct where_process *w, const struct options *opt)
{
	process_layout_open(&w->pl, opt, &(struct folding){ 0 });
	asked_process_open(&w->asked, opt, w->pl.view->p->pid, w->pl.view->p);
	w->pool = (struct pool){ 0 };
	w->dir = opt->sysroot || w->asked.is_saved ? NULL : process_dir(w->pl.view->p, &w->pool);
}

void where_process_close(struct where_process *w)
{
	asked_process_close(&w->asked);
	process_layout_close(&w->pl);
	pool_free(&w->pool);
}

void where_process_names(const struct where_process *w, struct names *n, const struct options *opt)
{
	if (w->pl.view->l)
		names_load(n, opt, w->pl.l);
	else
		*n = (struct names){ .layout = w->pl.l, .missing = w->pl.view->no_layout };
}

/*
 * The last address that is known not to be the kernel's.  A program of 32 bits ends below
 * it, and where those of 64 bits end was measured.
 */
static uint64_t end_of_user_half(const struct where_process *w)
{
	const struct process *p = w->pl.view->p;
	uint64_t end = w->pl.l->user_end;

	if (p->bits < p->kernel_bits && p->mmap_highest > end)
		return p->mmap_highest + (p->page_size - 1);
	return end;
}

const char *where_process_unknown(const struct where_process *w, uint64_t addr)
{
	const struct layout *l = w->pl.l;
	const struct region *r = layout_find(l, addr);

	if (addr <= end_of_user_half(w) || !r || !r->purpose || r->parent)
		return NULL;
	return w->pl.view->l ? "it is beyond the user half, and the kernel has a space of its own: ask without --process" :
			       w->pl.view->no_layout;
}

/* --- Remarks ------------------------------------------------------------------------------ */

static char *name_of(const struct process_thread *t)
{
	return text_printf("thread %" PRIu64 " (%s)", t->tid, t->comm);
}

/* Of several threads in one stack none is told. */
static const struct process_thread *owner_of(const struct part *stack)
{
	return stack->n_threads == 1 ? stack->threads[0] : NULL;
}

static bool is_stack(const struct part *part)
{
	return part->kind == PART_STACK || part->kind == PART_THREAD_STACK;
}

/* The stack right above a guard, or NULL. */
static const struct part *guarded_by(const struct parts *parts, const struct part *guard)
{
	const struct part *above = guard + 1;

	if (guard->kind != PART_GUARD && guard->kind != PART_STACK_GAP)
		return NULL;
	return above < parts->parts + parts->n && above->start == guard->end + 1 && is_stack(above) ?
	       above : NULL;
}

/* Below the stack pointer nothing is kept, but that a leaf function may have there. */
static const char *sp_remark(const struct user_spot *s, const struct process_thread *t,
			     struct pool *pool)
{
	enum { RED_ZONE = 512 };	/* of all ABIs the largest */
	bool below = s->addr < t->sp;
	uint64_t distance = below ? t->sp - s->addr : s->addr - t->sp;
	const char *above = s->part->kind == PART_STACK ? "in use" :
			    "in use, unless the stack ends before it";

	return pool_printf(pool, "%" PRIu64 " bytes %s the stack pointer 0x%" PRIx64 " of its last entry into the kernel: %s",
			   distance, below ? "below" : "above", t->sp,
			   !below ? above : distance > RED_ZONE ? "unused" :
			   "unused, or the red zone of a function");
}

static const char *stack_remark(const struct user_spot *s, struct pool *pool)
{
	const char *text;
	char *name;

	if (!s->thread && s->part->n_threads)
		return pool_printf(pool, "%zu threads have their stack pointers in it",
				   s->part->n_threads);
	if (!s->thread)
		return "no stack pointer is known to be in it";
	name = name_of(s->thread);
	text = pool_printf(pool, "stack of %s, %s", name, sp_remark(s, s->thread, pool));
	free(name);
	return text;
}

static const char *guard_remark(const struct user_spot *s, struct pool *pool)
{
	const char *what = s->part->kind == PART_STACK_GAP ?
		"the guard gap below the stack, in which the kernel maps nothing else" :
		"the guard below the stack, which nobody may access";
	char *name = s->thread ? name_of(s->thread) : NULL;
	const char *text = pool_printf(pool, "%s%s%s", what, name ? ": that of " : "", name ? name : "");

	free(name);
	return text;
}

/* What a process of fewer bits than its kernel cannot have, or what only hints give. */
static const char *hole_remark(const struct user_spot *s, struct pool *pool)
{
	const struct user_limit *limit = &s->w->pl.view->limit;

	if (limit->known && s->addr > limit->end)
		return pool_printf(pool, "nothing can be mapped: beyond the end of the user half of this process, %s",
				   limit->why);
	if (limit->has_window && s->addr > limit->window_end)
		return pool_printf(pool, "nothing is mapped; beyond 0x%" PRIx64 " mmap() gives an address only if its hint is there",
				   limit->window_end);
	return "nothing is mapped";
}

static const char *remark_of(const struct user_spot *s, const struct part *guarded, struct pool *pool)
{
	if (!s->part)
		return hole_remark(s, pool);
	if (is_stack(s->part))
		return stack_remark(s, pool);
	if (guarded)
		return guard_remark(s, pool);
	return s->part->kind == PART_RESERVATION ? "reserved: nobody may access it" : NULL;
}

/* Why its file gave no symbol, or what to know of the one that it gave. */
static const char *symbol_remark(const struct user_spot *s, const struct image_symbols *symbols,
				 struct pool *pool)
{
	if (!s->symbol || !s->symbol->is_resolver)
		return symbols->why;
	return pool_printf(pool, "%s is chosen when the file is loaded: this is the function that chooses",
			   s->symbol->name);
}

/* --- The moment --------------------------------------------------------------------------- */

static bool is_same(const struct vma *v, const struct procmap *m)
{
	return v && v->start == m->start && v->end == m->end && v->readable == m->readable &&
	       v->writable == m->writable && v->executable == m->executable &&
	       v->shared == m->shared && v->offset == m->offset && v->inode == m->inode &&
	       v->major == m->major && v->minor == m->minor;
}

/* What the kernel puts into each process is none of its mappings. */
static enum user_now ask_kernel(const struct where_process *w, uint64_t addr)
{
	const struct process *p = w->pl.view->p;
	const struct vma *v = process_vma(p, addr);
	struct procmap map;

	if (!w->dir || (v && is_in_kernel_half(p, v)))
		return USER_NOT_ASKED;
	switch (procmap_ask(w->dir, addr, &map)) {
	case PROCMAP_MAPPED:
		return is_same(v, &map) ? USER_SAME : USER_OTHER;
	case PROCMAP_HOLE:
		return v ? USER_OTHER : USER_SAME;
	case PROCMAP_ENDED:
		return USER_ENDED;
	default:
		return USER_NOT_ASKED;
	}
}

static enum user_now ask_stat(struct where_process *w)
{
	static const enum user_now answers[] = {
		[NOW_SAME] = USER_NOT_ASKED, [NOW_ENDED] = USER_ENDED,
		[NOW_CHANGED] = USER_OTHER_PROGRAM,
	};

	return answers[asked_process_now(&w->asked)];
}

static const char *now_remark(enum user_now now, const char *remark, struct pool *pool)
{
	static const char *const words[] = {
		[USER_OTHER] = "as it was when the process was read; the kernel has another mapping here by now, or none",
		[USER_OTHER_PROGRAM] = PROCESS_HAS_CHANGED, [USER_ENDED] = PROCESS_HAS_ENDED,
	};
	const char *text = words[now];

	return text && remark ? pool_printf(pool, "%s; %s", remark, text) : text ? text : remark;
}

/* --- An address --------------------------------------------------------------------------- */

struct user_spot user_spot_find(struct where_process *w, uint64_t addr, struct pool *pool)
{
	const struct parts *parts = &w->pl.view->parts;
	struct user_spot s = { .addr = addr, .part = parts_at(parts, addr) };
	const struct image_symbols *symbols = NULL;
	const struct part *guarded = NULL;

	/* What the kernel puts into its own half, its layout tells. */
	if (addr > end_of_user_half(w) && (w->pl.view->l || !s.part))
		return s;
	s.w = w;
	if (s.part) {
		guarded = guarded_by(parts, s.part);
		s.thread = guarded || is_stack(s.part) ? owner_of(guarded ? guarded : s.part) : NULL;
	}
	if (s.part && s.part->image) {
		symbols = symbols_of_image(&w->asked.symbols, s.part->image);
		s.symbol = image_symbol_at(symbols, addr);
	}
	s.remark = remark_of(&s, guarded, pool);
	if (symbols && !s.remark)
		s.remark = symbol_remark(&s, symbols, pool);
	s.now = ask_kernel(w, addr);
	/* A kernel that cannot be asked of the address tells of the process all the same. */
	if (symbols && symbols->why && s.now == USER_NOT_ASKED)
		s.now = ask_stat(w);
	s.remark = now_remark(s.now, s.remark, pool);
	return s;
}

char *user_spot_symbol(const struct user_spot *s)
{
	const struct image_symbol *symbol = s->symbol;

	return !symbol ? NULL :
	       text_printf("%s%s%s+0x%" PRIx64, symbol->name, symbol->version ? "@" : "",
			   symbol->version ? symbol->version : "", s->addr - symbol->addr);
}

static struct user_row row_of(const struct user_spot *s, uint64_t start)
{
	return (struct user_row){
		.v = s->w->pl.view, .part = s->part, .start = start, .end = s->part->end,
		.parent = NO_PARENT,
	};
}

char *user_spot_cell(const struct user_spot *s, int column)
{
	const struct user_row row = s->w && s->part ? row_of(s, s->addr) : (struct user_row){ 0 };

	return row.part ? user_cell(&row, column) : NULL;
}

static json_t *json_thread(const struct user_spot *s)
{
	json_t *object;

	if (!s->thread)
		return json_null();
	object = json_object();
	json_member(object, "tid", json_count(s->thread->tid));
	json_member(object, "comm", json_text(s->thread->comm));
	json_member(object, "sp", json_address(s->w->pl.l, s->thread->sp));
	json_member(object, "below_sp", json_boolean(s->addr < s->thread->sp));
	return object;
}

json_t *json_user_spot(const struct user_spot *s)
{
	json_t *object;
	struct user_row row;

	if (!s->w || !s->part)
		return json_null();
	row = row_of(s, s->part->start);
	object = json_object();
	json_member(object, "part", user_json_row(&row));
	json_member(object, "file_offset", part_is_in_file(s->part) ?
		    json_sprintf("0x%" PRIx64, s->part->vma->offset + (s->addr - s->part->vma->start)) :
		    json_null());
	json_member(object, "thread", json_thread(s));
	return object;
}
