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

/* --- Symbols of the kernel ------------------------------------------------- */

struct lookup {
	struct symbol_addresses *found;
	bool readable;
	bool hidden;		/* all addresses are zero */
};

static void add_address(struct symbol_addresses *found, uint64_t addr)
{
	if (found->n == found->room) {
		size_t room = found->room ? found->room * 2 : 16;
		uint64_t *more = reallocarray(found->addr, room, sizeof(*more));

		if (!more)
			die("not enough memory");
		found->addr = more;
		found->room = room;
	}
	found->addr[found->n++] = addr;
}

void symbol_free(struct symbol_addresses *found)
{
	free(found->addr);
	*found = (struct symbol_addresses){ 0 };
}

/* Lines of "address type name", some with a module's name at the end. */
static struct lookup look_up(const char *sysroot, const char *path,
			     const char *name, struct symbol_addresses *found)
{
	struct lookup look = { .found = found, .hidden = true };
	FILE *f = sysroot_fopen(sysroot, path);
	char *line = NULL;
	size_t room = 0;

	found->n = 0;
	if (!f)
		return look;
	while (getline(&line, &room, f) > 0) {
		uint64_t addr;
		int at = 0;
		size_t n;

		if (sscanf(line, "%" SCNx64 " %*c %n", &addr, &at) != 1 || at == 0)
			continue;
		look.readable = true;
		look.hidden &= addr == 0;
		n = strcspn(line + at, " \t\n");
		if (n == strlen(name) && strncmp(line + at, name, n) == 0)
			add_address(found, addr);
	}
	free(line);
	fclose(f);
	return look;
}

/* System.map has addresses as linked: move them as the text was moved. */
static bool find_in_map(const struct options *opt, const struct layout *l,
			const char *name, struct symbol_addresses *found)
{
	const struct region *text = layout_region(l, "text");
	const struct region *image = layout_region(l, "image");
	struct symbol_addresses base = { 0 };
	char *path = text_printf("/boot/System.map-%s", l->release);
	uint64_t moved;

	if (!text || text->absent || !image || image->absent)
		found->n = 0;
	else if (look_up(opt->sysroot, path, text->start_source, &base), base.n == 1)
		look_up(opt->sysroot, path, name, found);
	else
		found->n = 0;
	free(path);
	moved = base.n ? text->start - base.addr[0] : 0;
	symbol_free(&base);
	for (size_t i = 0; i < found->n; i++) {
		found->addr[i] += moved;
		if (found->addr[i] < image->start || found->addr[i] > image->end)
			return false;
	}
	return found->n > 0;
}

void symbol_find(const struct options *opt, const struct layout *l,
		 const char *name, struct symbol_addresses *found)
{
	const char *root = opt->sysroot ? opt->sysroot : "";
	struct lookup look;

	if (opt->file)
		die("'%s': a capture holds no symbols; give an address in hexadecimal, or a machine that 'kvas save --all' saved with --sysroot", name);
	look = look_up(opt->sysroot, KALLSYMS, name, found);
	if (found->n && !look.hidden)
		return;
	if (find_in_map(opt, l, name, found))
		return;
	if (!look.readable)
		die("'%s': %s%s cannot be read, and System.map does not help; give an address in hexadecimal", name, root, KALLSYMS);
	if (look.hidden)
		die("'%s': %s%s shows no addresses: be root, and see that the sysctl kernel.kptr_restrict is not 2", name, root, KALLSYMS);
	die("there is no symbol '%s' in %s%s; an address is written in hexadecimal, as 0xffffffff81000000", name, root, KALLSYMS);
}

/* --- Areas of vmalloc -------------------------------------------------------- */

/* "caller+0x1b/0x70 pages=4 vmalloc N0=4": the name, or what stands instead. */
static void take_caller(const char *text, struct area *area)
{
	size_t n = strcspn(text, "+\n");
	const char *pages = strstr(text, " pages=");

	if (pages && (size_t)(pages - text) < n)
		n = (size_t)(pages - text);
	snprintf(area->caller, sizeof(area->caller), "%.*s", (int)n, text);
}

/* Lines of "0xSTART-0xEND SIZE CALLER ...". */
bool area_find(const struct options *opt, uint64_t addr, struct area *area)
{
	FILE *f = opt->file ? NULL : sysroot_fopen(opt->sysroot, "/proc/vmallocinfo");
	char *line = NULL;
	bool found = false;
	size_t room = 0;

	while (f && !found && getline(&line, &room, f) > 0) {
		uint64_t start, next;
		int at = 0;

		if (sscanf(line, "0x%" SCNx64 "-0x%" SCNx64 " %*u %n", &start, &next, &at) < 2 ||
		    !at || addr < start || addr >= next)
			continue;
		*area = (struct area){ .start = start, .end = next - 1 };
		take_caller(line + at, area);
		found = true;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

bool area_is_percpu(const struct area *area)
{
	return strcmp(area->caller, "pcpu_get_vm_areas") == 0;
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
 * puts into the module's init memory, the whole symbol table included (what is
 * kept of that has no file here).
 */
static bool is_kept_section(const char *name)
{
	return strncmp(name, ".init", 5) != 0 && strcmp(name, ".symtab") != 0 &&
	       strcmp(name, ".strtab") != 0;
}

/* Takes the module's sections into account that begin at or below addr. */
static void look_at_module(const struct options *opt, const char *name,
			   uint64_t addr, struct module_place *place)
{
	char *path = text_printf("/sys/module/%s/sections", name);
	DIR *dir = sysroot_opendir(opt->sysroot, path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *file;
		uint64_t start;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    !is_kept_section(entry->d_name))
			continue;
		file = text_printf("%s/%s", path, entry->d_name);
		if (read_address(opt->sysroot, file, &start) && start <= addr &&
		    start > place->section_start) {
			place->section_start = start;
			snprintf(place->name, sizeof(place->name), "%s", name);
			snprintf(place->section, sizeof(place->section), "%s", entry->d_name);
		}
		free(file);
	}
	if (dir)
		closedir(dir);
	free(path);
}

/*
 * Since 6.4 the parts of a module are separate allocations, so base and size
 * in /proc/modules are no range.  Take the section that begins nearest below,
 * if it is in the same allocation.
 */
bool module_find(const struct options *opt, uint64_t addr,
		 struct module_place *place)
{
	FILE *f;
	char *line = NULL;
	struct area area;
	size_t room = 0;

	*place = (struct module_place){ 0 };
	/* A capture is of another machine, or of another boot. */
	if (opt->file)
		return false;
	f = sysroot_fopen(opt->sysroot, "/proc/modules");
	while (f && getline(&line, &room, f) > 0) {
		line[strcspn(line, " \n")] = '\0';
		if (*line && !strchr(line, '/') && *line != '.')
			look_at_module(opt, line, addr, place);
	}
	free(line);
	if (f)
		fclose(f);
	if (!place->name[0])
		return false;
	if (!area_find(opt, addr, &area))
		return false;
	place->start = area.start;
	place->end = area.end;
	return place->section_start >= place->start;
}
