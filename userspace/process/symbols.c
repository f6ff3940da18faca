// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbols.c - see symbols.h.
 *
 * As in images.c a file is believed only where it fits the process: its segments must be
 * those that the process has, and a symbol must lie in one of them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "internal.h"
#include "symbols.h"

enum {
	MOST_SECTIONS = 1 << 16,
	MOST_BYTES = 1 << 28,		/* of a table */
};

struct file {
	struct process_symbols *s;
	const struct image *image;
	struct image_symbols *to;
	int fd;
	struct elf elf;
	uint64_t bias;			/* add it to an address in the file */
	bool is_arm;
	size_t room;
};

static const char not_same[] = "its file is not the one that was mapped";

struct section {
	uint64_t type, link, offset, size, entry;
};

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
static const char *why_not_same(const struct file *f)
{
	struct image today = { 0 };
	const bool is_known = f->image->build_id || f->image->size;

	if (!has_segments(&f->elf, f->image))
		return not_same;
	image_identify(&today, &f->elf, f->fd);
	if (is_known && !is_same_file(f->image, &today))
		return not_same;
	return is_known || !f->s->is_saved ? NULL :
	       "what was saved does not tell which file this was";
}

/* --- Symbols ------------------------------------------------------------------------------ */

/* In a segment, or at its end, as _end is. */
static bool lies_in(const struct image *image, uint64_t addr)
{
	for (size_t i = 0; i < image->n_segments; i++)
		if (addr >= image->segments[i].start &&
		    addr - image->segments[i].start <= image->segments[i].in_memory)
			return true;
	return false;
}

/* What programs call is better known than what is the file's own; malloc than __libc_malloc. */
static unsigned char rank_of(unsigned char info, const char *name)
{
	unsigned char bind = ELF64_ST_BIND(info);

	return (bind == STB_LOCAL) * 2 + (*name == '_');
}

/* Not those of other files, of threads' variables, and the marks of Arm's assemblers. */
static bool is_place(unsigned char info, uint64_t section, const char *name)
{
	unsigned char type = ELF64_ST_TYPE(info);

	return section != SHN_UNDEF && section < SHN_LORESERVE && *name && *name != '$' &&
	       (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC ||
		type == STT_COMMON || type == STT_GNU_IFUNC);
}

static void add_symbol(struct file *f, const unsigned char *entry, const char *names, uint64_t size)
{
	uint64_t name = ELF_FIELD(&f->elf, entry, Sym, st_name);
	unsigned char info = (unsigned char)ELF_FIELD(&f->elf, entry, Sym, st_info);
	uint64_t addr = ELF_FIELD(&f->elf, entry, Sym, st_value);
	struct image_symbols *to = f->to;

	if (name >= size ||
	    !is_place(info, ELF_FIELD(&f->elf, entry, Sym, st_shndx), names + name))
		return;
	/* Of a function in Thumb code the lowest bit is set. */
	if (f->is_arm && ELF64_ST_TYPE(info) == STT_FUNC)
		addr &= ~UINT64_C(1);
	addr += f->bias;
	if (!lies_in(f->image, addr))
		return;
	if (to->n == f->room) {
		f->room = f->room ? f->room * 2 : 1024;
		to->list = realloc(to->list, f->room * sizeof(*to->list));
		if (!to->list)
			die("not enough memory");
	}
	to->list[to->n++] = (struct image_symbol){
		.addr = addr, .size = ELF_FIELD(&f->elf, entry, Sym, st_size),
		.name = pool_copy(&f->s->pool, names + name, strcspn(names + name, "@")),
		.rank = rank_of(info, names + name),
	};
}

/* --- Sections ----------------------------------------------------------------------------- */

/* A piece of the file, with a NUL after it; or NULL.  The caller frees it. */
static char *read_piece(const struct file *f, uint64_t offset, uint64_t size)
{
	char *bytes;

	if (size > MOST_BYTES || offset > INT64_MAX - size)
		return NULL;
	bytes = zalloc_array(size + 1, 1);
	if (pread(f->fd, bytes, size, (off_t)offset) == (ssize_t)size)
		return bytes;
	free(bytes);
	return NULL;
}

