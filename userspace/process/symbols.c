// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbols.c - see symbols.h.
 *
 * As in images.c a file is believed only where it fits the process: its segments must be
 * those that the process has, and it must be the same file by its build id.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "internal.h"
#include "symbols.h"

static const char not_same[] = "its file is not the one that was mapped";

/* --- The file ----------------------------------------------------------------------------- */

static int open_live(const struct process_symbols *s, const struct image *image, const struct vma *v)
{
	uint64_t pid = s->p->pid, tid = s->p->read_by ? s->p->read_by : pid;
	char *dir = text_printf("/proc/%" PRIu64 "/task/%" PRIu64, pid, tid);
	char *exe = text_printf("%s/exe", dir);
	const struct gathering g = {
		.p = (struct process *)s->p, .sysroot = s->sysroot, .dir = dir,
	};
	int fd = image->is_program ? sysroot_open(s->sysroot, exe) : -1;

	if (fd < 0)
		fd = mapped_open(&g, v);
	free(exe);
	free(dir);
	return fd;
}

static int open_file(const struct process_symbols *s, const struct image *image)
{
	const struct vma *v = process_vma(s->p, image->segments[0].start);

	if (!v)
		return -1;
	if (!s->is_saved)
		return open_live(s, image, v);
	return sysroot_open(s->sysroot, v->path);
}

/* Does the file have the segments that the process has? */
static bool has_segments(const struct elf *e, const struct image *image)
{
	if (e->n_loads != image->n_segments)
		return false;
	for (size_t i = 0; i < e->n_loads; i++)
		if (e->loads[i].in_file != image->segments[i].in_file ||
		    e->loads[i].in_memory != image->segments[i].in_memory ||
		    e->loads[i].vaddr - e->loads[0].vaddr !=
		    image->segments[i].start - image->segments[0].start)
			return false;
	return true;
}

/* By its build id, or else by size and time. */
static bool is_same_file(const struct image *a, const struct image *b)
{
	if (a->build_id || b->build_id)
		return a->build_id && b->build_id && strcmp(a->build_id, b->build_id) == 0;
	return a->size == b->size && a->mtime == b->mtime;
}

/* Path and inode do not tell: another file may have both of them by now. */
static const char *why_not_same(const struct process_symbols *s, const struct image *image,
				const struct elf *e, int fd)
{
	const bool is_known = image->build_id || image->size;
	struct image today = { 0 };

	if (!has_segments(e, image))
		return not_same;
	image_identify(&today, e, fd);
	if (is_known && !is_same_file(image, &today))
		return not_same;
	return is_known || !s->is_saved ? NULL : "what was saved does not tell which file this was";
}

/* --- All of it ---------------------------------------------------------------------------- */

