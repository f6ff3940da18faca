// SPDX-License-Identifier: GPL-2.0-only
/*
 * modules.c - /proc/modules and /sys/module/MODULE/sections: where modules
 * are, and of kvas.ko itself which section is where.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "verify.h"

enum item { LOWEST, HIGHEST, N_ITEMS };

struct section {
	const char *name;
	uint64_t start;
};

struct modules {
	struct known items[N_ITEMS];
	uint64_t *places;		/* where the code of each begins */
	size_t n_places;
	const char *why;		/* nothing of the sections is known */
	struct section *sections;	/* of kvas.ko */
	size_t n;
	uint64_t size;			/* of all of kvas.ko; 0: not known */
};

/* "kvas 28672 0 - Live 0xffffffffc0412000 (OE)": its core, its size. */
static void take_modules(struct modules *k, const char *text, struct pool *pool)
{
	uint64_t low = UINT64_MAX, high = 0, size, addr;
	size_t lines = 1;

	for (const char *line = text; line; line = next_line(line))
		lines++;
	k->places = pool_alloc(pool, lines * sizeof(*k->places));
	for (const char *line = text; line; line = next_line(line)) {
		const char *p = line + strcspn(line, " \n");

		if (!skip(&p, " ") || !scan_number(&p, 10, &size))
			continue;
		if (!strncmp(line, "kvas ", 5))
			k->size = size;
		for (p = line; *p && *p != '\n' && !skip(&p, " 0x"); p++)
			;
		if (!scan_number(&p, 16, &addr))
			continue;
		if (!addr) {
			k->items[LOWEST] = unknown("/proc/modules shows no addresses: it needs CAP_SYSLOG");
			k->items[HIGHEST] = k->items[LOWEST];
			k->n_places = 0;
			return;
		}
		/* From 6.4 on the size counts parts that lie elsewhere. */
		low = addr < low ? addr : low;
		high = addr > high ? addr : high;
		k->places[k->n_places++] = addr;
	}
	if (!high)
		return;
	k->items[LOWEST] = range(0, low, "lowest of all modules");
	k->items[HIGHEST] = range(high, UINT64_MAX, "highest of all modules");
}

static void take_sections(struct modules *k, struct machine *m)
{
	static const char dir[] = "/sys/module/kvas/sections";
	struct pool *pool = machine_pool(m);
	const char *const *names = machine_list(m, dir, &k->why);
	size_t n = 0;

	if (!names)
		return;
	while (names[n])
		n++;
	k->why = "/sys/module/kvas/sections shows no addresses";
	k->sections = pool_alloc(pool, (n + 1) * sizeof(*k->sections));
	for (size_t i = 0; i < n; i++) {
		const char *path = pool_printf(pool, "%s/%s", dir, names[i]);
		const char *line = machine_line(m, path, NULL);
		struct section *s = &k->sections[k->n];

		s->name = names[i];
		if (line && skip(&line, "0x") &&
		    scan_number(&line, 16, &s->start) && s->start)
			k->n++;
	}
}

static const void *load(struct machine *m)
{
	struct modules *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *text, *why;

	text = machine_file(m, "/proc/modules", NULL, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		k->items[i] = unknown(text ? "/proc/modules lists none" : why);
	if (text)
		take_modules(k, text, machine_pool(m));
	take_sections(k, m);
	return k;
}

/* Inside the section that its kind of object goes to. */
static void check_witness(const struct modules *k, struct verification *v,
			  const char *witness, const char *section)
{
	const struct value *value = value_of(v, RECORD_WITNESS, witness, "addr");
	uint64_t start = 0, next = UINT64_MAX;

	if (!value)
		return;
	for (size_t i = 0; i < k->n; i++) {
		if (!strcmp(k->sections[i].name, section))
			start = k->sections[i].start;
	}
	if (!start) {
		report(v, value, CANNOT_SAY, "%s", k->why);
		return;
	}
	for (size_t i = 0; i < k->n; i++) {
		if (k->sections[i].start > start && k->sections[i].start < next)
			next = k->sections[i].start;
	}
	/* The last one of a part: no part is larger than all. */
	if (k->size && next - start > k->size)
		next = start + k->size;
	expect_value(v, value, range(start, next - 1, section));
}

/* All code of modules lies where it may be allocated. */
static void check_code(const struct modules *k, struct verification *v)
{
	static const char *const keys[] = { "start", "end" };
	const struct region *text = layout_region(v->layout, "execmem_text");

	if (!text || text->absent)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct value *value = value_at(v, text->record, keys[i]);

		if (k->n_places)
			report(v, value, ALLOWS, "the code of all modules is there");
		else
			report(v, value, CANNOT_SAY, "%s", k->items[LOWEST].how);
	}
	for (size_t i = 0; i < k->n_places; i++) {
		uint64_t addr = k->places[i];

		if (!may_be_code(v, addr))
			report(v, value_at(v, text->record, addr < text->start ? "start" : "end"),
			       DISAGREES, "the code of a module is at 0x%" PRIx64, addr);
	}
}

static void check(const void *evidence, struct verification *v)
{
	const struct modules *k = evidence;

	expect_modules(v, k->items[LOWEST], k->items[HIGHEST]);
	check_code(k, v);
	check_witness(k, v, "module_function", ".text");
	check_witness(k, v, "module_constant", ".rodata");
	check_witness(k, v, "module_data", ".data");
	check_witness(k, v, "module_bss", ".bss");
}

const struct source source_modules = {
	.name = "modules",
	.title = "/proc/modules and /sys/module/kvas/sections",
	.load = load,
	.check = check,
};
