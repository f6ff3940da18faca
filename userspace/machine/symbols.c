// SPDX-License-Identifier: GPL-2.0-only
/* symbols.c - see symbols.h */
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "symbols.h"

#define KALLSYMS	"/proc/kallsyms"
#define VMALLOCINFO	"/proc/vmallocinfo"

enum { SYMBOLS_LIMIT = 256 << 20 };	/* bytes of a list of symbols */

/* --- Symbols ------------------------------------------------------------------- */

static uint64_t address_of(const struct names *n, const struct symbol *s)
{
	return s->addr + n->moved;
}

/* Constants and offsets into per-CPU areas are no addresses. */
static bool is_absolute(const struct symbol *s)
{
	return s->type == 'A' || s->type == 'a';
}

/*
 * Labels of the compiler and marks of the assembler ("$a", ".LVL50"), which a module's
 * list may have: the kernel names nothing after them (include/linux/module_symbol.h,
 * is_mapping_symbol()).
 */
static bool is_mapping_symbol(const struct symbol *s)
{
	return s->name[0] == '$' || strncmp(s->name, ".L", 2) == 0 || strncmp(s->name, "L0", 2) == 0;
}

/* Those at one address stay in the order of the file: the kernel prints the first. */
static int compare_addresses(const void *a, const void *b, void *symbols)
{
	const struct symbols *s = symbols;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (s->list[x].addr != s->list[y].addr)
		return s->list[x].addr < s->list[y].addr ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void sort_symbols(struct names *n)
{
	const struct symbols *s = n->symbols;

	n->by_address = pool_alloc(&n->pool, (s->n + 1) * sizeof(*n->by_address));
	for (size_t i = 0; i < s->n; i++)
		if (!is_absolute(&s->list[i]) && !is_mapping_symbol(&s->list[i]))
			n->by_address[n->n_by_address++] = (uint32_t)i;
	qsort_r(n->by_address, n->n_by_address, sizeof(*n->by_address),
		compare_addresses, (void *)s);
}

/* NULL if the file cannot be read or has no symbols. */
static const struct symbols *read_symbols(struct names *n, const char *sysroot,
					  const char *path)
{
	size_t size;
	char *text = sysroot_slurp(sysroot, path, SYMBOLS_LIMIT, &size);
	const struct symbols *s;

	if (!text)
		return NULL;
	s = symbols_parse(pool_copy(&n->pool, text, size), &n->pool);
	free(text);
	return s->n ? s : NULL;
}

/* System.map has addresses as linked: they moved as the text was moved. */
static bool read_system_map(struct names *n, const struct options *opt)
{
	const struct region *text = layout_region(n->layout, "text");
	const char *path = pool_printf(&n->pool, "/boot/System.map-%s", n->layout->release);
	const struct symbols *s;
	uint64_t linked;

	if (!text || text->absent || !text->start_source)
		return false;
	s = read_symbols(n, opt->sysroot, path);
	if (!s || !symbols_find(s, text->start_source, NULL, &linked))
		return false;
	n->symbols = s;
	n->list = path;
	n->moved = text->start - linked;
	n->has_data = true;
	return true;
}

static void load_symbols(struct names *n, const struct options *opt)
{
	const struct fact *all = layout_config(n->layout, "CONFIG_KALLSYMS_ALL");
	const char *path = pool_printf(&n->pool, "%s%s", opt->sysroot ? opt->sysroot : "", KALLSYMS);
	const struct symbols *s;

	if (opt->file) {
		n->missing = "a capture holds no symbols; give an address in hexadecimal, or a machine that 'kvas save --all' saved with --sysroot";
		return;
	}
	s = read_symbols(n, opt->sysroot, KALLSYMS);
	if (s && !s->all_zero) {
		n->symbols = s;
		n->list = path;
		n->has_data = all && all->value && strcmp(all->value, "y") == 0;
	} else if (!read_system_map(n, opt)) {
		n->missing = pool_printf(&n->pool, s ?
			"%s shows no addresses: be root, and see that the sysctl kernel.kptr_restrict is not 2" :
			"%s cannot be read, and System.map does not help; give an address in hexadecimal", path);
		return;
	}
	sort_symbols(n);
}

static bool is_named(const struct symbol *s, const char *name)
{
	return strlen(name) == s->name_length && memcmp(s->name, name, s->name_length) == 0;
}

static bool is_of_module(const struct symbol *s, const char *module)
{
	char buf[256];

	return symbol_module(s, buf, sizeof(buf)) && strcmp(buf, module) == 0;
}

/* System.map also lists what did not move with the image. */
static bool is_where_it_was(const struct names *n, uint64_t addr)
{
	const struct region *image = layout_region(n->layout, "image");

	return !n->moved || (image && !image->absent && addr >= image->start && addr <= image->end);
}

struct symbol_addresses names_find(struct names *n, const char *name, const char *module)
{
	struct symbol_addresses found = { 0 };
	const struct symbols *s = n->symbols;

	for (int round = 0; s && round < 2; round++) {
		if (round)
			found.addr = pool_alloc(&n->pool, (found.n + 1) * sizeof(*found.addr));
		found.n = 0;
		for (size_t i = 0; i < s->n; i++) {
			const struct symbol *y = &s->list[i];

			if (!is_named(y, name) || (module && !is_of_module(y, module)) ||
			    !is_where_it_was(n, address_of(n, y)))
				continue;
			if (round)
				found.addr[found.n] = address_of(n, y);
			found.n++;
		}
	}
	return found;
}

/* How many symbols start at or below an address. */
static size_t count_below(const struct names *n, uint64_t addr)
{
	size_t low = 0, high = n->n_by_address;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address_of(n, &n->symbols->list[n->by_address[middle]]) <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct symbol *nth(const struct names *n, size_t i)
{
	return &n->symbols->list[n->by_address[i]];
}

/* The kernel ends the last symbol of a module's code with that code. */
static bool is_same_module(const struct names *n, uint64_t symbol, uint64_t next)
{
	const struct module_section *a = names_module(n, symbol), *b = names_module(n, next);

	return a == b;
}

uint64_t names_size(const struct names *n, uint64_t symbol)
{
	size_t i = n->symbols ? count_below(n, symbol) : 0;
	uint64_t next;

	if (!i || i == n->n_by_address || nth(n, i - 1)->in_module != nth(n, i)->in_module)
		return 0;
	next = address_of(n, nth(n, i));
	return is_same_module(n, symbol, next) ? next - symbol : 0;
}

/*
 * Where the section, module's section or area around an address starts: a symbol
 * below that start is of something else.  False if no symbol can be there.
 */
static bool find_limit(const struct names *n, uint64_t addr, uint64_t *start)
{
	const struct region *r = layout_find(n->layout, addr);
	const struct module_section *section;
	const struct area *area;

	while (r && !r->is_section)
		r = r->parent;
	if (r) {
		*start = r->start;
		return n->has_data || strcmp(r->name, "text") == 0;
	}
	section = names_module(n, addr);
	area = names_area(n, addr);
	if (!section && !area)
		return false;
	*start = section ? section->start : area->start;
	return true;
}

struct nearest names_at(const struct names *n, uint64_t addr)
{
	struct nearest none = { 0 };
	uint64_t start, at;
	size_t i;

	if (!n->symbols || !find_limit(n, addr, &start))
		return none;
	i = count_below(n, addr);
	if (!i)
		return none;
	at = address_of(n, nth(n, i - 1));
	if (at < start)
		return none;
	while (i > 1 && address_of(n, nth(n, i - 2)) == at)
		i--;
	return (struct nearest){ nth(n, i - 1), addr - at, names_size(n, at) };
}

/* --- Areas of vmalloc -------------------------------------------------------- */

/* "caller+0x1b/0x70 pages=4 vmalloc N0=4": the name, or the words in its place. */
static const char *area_caller(struct names *n, const char *text)
{
	size_t length = strcspn(text, "+\n");
	const char *pages = strstr(text, " pages=");

	if (pages && (size_t)(pages - text) < length)
		length = (size_t)(pages - text);
	return pool_copy(&n->pool, text, length);
}

static bool parse_area(struct names *n, const char *line, struct area *area)
{
	const char *pages = strstr(line, " pages=");
	uint64_t next;
	int at = 0;

	if (sscanf(line, "0x%" SCNx64 "-0x%" SCNx64 " %*u %n", &area->start, &next, &at) < 2 ||
	    !at || next <= area->start)
		return false;
	area->end = next - 1;
	area->pages = pages ? strtoull(pages + strlen(" pages="), NULL, 10) : 0;
	area->caller = area_caller(n, line + at);
	return true;
}

/* Areas are made of pages; with kptr_restrict=0 addresses are hashed: any number. */
static bool is_hashed(const struct area *area)
{
	return (area->start | (area->end + 1)) & 4095;
}

/*
 * Lines of "0xSTART-0xEND SIZE CALLER ...".  With kptr_restrict=2 all addresses
 * are 0, and no line is an area.
 */
static void load_areas(struct names *n, const struct options *opt)
{
	FILE *f = sysroot_fopen(opt->sysroot, VMALLOCINFO);
	size_t room = 0, size = 0;
	char *line = NULL;
	bool hashed = false;

	while (f && getline(&line, &size, f) > 0) {
		struct area area;

		if (!parse_area(n, line, &area))
			continue;
		hashed |= is_hashed(&area);
		if (n->n_areas == room) {
			struct area *more = pool_alloc(&n->pool, (room = room ? room * 2 : 256) * sizeof(*more));

			if (n->n_areas)
				memcpy(more, n->areas, n->n_areas * sizeof(*more));
			n->areas = more;
		}
		n->areas[n->n_areas++] = area;
	}
	if (hashed)
		n->n_areas = 0;
	n->areas_known = n->n_areas > 0;
	free(line);
	if (f)
		fclose(f);
}

const struct area *names_area(const struct names *n, uint64_t addr)
{
	for (size_t i = 0; i < n->n_areas; i++)
		if (addr >= n->areas[i].start && addr <= n->areas[i].end)
			return &n->areas[i];
	return NULL;
}

const struct area *names_area_below(const struct names *n, uint64_t addr)
{
	const struct area *found = NULL;

	for (size_t i = 0; i < n->n_areas; i++)
		if (n->areas[i].end < addr && (!found || n->areas[i].end > found->end))
			found = &n->areas[i];
	return found;
}

const struct area *names_area_above(const struct names *n, uint64_t addr)
{
	const struct area *found = NULL;

	for (size_t i = 0; i < n->n_areas; i++)
		if (n->areas[i].start > addr && (!found || n->areas[i].start < found->start))
			found = &n->areas[i];
	return found;
}

bool area_is_percpu(const struct area *area)
{
	return strcmp(area->caller, "pcpu_get_vm_areas") == 0;
}

bool area_is_guard(const struct names *n, const struct area *area, uint64_t addr)
{
	const struct fact *fact = n->layout ? layout_fact(n->layout, "page_size") : NULL;
	uint64_t page;

	return fact_number(fact, &page) && page && area->pages &&
	       area->end - area->start + 1 == (area->pages + 1) * page &&
	       addr > area->end - page;
}

/* --- Modules ---------------------------------------------------------------- */

static bool read_address(const char *sysroot, const char *path, uint64_t *addr)
{
	FILE *f = sysroot_fopen(sysroot, path);
	bool good = f && fscanf(f, "%" SCNx64, addr) == 1 && *addr != 0;

	if (f)
		fclose(f);
	return good;
}

/*
 * The directory goes on naming sections that are freed once the module has
 * started, and by now their addresses may be another module's: what module.c
 * puts into the module's init memory, the whole symbol table included (the
 * part of it that is kept has no file here).
 */
static bool is_kept_section(const char *name)
{
	return name[0] != '.' || (name[1] && strcmp(name, "..") != 0 &&
	       strncmp(name, ".init", 5) != 0 && strcmp(name, ".symtab") != 0 &&
	       strcmp(name, ".strtab") != 0);
}

static void add_section(struct names *n, size_t *room, struct module_section section)
{
	if (n->n_sections == *room) {
		struct module_section *more =
			pool_alloc(&n->pool, (*room = *room ? *room * 2 : 256) * sizeof(*more));

		if (n->n_sections)
			memcpy(more, n->sections, n->n_sections * sizeof(*more));
		n->sections = more;
	}
	n->sections[n->n_sections++] = section;
}

static void load_module(struct names *n, const struct options *opt, const char *name,
			size_t *room)
{
	char *path = text_printf("/sys/module/%s/sections", name);
	DIR *dir = sysroot_opendir(opt->sysroot, path);
	const char *module = pool_copy(&n->pool, name, strlen(name));
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		uint64_t start;
		char *file;

		if (!is_kept_section(entry->d_name))
			continue;
		file = text_printf("%s/%s", path, entry->d_name);
		if (read_address(opt->sysroot, file, &start))
			add_section(n, room, (struct module_section){
				module, pool_copy(&n->pool, entry->d_name, strlen(entry->d_name)), start });
		free(file);
	}
	if (dir)
		closedir(dir);
	free(path);
}

static void load_modules(struct names *n, const struct options *opt)
{
	FILE *f = sysroot_fopen(opt->sysroot, "/proc/modules");
	size_t room = 0, size = 0;
	char *line = NULL;

	while (f && getline(&line, &size, f) > 0) {
		line[strcspn(line, " \n")] = '\0';
		if (*line && !strchr(line, '/') && *line != '.')
			load_module(n, opt, line, &room);
	}
	free(line);
	if (f)
		fclose(f);
}

/* From the lowest address on; NULL if there is none. */
static const struct module_section *section_below(const struct names *n, uint64_t lowest,
						  uint64_t addr)
{
	const struct module_section *found = NULL;

	for (size_t i = 0; i < n->n_sections; i++) {
		const struct module_section *s = &n->sections[i];

		if (s->start >= lowest && s->start <= addr &&
		    (!found || s->start > found->start))
			found = s;
	}
	return found;
}

static bool is_code(const struct symbol *s)
{
	return s->type == 't' || s->type == 'T';
}

/*
 * Allocations are made of pages, so what shares a page with a section or a symbol of
 * a module is that module's; and all its code is in one allocation.
 */
static bool is_surely_in(const struct names *n, uint64_t addr, const struct module_section *section)
{
	const uint64_t page = ~UINT64_C(4095);
	size_t next = n->symbols ? count_below(n, addr) : 0;
	const struct symbol *below = next ? nth(n, next - 1) : NULL;
	const struct symbol *above = n->symbols && next < n->n_by_address ? nth(n, next) : NULL;

	if ((addr & page) == (section->start & page))
		return true;
	below = below && is_of_module(below, section->module) ? below : NULL;
	above = above && is_of_module(above, section->module) ? above : NULL;
	return (below && (address_of(n, below) & page) == (addr & page)) ||
	       (above && (address_of(n, above) & page) == (addr & page)) ||
	       (below && above && is_code(below) && is_code(above));
}

const struct module_section *names_module(const struct names *n, uint64_t addr)
{
	const struct area *area = names_area(n, addr);
	const struct module_section *found = section_below(n, area ? area->start : 0, addr);

	if (n->areas_known)
		return area ? found : NULL;
	return found && is_surely_in(n, addr, found) ? found : NULL;
}

/* --- All of them --------------------------------------------------------------- */

void names_load(struct names *n, const struct options *opt, const struct layout *l)
{
	*n = (struct names){ .layout = l };
	load_symbols(n, opt);
	/* A capture is of another machine, or of another boot. */
	if (opt->file)
		return;
	load_areas(n, opt);
	load_modules(n, opt);
}

void names_load_areas(struct names *n, const struct options *opt, const struct layout *l)
{
	*n = (struct names){ .layout = l };
	load_areas(n, opt);
}

void names_free(struct names *n)
{
	pool_free(&n->pool);
	*n = (struct names){ 0 };
}
