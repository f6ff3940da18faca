// SPDX-License-Identifier: GPL-2.0-only
/* region.c - a region that an option names, for map and draw. */
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "layout/names.h"
#include "texts/texts.h"

/* The kernel's own, or else the first part of the process. */
static const struct region *find_named(const struct layout *l, const char *name)
{
	const struct region *part = NULL;

	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (r->is_memory || strcmp(r->name, name) != 0)
			continue;
		if (!r->purpose)
			return r;
		part = part ? part : r;
	}
	return part;
}

const struct region *region_or_refuse(const struct layout *l, const char *option, const char *name)
{
	const struct region *r = find_named(l, name);
	const struct explanation *e = r ? NULL : explanation_for_word(name);
	const char *similar;

	if (e)
		r = find_named(l, e->name);
	if (r && r->absent)
		die("--%s=%s: this kernel has no %s: %s", option, name, r->name, r->absent);
	if (r)
		return r;
	if (is_region_name(name, strlen(name)))
		die("--%s=%s: the capture says nothing of it", option, name);
	similar = similar_name(name, strlen(name));
	if (similar && !is_region_name(similar, strlen(similar)))
		similar = NULL;		/* a fact or a witness */
	die("--%s=%s: no region has this name%s%s%s", option, name,
	    similar ? "; did you mean " : "", similar ? similar : "", similar ? "?" : "");
}
