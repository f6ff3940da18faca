// SPDX-License-Identifier: GPL-2.0-only
/* draw_machine.c - the picture of this machine, or of a process of it. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "draw.h"
#include "load.h"
#include "process_layout.h"

enum {
	/* Mappings of a process that are drawn one by one; more are drawn as one. */
	LONG_RUN = 16, BRIEF_RUN = 2,
};

struct scene *draw_machine(const struct drawing *d)
{
	const struct folding folding = {
		.most = d->page.brief ? BRIEF_RUN : LONG_RUN, .apart = { d->zoom, d->from, d->to },
	};
	struct process_layout process = { 0 };
	struct layout *l;
	struct request r;
	struct scene *s;

	if (d->opt->process)
		process_layout_open(&process, d->opt, &folding);
	l = d->opt->process ? process.l : load_layout(d->opt);
	r = drawing_request(d, l);
	s = compose_column(l, &r, &d->page);
	if (d->opt->process)
		process_layout_close(&process);
	else
		layout_free(l);
	return s;
}
