// SPDX-License-Identifier: GPL-2.0-only
/* memory.c - the memory of a machine: /proc/kcore, what was saved of it, or a crash dump. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "elfcore.h"
#include "internal.h"

#define MAX_READ	(1u << 20)	/* of memory at once */
#define BYTES_PER_LINE	32		/* of saved memory */
#define MAX_SERIES	8192		/* words in one line: a table of 64 KiB */

static void open_kcore(struct machine *m)
{
	static const char path[] = "/proc/kcore";

	m->core_fd = sysroot_open(m->sysroot, path);
	if (m->core_fd < 0) {
		m->core_why = errno == EPERM ?
			"/proc/kcore cannot be read: it needs CAP_SYS_RAWIO, and no lockdown" :
			machine_reason(m, path);
		return;
	}
	m->core = elfcore_read(m->core_fd, path, &m->pool, &m->core_why);
	if (m->core)
		machine_save(m, path, m->core->head, m->core->head_size);
}

/* A pipe would be waited for, and cannot be read out of order. */
static void open_dump(struct machine *m)
{
	struct stat st;

	m->core_fd = open(m->dump, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (m->core_fd < 0 || fstat(m->core_fd, &st)) {
		m->core_why = pool_printf(&m->pool, "cannot open %s: %s", m->dump,
					  strerror(errno));
		return;
	}
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		m->core_why = pool_printf(&m->pool, "%s is no file that can be read in any order",
					  m->dump);
		return;
	}
	m->core = elfcore_read_dump(m->core_fd, m->dump, &m->pool, &m->core_why);
}

const struct elfcore *machine_core(struct machine *m, const char **why)
{
	if (!m->core_tried) {
		m->core_tried = true;
		if (m->dump)
			open_dump(m);
		else
			open_kcore(m);
	}
	*why = m->core_why;
	return m->core;
}

static void add_chunk(struct machine *m, uint64_t addr, const void *bytes,
		      size_t size)
{
	if (m->n_chunks == m->room) {
		m->room = m->room ? m->room * 2 : 256;
		m->chunks = realloc(m->chunks, m->room * sizeof(*m->chunks));
		if (!m->chunks)
			die("not enough memory");
	}
	m->chunks[m->n_chunks++] = (struct chunk) {
		.addr = addr,
		.size = size,
		.bytes = (const unsigned char *)
			pool_copy(&m->pool, bytes, size),
	};
}

