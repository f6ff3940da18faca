// SPDX-License-Identifier: GPL-2.0-only
/*
 * images.c - the ELF files that a process executes; see internal.h.
 *
 * What a file says of itself is believed only where it fits what is mapped: the file may
 * be damaged, made to deceive, or another one than the one that was mapped.
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/sysroot.h"
#include "base/util.h"
#include "internal.h"
#include "machine/buildid.h"

enum { MOST_OF_OWN = 1 << 24 };	/* bytes of this program's maps */

struct search {
	struct gathering *g;
	struct vma **files;		/* mappings of files, those of a file together, by address */
	size_t n_files;
	struct image *found;
	size_t n, room;
};

/* --- An ELF file ----------------------------------------------------------------- */

/* The kernel refuses such files, too (fs/binfmt_elf.c). */
static bool is_sane(const struct elf *e, const struct elf_load *load, uint64_t page)
{
	uint64_t end, highest = e->bits == 32 ? UINT32_MAX : UINT64_MAX;

	if (load->in_file > load->in_memory || (load->vaddr - load->offset) % page ||
	    __builtin_add_overflow(load->vaddr, load->in_memory, &end) || end > highest - page)
		return false;
	return !e->n_loads || load[-1].vaddr + load[-1].in_memory <= load->vaddr;
}

static bool read_headers(struct elf *e, const unsigned char *bytes, size_t size, size_t n,
			 uint64_t page)
{
	for (size_t i = 0; i < n; i++, bytes += size) {
		struct elf_load *load = &e->loads[e->n_loads];

		if (ELF_FIELD(e, bytes, Phdr, p_type) != PT_LOAD)
			continue;
		*load = (struct elf_load){
			.offset = ELF_FIELD(e, bytes, Phdr, p_offset),
			.vaddr = ELF_FIELD(e, bytes, Phdr, p_vaddr),
			.in_file = ELF_FIELD(e, bytes, Phdr, p_filesz),
			.in_memory = ELF_FIELD(e, bytes, Phdr, p_memsz),
			.flags = (uint32_t)ELF_FIELD(e, bytes, Phdr, p_flags),
		};
		if (!load->in_memory)
			continue;
		if (!is_sane(e, load, page))
			return false;
		e->n_loads++;
	}
	return e->n_loads;
}

/* In memory only the first segment is where the file has it. */
static void read_notes(struct elf *e, struct pool *pool, int fd, uint64_t base,
		       const unsigned char *header)
{
	unsigned char notes[4096];
	uint64_t at = ELF_FIELD(e, header, Phdr, p_offset);
	uint64_t size = smaller(ELF_FIELD(e, header, Phdr, p_filesz), sizeof(notes));
	uint64_t end = base ? e->loads[0].offset + e->loads[0].in_file : INT64_MAX;
	size_t align = ELF_FIELD(e, header, Phdr, p_align) == 8 ? 8 : 4;

	if (at <= end && size <= end - at &&
	    pread(fd, notes, size, (off_t)(base + at)) == (ssize_t)size)
		e->build_id = build_id_find(pool, notes, size, align, e->big_endian);
}

