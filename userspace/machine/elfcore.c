// SPDX-License-Identifier: GPL-2.0-only
/* elfcore.c - see elfcore.h */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "elfcore.h"

#define MAX_HEAD	(4u << 20)	/* of headers and notes together */
/* A dump has a note for each processor, and may have a header for each piece of RAM. */
#define MAX_DUMP_HEAD	(256u << 20)
#define MAX_OFFSET	((uint64_t)INT64_MAX)	/* that a file can have */

uint64_t load_word(const void *bytes, size_t size, bool big_endian)
{
	const unsigned char *p = bytes;
	uint64_t word = 0;

	for (size_t i = 0; i < size; i++)
		word = word << 8 | p[big_endian ? i : size - 1 - i];
	return word;
}

void store_word(void *bytes, size_t size, bool big_endian, uint64_t n)
{
	unsigned char *p = bytes;

	for (size_t i = 0; i < size; i++, n >>= 8)
		p[big_endian ? size - 1 - i : i] = (unsigned char)n;
}

static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
	char *p = to;

	while (size) {
		ssize_t n = pread(fd, p, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

/* A member of one of the two classes of a structure. */
#define MEMBER(core, base, type, member)				\
	((core)->bits == 64 ?						\
	 load_word((base) + offsetof(Elf64_##type, member),		\
		   sizeof(((Elf64_##type *)0)->member), (core)->big_endian) : \
	 load_word((base) + offsetof(Elf32_##type, member),		\
		   sizeof(((Elf32_##type *)0)->member), (core)->big_endian))

#define SIZE_OF(core, type)						\
	((core)->bits == 64 ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

/* --- The head of the file ------------------------------------------------------------ */

/* A file that is read, and what stands in its first bytes. */
struct file {
	int fd;
	const char *name;
	struct pool *pool;
	const char *why;
	struct elfcore *core;
	uint64_t max_head;
	unsigned char *table;		/* of program headers */
	uint64_t at, n, size;		/* where it is; its entries; bytes of one */
	uint64_t notes;			/* bytes of all that were read */
};

static bool refuse(struct file *f, const char *what)
{
	f->why = pool_printf(f->pool, "%s %s", f->name, what);
	return false;
}

/* What begins with other bytes than ELF, and what to do about it. */
static const struct {
	const char *bytes, *what;
} strangers[] = {
	{ "KDUMP   ", "is a compressed dump (kdump-compressed), and kvas reads ELF: read it with crash, or write ELF at once, by makedumpfile -E, or by dump-guest-memory without a format" },
	{ "DISKDUMP", "is a compressed dump (diskdump), and kvas reads ELF: read it with crash, or write ELF at once, by makedumpfile -E" },
	{ "makedumpfile", "is in makedumpfile's flattened format, and kvas reads ELF: makedumpfile -R puts a dump of makedumpfile -E together again" },
	{ "\x1f\x8b", "is packed by gzip: unpack it first" },
	{ "\xfd" "7zXZ", "is packed by xz: unpack it first" },
	{ "\x28\xb5\x2f\xfd", "is packed by zstd: unpack it first" },
};

/* Class and byte order; false if these bytes start no core file. */
static bool identify(struct file *f, const unsigned char *head)
{
	struct elfcore *core = f->core;

	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++)
		if (!memcmp(head, strangers[i].bytes, strlen(strangers[i].bytes)))
			return refuse(f, strangers[i].what);
	if (memcmp(head, ELFMAG, SELFMAG) ||
	    (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64) ||
	    (head[EI_DATA] != ELFDATA2LSB && head[EI_DATA] != ELFDATA2MSB))
		return refuse(f, "does not start as an ELF core file");
	core->bits = head[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	core->big_endian = head[EI_DATA] == ELFDATA2MSB;
	core->machine = (unsigned int)MEMBER(core, head, Ehdr, e_machine);
	if (MEMBER(core, head, Ehdr, e_type) != ET_CORE)
		return refuse(f, "does not start as an ELF core file");
	return true;
}

/* With 65535 headers or more the first section tells how many there are. */
static bool count_headers(struct file *f, const unsigned char *eh)
{
	unsigned char section[sizeof(Elf64_Shdr)];
	uint64_t at = MEMBER(f->core, eh, Ehdr, e_shoff);

	f->n = MEMBER(f->core, eh, Ehdr, e_phnum);
	if (f->n != PN_XNUM)
		return true;
	if (!at || at > MAX_OFFSET - sizeof(section))
		return refuse(f, "has a header that makes no sense");
	if (!read_at(f->fd, section, SIZE_OF(f->core, Shdr), at))
		return refuse(f, "ends before the section that counts its program headers");
	f->n = MEMBER(f->core, section, Shdr, sh_info);
	return true;
}

static bool read_head(struct file *f)
{
	unsigned char eh[sizeof(Elf64_Ehdr)] = { 0 };

	if (!read_at(f->fd, eh, sizeof(Elf32_Ehdr), 0))
		return refuse(f, "cannot be read or is too short");
	if (!identify(f, eh))
		return false;
	if (f->core->bits == 64 && !read_at(f->fd, eh, sizeof(eh), 0))
		return refuse(f, "cannot be read or is too short");
	if (!count_headers(f, eh))
		return false;
	f->at = MEMBER(f->core, eh, Ehdr, e_phoff);
	f->size = MEMBER(f->core, eh, Ehdr, e_phentsize);
	if (f->at > f->max_head || f->n * f->size > f->max_head ||
	    f->size != SIZE_OF(f->core, Phdr))
		return refuse(f, "has a header that makes no sense");
	f->table = pool_alloc(f->pool, f->n * f->size + 1);
	if (!read_at(f->fd, f->table, f->n * f->size, f->at))
		return refuse(f, "ends before its program headers do");
	return true;
}

static uint64_t type_of(const struct file *f, uint64_t i)
{
	return MEMBER(f->core, f->table + i * f->size, Phdr, p_type);
}

static struct segment segment_of(const struct file *f, uint64_t i)
{
	const unsigned char *ph = f->table + i * f->size;
	struct segment s = {
		.vaddr = MEMBER(f->core, ph, Phdr, p_vaddr),
		.paddr = MEMBER(f->core, ph, Phdr, p_paddr),
		.size = MEMBER(f->core, ph, Phdr, p_memsz),
		.in_file = MEMBER(f->core, ph, Phdr, p_filesz),
		.offset = MEMBER(f->core, ph, Phdr, p_offset),
	};

	if (f->core->bits == 32 && s.paddr == UINT32_MAX)
		s.paddr = ELFCORE_NO_PADDR;
	return s;
}

static bool has_phys(const struct segment *s)
{
	return s->paddr != ELFCORE_NO_PADDR;
}

static uint64_t max_address(const struct elfcore *core)
{
	return core->bits == 64 ? UINT64_MAX : UINT32_MAX;
}

/* --- Notes --------------------------------------------------------------------------- */

/* One note; its name and contents are not yet looked at. */
struct note {
	const unsigned char *name, *desc;
	uint64_t name_size, desc_size;
};

/* The next of size bytes of notes; false after the last whole one. */
static bool next_note(const struct elfcore *core, const unsigned char *notes, size_t size,
		      size_t *at, struct note *note)
{
	const unsigned char *n = notes + *at;
	uint64_t name_room, desc_room, room;

	/* Both classes have the same note header: three 32-bit words. */
	if (*at > size || size - *at < sizeof(Elf64_Nhdr))
		return false;
	note->name_size = load_word(n, 4, core->big_endian);
	note->desc_size = load_word(n + 4, 4, core->big_endian);
	name_room = (note->name_size + 3) & ~UINT64_C(3);
	desc_room = (note->desc_size + 3) & ~UINT64_C(3);
	room = size - *at - sizeof(Elf64_Nhdr);
	if (name_room > room || note->desc_size > room - name_room)
		return false;
	note->name = n + sizeof(Elf64_Nhdr);
	note->desc = note->name + name_room;
	*at += sizeof(Elf64_Nhdr) + name_room + desc_room;
	return true;
}

static bool is_named(const struct note *note, const char *name)
{
	size_t size = strlen(name) + 1;

	return note->name_size == size && !memcmp(note->name, name, size);
}

/* The text of the note "VMCOREINFO" in size bytes of notes; or NULL. */
static const char *find_vmcoreinfo(const struct elfcore *core, struct pool *pool,
				   const unsigned char *notes, size_t size)
{
	struct note note;
	size_t at = 0;

	while (next_note(core, notes, size, &at, &note))
		if (is_named(&note, "VMCOREINFO"))
			return pool_copy(pool, (const char *)note.desc, note.desc_size);
	return NULL;
}

/* --- /proc/kcore --------------------------------------------------------------------- */

static void add_segment(struct elfcore *core, struct segment s)
{
	s.in_file = s.size;
	if (s.size && s.size - 1 <= max_address(core) - s.vaddr)
		core->segments[core->n_segments++] = s;
}

static void sort_out(struct elfcore *core)
{
	const uint64_t vsyscall = 0xffffffffff600000u;
	const struct segment *s = core->segments, *end = s + core->n_segments;

	core->end = end;
	if (s < end && !has_phys(s) && core->machine == EM_X86_64 &&
	    s->vaddr == vsyscall)
		core->vsyscall = s++;
	/* On MIPS this one is all of CKSEG0. */
	if (s < end && has_phys(s) && core->machine != EM_MIPS)
		core->image = s++;
	else if (s < end && has_phys(s))
		s++;
	if (s < end && !has_phys(s))
		core->vmalloc = s++;
	if (s < end && !has_phys(s))
		core->modules = s++;
	core->ram = s;
}

static struct file start(int fd, const char *name, struct pool *pool, uint64_t max_head)
{
	return (struct file){ .fd = fd, .name = name, .pool = pool, .max_head = max_head,
			      .core = pool_alloc(pool, sizeof(struct elfcore)) };
}

struct elfcore *elfcore_read(int fd, const char *name, struct pool *pool, const char **why)
{
	struct file f = start(fd, name, pool, MAX_HEAD);
	struct elfcore *core = f.core;
	struct segment note = { 0 };
	unsigned char *head;
	uint64_t end;

	if (!read_head(&f)) {
		*why = f.why;
		return NULL;
	}
	core->segments = pool_alloc(pool, (f.n + 1) * sizeof(*core->segments));
	for (uint64_t i = 0; i < f.n; i++) {
		if (type_of(&f, i) == PT_LOAD)
			add_segment(core, segment_of(&f, i));
		else if (type_of(&f, i) == PT_NOTE)
			note = segment_of(&f, i);
	}
	if (note.offset > MAX_HEAD || note.in_file > MAX_HEAD)
		note.in_file = 0;
	end = f.at + f.n * f.size;
	if (note.in_file && note.offset + note.in_file > end)
		end = note.offset + note.in_file;
	head = pool_alloc(pool, end);
	if (!read_at(fd, head, end, 0)) {
		refuse(&f, "ends before its notes do");
		*why = f.why;
		return NULL;
	}
	sort_out(core);
	core->head = head;
	core->head_size = end;
	if (note.in_file)
		core->vmcoreinfo = find_vmcoreinfo(core, pool, head + note.offset, note.in_file);
	return core;
}

/* --- A crash dump -------------------------------------------------------------------- */

/* The virtual address is no matter if it makes no sense, but the physical one is. */
static bool add_memory(struct file *f, uint64_t i)
{
	struct elfcore *core = f->core;
	struct segment s = segment_of(f, i);
	uint64_t max = max_address(core);

	/* /proc/kcore marks vmalloc so. */
	if (!s.size || !has_phys(&s))
		return true;
	if (s.in_file > s.size)
		s.in_file = s.size;
	if (s.size - 1 > max - s.paddr || s.offset > MAX_OFFSET || s.in_file > MAX_OFFSET - s.offset) {
		f->why = pool_printf(f->pool, "%s: program header %" PRIu64 " makes no sense: its memory goes beyond the last address, or beyond the end of any file",
				     f->name, i);
		return false;
	}
	/* Where they are not known, QEMU writes the physical one, or 0. */
	if (s.vaddr && s.vaddr != s.paddr && s.size - 1 <= max - s.vaddr)
		core->by_virtual[core->n_by_virtual++] = s;
	s.vaddr = s.paddr;
	core->segments[core->n_segments++] = s;
	return true;
}

/*
 * QEMU's CPUState (target/i386/arch_dump.c): two words, 18 registers, 10 segments of
 * 24 bytes, and CR0 to CR4.
 */
static void add_processor(struct elfcore *core, const struct note *note)
{
	enum { CR3 = 8 + 18 * 8 + 10 * 24 + 3 * 8 };

	if (note->desc_size >= CR3 + 8)
		core->cr3[core->n_cr3++] = load_word(note->desc + CR3, 8, core->big_endian);
}

static bool read_notes(struct file *f, struct segment s)
{
	struct elfcore *core = f->core;
	size_t at = 0, most = s.in_file / sizeof(Elf64_Nhdr);
	bool is_x86 = core->machine == EM_386 || core->machine == EM_X86_64;
	unsigned char *notes;
	struct note note;

	if (s.offset > MAX_OFFSET - MAX_DUMP_HEAD || s.in_file > MAX_DUMP_HEAD - f->notes)
		return refuse(f, "has notes that make no sense");
	f->notes += s.in_file;
	notes = pool_alloc(f->pool, s.in_file + 1);
	if (!read_at(f->fd, notes, s.in_file, s.offset))
		return refuse(f, "ends before its notes do");
	if (!core->vmcoreinfo)
		core->vmcoreinfo = find_vmcoreinfo(core, f->pool, notes, s.in_file);
	if (core->cr3 || !is_x86)
		return true;
	core->cr3 = pool_alloc(f->pool, (most + 1) * sizeof(*core->cr3));
	while (next_note(core, notes, s.in_file, &at, &note))
		if (is_named(&note, "QEMU"))
			add_processor(core, &note);
	return true;
}

static bool read_dump(struct file *f)
{
	struct elfcore *core = f->core;

	if (!read_head(f))
		return false;
	core->segments = pool_alloc(f->pool, (f->n + 1) * sizeof(*core->segments));
	core->by_virtual = pool_alloc(f->pool, (f->n + 1) * sizeof(*core->by_virtual));
	for (uint64_t i = 0; i < f->n; i++) {
		if (type_of(f, i) == PT_LOAD && !add_memory(f, i))
			return false;
		if (type_of(f, i) == PT_NOTE && !read_notes(f, segment_of(f, i)))
			return false;
	}
	core->end = core->ram = core->segments + core->n_segments;
	if (!core->n_segments)
		return refuse(f, "has no memory: no program header of type LOAD has a physical address");
	return true;
}

struct elfcore *elfcore_read_dump(int fd, const char *name, struct pool *pool, const char **why)
{
	struct file f = start(fd, name, pool, MAX_DUMP_HEAD);

	if (read_dump(&f))
		return f.core;
	*why = f.why;
	return NULL;
}

const struct segment *elfcore_segment(const struct elfcore *core, uint64_t vaddr)
{
	for (size_t i = 0; i < core->n_segments; i++) {
		const struct segment *s = &core->segments[i];

		if (vaddr >= s->vaddr && vaddr - s->vaddr < s->in_file)
			return s;
	}
	return NULL;
}
