// SPDX-License-Identifier: GPL-2.0-only
/*
 * elfsymbols.c - see elfsymbols.h.
 *
 * The file may be damaged, or made to deceive.  What is kept of it takes no more than a few
 * times its own size: one table of each kind, and names stay where they are in their
 * table of strings.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elfsymbols.h"

enum {
	MOST_BYTES = 1 << 28,		/* of a piece of the file */
	/* Names may share bytes, as tails do; all of them have not this many times the table's. */
	MOST_SHARED = 16,
};

struct file {
	const struct elf *elf;
	const struct image *image;
	struct image_symbols *to;
	int fd;
	uint64_t size, bias;
	bool is_arm;
	char *headers;			/* of its sections */
	uint64_t n_headers;
	const char *why;		/* it cannot be searched, or NULL */
};

struct section {
	uint64_t type, link, offset, size, entry;
};

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

/*
 * What has a size is the thing, and not a linker's mark such as __bss_start.  What programs
 * call is better known than what is the file's own; malloc than __libc_malloc.
 */
static unsigned char rank_of(unsigned char info, uint64_t size, const char *name)
{
	unsigned char bind = ELF64_ST_BIND(info);

	return !size * 4 + (bind == STB_LOCAL) * 2 + (*name == '_');
}

/* Arm's assemblers mark code and data with $, and compilers' own labels begin with .L. */
static bool is_label(const char *name)
{
	return *name == '$' || strncmp(name, ".L", 2) == 0;
}

/* SHN_XINDEX: it is in a section whose number is too large for the symbol. */
static bool is_in_section(uint64_t section)
{
	return section != SHN_UNDEF && (section < SHN_LORESERVE || section == SHN_XINDEX);
}

/* Not those of other files, nor of threads' variables. */
static bool is_place(unsigned char info, uint64_t section, const char *name)
{
	unsigned char type = ELF64_ST_TYPE(info);

	return is_in_section(section) && *name && !is_label(name) &&
	       (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC ||
		type == STT_COMMON || type == STT_GNU_IFUNC);
}

/* True if it is one: its name has been looked at. */
static bool add_symbol(struct file *f, const unsigned char *entry, const char *name)
{
	unsigned char info = (unsigned char)ELF_FIELD(f->elf, entry, Sym, st_info);
	uint64_t addr = ELF_FIELD(f->elf, entry, Sym, st_value);
	uint64_t size = ELF_FIELD(f->elf, entry, Sym, st_size);

	if (!is_place(info, ELF_FIELD(f->elf, entry, Sym, st_shndx), name))
		return false;
	/* Of a function in Thumb code the lowest bit is set. */
	if (f->is_arm && ELF64_ST_TYPE(info) == STT_FUNC)
		addr &= ~UINT64_C(1);
	addr += f->bias;
	if (!lies_in(f->image, addr))
		return false;
	f->to->list[f->to->n++] = (struct image_symbol){
		.addr = addr, .size = size, .name = name, .rank = rank_of(info, size, name),
		.is_resolver = ELF64_ST_TYPE(info) == STT_GNU_IFUNC,
	};
	return true;
}

/* --- The file ----------------------------------------------------------------------------- */

static bool fail(struct file *f, const char *why)
{
	f->why = why;
	return false;
}

/* A piece of the file, with a NUL after it, which the caller frees; or NULL with why. */
static char *read_piece(struct file *f, uint64_t offset, uint64_t size)
{
	char *bytes;

	if (offset > f->size || size > f->size - offset)
		return fail(f, "its file is damaged: a table goes beyond the end"), NULL;
	if (size > MOST_BYTES)
		return fail(f, "a table of its file has more than 256M"), NULL;
	bytes = malloc(size + 1);
	if (!bytes)
		return fail(f, "there is not enough memory for its symbols"), NULL;
	bytes[size] = '\0';
	if (pread(f->fd, bytes, size, (off_t)offset) == (ssize_t)size)
		return bytes;
	free(bytes);
	return fail(f, "its file cannot be read"), NULL;
}

/* --- Sections ----------------------------------------------------------------------------- */