static int compare_places(const struct image_symbol *x, const struct image_symbol *y)
{
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Of versions at one address the default one comes first. */
static int compare_symbols(const void *a, const void *b)
{
	const struct image_symbol *x = a, *y = b;
	int order = compare_places(x, y);

	if (order || !x->version || !y->version)
		return order ? order : !!x->version - !!y->version;
	return strcmp(x->version, y->version);
}

/* .symtab has those of .dynsym again. */
static void sort_symbols(struct image_symbols *symbols)
{
	size_t kept = 0;

	qsort(symbols->list, symbols->n, sizeof(*symbols->list), compare_symbols);
	for (size_t i = 0; i < symbols->n; i++) {
		const struct image_symbol *last = kept ? &symbols->list[kept - 1] : NULL;

		if (!last || compare_places(last, &symbols->list[i]) != 0)
			symbols->list[kept++] = symbols->list[i];
	}
	symbols->n = kept;
}

static bool goes_on_at(const struct image_symbol *symbol, uint64_t addr)
{
	return addr - symbol->addr < symbol->size;
}

/* What has ended before one symbol has ended before all that come after it. */
static void find_around(struct image_symbols *symbols)
{
	for (size_t i = 1; i < symbols->n; i++) {
		struct image_symbol *symbol = &symbols->list[i];

		symbol->around = symbol - 1;
		while (symbol->around && !goes_on_at(symbol->around, symbol->addr))
			symbol->around = symbol->around->around;
	}
}

static void free_symbols(struct image_symbols *symbols)
{
	free(symbols->list);
	free(symbols->by_name);
	for (size_t i = 0; i < symbols->n_strings; i++)
		free(symbols->strings[i]);
}

/* Of a file of which a part is wrong nothing is believed. */
static const char *read_symbols(struct image_symbols *to, const struct image *image,
				const struct elf *e, int fd)
{
	const char *why = elf_symbols_read(to, image, e, fd,
					   image->segments[0].start - e->loads[0].vaddr);

	if (!why && !to->n)
		why = "its file has no symbols";
	if (why) {
		free_symbols(to);
		*to = (struct image_symbols){ 0 };
	} else {
		sort_symbols(to);
		find_around(to);
	}
	return why;
}

static const char *read_image(struct process_symbols *s, const struct image *image,
			      struct image_symbols *to)
{
	int fd = open_file(s, image);
	const char *why;
	struct elf e;

	if (fd < 0)
		return s->is_saved ? "the file that was mapped then is not on this machine" :
				     "its file cannot be read";
	why = elf_read(&e, &s->pool, fd, 0, s->p->page_size) ? why_not_same(s, image, &e, fd) :
							       not_same;
	if (!why)
		why = read_symbols(to, image, &e, fd);
	close(fd);
	return why;
}

void process_symbols_open(struct process_symbols *s, const char *sysroot, const struct process *p,
			  bool is_saved)
{
	*s = (struct process_symbols){ .p = p, .sysroot = sysroot, .is_saved = is_saved };
	s->of = zalloc_array(p->n_images, sizeof(*s->of));
}

void process_symbols_close(struct process_symbols *s)
{
	for (size_t i = 0; i < s->p->n_images; i++)
		free_symbols(&s->of[i]);
	free(s->of);
	pool_free(&s->pool);
}

const struct image_symbols *symbols_of_image(struct process_symbols *s, const struct image *image)
{
	struct image_symbols *symbols = &s->of[image - s->p->images];

	if (!symbols->is_read)
		symbols->why = read_image(s, image, symbols);
	symbols->is_read = true;
	return symbols;
}

/* --- By name ------------------------------------------------------------------------------ */

static int compare_names(const void *a, const void *b)
{
	const struct image_symbol *x = *(const struct image_symbol *const *)a;
	const struct image_symbol *y = *(const struct image_symbol *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x > y) - (x < y);
}

static void sort_by_name(struct image_symbols *symbols)
{
	symbols->by_name = zalloc_array(symbols->n, sizeof(*symbols->by_name));
	for (size_t i = 0; i < symbols->n; i++)
		symbols->by_name[i] = &symbols->list[i];
	qsort(symbols->by_name, symbols->n, sizeof(*symbols->by_name), compare_names);
}

/* How many names are below this one, or are it, too. */
static size_t count_names(const struct image_symbols *symbols, const char *name, bool with_it)
{
	size_t low = 0, high = symbols->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(symbols->by_name[middle]->name, name);

		if (order < 0 || (with_it && !order))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t symbols_named(struct process_symbols *s, const struct image *image, const char *name,
		     const struct image_symbol *const **first)
{
	struct image_symbols *symbols = &s->of[image - s->p->images];
	size_t below;

	symbols_of_image(s, image);
	if (!symbols->by_name)
		sort_by_name(symbols);
	below = count_names(symbols, name, false);
	*first = symbols->by_name + below;
	return count_names(symbols, name, true) - below;
}

/* --- By address --------------------------------------------------------------------------- */

/* The first at an address or after it, which is the best of those at its own. */
static size_t first_from(const struct image_symbols *symbols, uint64_t addr)
{
	size_t low = 0, high = symbols->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->list[middle].addr < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct image_symbol *image_symbol_at(const struct image_symbols *symbols, uint64_t addr)
{
	size_t i = first_from(symbols, addr);
	const struct image_symbol *symbol = i ? &symbols->list[i - 1] : NULL, *best = NULL;

	if (i < symbols->n && symbols->list[i].addr == addr)
		return &symbols->list[i];
	for (; symbol && (!best || symbol->addr == best->addr); symbol = symbol->around)
		if (goes_on_at(symbol, addr))
			best = symbol;
	return best;
}