static struct section section_at(const struct file *f, const char *headers, uint64_t i)
{
	size_t size = f->elf.bits == 64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	const unsigned char *bytes = (const unsigned char *)headers + i * size;

	return (struct section){
		.type = ELF_FIELD(&f->elf, bytes, Shdr, sh_type),
		.link = ELF_FIELD(&f->elf, bytes, Shdr, sh_link),
		.offset = ELF_FIELD(&f->elf, bytes, Shdr, sh_offset),
		.size = ELF_FIELD(&f->elf, bytes, Shdr, sh_size),
		.entry = ELF_FIELD(&f->elf, bytes, Shdr, sh_entsize),
	};
}

static void read_table(struct file *f, const struct section *table, const struct section *strings)
{
	size_t size = f->elf.bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	char *entries = table->entry == size ? read_piece(f, table->offset, table->size) : NULL;
	char *names = entries ? read_piece(f, strings->offset, strings->size) : NULL;

	for (uint64_t i = 0; names && i < table->size / size; i++)
		add_symbol(f, (unsigned char *)entries + i * size, names, strings->size);
	free(names);
	free(entries);
}

static void read_tables(struct file *f)
{
	unsigned char head[sizeof(Elf64_Ehdr)] = { 0 };
	size_t size = f->elf.bits == 64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint64_t n;
	char *headers;

	if (pread(f->fd, head, sizeof(head), 0) < (ssize_t)sizeof(Elf32_Ehdr))
		return;
	f->is_arm = ELF_FIELD(&f->elf, head, Ehdr, e_machine) == EM_ARM;
	n = ELF_FIELD(&f->elf, head, Ehdr, e_shnum);
	if (n > MOST_SECTIONS || ELF_FIELD(&f->elf, head, Ehdr, e_shentsize) != size)
		return;
	headers = read_piece(f, ELF_FIELD(&f->elf, head, Ehdr, e_shoff), n * size);
	for (uint64_t i = 0; headers && i < n; i++) {
		struct section table = section_at(f, headers, i), strings;

		if ((table.type != SHT_SYMTAB && table.type != SHT_DYNSYM) || table.link >= n)
			continue;
		strings = section_at(f, headers, table.link);
		read_table(f, &table, &strings);
	}
	free(headers);
}

/* --- All of it ---------------------------------------------------------------------------- */

static int compare_symbols(const void *a, const void *b)
{
	const struct image_symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* .symtab has those of .dynsym again. */
static void sort_symbols(struct image_symbols *symbols)
{
	size_t kept = 0;

	qsort(symbols->list, symbols->n, sizeof(*symbols->list), compare_symbols);
	for (size_t i = 0; i < symbols->n; i++) {
		const struct image_symbol *last = kept ? &symbols->list[kept - 1] : NULL;

		if (!last || compare_symbols(last, &symbols->list[i]) != 0)
			symbols->list[kept++] = symbols->list[i];
	}
	symbols->n = kept;
}

static const char *read_image(struct process_symbols *s, const struct image *image,
			      struct image_symbols *to)
{
	struct file f = { .s = s, .image = image, .to = to, .fd = open_file(s, image) };
	const char *why;

	if (f.fd < 0)
		return s->is_saved ? "the file that was mapped then is not on this machine" :
				     "its file cannot be read";
	if (elf_read(&f.elf, &s->pool, f.fd, 0, s->p->page_size))
		why = why_not_same(&f);
	else
		why = not_same;
	if (!why) {
		f.bias = image->segments[0].start - f.elf.loads[0].vaddr;
		read_tables(&f);
		if (to->n)
			sort_symbols(to);
		else
			why = "its file has no symbols";
	}
	close(f.fd);
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
		free(s->of[i].list);
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

const struct image_symbol *image_symbol_at(const struct image_symbols *symbols, uint64_t addr)
{
	enum { NESTED = 64 };		/* symbols in symbols */
	const struct image_symbol *best = NULL;
	size_t low = 0, high = symbols->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->list[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i-- > 0 && low - i <= NESTED;) {
		const struct image_symbol *symbol = &symbols->list[i];

		if (best && symbol->addr != best->addr)
			break;
		if (addr - symbol->addr < symbol->size || addr == symbol->addr)
			best = symbol;
	}
	return best;
}
