// SPDX-License-Identifier: GPL-2.0-only
/* machine.c - see machine.h */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "elfcore.h"
#include "machine.h"
#include "measure.h"
#include "symtab.h"

#define MAX_FILE	(256u << 20)
#define MAX_READ	(1u << 20)	/* of memory at once */
#define WORDS_PER_LINE	32		/* bytes in a line of saved memory */

/* A file that was asked for: what it holds, or why that is not known. */
struct file {
	struct file *next;
	const char *path;
	const char *text;
	size_t size;
	const char *why;
};

/* Memory that was read, or that a saved machine holds. */
struct chunk {
	uint64_t addr;
	size_t size;
	const unsigned char *bytes;
};

struct machine {
	const char *sysroot;
	bool imagined;			/* has only what it is given */
	const char *save_to;
	struct pool pool;
	struct file *files;
	bool core_tried, symbols_tried, map_tried, words_tried;
	int core_fd;
	const struct elfcore *core;
	const char *core_why;
	const struct symbols *symbols, *map, *moved_map;
	const char *symbols_why, *map_why;
	struct chunk *chunks;
	size_t n_chunks, room;
	bool save_failed;
	int save_errno;
};

struct machine *machine_new(const char *sysroot, const char *save_to)
{
	struct machine *m = zalloc_array(1, sizeof(*m));

	m->sysroot = sysroot;
	m->save_to = save_to;
	m->core_fd = -1;
	return m;
}

struct machine *machine_imagine(void)
{
	struct machine *m = machine_new(NULL, NULL);

	m->imagined = true;
	return m;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	for (struct file *f = m->files; f; f = f->next)
		free((void *)f->text);
	if (m->core_fd >= 0)
		close(m->core_fd);
	free(m->chunks);
	pool_free(&m->pool);
	free(m);
}

struct pool *machine_pool(struct machine *m)
{
	return &m->pool;
}

/* --- Saving -------------------------------------------------------------- */

static bool make_parents(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return false;
		*p = '/';
	}
	return true;
}

/* ".." as a part of a path. */
static bool leads_up(const char *path)
{
	for (const char *p = strstr(path, ".."); p; p = strstr(p + 2, "..")) {
		if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/'))
			return true;
	}
	return false;
}

/* What is saved tells where the kernel lies: for the owner's eyes only. */
void machine_save(struct machine *m, const char *path, const void *data,
		  size_t size)
{
	char *full;
	int fd;

	if (!m->save_to || m->save_failed)
		return;
	if (leads_up(path)) {
		m->save_failed = true;
		m->save_errno = EINVAL;
		return;
	}
	full = pool_printf(&m->pool, "%s%s", m->save_to, path);
	errno = 0;
	fd = make_parents(full) ?
		open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		     0600) : -1;
	m->save_failed = fd < 0 || !write_fd(fd, data, size);
	m->save_errno = errno;
	if (fd >= 0 && close(fd) && !m->save_failed) {
		m->save_failed = true;
		m->save_errno = errno;
	}
}

/* --- Files --------------------------------------------------------------- */

/* Has it files of its own?  If not, errno says so. */
static bool is_real(const struct machine *m)
{
	if (m->imagined)
		errno = ENOENT;
	return !m->imagined;
}

static const char *reason(struct machine *m, const char *path)
{
	if (errno == ENOENT)
		return pool_printf(&m->pool, "there is no %s", path);
	return pool_printf(&m->pool, "%s cannot be read: %s", path,
			   strerror(errno));
}

static struct file *find_file(struct machine *m, const char *path)
{
	struct file *f;

	for (f = m->files; f; f = f->next) {
		if (!strcmp(f->path, path))
			return f;
	}
	f = pool_alloc(&m->pool, sizeof(*f));
	f->path = pool_copy(&m->pool, path, strlen(path));
	f->next = m->files;
	m->files = f;
	return f;
}

void machine_give(struct machine *m, const char *path, const char *text)
{
	struct file *f = find_file(m, path);

	free((void *)f->text);
	f->text = text_printf("%s", text);
	f->size = strlen(text);
	f->why = NULL;
}

void machine_give_config(struct machine *m, const char *text)
{
	const char *release = machine_measured(m, "release");

	machine_give(m, pool_printf(&m->pool, "/boot/config-%s", release ? release : ""),
		     text);
}

const char *machine_file(struct machine *m, const char *path, size_t *size,
			 const char **why)
{
	struct file *f = find_file(m, path);

	if (!f->text && !f->why) {
		f->text = is_real(m) ? sysroot_slurp(m->sysroot, path, MAX_FILE, &f->size) :
				       NULL;
		if (f->text)
			machine_save(m, path, f->text, f->size);
		else
			f->why = reason(m, path);
	}
	if (size)
		*size = f->size;
	if (why)
		*why = f->why;
	return f->text;
}