static int compare_chunks(const void *a, const void *b)
{
	const struct chunk *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/*
 * Make one chunk of those that touch or overlap, so that a later read may
 * cross what earlier ones left as a seam.
 */
static void merge_chunks(struct machine *m)
{
	struct chunk *list = m->chunks;
	size_t n = m->n_chunks;

	m->chunks = NULL;
	m->n_chunks = m->room = 0;
	if (n)
		qsort(list, n, sizeof(*list), compare_chunks);
	for (size_t i = 0, j; i < n; i = j) {
		uint64_t last = list[i].addr + (list[i].size - 1);
		unsigned char *bytes;

		for (j = i + 1; j < n && list[j].addr - 1 <= last; j++) {
			uint64_t l = list[j].addr + (list[j].size - 1);

			last = l > last ? l : last;
		}
		bytes = pool_alloc(&m->pool, last - list[i].addr + 1);
		for (size_t k = i; k < j; k++)
			memcpy(bytes + (list[k].addr - list[i].addr),
			       list[k].bytes, list[k].size);
		add_chunk(m, list[i].addr, bytes, last - list[i].addr + 1);
	}
	free(list);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t parse_bytes(const char **p, unsigned char bytes[BYTES_PER_LINE])
{
	size_t size;

	for (size = 0; size < BYTES_PER_LINE; *p += 2, size++) {
		int high = hex_digit((*p)[0]);
		int low = high < 0 ? -1 : hex_digit((*p)[1]);

		if (low < 0)
			break;
		bytes[size] = (unsigned char)(high << 4 | low);
	}
	return size;
}

/* Words that grow by the same step, such as the entries of a full table. */
static void add_series(struct machine *m, uint64_t addr, const unsigned char *first, size_t size,
		       const char *rest)
{
	const char *why;
	const struct elfcore *core = machine_core(m, &why);
	unsigned char bytes[MAX_SERIES * 8];
	uint64_t word, step;
	size_t n;
	char *p;

	if (!core || (size != 4 && size != 8))
		return;
	step = strtoull(rest, &p, 16);
	n = strtoul(p, NULL, 10);
	if (!n || n > MAX_SERIES || n * size > UINT64_MAX - addr)
		return;
	word = load_word(first, size, core->big_endian);
	for (size_t i = 0; i < n; i++)
		store_word(bytes + i * size, size, core->big_endian, word + i * step);
	add_chunk(m, addr, bytes, n * size);
}

/* A line of memory that a saved machine holds, see machine_save_words(). */
static void parse_words_line(struct machine *m, const char *line)
{
	unsigned char bytes[BYTES_PER_LINE];
	uint64_t addr;
	const char *p;
	size_t size;
	char *end;

	errno = 0;
	addr = strtoull(line, &end, 16);
	if (end == line || *end != ' ' || errno)
		return;
	p = end + 1;
	size = parse_bytes(&p, bytes);
	if (!size || size - 1 > UINT64_MAX - addr)
		return;
	if (*p == ' ')
		add_series(m, addr, bytes, size, p);
	else
		add_chunk(m, addr, bytes, size);
}

static void load_words(struct machine *m)
{
	const char *text = machine_file(m, MACHINE_WORDS, NULL, NULL);

	m->words_tried = true;
	for (; text && *text; text = strchr(text, '\n') ?
	     strchr(text, '\n') + 1 : NULL) {
		if (*text != '#')
			parse_words_line(m, text);
	}
	merge_chunks(m);
}

/* How many words from here on grow by the same step. */
static size_t count_series(const unsigned char *bytes, size_t size, size_t left, bool big_endian,
			   uint64_t *step)
{
	const uint64_t mask = size == 8 ? UINT64_MAX : UINT32_MAX;
	const size_t most = left / size < MAX_SERIES ? left / size : MAX_SERIES;
	uint64_t last, word;
	size_t n;

	if (most < 2)
		return most;
	last = load_word(bytes + size, size, big_endian);
	*step = (last - load_word(bytes, size, big_endian)) & mask;
	for (n = 2; n < most; n++, last = word) {
		word = load_word(bytes + n * size, size, big_endian);
		if (((word - last) & mask) != *step)
			break;
	}
	return n;
}

static void write_bytes(FILE *f, const unsigned char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * BYTES_PER_LINE];

	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	fwrite(text, 1, 2 * size, f);
}

static void write_chunk(FILE *f, const struct chunk *c, const struct elfcore *core)
{
	const size_t word = core && core->bits == 32 ? 4 : 8;
	size_t size, n;
	uint64_t step = 0;

	for (size_t at = 0; at < c->size; at += size) {
		const size_t left = c->size - at;

		n = core ? count_series(c->bytes + at, word, left, core->big_endian, &step) : 0;
		size = left < BYTES_PER_LINE ? left : BYTES_PER_LINE;
		fprintf(f, "0x%016" PRIx64 " ", c->addr + at);
		if (n * word > size) {
			size = n * word;
			write_bytes(f, c->bytes + at, word);
			fprintf(f, " 0x%" PRIx64 " %zu\n", step, n);
		} else {
			write_bytes(f, c->bytes + at, size);
			fputc('\n', f);
		}
	}
}

void machine_save_words(struct machine *m)
{
	const struct elfcore *core;
	const char *why;
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	if (m->sysroot && !m->words_tried)
		load_words(m);
	merge_chunks(m);
	f = open_memstream(&text, &size);
	if (!f)
		die("not enough memory");
	fputs("# memory of the kernel: address, bytes in the order of memory\n"
	      "# or: address, bytes of a word, what each later word is more, how many words\n", f);
	core = machine_core(m, &why);
	for (size_t i = 0; i < m->n_chunks; i++)
		write_chunk(f, &m->chunks[i], core);
	if (fclose(f))
		die("not enough memory");
	machine_save(m, MACHINE_WORDS, text, size);
	free(text);
}

static const struct chunk *find_chunk(const struct machine *m, uint64_t addr,
				      size_t size)
{
	size_t low = 0, high = m->n_chunks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct chunk *c = &m->chunks[middle];

		if (addr < c->addr)
			high = middle;
		else if (addr - c->addr >= c->size)
			low = middle + 1;
		else
			return size <= c->size - (addr - c->addr) ? c : NULL;
	}
	return NULL;
}

