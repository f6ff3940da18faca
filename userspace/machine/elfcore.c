// SPDX-License-Identifier: GPL-2.0-only
/* elfcore.c - see elfcore.h */
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "elfcore.h"

#define MAX_HEAD	(4u << 20)	/* of headers and notes together */

uint64_t load_word(const void *bytes, size_t size, bool big_endian)
{
	const unsigned char *p = bytes;
	uint64_t word = 0;

	for (size_t i = 0; i < size; i++)
		word = word << 8 | p[big_endian ? i : size - 1 - i];
	return word;
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

static void add_segment(struct elfcore *core, const unsigned char *ph)
{
	struct segment s = {
		.vaddr = MEMBER(core, ph, Phdr, p_vaddr),
		.paddr = MEMBER(core, ph, Phdr, p_paddr),
		.size = MEMBER(core, ph, Phdr, p_memsz),
		.offset = MEMBER(core, ph, Phdr, p_offset),
	};
	uint64_t max = core->bits == 64 ? UINT64_MAX : UINT32_MAX;

	if (core->bits == 32 && s.paddr == UINT32_MAX)
		s.paddr = ELFCORE_NO_PADDR;
	if (!s.size || s.size - 1 > max - s.vaddr)
		return;
	core->segments[core->n_segments++] = s;
}

static bool has_phys(const struct segment *s)
{
	return s->paddr != ELFCORE_NO_PADDR;
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

/* Find the text of the note "VMCOREINFO" in size bytes of notes. */
static const char *find_vmcoreinfo(const struct elfcore *core,
				   struct pool *pool,
				   const unsigned char *notes, size_t size)
{
	size_t at = 0;

	/* Both classes have the same note header: three 32-bit words. */
	while (size - at >= sizeof(Elf64_Nhdr)) {
		const unsigned char *n = notes + at;
		uint64_t name_size = load_word(n, 4, core->big_endian);
		uint64_t desc_size = load_word(n + 4, 4, core->big_endian);
		uint64_t name_room = (name_size + 3) & ~UINT64_C(3);
		uint64_t desc_room = (desc_size + 3) & ~UINT64_C(3);
		uint64_t room = size - at - sizeof(Elf64_Nhdr);

		if (name_room > room || desc_size > room - name_room)
			return NULL;
		n += sizeof(Elf64_Nhdr);
		if (name_size == sizeof("VMCOREINFO") &&
		    !memcmp(n, "VMCOREINFO", name_size))
			return pool_copy(pool, (const char *)n + name_room,
					 desc_size);
		if (desc_room > room - name_room)
			return NULL;
		at += sizeof(Elf64_Nhdr) + name_room + desc_room;
	}
	return NULL;
}

/* Class and byte order; false if these bytes start no core file. */
static bool identify(struct elfcore *core, const unsigned char *head)
{
	if (memcmp(head, ELFMAG, SELFMAG) ||
	    (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64) ||
	    (head[EI_DATA] != ELFDATA2LSB && head[EI_DATA] != ELFDATA2MSB))
		return false;
	core->bits = head[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	core->big_endian = head[EI_DATA] == ELFDATA2MSB;
	core->machine = (unsigned int)MEMBER(core, head, Ehdr, e_machine);
	return MEMBER(core, head, Ehdr, e_type) == ET_CORE;
}

struct elfcore *elfcore_read(int fd, struct pool *pool, const char **why)
{
	struct elfcore *core = pool_alloc(pool, sizeof(*core));
	unsigned char eh[sizeof(Elf64_Ehdr)] = { 0 }, *table, *head;
	uint64_t offset, end, n, size, note = 0, note_size = 0;

	if (!read_at(fd, eh, sizeof(Elf32_Ehdr), 0) ||
	    (eh[EI_CLASS] == ELFCLASS64 && !read_at(fd, eh, sizeof(eh), 0))) {
		*why = "/proc/kcore cannot be read or is too short";
		return NULL;
	}
	if (!identify(core, eh)) {
		*why = "/proc/kcore does not start as an ELF core file";
		return NULL;
	}
	offset = MEMBER(core, eh, Ehdr, e_phoff);
	n = MEMBER(core, eh, Ehdr, e_phnum);
	size = MEMBER(core, eh, Ehdr, e_phentsize);
	if (offset > MAX_HEAD || n == PN_XNUM || n * size > MAX_HEAD ||
	    size != (core->bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr))) {
		*why = "/proc/kcore has a header that makes no sense";
		return NULL;
	}
	end = offset + n * size;
	table = pool_alloc(pool, n * size + 1);
	if (!read_at(fd, table, n * size, offset)) {
		*why = "/proc/kcore ends before its program headers do";
		return NULL;
	}
	core->segments = pool_alloc(pool, (n + 1) * sizeof(*core->segments));
	for (uint64_t i = 0; i < n; i++) {
		const unsigned char *ph = table + i * size;
		uint64_t type = MEMBER(core, ph, Phdr, p_type);

		if (type == PT_LOAD)
			add_segment(core, ph);
		if (type != PT_NOTE)
			continue;
		note = MEMBER(core, ph, Phdr, p_offset);
		note_size = MEMBER(core, ph, Phdr, p_filesz);
		if (note > MAX_HEAD || note_size > MAX_HEAD)
			note_size = 0;
	}
	if (note_size && note + note_size > end)
		end = note + note_size;
	head = pool_alloc(pool, end);
	if (!read_at(fd, head, end, 0)) {
		*why = "/proc/kcore ends before its notes do";
		return NULL;
	}
	sort_out(core);
	core->head = head;
	core->head_size = end;
	if (note_size)
		core->vmcoreinfo = find_vmcoreinfo(core, pool, head + note,
						   note_size);
	return core;
}