const char *machine_line(struct machine *m, const char *path, const char **why)
{
	const char *text = machine_file(m, path, NULL, why);

	return text ? pool_copy(&m->pool, text, strcspn(text, "\n")) : NULL;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *const *machine_list(struct machine *m, const char *path,
				const char **why)
{
	DIR *dir = is_real(m) ? sysroot_opendir(m->sysroot, path) : NULL;
	size_t n = 0, room = 0;
	char **names = NULL;
	const char **result;
	struct dirent *e;

	if (!dir) {
		*why = reason(m, path);
		return NULL;
	}
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (n == room) {
			room = room ? room * 2 : 64;
			names = realloc(names, room * sizeof(*names));
			if (!names)
				die("not enough memory");
		}
		names[n++] = pool_copy(&m->pool, e->d_name, strlen(e->d_name));
	}
	closedir(dir);
	if (n)
		qsort(names, n, sizeof(*names), compare_names);
	result = pool_alloc(&m->pool, (n + 1) * sizeof(*result));
	for (size_t i = 0; i < n; i++)
		result[i] = names[i];
	free(names);
	return result;
}

const char *machine_measured(struct machine *m, const char *key)
{
	struct file *f = find_file(m, MACHINE_MEASURED);
	size_t length = strlen(key);

	if (!f->text && !f->why && !m->sysroot && !m->imagined) {
		f->text = strdup(measure(&m->pool));
		if (!f->text)
			die("not enough memory");
		f->size = strlen(f->text);
		machine_save(m, MACHINE_MEASURED, f->text, f->size);
	}
	if (!machine_file(m, MACHINE_MEASURED, NULL, NULL))
		return NULL;
	for (const char *p = f->text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, key, length) && p[length] == '=')
			return pool_copy(&m->pool, p + length + 1,
					 strcspn(p + length + 1, "\n"));
	}
	return NULL;
}

uint64_t machine_page_size(struct machine *m)
{
	const char *text = machine_measured(m, "page_size");
	uint64_t size;

	return text && scan_number(&text, 10, &size) && size <= 1 << 20 ?
		size : 0;
}

/* A place of a file that has the kernel's release in its name. */
struct place {
	const char *before, *behind;
};

/* The first of these places that has a file; it must hold this piece. */
static const char *find_by_release(struct machine *m, const struct place *places,
				   size_t n, const char *piece)
{
	const char *release = machine_measured(m, "release");

	/* uname(2) has none such, but a saved machine may say anything. */
	if (release && (!*release || strchr(release, '/') || strstr(release, "..")))
		return NULL;
	for (size_t i = 0; release && i < n; i++) {
		const char *path = pool_printf(&m->pool, "%s%s%s",
					       places[i].before, release,
					       places[i].behind);
		const char *text = machine_file(m, path, NULL, NULL);

		if (text && strstr(text, piece))
			return text;
	}
	return NULL;
}

const char *machine_config_file(struct machine *m, const char **why)
{
	static const struct place places[] = {
		{ "/boot/config-", "" },
		{ "/usr/lib/modules/", "/config" },
		{ "/lib/modules/", "/config" },
		{ "/usr/lib/kernel/config-", "" },
	};

	*why = "there is no configuration file of this kernel in /boot or /usr/lib/modules";
	return find_by_release(m, places, ARRAY_SIZE(places), "CONFIG_");
}

const struct symbols *machine_symbols(struct machine *m, const char **why)
{
	const char *text;

	if (!m->symbols_tried) {
		m->symbols_tried = true;
		text = machine_file(m, "/proc/kallsyms", NULL, &m->symbols_why);
		if (text)
			m->symbols = symbols_parse(text, &m->pool);
		if (m->symbols && (m->symbols->all_zero || !m->symbols->n)) {
			m->symbols = NULL;
			m->symbols_why = "/proc/kallsyms shows no addresses: it needs CAP_SYSLOG and kernel.kptr_restrict below 2";
		}
	}
	*why = m->symbols_why;
	return m->symbols;
}

const struct symbols *machine_system_map(struct machine *m, const char **why)
{
	static const struct place places[] = {
		{ "/boot/System.map-", "" },
		{ "/usr/lib/modules/", "/System.map" },
		{ "/lib/modules/", "/System.map" },
		{ "/usr/lib/debug/boot/System.map-", "" },
	};
	const char *text;

	if (!m->map_tried) {
		m->map_tried = true;
		m->map_why = "there is no System.map of this kernel in /boot or /usr/lib/modules; some packages keep it with the debug symbols";
		/* What stands in the dummy of such a package names no symbol. */
		text = find_by_release(m, places, ARRAY_SIZE(places), " _text");
		if (text)
			m->map = symbols_parse(text, &m->pool);
	}
	*why = m->map_why;
	return m->map;
}

/*
 * By the one address that the note VMCOREINFO of every kernel tells.  Symbols of
 * the image move with it; per-CPU ones are offsets, and do not.
 */
static const struct symbols *move_map(struct machine *m,
				      const struct symbols *map)
{
	const struct elfcore *core;
	uint64_t linked, running;
	struct symbols *moved;
	const char *why, *p;

	core = machine_core(m, &why);
	p = core && core->vmcoreinfo ?
		after(core->vmcoreinfo, "SYMBOL(_stext)=") : NULL;
	if (!p || !scan_number(&p, 16, &running) ||
	    !symbols_find(map, "_stext", NULL, &linked))
		return NULL;
	moved = pool_alloc(&m->pool, sizeof(*moved));
	*moved = *map;
	moved->list = pool_alloc(&m->pool, map->n * sizeof(*moved->list));
	for (size_t i = 0; i < map->n; i++) {
		moved->list[i] = map->list[i];
		if (symbol_is_of_image(map, &map->list[i]))
			moved->list[i].addr += running - linked;
	}
	return moved;
}

