// SPDX-License-Identifier: GPL-2.0-only
/* purpose.c - see purpose.h */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "purpose.h"
#include "texts.h"

/* include/linux/memremap.h, enum memory_type */
static const struct {
	const char *kind, *purpose;
} device_memory[] = {
	{ "fs_dax", "device memory for files (fs_dax)" },
	{ "generic", "device memory for programs (generic)" },
	{ "p2pdma", "memory of a PCI device (p2pdma)" },
	{ "coherent", "memory of a coherent device (coherent)" },
};

const char *region_purpose(const struct region *r)
{
	const struct region_text *about = region_text(r->name);

	for (size_t i = 0; r->kind && i < ARRAY_SIZE(device_memory); i++)
		if (strcmp(device_memory[i].kind, r->kind) == 0)
			return device_memory[i].purpose;
	return about ? about->purpose : NULL;
}

const char *region_color(const struct region *r)
{
	const struct region_text *about = region_text(r->name);

	return about ? about->color : NULL;
}

char *ram_sentence(const struct layout *l)
{
	uint64_t ram, high;
	char *all, *low_size, *high_size, *sentence;

	if (!fact_number(layout_fact(l, "ram"), &ram) || !ram)
		return text_printf("%s", "");
	all = size_human(ram - 1);
	if (!fact_number(layout_fact(l, "highmem"), &high) || high >= ram) {
		sentence = text_printf("%s usable RAM", all);
	} else if (!high) {
		sentence = text_printf("%s usable RAM, all of it lowmem", all);
	} else {
		low_size = size_human(ram - high - 1);
		high_size = size_human(high - 1);
		sentence = text_printf("%s usable RAM, of it %s lowmem and %s highmem", all,
				       low_size, high_size);
		free(low_size);
		free(high_size);
	}
	free(all);
	return sentence;
}
