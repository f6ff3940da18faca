// SPDX-License-Identifier: GPL-2.0-only
/* sources.c - every source, in the order of its column; and what all say. */
#include <stdlib.h>

#include "base/util.h"
#include "verify.h"

extern const struct source source_calls, source_completeness, source_config,
	source_cpu,
	source_documented, source_invariants, source_iomem, source_kallsyms,
	source_kcore, source_mappings, source_maps, source_meminfo, source_memory,
	source_modules, source_notes, source_pagetables, source_ptdump,
	source_systemmap, source_vmallocinfo, source_vmcoreinfo;

const struct source *const sources[] = {
	&source_kcore,
	&source_vmcoreinfo,
	&source_memory,
	&source_pagetables,
	&source_mappings,
	&source_ptdump,
	&source_kallsyms,
	&source_systemmap,
	&source_iomem,
	&source_meminfo,
	&source_vmallocinfo,
	&source_modules,
	&source_config,
	&source_notes,
	&source_calls,
	&source_maps,
	&source_cpu,
	&source_documented,
	&source_completeness,
	&source_invariants,
};

const size_t n_sources = ARRAY_SIZE(sources);

struct evidence {
	struct machine *machine;
	const void *of[];
};

struct evidence *evidence_load(struct machine *m)
{
	struct evidence *e;

	e = zalloc_array(1, sizeof(*e) + n_sources * sizeof(e->of[0]));
	e->machine = m;
	for (size_t i = 0; i < n_sources; i++)
		e->of[i] = sources[i]->load ? sources[i]->load(m) : NULL;
	return e;
}

void evidence_free(struct evidence *e)
{
	free(e);
}

struct verification *verify(const struct layout *l, const struct evidence *e,
			    bool explain)
{
	struct verification *v = zalloc_array(1, sizeof(*v));

	v->machine = e->machine;
	v->explain = explain;
	collect_values(v, l, n_sources);
	for (v->source = 0; v->source < n_sources; v->source++) {
		v->inside = sources[v->source]->inside;
		sources[v->source]->check(e->of[v->source], v);
	}
	return v;
}