const struct symbols *machine_addresses(struct machine *m, const char **why)
{
	const struct symbols *symbols = machine_symbols(m, why), *map;
	const char *ignore;

	if (symbols || m->moved_map)
		return symbols ? symbols : m->moved_map;
	map = machine_system_map(m, &ignore);
	if (map)
		m->moved_map = move_map(m, map);
	return m->moved_map;
}

/* --- /proc/kcore --------------------------------------------------------- */

static void open_core(struct machine *m)
{
	static const char path[] = "/proc/kcore";

	m->core_tried = true;
	m->core_fd = is_real(m) ? sysroot_open(m->sysroot, path) : -1;
	if (m->core_fd < 0) {
		m->core_why = errno == EPERM ?
			"/proc/kcore cannot be read: it needs CAP_SYS_RAWIO, and no lockdown" :
			reason(m, path);
		return;
	}
	m->core = elfcore_read(m->core_fd, &m->pool, &m->core_why);
	if (m->core)
		machine_save(m, path, m->core->head, m->core->head_size);
}

const struct elfcore *machine_core(struct machine *m, const char **why)
{
	if (!m->core_tried)
		open_core(m);
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
	const char *digits = "0123456789abcdef";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* "0xADDRESS HEXBYTES": memory that a saved machine holds. */
static void parse_words_line(struct machine *m, const char *line)
{
	unsigned char bytes[WORDS_PER_LINE];
	size_t size = 0;
	uint64_t addr;
	char *p;

	errno = 0;
	addr = strtoull(line, &p, 16);
	if (p == line || *p != ' ' || errno)
		return;
	for (p++; size < sizeof(bytes); p += 2, size++) {
		int high = hex_digit(p[0]);
		int low = high < 0 ? -1 : hex_digit(p[1]);

		if (low < 0)
			break;
		bytes[size] = (unsigned char)(high << 4 | low);
	}
	if (size && size - 1 <= UINT64_MAX - addr)
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

static void save_words(struct machine *m)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	merge_chunks(m);
	f = open_memstream(&text, &size);
	if (!f)
		die("not enough memory");
	fputs("# memory of the kernel: address, bytes in the order of memory\n",
	      f);
	for (size_t i = 0; i < m->n_chunks; i++) {
		const struct chunk *c = &m->chunks[i];

		for (size_t at = 0; at < c->size; at++) {
			if (at % WORDS_PER_LINE == 0)
				fprintf(f, "%s0x%016" PRIx64 " ",
					at ? "\n" : "", c->addr + at);
			fprintf(f, "%02x", c->bytes[at]);
		}
		fputc('\n', f);
	}
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

static bool read_live(struct machine *m, uint64_t addr, void *to, size_t size,
		      const char **why)
{
	const struct elfcore *core = machine_core(m, why);
	size_t done = 0;

	if (!core)
		return false;
	for (size_t i = 0; i < core->n_segments; i++) {
		const struct segment *s = &core->segments[i];
		uint64_t at = addr - s->vaddr;

		if (addr < s->vaddr || at >= s->size || size > s->size - at)
			continue;
		while (done < size) {
			ssize_t n = pread(m->core_fd, (char *)to + done,
					  size - done,
					  (off_t)(s->offset + at + done));

			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0) {
				*why = "/proc/kcore cannot be read there";
				return false;
			}
			done += (size_t)n;
		}
		return true;
	}
	*why = "/proc/kcore has no segment there";
	return false;
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

void machine_counts(const struct machine *m, size_t *had, size_t *missing)
{
	*had = *missing = 0;
	for (const struct file *f = m->files; f; f = f->next)
		++*(f->text ? had : missing);
}

static void save_manifest(struct machine *m, const char *release)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("not enough memory");
	fprintf(f, "# saved by kvas from a machine that runs Linux %s\n",
		release);
	if (m->core)
		fprintf(f, "saved /proc/kcore %zu bytes: headers and notes; memory is in %s\n",
			m->core->head_size, MACHINE_WORDS);
	else if (m->core_why)
		fprintf(f, "missing %s\n", m->core_why);
	for (const struct file *i = m->files; i; i = i->next) {
		if (i->text)
			fprintf(f, "saved %s %zu bytes\n", i->path, i->size);
		else
			fprintf(f, "missing %s\n", i->why);
	}
	if (fclose(f))
		die("not enough memory");
	machine_save(m, "/MANIFEST", text, size);
	free(text);
}

int machine_save_finish(struct machine *m, const char *release)
{
	if (m->sysroot && !m->words_tried)
		load_words(m);
	save_words(m);
	save_manifest(m, release);
	errno = m->save_errno;
	return m->save_failed ? -1 : 0;
}
