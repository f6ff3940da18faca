// SPDX-License-Identifier: GPL-2.0-only
/* first.c - see expect.h: a first file of expectations, from a layout. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "diff.h"
#include "expect.h"

/* --- What moves ------------------------------------------------------------------ */

/*
 * What KASLR moves, with all that lies in it: arch/x86/mm/kaslr.c and each
 * architecture's kaslr.c or kaslr_early.c.  On s390x arch/s390/boot/startup.c lays out
 * all but user space anew.
 */
static const struct {
	const char *arch, *regions;
} moved_by_kaslr[] = {
	{ "x86_64", "direct_map vmalloc vmemmap image kmsan_vmalloc_shadow kmsan_vmalloc_origin" },
	{ "i386", "image" },
	{ "arm64", "image" },
	{ "riscv64", "image modules" },
	{ "loongarch64", "image" },
	{ "mips64", "image" },
};

static bool may_randomize(const struct layout *l)
{
	const struct fact *option = layout_config(l, "CONFIG_RANDOMIZE_BASE");

	return option && option->value && strcmp(option->value, "y") == 0 &&
	       !(l->cmdline && line_has_word(l->cmdline, "nokaslr"));
}

static bool is_moved_by_kaslr(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(moved_by_kaslr); i++) {
		if (strcmp(moved_by_kaslr[i].arch, l->arch) == 0)
			return line_has_word(moved_by_kaslr[i].regions, name);
	}
	return strcmp(l->arch, "s390x") == 0 && strcmp(name, "user") != 0;
}

static bool has_fixed_start(const struct layout *l, const struct region *r)
{
	bool kaslr = may_randomize(l);

	if (kaslr && r->is_section && is_moved_by_kaslr(l, "image"))
		return false;
	for (; r; r = r->parent) {
		if (is_placed_at_boot(r->name) || (kaslr && is_moved_by_kaslr(l, r->name)))
			return false;
	}
	return true;
}

/* A place whose end moves with its start. */
static bool has_fixed_size(const struct layout *l, const struct region *r)
{
	if (is_placed_at_boot(r->name))
		return false;
	return has_fixed_start(l, r) || r->is_section || strcmp(r->name, "image") == 0 ||
	       strcmp(r->name, "modules") == 0 ||
	       (strcmp(r->name, "vmalloc") == 0 && strcmp(l->arch, "s390x") != 0);
}

/* --- Lines ----------------------------------------------------------------------- */

static void write_size(FILE *out, uint64_t less_one)
{
	uint64_t size = less_one + 1;
	const char *unit = "\0KMGTPE";

	/* 2^64 bytes. */
	if (!size) {
		fputs("16E", out);
		return;
	}
	for (; size % 1024 == 0 && unit[1]; unit++)
		size /= 1024;
	fprintf(out, "%" PRIu64, size);
	if (*unit)
		fputc(*unit, out);
}

static bool is_amount_of_memory(const char *name)
{
	return strcmp(name, "ram") == 0 || strcmp(name, "highmem") == 0;
}

static void write_fact(FILE *out, const struct fact *f)
{
	bool is_size = f->unit && strcmp(f->unit, "bytes") == 0;
	uint64_t n;

	if (!f->value || strcmp(f->name, "phys_base") == 0 ||
	    strcmp(f->name, "high_memory") == 0 ||
	    (f->unit && strcmp(f->unit, "offset") == 0))
		return;
	fprintf(out, "%s = ", f->name);
	/* What boot takes of it differs by some pages. */
	if (is_amount_of_memory(f->name) && fact_number(f, &n) && n >> 20)
		fprintf(out, "%" PRIu64 "M +- 5%%", n >> 20);
	else if (is_size && fact_number(f, &n) && n)
		write_size(out, n - 1);
	else
		fputs(f->value, out);
	fputc('\n', out);
}

static void write_region(FILE *out, const struct layout *l, const struct region *r)
{
	bool start = has_fixed_start(l, r), size = has_fixed_size(l, r);

	if (start)
		fprintf(out, "%s.start = 0x%0*" PRIx64 "\n", r->name, (int)l->bits / 4, r->start);
	if (size) {
		fprintf(out, "%s.size = ", r->name);
		write_size(out, r->end - r->start);
		fputc('\n', out);
	}
	if (r->parent && !is_placed_at_boot(r->name))
		fprintf(out, "%s in %s\n", r->name, r->parent->name);
	else if (!start && !size)
		fprintf(out, "%s present\n", r->name);
}

static void write_regions(FILE *out, const struct layout *l, bool sections)
{
	const size_t column = 24;	/* of the reasons */

	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (r->is_section != sections || r->is_memory || r->is_overlay)
			continue;
		if (r->absent)
			fprintf(out, "%s absent%*s# %s\n", r->name,
				column > strlen(r->name) ? (int)(column - strlen(r->name)) : 1,
				"", r->absent);
		else
			write_region(out, l, r);
	}
}

/* Each below the next; what boot places anew may be anywhere. */
static void write_order(FILE *out, const struct layout *l)
{
	const struct region *below = NULL;

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->parent || r->is_memory || r->is_overlay || is_placed_at_boot(r->name))
			continue;
		/* mips64: modules reach into another segment. */
		if (below && below->end < r->start)
			fprintf(out, "%s below %s\n", below->name, r->name);
		below = r;
	}
}

/*
 * On ARM, modules go to vmalloc where their own range is full; and so does what is
 * allocated for each processor when the first chunk of it is.
 */
static bool may_live_elsewhere(const struct layout *l, const struct witness *w)
{
	return strcmp(w->name, "percpu_dynamic") == 0 ||
	       (strncmp(w->name, "module", 6) == 0 && strncmp(l->arch, "arm", 3) == 0);
}

static void write_witnesses(FILE *out, const struct layout *l)
{
	for (size_t i = 0; i < l->n_witnesses; i++) {
		const struct witness *w = &l->witnesses[i];

		if (!w->absent && w->region_name && layout_region(l, w->region_name) &&
		    !may_live_elsewhere(l, w))
			fprintf(out, "witness %s in %s\n", w->name, w->region_name);
	}
}

void expectations_write(FILE *out, const struct layout *l)
{
	fprintf(out,
		"# What holds of Linux %s on %s.\n"
		"#\n"
		"#   kvas check FILE\n"
		"#\n"
		"# Each line holds whenever this kernel is started on this machine%s.\n"
		"# Remove those that you do not need; EXPECTATIONS in kvas(1) has other forms.\n",
		l->release, l->machine, may_randomize(l) ?
		":\n# what KASLR moves is left out" : "");
	fprintf(out, "\n# The kernel.\nrelease >= %.*s\narch = %s\nbits = %u\nendian = %s\n",
		(int)strspn(l->release, "0123456789."), l->release, l->arch, l->bits,
		l->big_endian ? "big" : "little");
	fputs("\n# Facts.\n", out);
	for (size_t i = 0; i < l->n_facts; i++)
		write_fact(out, &l->facts[i]);
	fputs("\n# Options of the configuration.\n", out);
	for (size_t i = 0; i < l->n_configs; i++) {
		if (l->configs[i].value)
			fprintf(out, "%s = %s\n", l->configs[i].name, l->configs[i].value);
	}
	fputs("\n# Regions.\n", out);
	write_regions(out, l, false);
	fputs("\n# One above the other.\n", out);
	write_order(out, l);
	fputs("\n# Sections of the kernel image.\n", out);
	write_regions(out, l, true);
	fputs("\n# Live objects, each where it belongs.\n", out);
	write_witnesses(out, l);
}
