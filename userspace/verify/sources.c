// SPDX-License-Identifier: GPL-2.0-only
/* sources.c - every source, in the order of its column. */
#include "base/util.h"
#include "verify.h"

extern const struct source source_calls, source_completeness, source_config,
	source_cpu,
	source_documented, source_invariants, source_iomem, source_kallsyms,
	source_kcore, source_maps, source_meminfo, source_memory,
	source_modules, source_notes, source_pagetables, source_ptdump,
	source_systemmap, source_vmallocinfo, source_vmcoreinfo;

const struct source *const sources[] = {
	&source_kcore,
	&source_vmcoreinfo,
	&source_memory,
	&source_pagetables,
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
