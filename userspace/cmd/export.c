// SPDX-License-Identifier: GPL-2.0-only
/*
 * export.c - the layout for programs that monitor many machines.
 *
 * Prometheus' text format holds doubles, so sizes are in it and addresses are
 * not: what KASLR moves would be another series on each boot, anyway.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "texts/texts.h"

static const struct option own_options[] = {
	{ "prometheus", no_argument, NULL, 'p' },
	{ 0 }
};

/* --- A fingerprint ----------------------------------------------------------------- */

/* FNV-1a of 64 bits. */
static void mix(uint64_t *hash, const char *text)
{
	do {
		*hash = (*hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	} while (*text++);
}

/* How much memory and how many CPUs a machine has is no matter of layout. */
static bool depends_on_machine(const char *name)
{
	static const char *const names[] = {
		"ram", "highmem", "cpus", "memory_kaslr", "pa_bits", "percpu", "mem_map", "phys_ram_base",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_place(const struct fact *f)
{
	return f->unit && (strcmp(f->unit, "address") == 0 || strcmp(f->unit, "offset") == 0);
}

/* Of what is the same on two boots, and on two machines of one kind. */
static uint64_t fingerprint(const struct layout *l)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	mix(&hash, l->arch);
	for (size_t i = 0; i < l->n_facts; i++) {
		const struct fact *f = &l->facts[i];

		if (is_place(f) || depends_on_machine(f->name))
			continue;
		mix(&hash, f->name);
		mix(&hash, f->value ? f->value : "");
	}
	/* In the order of the vocabulary, which is the same for all. */
	for (size_t i = 0; explanation_at(i); i++) {
		const struct region *r = layout_region(l, explanation_at(i)->name);
		char *bytes;

		if (!r || r->absent || depends_on_machine(r->name))
			continue;
		bytes = size_bytes(r->end - r->start);
		mix(&hash, r->name);
		mix(&hash, bytes);
		free(bytes);
	}
	return hash;
}

/* --- Prometheus ------------------------------------------------------------------- */

/* The name of a metric, what it is of, and the start of its sample. */
static void metric(const char *name, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* A label's value; a capture holds no quote and no newline. */
static void label(const char *before, const char *name, const char *value)
{
	printf("%s%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\\')
			putchar('\\');
		putchar(*value);
	}
	putchar('"');
}

static void print_kernel(const struct layout *l)
{
	metric("kvas_kernel_info", "The kernel whose layout this is.");
	label("kvas_kernel_info{", "release", l->release);
	label(",", "arch", l->arch);
	label(",", "build_id", l->build_id ? l->build_id : "");
	printf("} 1\n");
	metric("kvas_layout_info", "A hash of facts, regions and their sizes; addresses, memory and CPUs are left out.");
	printf("kvas_layout_info{fingerprint=\"%016" PRIx64 "\"} 1\n", fingerprint(l));
}

static void print_facts(const struct layout *l)
{
	metric("kvas_fact", "A number that the layout depends on, in the unit of the label.");
	for (size_t i = 0; i < l->n_facts; i++) {
		const struct fact *f = &l->facts[i];
		bool flag = f->unit && strcmp(f->unit, "bool") == 0;
		uint64_t number;

		if (f->absent || is_place(f) || !f->unit || strcmp(f->unit, "text") == 0 ||
		    (!flag && !fact_number(f, &number)))
			continue;
		label("kvas_fact{", "fact", f->name);
		label(",", "unit", f->unit);
		printf("} %" PRIu64 "\n", flag ? (uint64_t)(*f->value == 'y') : number);
	}
}

static bool is_kaslr_offset(const struct fact *f)
{
	static const char suffix[] = "_kaslr_offset";
	size_t n = strlen(f->name);

	return f->value && n > strlen(suffix) && !strcmp(f->name + n - strlen(suffix), suffix);
}

static void print_kaslr(const struct layout *l)
{
	metric("kvas_kaslr_moved", "Whether KASLR moved this base: 1 or 0.");
	for (size_t i = 0; i < l->n_facts; i++) {
		const struct fact *f = &l->facts[i];
		char *base;

		if (!is_kaslr_offset(f))
			continue;
		base = text_printf("%.*s", (int)(strlen(f->name) - strlen("_kaslr_offset")), f->name);
		label("kvas_kaslr_moved{", "base", base);
		printf("} %d\n", strcmp(f->value, "0x0") != 0);
		free(base);
	}
}

static void print_series(const struct layout *l, const char *name, const char *help,
			 bool (*value)(const struct region *r, char **text))
{
	metric(name, help);
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];
		char *text;

		/* Its pieces share one name. */
		if (r->is_memory || !value(r, &text))
			continue;
		printf("%s{", name);
		label("", "region", r->name);
		printf("} %s\n", text);
		free(text);
	}
}

static bool presence(const struct region *r, char **text)
{
	*text = text_printf("%d", !r->absent);
	return true;
}

static bool size(const struct region *r, char **text)
{
	if (r->absent)
		return false;
	*text = size_bytes(r->end - r->start);
	return true;
}

static bool size_in_use(const struct region *r, char **text)
{
	if (r->absent || !r->has_populated)
		return false;
	*text = size_bytes(r->populated_end - r->populated_start);
	return true;
}

/* All pieces of one kind together. */
static void print_device_memory(const struct layout *l)
{
	bool any = false;

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];
		uint64_t sum = 0;
		bool counted = false;

		for (size_t j = 0; r->is_memory && j < l->n_present; j++) {
			const struct region *other = &l->regions[j];

			if (!other->is_memory || strcmp(other->kind, r->kind) != 0)
				continue;
			counted = counted || j < i;
			sum += other->end - other->start + 1;
		}
		if (!r->is_memory || counted)
			continue;
		if (!any)
			metric("kvas_device_memory_bytes",
			       "Device memory that has struct pages, by kind.");
		any = true;
		label("kvas_device_memory_bytes{", "kind", r->kind);
		printf("} %" PRIu64 "\n", sum);
	}
}

static void print_prometheus(const struct layout *l)
{
	print_kernel(l);
	print_facts(l);
	print_kaslr(l);
	print_series(l, "kvas_region_present", "Whether this kernel has the region or section: 1 or 0.",
		     presence);
	print_series(l, "kvas_region_size_bytes", "Size of a region or section.", size);
	print_series(l, "kvas_region_used_bytes",
		     "Size of the part of a region that is in use, where it is known and smaller.",
		     size_in_use);
	print_device_memory(l);
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct layout *l;
	bool prometheus = false;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1)
		prometheus = c == 'p';
	if (argc > optind)
		die("export takes no operand, and prints to standard output; see 'kvas export --help'");
	if (!prometheus)
		die("export needs a format: --prometheus");
	l = load_layout(opt);
	print_prometheus(l);
	layout_free(l);
	return KVAS_OK;
}

const struct command cmd_export = {
	.name = "export", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN,
	.synopsis = "[options] --prometheus",
	.summary = "the layout for programs that monitor many machines",
	.own_help =
	" --prometheus            in Prometheus' text format\n",
};
