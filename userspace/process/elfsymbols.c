// SPDX-License-Identifier: GPL-2.0-only
/*
 * elfsymbols.c - the tables of symbols of an ELF file, .symtab and .dynsym; see internal.h.
 *
 * The file may be damaged, or made to deceive.  What is kept of it takes no more than a few
 * times its own size: one table of each kind, and names stay where they are in their
 * table of strings.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "internal.h"
#include "symbols.h"

enum {
	MOST_BYTES = 1 << 28,		/* of a piece of the file */
	/* Names may share bytes, as tails do; all of them have not this many times the table's. */
	MOST_SHARED = 16,
	MOST_VERSIONS = 1 << 15,
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
	char *versions;			/* a number for each symbol of .dynsym */
	uint64_t n_versions;
	uint32_t *version_names;	/* by number: where its name is in the strings, or 0 */
	const char *why;		/* it cannot be searched, or NULL */
};

struct section {
	uint64_t type, link, offset, size, entry;
};

/* A table of symbols. */
struct table {
	char *entries;
	uint64_t n;
	size_t size;			/* of an entry */
	char *strings;
	uint64_t strings_size;
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

	return is_in_section(section) && *name && *name != '@' && !is_label(name) &&
	       (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC ||
		type == STT_COMMON || type == STT_GNU_IFUNC);
}

/* .symtab has it in the name: after one @, or after two if it is the default version. */
static const char *version_in(const char *name)
{
	const char *at = strchr(name, '@');

	return at && at[1] != '@' ? at + 1 : NULL;
}

/* .dynsym has a table beside it. */
static const char *version_beside(const struct file *f, const struct table *t, uint64_t i)
{
	enum { HIDDEN = 0x8000 };	/* not the default one */
	uint64_t number = i < f->n_versions ?
			  load_word(f->versions + 2 * i, 2, f->elf->big_endian) : 0;
	uint64_t at = number & HIDDEN ? f->version_names[number - HIDDEN] : 0;

	return at && at < t->strings_size ? t->strings + at : NULL;
}