static size_t header_size(const struct file *f)
{
	return f->elf->bits == 64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

static struct section section_at(const struct file *f, const char *headers, uint64_t i)
{
	const unsigned char *bytes = (const unsigned char *)headers + i * header_size(f);

	return (struct section){
		.type = ELF_FIELD(f->elf, bytes, Shdr, sh_type),
		.link = ELF_FIELD(f->elf, bytes, Shdr, sh_link),
		.offset = ELF_FIELD(f->elf, bytes, Shdr, sh_offset),
		.size = ELF_FIELD(f->elf, bytes, Shdr, sh_size),
		.entry = ELF_FIELD(f->elf, bytes, Shdr, sh_entsize),
	};
}

/* More than the header can count are counted by the first of them. */
static bool count_sections(struct file *f, uint64_t at)
{
	char *first = read_piece(f, at, header_size(f));

	if (first)
		f->n_headers = section_at(f, first, 0).size;
	free(first);
	return first;
}

/* If there are none, that is no mistake. */
static bool read_sections(struct file *f)
{
	unsigned char head[sizeof(Elf64_Ehdr)] = { 0 };
	uint64_t at;

	if (pread(f->fd, head, sizeof(head), 0) < (ssize_t)sizeof(Elf32_Ehdr))
		return fail(f, "its file cannot be read");
	f->is_arm = ELF_FIELD(f->elf, head, Ehdr, e_machine) == EM_ARM;
	at = ELF_FIELD(f->elf, head, Ehdr, e_shoff);
	if (!at)
		return true;
	if (ELF_FIELD(f->elf, head, Ehdr, e_shentsize) != header_size(f))
		return fail(f, "its file is damaged: the headers of its sections");
	f->n_headers = ELF_FIELD(f->elf, head, Ehdr, e_shnum);
	if (!f->n_headers && !count_sections(f, at))
		return false;
	if (f->n_headers > MOST_BYTES / header_size(f))
		return fail(f, "its file is damaged: the number of its sections");
	f->headers = read_piece(f, at, f->n_headers * header_size(f));
	return f->headers;
}

/* --- Tables ------------------------------------------------------------------------------- */

/* Names end at the mark before a version, and at the end of the table. */
static void end_names(char *strings, uint64_t size)
{
	for (char *at = strings; (at = memchr(at, '@', (size_t)(strings + size - at)));)
		*at = '\0';
}

static bool make_room(struct file *f, uint64_t n)
{
	struct image_symbol *list = realloc(f->to->list, (f->to->n + n + 1) * sizeof(*list));

	if (!list)
		return fail(f, "there is not enough memory for its symbols");
	f->to->list = list;
	return true;
}

static bool add_symbols(struct file *f, const char *entries, uint64_t n, size_t size,
			const char *strings, uint64_t strings_size)
{
	uint64_t looked_at = 0;

	for (uint64_t i = 0; i < n; i++, entries += size) {
		const unsigned char *entry = (const unsigned char *)entries;
		uint64_t name = ELF_FIELD(f->elf, entry, Sym, st_name);

		if (name < strings_size && add_symbol(f, entry, strings + name))
			looked_at += strlen(strings + name);
		if (looked_at > MOST_SHARED * (strings_size + n * size))
			return fail(f, "its file is damaged: the names of symbols overlap");
	}
	return true;
}

static bool read_table(struct file *f, const struct section *table)
{
	size_t size = f->elf->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	struct section strings;
	char *entries, *names;
	bool good;

	if (table->entry != size || table->link >= f->n_headers)
		return fail(f, "its file is damaged: the header of a symbol table");
	strings = section_at(f, f->headers, table->link);
	entries = read_piece(f, table->offset, table->size);
	names = entries ? read_piece(f, strings.offset, strings.size) : NULL;
	good = names && make_room(f, table->size / size);
	if (names)
		f->to->strings[f->to->n_strings++] = names;
	if (good) {
		end_names(names, strings.size);
		good = add_symbols(f, entries, table->size / size, size, names, strings.size);
	}
	free(entries);
	return good;
}

/* A file has at most one of a type. */
static bool read_table_of(struct file *f, uint64_t type)
{
	for (uint64_t i = 0; i < f->n_headers; i++) {
		struct section table = section_at(f, f->headers, i);

		if (table.type == type)
			return read_table(f, &table);
	}
	return true;
}

const char *elf_symbols_read(struct image_symbols *to, const struct image *image,
			     const struct elf *elf, int fd, uint64_t bias)
{
	struct file f = { .elf = elf, .image = image, .to = to, .fd = fd, .bias = bias };
	struct stat st;

	if (fstat(fd, &st))
		return "its file cannot be read";
	f.size = (uint64_t)st.st_size;
	if (read_sections(&f) && read_table_of(&f, SHT_SYMTAB))
		read_table_of(&f, SHT_DYNSYM);
	free(f.headers);
	return f.why;
}