static bool read_saved(struct machine *m, uint64_t addr, void *to,
		       size_t size, const char **why)
{
	const struct chunk *c;

	if (!m->words_tried)
		load_words(m);
	c = find_chunk(m, addr, size);
	if (!c) {
		*why = "memory there was not saved";
		return false;
	}
	memcpy(to, c->bytes + (addr - c->addr), size);
	return true;
}

/* As much as the segment has, from at on; 0 with *why if there is nothing. */
static size_t read_segment(const struct machine *m, const struct segment *s, uint64_t at,
			   void *to, size_t size, const char **why)
{
	ssize_t n;

	if (size > s->in_file - at)
		size = (size_t)(s->in_file - at);
	do {
		n = pread(m->core_fd, to, size, (off_t)(s->offset + at));
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		return (size_t)n;
	*why = !m->dump ? "/proc/kcore cannot be read there" :
	       n ? "the dump cannot be read there" : "the dump is cut off before that memory";
	return 0;
}

static bool read_live(struct machine *m, uint64_t addr, void *to, size_t size,
		      const char **why)
{
	const struct elfcore *core = machine_core(m, why);
	size_t done = 0, n;

	for (; core && done < size; done += n) {
		const struct segment *s = elfcore_segment(core, addr + done);

		if (!s) {
			*why = m->dump ? "the dump does not hold that memory" :
					 "/proc/kcore has no segment there";
			return false;
		}
		n = read_segment(m, s, addr + done - s->vaddr, (char *)to + done, size - done,
				 why);
		if (!n)
			return false;
	}
	return core != NULL;
}

bool machine_memory(struct machine *m, uint64_t addr, void *to, size_t size,
		    const char **why)
{
	if (!size || size > MAX_READ || size - 1 > UINT64_MAX - addr) {
		*why = "no such range of memory";
		return false;
	}
	if (m->sysroot ? !read_saved(m, addr, to, size, why) :
			 !read_live(m, addr, to, size, why))
		return false;
	if (m->save_to && !m->sysroot)
		add_chunk(m, addr, to, size);
	return true;
}

bool machine_number(struct machine *m, uint64_t addr, size_t size, uint64_t *n,
		    const char **why)
{
	const struct elfcore *core = machine_core(m, why);
	unsigned char bytes[8];

	if (!core || !machine_memory(m, addr, bytes, size, why))
		return false;
	*n = load_word(bytes, size, core->big_endian);
	return true;
}

bool machine_memory_find(struct machine *m, const void *bytes, size_t size,
			 uint64_t *addr)
{
	bool found = false;

	if (!m->sysroot || !size)
		return false;
	if (!m->words_tried)
		load_words(m);
	for (size_t i = 0; i < m->n_chunks; i++) {
		const struct chunk *c = &m->chunks[i];
		const unsigned char *p = c->bytes, *end = p + c->size;

		while ((p = memmem(p, (size_t)(end - p), bytes, size))) {
			if (found)
				return false;
			found = true;
			*addr = c->addr + (uint64_t)(p - c->bytes);
			p++;
		}
	}
	return found;
}
