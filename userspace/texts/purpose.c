// SPDX-License-Identifier: GPL-2.0-only
/* purpose.c - see purpose.h */
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
