// SPDX-License-Identifier: GPL-2.0-only
/* value.c - see value.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "value.h"

/* module/kvas_format.h lists the units. */
static const struct {
	const char *unit;
	enum value_kind kind;
} units[] = {
	{ "bytes", VALUE_SIZE }, { "bits", VALUE_COUNT }, { "levels", VALUE_COUNT },
	{ "count", VALUE_COUNT }, { "address", VALUE_ADDRESS },
	{ "offset", VALUE_OFFSET }, { "bool", VALUE_BOOL },
};

static const char *const address_keys[] = {
	"start", "end", "populated_start", "populated_end", "phys", "addr",
};

static enum value_kind kind_of_unit(const char *unit)
{
	for (size_t i = 0; unit && i < ARRAY_SIZE(units); i++)
		if (strcmp(units[i].unit, unit) == 0)
			return units[i].kind;
	return VALUE_TEXT;
}

enum value_kind value_kind(enum record_type type, const char *key, const char *unit)
{
	switch (type) {
	case RECORD_KERNEL:
		return strcmp(key, "bits") == 0 ? VALUE_COUNT : VALUE_TEXT;
	case RECORD_FACT:
		return strcmp(key, "value") == 0 ? kind_of_unit(unit) : VALUE_TEXT;
	case RECORD_REGION:
	case RECORD_SECTION:
	case RECORD_MEMORY:
	case RECORD_WITNESS:
		if (strcmp(key, "size") == 0)
			return VALUE_SIZE;
		for (size_t i = 0; i < ARRAY_SIZE(address_keys); i++)
			if (strcmp(key, address_keys[i]) == 0)
				return VALUE_ADDRESS;
		return VALUE_TEXT;
	default:
		return VALUE_TEXT;
	}
}

enum value_kind field_kind(const struct record *r, const char *key)
{
	return value_kind(r->type, key, record_value(r, "unit"));
}

const char *fact_unit(const char *name)
{
	static const struct {
		const char *unit;
		const char *names;	/* with a space between */
	} facts[] = {
		{ "bytes", "page_size pmd_size pgdir_size section_size struct_page_size thread_size ram highmem" },
		{ "bits", "va_bits pa_bits max_physmem_bits" },
		{ "levels", "page_levels" },
		{ "count", "cpus" },
		{ "address", "user_limit high_memory phys_base phys_ram_base vm_map_base" },
		{ "offset", "phys_offset kimage_voffset va_pa_offset va_kernel_pa_offset "
			    "image_kaslr_offset image_kaslr_offset_phys direct_map_kaslr_offset "
			    "vmalloc_kaslr_offset vmemmap_kaslr_offset" },
		{ "bool", "pti kpti memory_kaslr" },
		{ "text", "mmu user_kernel_split" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		const char *names = facts[i].names, *word;
		size_t n;

		while ((word = next_word(&names, &n)))
			if (strlen(name) == n && strncmp(word, name, n) == 0)
				return facts[i].unit;
	}
	return NULL;
}

char *value_text(enum value_kind kind, const char *text, bool exact)
{
	uint64_t less_one;

	if (kind != VALUE_SIZE || !size_parse(text, &less_one))
		return text_printf("%s", text);
	return exact ? size_bytes(less_one) : size_human(less_one);
}

char *value_short(enum value_kind kind, const char *text)
{
	char *rounded = value_text(kind, text, false);
	uint64_t exact, less_one;

	if (kind != VALUE_SIZE || !size_parse(text, &exact) ||
	    (size_parse(rounded, &less_one) && less_one == exact))
		return rounded;
	free(rounded);
	return text_printf("%s", text);
}

char *value_number(enum value_kind kind, unsigned int bits, uint64_t number, bool exact)
{
	switch (kind) {
	case VALUE_SIZE:
		return exact || !number ? text_printf("%" PRIu64, number) : size_human(number - 1);
	case VALUE_ADDRESS:
		return text_printf("0x%0*" PRIx64, number >> 32 ? 16 : (int)bits / 4, number);
	case VALUE_OFFSET:
		if (number >> 63)
			return text_printf("-0x%" PRIx64, -number);
		return text_printf("0x%" PRIx64, number);
	case VALUE_BOOL:
		return text_printf("%s", number ? "y" : "n");
	default:
		return text_printf("%" PRIu64, number);
	}
}
