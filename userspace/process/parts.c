// SPDX-License-Identifier: GPL-2.0-only
/* parts.c - see parts.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/util.h"
#include "parts.h"

static const struct {
	const char *name, *purpose, *route;
} kinds[] = {
#define X(id, word, purpose_, route_) [PART_##id] = { word, purpose_, route_ },
	PROCESS_PARTS(X)
#undef X
};

const char *part_name(enum part_kind kind)
{
	return kinds[kind].name;
}

const char *part_purpose(enum part_kind kind)
{
	return kinds[kind].purpose;
}

const char *part_route(enum part_kind kind)
{
	return kinds[kind].route;
}

/* --- A mapping on its own ----------------------------------------------------------- */

static bool begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

static enum part_kind kind_of_special(const char *path)
{
	static const struct {
		const char *path;
		enum part_kind kind;
	} names[] = {
		{ "[heap]", PART_HEAP }, { "[stack]", PART_STACK }, { "[vdso]", PART_VDSO },
		{ "[vvar", PART_VVAR }, { "[vsyscall]", PART_VSYSCALL },
		{ "[vectors]", PART_VECTORS }, { "[sigpage]", PART_VECTORS },
		{ "[anon:", PART_ANONYMOUS }, { "[anon_shmem:", PART_SHARED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (begins(path, names[i].path))
			return names[i].kind;
	return PART_SPECIAL;
}

static bool has_no_access(const struct vma *v)
{
	return !v->readable && !v->writable && !v->executable;
}

/* Private memory that belongs to no file. */
static bool is_anonymous(const struct vma *v)
{
	return !v->inode && !v->shared && (!*v->path || begins(v->path, "[anon:"));
}

static enum part_kind kind_of_file(const struct vma *v)
{
	if (v->deleted && begins(v->path, "/memfd:"))
		return PART_MEMFD;
	if (v->deleted && begins(v->path, "/SYSV"))
		return PART_SYSV;
	if (v->deleted && strcmp(v->path, "/dev/zero") == 0)
		return PART_SHARED;
	if (!v->shared && strcmp(v->path, "/dev/zero") == 0)
		return PART_ANONYMOUS;
	return *v->path == '/' && v->path[1] != '[' ? PART_FILE : PART_KERNEL_OBJECT;
}

static enum part_kind kind_of(const struct vma *v)
{
	if (vma_has_flag(v, "ht") || begins(v->path, "/anon_hugepage"))
		return PART_HUGETLB;
	if (*v->path == '[' && !begins(v->path, "[anon:"))
		return kind_of_special(v->path);
	if (vma_has_flag(v, "io") || vma_has_flag(v, "pf"))
		return PART_DEVICE;
	if (is_anonymous(v))
		return has_no_access(v) ? PART_RESERVATION : PART_ANONYMOUS;
	return kind_of_file(v);
}

/* --- Cutting mappings ------------------------------------------------------------------ */

struct cutting {
	struct parts *parts;
	const struct process *p;
	const struct vma *vma;		/* in hand */
	uint64_t at;			/* up to here it is cut */
	bool done;			/* all of it */
	size_t image;			/* the first that is not wholly below */
};

static struct part *add(struct parts *parts)
{
	if (parts->n == parts->room) {
		parts->room = parts->room ? parts->room * 2 : 256;
		parts->parts = realloc(parts->parts, parts->room * sizeof(*parts->parts));
		if (!parts->parts)
			die("not enough memory");
	}
	parts->parts[parts->n] = (struct part){ 0 };
	return &parts->parts[parts->n++];
}

/* The mapping in hand, from where it is cut to end, which may be beyond its own. */
static void cut(struct cutting *c, uint64_t end, enum part_kind kind, const struct image *image)
{
	struct part *part;

	if (c->done || end < c->at)
		return;
	end = smaller(end, c->vma->end);
	part = add(c->parts);
	*part = (struct part){
		.start = c->at, .end = end, .kind = kind, .vma = c->vma, .image = image,
	};
	c->done = end == c->vma->end;
	c->at = end + 1;
}

/* --- ELF files ------------------------------------------------------------------------ */

static uint64_t last_of_page(const struct process *p, uint64_t addr)
{
	return addr / p->page_size * p->page_size + (p->page_size - 1);
}

static uint64_t last_of(const struct image_segment *s)
{
	return s->start + (s->in_memory - 1);
}


/* Another file may have been mapped over it. */
static bool may_be_of(const struct vma *v, const struct image *image)
{
	return !v->shared && (is_anonymous(v) || strcmp(v->path, image->path) == 0 ||
			      strcmp(v->path, "[heap]") == 0);
}

/* After relocation the loader takes the right to write from a part of the data. */
static enum part_kind kind_of_segment(const struct image_segment *s, const struct vma *v)
{
	if (s->writable)
		return v->writable ? PART_DATA : PART_RELRO;
	return s->executable ? PART_TEXT : PART_RODATA;
}

/*
 * The BSS goes on to the end of its page, unless the heap begins there: without
 * randomisation that is where brk() starts.
 */
static uint64_t end_of_bss(const struct process *p, const struct image_segment *s)
{
	uint64_t end = last_of_page(p, last_of(s));

	return p->start_brk > last_of(s) && p->start_brk <= end ? p->start_brk - 1 : end;
}

static void cut_segment(struct cutting *c, const struct image *image,
			const struct image_segment *s)
{
	uint64_t first = s->start / c->p->page_size * c->p->page_size;

	if (c->done || last_of_page(c->p, last_of(s)) < c->at || first > c->vma->end)
		return;
	if (first > c->at)
		cut(c, first - 1, c->vma->inode ? PART_IMAGE_GAP : kind_of(c->vma),
		    c->vma->inode ? image : NULL);
	if (s->in_file == s->in_memory) {
		cut(c, last_of_page(c->p, last_of(s)), kind_of_segment(s, c->vma), image);
		return;
	}
	if (s->in_file)
		cut(c, s->start + s->in_file - 1, kind_of_segment(s, c->vma), image);
	cut(c, end_of_bss(c->p, s), PART_BSS, image);
}

static void cut_images(struct cutting *c)
{
	const struct process *p = c->p;

	while (c->image < p->n_images && image_last(p, &p->images[c->image]) < c->vma->start)
		c->image++;
	for (size_t i = c->image; i < p->n_images && !c->done; i++) {
		const struct image *image = &p->images[i];
		uint64_t first = image_first(p, image);

		if (first > c->vma->end)
			return;
		if (!may_be_of(c->vma, image))
			continue;
		if (first > c->at)
			cut(c, first - 1, kind_of(c->vma), NULL);
		for (size_t j = 0; j < image->n_segments; j++)
			cut_segment(c, image, &image->segments[j]);
		if (!c->done && c->at <= image_last(p, image) && c->vma->end <= image_last(p, image) &&
		    c->vma->inode)
			cut(c, c->vma->end, PART_IMAGE_GAP, image);
	}
}

/* --- Stacks ------------------------------------------------------------------------------ */

/* The kernel keeps other mappings away from one that grows down. */
static void add_stack_gap(struct cutting *c)
{
	const struct vma *v = c->vma;
	uint64_t above = c->parts->n ? c->parts->parts[c->parts->n - 1].end + 1 : 0;
	uint64_t room = v->start - above, gap = smaller(room, c->p->stack_gap);
	struct part *part;

	if (!gap || !(vma_has_flag(v, "gd") || strcmp(v->path, "[stack]") == 0))
		return;
	part = add(c->parts);
	*part = (struct part){ .start = v->start - gap, .end = v->start - 1, .kind = PART_STACK_GAP };
}

/* Cuts out pages that MADV_GUARD_INSTALL guards; n is the first that is not below. */
static void cut_guards(struct cutting *c, size_t *n)
{
	const struct process *p = c->p;

	while (*n < p->n_guards && p->guards[*n].end < c->vma->start)
		++*n;
	for (; *n < p->n_guards && p->guards[*n].start <= c->vma->end; ++*n) {
		if (p->guards[*n].start > c->at)
			cut(c, p->guards[*n].start - 1, kind_of(c->vma), NULL);
		cut(c, p->guards[*n].end, PART_GUARD, NULL);
	}
}

static int compare_sps(const void *a, const void *b)
{
	const struct process_thread *x = *(const struct process_thread *const *)a;
	const struct process_thread *y = *(const struct process_thread *const *)b;

	return x->sp < y->sp ? -1 : x->sp > y->sp;
}

static void sort_threads(struct parts *parts, const struct process *p)
{
	parts->by_sp = zalloc_array(p->n_threads, sizeof(*parts->by_sp));
	for (size_t i = 0; i < p->n_threads; i++)
		if (p->threads[i].has_sp)
			parts->by_sp[parts->n_by_sp++] = &p->threads[i];
	qsort(parts->by_sp, parts->n_by_sp, sizeof(*parts->by_sp), compare_sps);
}

/* A large one was reserved for something else, and happens to be below a stack. */
static bool is_guard(const struct parts *parts, size_t i)
{
	enum { LARGEST_GUARD = 16 << 20 };
	const struct part *part = &parts->parts[i];

	return part->end + 1 == parts->parts[i + 1].start &&
	       (part->kind == PART_GUARD || part->kind == PART_STACK_GAP ||
		(part->kind == PART_RESERVATION && part->end - part->start < LARGEST_GUARD));
}

/*
 * Memory that holds a stack pointer and has a guard below is a stack.  Without a guard
 * it may be anything that a program uses as one: its heap, or an arena of its runtime.
 */
static void find_stacks(struct parts *parts)
{
	size_t t = 0;

	for (size_t i = 0; i < parts->n; i++) {
		struct part *part = &parts->parts[i];

		while (t < parts->n_by_sp && parts->by_sp[t]->sp < part->start)
			t++;
		part->threads = &parts->by_sp[t];
		while (t < parts->n_by_sp && parts->by_sp[t]->sp <= part->end) {
			part->n_threads++;
			t++;
		}
		if (part->n_threads && part->kind == PART_ANONYMOUS && i && is_guard(parts, i - 1))
			part->kind = PART_THREAD_STACK;
		if (i && (part->kind == PART_THREAD_STACK || part->kind == PART_STACK) &&
		    parts->parts[i - 1].kind == PART_RESERVATION && is_guard(parts, i - 1))
			parts->parts[i - 1].kind = PART_GUARD;
	}
}

/* --- All of it ----------------------------------------------------------------------------- */

/* A guard has no memory: the mapping's is that of the first part which may have some. */
static void place_use(struct part *of_vma, size_t n)
{
	size_t i = 0;

	while (i + 1 < n && of_vma[i].kind == PART_GUARD)
		i++;
	of_vma[i].has_use = true;
}

static void cut_vma(struct cutting *c, const struct vma *v, size_t *guard)
{
	size_t first;

	c->vma = v;
	c->at = v->start;
	c->done = false;
	add_stack_gap(c);
	first = c->parts->n;
	cut_images(c);
	cut_guards(c, guard);
	cut(c, v->end, kind_of(v), NULL);
	place_use(&c->parts->parts[first], c->parts->n - first);
}

void parts_find(struct parts *parts, const struct process *p)
{
	struct cutting c = { .parts = parts, .p = p };
	size_t guard = 0;

	*parts = (struct parts){ 0 };
	for (size_t i = 0; i < p->n_vmas; i++)
		cut_vma(&c, &p->vmas[i], &guard);
	sort_threads(parts, p);
	find_stacks(parts);
}

void parts_free(struct parts *parts)
{
	free(parts->parts);
	free(parts->by_sp);
}

const struct part *parts_at(const struct parts *parts, uint64_t addr)
{
	size_t low = 0, high = parts->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (parts->parts[middle].end < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < parts->n && parts->parts[low].start <= addr ? &parts->parts[low] : NULL;
}

bool part_is_in_file(const struct part *part)
{
	return part->vma && part->vma->inode && part->kind != PART_BSS;
}

/* --- What else is to be known ------------------------------------------------------------------ */

static bool has_constants_of_their_own(const struct image *image)
{
	for (size_t i = 0; i < image->n_segments; i++)
		if (!image->segments[i].writable && !image->segments[i].executable)
			return true;
	return false;
}

static char *thread_note(const struct part *part)
{
	const struct process_thread *t = part->threads[0];
	const char *what = part->kind == PART_THREAD_STACK || part->kind == PART_STACK ?
			   "stack" : "the stack pointer";

	if (part->n_threads > 1)
		return text_printf("stack pointers of %zu threads", part->n_threads);
	return text_printf("%s of thread %" PRIu64 " (%s)", what, t->tid, t->comm);
}

/* The part that has the memory of this one's mapping. */
static const struct part *part_with_use(const struct parts *parts, const struct part *part)
{
	const struct part *p = part, *last = parts->parts + parts->n - 1;

	while (p > parts->parts && !p->has_use && p[-1].vma == part->vma)
		p--;
	while (p < last && !p->has_use)
		p++;
	return p;
}

char *part_note(const struct parts *parts, const struct part *part)
{
	const struct part *with;

	if (part->n_threads)
		return thread_note(part);
	if (part->vma && !part->has_use) {
		with = part_with_use(parts, part);
		return text_printf("its memory is counted with %s %s it, in one mapping",
				   part_name(with->kind), with < part ? "before" : "after");
	}
	if (part->vma && may_have_guards(part->vma) && part->vma->end - part->vma->start >= MOST_GUARDED)
		return text_printf("guard pages in it are not looked for: it is too large");
	if (part->kind == PART_TEXT && !has_constants_of_their_own(part->image))
		return text_printf("with the constants: the file has no segment for them alone");
	if (part->vma && part->vma->deleted && *part->vma->path == '/' && part->kind == PART_FILE)
		return text_printf("the file is deleted");
	return NULL;
}