/* How many characters of names it has looked at. */
static size_t add_symbol(struct file *f, const struct table *t, uint64_t i)
{
	const unsigned char *entry = (const unsigned char *)t->entries + i * t->size;
	const char *name = t->strings + ELF_FIELD(f->elf, entry, Sym, st_name);
	unsigned char info = (unsigned char)ELF_FIELD(f->elf, entry, Sym, st_info);
	uint64_t addr = ELF_FIELD(f->elf, entry, Sym, st_value);
	uint64_t size = ELF_FIELD(f->elf, entry, Sym, st_size);
	const char *version;

	if (!is_place(info, ELF_FIELD(f->elf, entry, Sym, st_shndx), name))
		return 0;
	/* Of a function in Thumb code the lowest bit is set. */
	if (f->is_arm && ELF64_ST_TYPE(info) == STT_FUNC)
		addr &= ~UINT64_C(1);
	addr += f->bias;
	if (!lies_in(f->image, addr))
		return 0;
	version = f->versions ? version_beside(f, t, i) : version_in(name);
	f->to->list[f->to->n++] = (struct image_symbol){
		.addr = addr, .size = size, .name = name, .version = version,
		.is_resolver = ELF64_ST_TYPE(info) == STT_GNU_IFUNC,
		.rank = rank_of(info, size, name),
	};
	return strlen(name) + (version ? strlen(version) : 0);
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

/* A file has at most one of these types. */
static bool find_section(const struct file *f, uint64_t type, struct section *found)
{
	for (uint64_t i = 0; i < f->n_headers; i++) {
		*found = section_at(f, f->headers, i);
		if (found->type == type)
			return true;
	}
	return false;
}

/* --- Versions ----------------------------------------------------------------------------- */

/* Notes the names of versions; each definition tells how far it is to the next one. */
static void name_versions(struct file *f, const char *definitions, uint64_t size)
{
	const bool big = f->elf->big_endian;
	uint64_t at = 0, next = size;

	for (; at <= size && size - at >= sizeof(Elf64_Verdef) && next; at += next) {
		const char *definition = definitions + at;
		uint64_t number = load_word(definition + offsetof(Elf64_Verdef, vd_ndx), 2, big);
		uint64_t aux = load_word(definition + offsetof(Elf64_Verdef, vd_aux), 4, big);

		next = load_word(definition + offsetof(Elf64_Verdef, vd_next), 4, big);
		if (number < MOST_VERSIONS && aux <= size - at &&
		    size - at - aux >= sizeof(Elf64_Verdaux))
			f->version_names[number] = (uint32_t)load_word(definition + aux, 4, big);
	}
}

/* Structures of versions are the same in files of either word size.  True if there are none. */
static bool read_versions(struct file *f)
{
	struct section symbols, numbers, defined;
	char *definitions;

	if (!find_section(f, SHT_DYNSYM, &symbols) || !find_section(f, SHT_GNU_versym, &numbers) ||
	    !find_section(f, SHT_GNU_verdef, &defined) || defined.link != symbols.link)
		return true;
	definitions = read_piece(f, defined.offset, defined.size);
	f->versions = definitions ? read_piece(f, numbers.offset, numbers.size) : NULL;
	if (f->versions) {
		f->n_versions = numbers.size / 2;
		f->version_names = zalloc_array(MOST_VERSIONS, sizeof(*f->version_names));
		name_versions(f, definitions, defined.size);
	}
	free(definitions);
	return f->versions;
}

/* --- Tables ------------------------------------------------------------------------------- */

/* Names end at the mark before a version, and at the end of the table. */
static void end_names(struct table *t)
{
	char *end = t->strings + t->strings_size;

	for (char *at = t->strings; (at = memchr(at, '@', (size_t)(end - at)));)
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

static bool add_symbols(struct file *f, const struct table *t)
{
	uint64_t looked_at = 0;

	for (uint64_t i = 0; i < t->n; i++) {
		const unsigned char *entry = (const unsigned char *)t->entries + i * t->size;
		uint64_t name = ELF_FIELD(f->elf, entry, Sym, st_name);

		if (name < t->strings_size)
			looked_at += add_symbol(f, t, i);
		if (looked_at > MOST_SHARED * (t->strings_size + t->n * t->size))
			return fail(f, "its file is damaged: the names of symbols overlap");
	}
	return true;
}

static bool read_table(struct file *f, const struct section *table)
{
	struct table t = {
		.size = f->elf->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym),
	};
	struct section strings;
	bool good;

	if (table->entry != t.size || table->link >= f->n_headers)
		return fail(f, "its file is damaged: the header of a symbol table");
	strings = section_at(f, f->headers, table->link);
	t.n = table->size / t.size;
	t.strings_size = strings.size;
	t.entries = read_piece(f, table->offset, table->size);
	t.strings = t.entries ? read_piece(f, strings.offset, strings.size) : NULL;
	good = t.strings && make_room(f, t.n) && add_symbols(f, &t);
	if (t.strings) {
		end_names(&t);
		f->to->strings[f->to->n_strings++] = t.strings;
	}
	free(t.entries);
	return good;
}

static bool read_table_of(struct file *f, uint64_t type)
{
	struct section table;

	return !find_section(f, type, &table) || read_table(f, &table);
}

const char *elf_symbols_read(struct image_symbols *to, const struct image *image,
			     const struct elf *elf, int fd, uint64_t bias)
{
	struct file f = { .elf = elf, .image = image, .to = to, .fd = fd, .bias = bias };
	struct stat st;

	if (fstat(fd, &st))
		return "its file cannot be read";
	f.size = (uint64_t)st.st_size;
	if (read_sections(&f) && read_table_of(&f, SHT_SYMTAB) && read_versions(&f))
		read_table_of(&f, SHT_DYNSYM);
	free(f.headers);
	free(f.versions);
	free(f.version_names);
	return f.why;
}