bool elf_read(struct elf *e, struct pool *pool, int fd, uint64_t base, uint64_t page)
{
	unsigned char head[sizeof(Elf64_Ehdr)] = { 0 }, table[MOST_HEADERS * sizeof(Elf64_Phdr)];
	size_t size, n, length;
	uint64_t at;

	*e = (struct elf){ 0 };
	if (pread(fd, head, sizeof(head), (off_t)base) < (ssize_t)sizeof(Elf32_Ehdr) ||
	    memcmp(head, ELFMAG, SELFMAG) != 0 ||
	    (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64) ||
	    (head[EI_DATA] != ELFDATA2LSB && head[EI_DATA] != ELFDATA2MSB))
		return false;
	e->bits = head[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	e->big_endian = head[EI_DATA] == ELFDATA2MSB;
	e->is_fixed = ELF_FIELD(e, head, Ehdr, e_type) == ET_EXEC;
	size = ELF_FIELD(e, head, Ehdr, e_phentsize);
	n = ELF_FIELD(e, head, Ehdr, e_phnum);
	at = ELF_FIELD(e, head, Ehdr, e_phoff);
	length = size * n;
	if (size != (e->bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) ||
	    n > MOST_HEADERS || at > INT64_MAX - length - base)
		return false;
	if (pread(fd, table, length, (off_t)(base + at)) != (ssize_t)length ||
	    !read_headers(e, table, size, n, page))
		return false;
	for (size_t i = 0; i < n && !e->build_id; i++)
		if (ELF_FIELD(e, table + i * size, Phdr, p_type) == PT_NOTE)
			read_notes(e, pool, fd, base, table + i * size);
	return true;
}

void image_identify(struct image *image, const struct elf *e, int fd)
{
	struct stat st;

	image->build_id = e->build_id;
	if (e->build_id || fstat(fd, &st))
		return;
	image->size = (uint64_t)st.st_size;
	image->mtime = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
}

/* --- Where the file can be read ---------------------------------------------------- */

static bool is_of(const struct vma *v, uint64_t inode, unsigned int major_number,
		  unsigned int minor_number)
{
	return v->inode == inode && v->major == major_number && v->minor == minor_number;
}

/*
 * Of layers and subvolumes stat(2) shows another device than maps: the file is mapped here,
 * too, to see what maps says of it.
 */
static bool is_mapped_as(int fd, const struct vma *v)
{
	void *here = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	const struct vma *mine = NULL;
	struct process *self;
	size_t size;
	char *maps;
	bool same;

	if (here == MAP_FAILED)
		return false;
	self = zalloc_array(1, sizeof(*self));
	maps = sysroot_slurp(NULL, "/proc/self/maps", MOST_OF_OWN, &size);
	if (maps && !smaps_parse(self, maps))
		mine = process_vma(self, (uintptr_t)here);
	same = mine && is_of(v, mine->inode, mine->major, mine->minor);
	munmap(here, 1);
	free(maps);
	process_free(self);
	return same;
}

/* Another one may lie over its name.  The files of a copied machine have other inodes. */
static bool is_file_of(const struct gathering *g, int fd, const struct vma *v)
{
	struct stat st;

	if (g->sysroot)
		return true;
	return !fstat(fd, &st) && (is_of(v, st.st_ino, major(st.st_dev), minor(st.st_dev)) ||
				   is_mapped_as(fd, v));
}

static int open_in_proc(const struct gathering *g, char *path)
{
	int fd = sysroot_open(g->sysroot, path);

	free(path);
	return fd;
}

int mapped_open(const struct gathering *g, const struct vma *v)
{
	int fd = open_in_proc(g, text_printf("/proc/%" PRIu64 "/map_files/%" PRIx64 "-%" PRIx64,
					     g->p->pid, v->start, v->end + 1));

	if (fd >= 0 || v->deleted)
		return fd;
	fd = open_in_proc(g, text_printf("%s/root%s", g->dir, v->path));
	if (fd >= 0 && !is_file_of(g, fd, v)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool is_of_program(const struct process *p, const struct vma *v)
{
	return p->start_code >= v->start && p->start_code <= v->end;
}

/* Its headers, and which file it is. */
static bool read_file(const struct gathering *g, struct vma *const *vmas, size_t n, struct elf *e,
		      struct image *like)
{
	uint64_t page = g->p->page_size, base = 0;
	bool good;
	int fd = -1;

	for (size_t i = 0; i < n && fd < 0; i++)
		if (is_of_program(g->p, vmas[i]))
			fd = open_in_proc(g, text_printf("%s/exe", g->dir));
	if (fd < 0)
		fd = mapped_open(g, vmas[0]);
	/* A file that has been removed is still there in memory. */
	if (fd < 0 && !vmas[0]->offset) {
		fd = open_in_proc(g, text_printf("%s/mem", g->dir));
		base = vmas[0]->start;
	}
	good = fd >= 0 && elf_read(e, &g->p->pool, fd, base, page);
	if (good)
		image_identify(like, e, fd);
	if (fd >= 0)
		close(fd);
	return good;
}

/* --- Where it lies -------------------------------------------------------------------- */

static uint64_t round_down(uint64_t n, uint64_t page)
{
	return n - n % page;
}

/* Is the first page of it mapped from the place in the file that the header tells? */
static bool fits(const struct process *p, const struct elf_load *load, uint64_t bias,
		 const struct vma *like)
{
	uint64_t at = round_down(bias + load->vaddr, p->page_size);
	const struct vma *v = process_vma(p, at);

	return v && v->executable && v->inode == like->inode && v->major == like->major &&
	       v->minor == like->minor &&
	       v->offset + (at - v->start) == round_down(load->offset, p->page_size);
}

/* The first mapping may be of the beginning of the file as it is, and no program. */
static bool is_image(const struct process *p, const struct elf *e, const struct vma *first,
		     uint64_t bias)
{
	const struct elf_load *last = &e->loads[e->n_loads - 1];
	uint64_t end, highest = e->bits == 32 ? UINT32_MAX : UINT64_MAX;

	if (e->bits != p->bits || (e->is_fixed && bias) ||
	    __builtin_add_overflow(first->start, last->vaddr + last->in_memory - e->loads[0].vaddr,
				   &end) || end > highest - p->page_size)
		return false;
	for (size_t i = 0; i < e->n_loads; i++)
		if (e->loads[i].flags & PF_X && fits(p, &e->loads[i], bias, first))
			return true;
	return false;
}

static struct image *add_image(struct search *s)
{
	if (s->n == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		s->found = realloc(s->found, s->room * sizeof(*s->found));
		if (!s->found)
			die("not enough memory");
	}
	return &s->found[s->n++];
}

static void try_image(struct search *s, const struct elf *e, const struct image *like,
		      const struct vma *first)
{
	struct process *p = s->g->p;
	uint64_t bias = first->start - round_down(e->loads[0].vaddr, p->page_size);
	struct image *image;

	if (first->offset != round_down(e->loads[0].offset, p->page_size) ||
	    !is_image(p, e, first, bias))
		return;
	image = add_image(s);
	*image = *like;
	image->path = first->path;
	image->n_segments = e->n_loads;
	image->segments = pool_alloc(&p->pool, e->n_loads * sizeof(*image->segments));
	for (size_t i = 0; i < e->n_loads; i++) {
		const struct elf_load *load = &e->loads[i];

		image->segments[i] = (struct image_segment){
			.start = bias + load->vaddr,
			.in_file = load->in_file, .in_memory = load->in_memory,
			.readable = load->flags & PF_R, .writable = load->flags & PF_W,
			.executable = load->flags & PF_X,
		};
		if (p->start_code >= bias + load->vaddr &&
		    p->start_code - (bias + load->vaddr) < load->in_memory)
			image->is_program = true;
	}
}

/* --- All of them ------------------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_files(const void *a, const void *b)
{
	const struct vma *x = *(struct vma *const *)a, *y = *(struct vma *const *)b;
	int order = compare_numbers(x->inode, y->inode);

	order = order ? order : compare_numbers(x->major, y->major);
	order = order ? order : compare_numbers(x->minor, y->minor);
	return order ? order : compare_numbers(x->start, y->start);
}

static int compare_images(const void *a, const void *b)
{
	const struct image *x = a, *y = b;

	return compare_numbers(x->segments[0].start, y->segments[0].start);
}

static void list_files(struct search *s)
{
	struct process *p = s->g->p;

	s->files = zalloc_array(p->n_vmas, sizeof(*s->files));
	for (size_t i = 0; i < p->n_vmas; i++)
		if (p->vmas[i].inode && *p->vmas[i].path == '/')
			s->files[s->n_files++] = &p->vmas[i];
	qsort(s->files, s->n_files, sizeof(*s->files), compare_files);
}

/* Of a file from which nothing is executed none is asked. */
static void search_file(struct search *s, struct vma **vmas, size_t n)
{
	struct image like = { 0 };
	bool executes = false;
	struct elf e;

	for (size_t i = 0; i < n; i++)
		executes = executes || vmas[i]->executable;
	if (!executes || !read_file(s->g, vmas, n, &e, &like))
		return;
	for (size_t i = 0; i < n; i++)
		try_image(s, &e, &like, vmas[i]);
}

void images_find(struct gathering *g)
{
	struct search s = { .g = g };
	struct process *p = g->p;

	list_files(&s);
	for (size_t i = 0, n; i < s.n_files; i += n) {
		for (n = 1; i + n < s.n_files && s.files[i + n]->inode == s.files[i]->inode &&
		     s.files[i + n]->major == s.files[i]->major &&
		     s.files[i + n]->minor == s.files[i]->minor; n++)
			;
		search_file(&s, &s.files[i], n);
	}
	if (s.n)
		qsort(s.found, s.n, sizeof(*s.found), compare_images);
	p->images = pool_alloc(&p->pool, (s.n + 1) * sizeof(*s.found));
	p->n_images = 0;
	/* No loader puts a file into another one; headers that say so are made to deceive. */
	for (size_t i = 0; i < s.n; i++)
		if (i + 1 == s.n || image_last(p, &s.found[i]) < image_first(p, &s.found[i + 1]))
			p->images[p->n_images++] = s.found[i];
	free(s.found);
	free(s.files);
}
