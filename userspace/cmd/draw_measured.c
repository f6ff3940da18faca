// SPDX-License-Identifier: GPL-2.0-only
/* draw_measured.c - kvas draw --measured: what the kernel's page tables really map. */
#include "base/util.h"
#include "draw.h"
#include "draw/kinds.h"
#include "load.h"
#include "mappings.h"

/* As kvas mappings. */
static struct mappings *load(const struct drawing *d, const struct layout *l)
{
	struct table_source source = { .kind = SOURCE_MODULE };

	if (d->source)
		source = source_parse(d->source);
	return source.kind >= SOURCE_KCORE ? mappings_scan(d->opt, source, l) :
					     mappings_load(d->opt, d->mappings, l);
}

static void check(const struct drawing *d)
{
	bool is_dump = d->source && source_parse(d->source).kind == SOURCE_DUMP;

	if (d->source && d->mappings)
		die("--source and --mappings exclude each other");
	if (d->opt->file && !d->mappings && !is_dump)
		die("--measured needs page tables, and --file names a capture, which holds none: name the file of the same boot with --mappings, or its crash dump with --source");
}

struct scene *draw_measured(const struct drawing *d)
{
	struct layout *l;
	struct mappings *m;
	struct scene *s;

	check(d);
	l = load_layout(d->opt);
	m = load(d, l);
	if (!m->attributes && m->runs)
		die("--measured: it is not known what the bits of these page tables mean (%s, %u levels)",
		    m->arch, m->levels);
	s = compose_measured(l, m, &d->page);
	mappings_free(m);
	layout_free(l);
	return s;
}
