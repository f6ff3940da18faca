// SPDX-License-Identifier: GPL-2.0-only
/* draw_request.c - what part of the address space `kvas draw` shows. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "draw.h"
#include "trace/query.h"

/* A name is where the region begins, or, of --to, where it ends. */
static uint64_t parse_place(const struct layout *l, const char *option, const char *text,
			    bool is_end)
{
	const struct region *r;
	const char *digits;

	if (query_address(l, text, &digits)) {
		if (strlen(digits) > l->bits / 4)
			die("--%s=%s: it is no address of this %u-bit kernel", option, text, l->bits);
		return strtoull(digits, NULL, 16);
	}
	r = region_or_refuse(l, option, text);
	return is_end ? r->end : r->start;
}

struct request drawing_request(const struct drawing *d, const struct layout *l)
{
	struct request r = {
		.brief = d->page.brief, .linear = d->linear,
		.without_pins = d->without_pins || d->page.brief || d->linear,
	};

	if (d->zoom)
		r.zoom = region_or_refuse(l, "zoom", d->zoom);
	if (!d->from && !d->to)
		return r;
	r.has_range = true;
	r.from = d->from ? parse_place(l, "from", d->from, false) : 0;
	r.to = d->to ? parse_place(l, "to", d->to, true) : l->max_addr;
	if (r.from >= r.to)
		die("--from and --to: expected a range, but it begins at 0x%jx and ends at 0x%jx",
		    (uintmax_t)r.from, (uintmax_t)r.to);
	return r;
}
