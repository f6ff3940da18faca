// SPDX-License-Identifier: GPL-2.0-only
/* draw_pair.c - kvas draw --with CAPTURE: two layouts beside each other. */
#include "base/util.h"
#include "draw.h"
#include "draw/kinds.h"
#include "sides.h"

/* Addresses of other machines have nothing to do with each other. */
static void refuse_strangers(const struct diff *d, const char *name)
{
	const struct layout *a = d->layout[0], *b = d->layout[1];

	if (!d->comparable)
		die("--with=%s: it is of %s with %u bits, and the first is of %s with %u bits: expected a capture of the same architecture",
		    name, b->arch, b->bits, a->arch, a->bits);
}

struct scene *draw_pair(const struct drawing *d)
{
	struct side sides[2] = { 0 };
	struct pair pair = { .names = { NULL, d->argument } };
	struct diff *diff;
	struct scene *s;

	if (d->opt->process)
		return draw_processes(d);
	side_open(&sides[0], d->opt, NULL);
	side_open(&sides[1], d->opt, d->argument);
	diff = diff_layouts(sides[0].capture.layout, sides[0].cmdline,
			    sides[1].capture.layout, sides[1].cmdline);
	refuse_strangers(diff, d->argument);
	pair.diff = diff;
	pair.names[0] = sides[0].name;
	s = compose_pair(&pair, &d->page);
	diff_free(diff);
	side_close(&sides[0]);
	side_close(&sides[1]);
	return s;
}
