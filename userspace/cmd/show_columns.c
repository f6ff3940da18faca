// SPDX-License-Identifier: GPL-2.0-only
/* show_columns.c - the columns of show, and what their cells say. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "show.h"
#include "texts/texts.h"

static char *text(const char *s)
{
	return s ? text_printf("%s", s) : NULL;
}

/* Words in lines of that width, which 0 leaves open. */
static char *broken(const char *s, unsigned int width)
{
	char *lines = text(s), *start = lines, *space = NULL;

	if (!lines || !width)
		return lines;
	for (char *p = lines; ; p++) {
		if (*p != ' ' && *p)
			continue;
		if (space && p > start + width) {
			*space = '\n';
			start = space + 1;
		}
		if (!*p)
			return lines;
		space = p;
	}
}

static char *address(const struct row *row, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)row->l->bits / 4, addr);
}

static char *range(const struct row *row, uint64_t start, uint64_t end)
{
	int digits = (int)row->l->bits / 4;

	return text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64, digits, start,
			   digits, end);
}

static char *size(const struct row *row, uint64_t less_one)
{
	return row->opt->bytes ? size_bytes(less_one) : size_human(less_one);
}

/* Both ends of a range, said once if they are the same. */
static char *both(const char *start, const char *separator, const char *end)
{
	if (strcmp(start, end) == 0)
		return text(start);
	return text_printf("%s%s%s", start, separator, end);
}

/* --- Regions and sections ------------------------------------------------ */

const struct column region_columns[] = {
	[REGION_NAME] = { "NAME", "name of the region or section, as a tree", SCOLS_FL_TREE, BY_DEFAULT },
	[REGION_RANGE] = { "RANGE", "first and last address", 0, BY_DEFAULT },
	[REGION_SIZE] = { "SIZE", "size, rounded (--bytes: exact)", SCOLS_FL_RIGHT, BY_DEFAULT },
	[REGION_PURPOSE] = { "PURPOSE", "what it is for", SCOLS_FL_TRUNC, BY_DEFAULT },
	[REGION_ROUTE] = { "ROUTE", "how the bounds were obtained", 0, IF_WIDE },
	[REGION_SOURCE] = { "SOURCE", "the bounds, as the kernel spells them", 0, ON_REQUEST },
	[REGION_TYPE] = { "TYPE", "region, section of the kernel image, or memory of a device", 0, ON_REQUEST },
	[REGION_PARENT] = { "PARENT", "the smallest region around it", 0, ON_REQUEST },
	[REGION_START] = { "START", "first address", 0, ON_REQUEST },
	[REGION_END] = { "END", "last address", 0, ON_REQUEST },
	[REGION_PHYS] = { "PHYS", "physical address of START", 0, ON_REQUEST },
	[REGION_USED] = { "USED", "size of the part in use, where that is known", SCOLS_FL_RIGHT, ON_REQUEST },
	[REGION_USED_RANGE] = { "USED_RANGE", "first and last address in use", 0, ON_REQUEST },
	[REGION_USED_SOURCE] = { "USED_SOURCE", "end of that part, as the kernel spells it", 0, ON_REQUEST },
	[REGION_USED_ROUTE] = { "USED_ROUTE", "how that was obtained", 0, ON_REQUEST },
	[REGION_NOTE] = { "NOTE", "what else is important", 0, ON_REQUEST },
	[REGION_ABSENT] = { "ABSENT", "why this kernel does not have it", 0, ON_REQUEST },
};

static char *range_cell(const struct row *row, int column)
{
	const struct region *r = row->region;

	switch (column) {
	case REGION_RANGE:
		return range(row, r->start, r->end);
	case REGION_SIZE:
		return size(row, r->end - r->start);
	case REGION_START:
		return address(row, r->start);
	case REGION_END:
		return address(row, r->end);
	case REGION_PHYS:
		return r->has_phys ? text_printf("0x%0*" PRIx64, (int)row->l->bits / 4, r->phys) : NULL;
	case REGION_ROUTE:
		return r->is_memory ? NULL : both(r->start_route, "/", r->end_route);
	case REGION_SOURCE:
		return r->is_memory ? NULL : both(r->start_source, " .. ", r->end_source);
	case REGION_PARENT:
		return text(r->parent_name);
	default:
		return NULL;
	}
}

static char *used_cell(const struct row *row, int column)
{
	const struct region *r = row->region;

	switch (column) {
	case REGION_USED:
		return size(row, r->populated_end - r->populated_start);
	case REGION_USED_RANGE:
		return range(row, r->populated_start, r->populated_end);
	case REGION_USED_SOURCE:
		return text(r->populated_source);
	case REGION_USED_ROUTE:
		return text(r->populated_route);
	default:
		return NULL;
	}
}

char *region_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct region *r = row->region;

	switch (column) {
	case REGION_NAME:
		return text(r->name);
	case REGION_PURPOSE:
		return broken(region_purpose(r), row->purpose_width);
	case REGION_TYPE:
		return text(r->record->word);
	case REGION_NOTE:
		return text(r->note ? r->note : r->kind);
	case REGION_ABSENT:
		return text(r->absent);
	case REGION_USED:
	case REGION_USED_RANGE:
	case REGION_USED_SOURCE:
	case REGION_USED_ROUTE:
		return r->has_populated ? used_cell(row, column) : NULL;
	default:
		return r->absent ? NULL : range_cell(row, column);
	}
}

/* --- Facts and configuration --------------------------------------------- */

const struct column fact_columns[] = {
	[FACT_NAME] = { "NAME", "name of the fact or configuration option", 0, BY_DEFAULT },
	[FACT_VALUE] = { "VALUE", "its value (--bytes: sizes not rounded)", 0, BY_DEFAULT },
	[FACT_UNIT] = { "UNIT", "what the value counts", 0, IF_WIDE },
	[FACT_PURPOSE] = { "PURPOSE", "what it says", 0, BY_DEFAULT },
	[FACT_SOURCE] = { "SOURCE", "as the kernel spells it", SCOLS_FL_TRUNC, IF_WIDE },
	[FACT_ROUTE] = { "ROUTE", "how it was obtained", 0, IF_WIDE },
	[FACT_ABSENT] = { "ABSENT", "why there is no value", 0, ON_REQUEST },
};

static char *fact_value(const struct row *row)
{
	const struct fact *f = row->fact;
	uint64_t number;

	if (row->opt->bytes || !f->unit || strcmp(f->unit, "bytes") != 0 ||
	    !fact_number(f, &number) || number == 0)
		return text(f->value);
	return size_human(number - 1);
}

char *fact_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct fact *f = row->fact;

	switch (column) {
	case FACT_NAME:
		return text(f->name);
	case FACT_VALUE:
		return fact_value(row);
	case FACT_UNIT:
		return text(f->unit);
	case FACT_PURPOSE:
		return text(purpose_of(f->name));
	case FACT_SOURCE:
		return text(f->source);
	case FACT_ROUTE:
		return text(f->route);
	case FACT_ABSENT:
		return text(f->absent);
	default:
		return NULL;
	}
}

/* --- Witnesses ------------------------------------------------------------ */

const struct column witness_columns[] = {
	[WITNESS_NAME] = { "NAME", "name of the live object", 0, BY_DEFAULT },
	[WITNESS_ADDR] = { "ADDR", "where it is", 0, BY_DEFAULT },
	[WITNESS_REGION] = { "REGION", "the region or section that it must be in", 0, BY_DEFAULT },
	[WITNESS_PURPOSE] = { "PURPOSE", "what it is", 0, BY_DEFAULT },
	[WITNESS_SOURCE] = { "SOURCE", "the expression that made or found it", SCOLS_FL_TRUNC, IF_WIDE },
	[WITNESS_CONTENT] = { "CONTENT", "the text at that address", 0, ON_REQUEST },
	[WITNESS_ABSENT] = { "ABSENT", "why there is none", 0, ON_REQUEST },
};

char *witness_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct witness *w = row->witness;

	switch (column) {
	case WITNESS_NAME:
		return text(w->name);
	case WITNESS_ADDR:
		return w->absent ? NULL : address(row, w->addr);
	case WITNESS_REGION:
		return text(w->region_name);
	case WITNESS_PURPOSE:
		return text(purpose_of(w->name));
	case WITNESS_SOURCE:
		return text(w->source);
	case WITNESS_CONTENT:
		return text(w->content);
	case WITNESS_ABSENT:
		return text(w->absent);
	default:
		return NULL;
	}
}

static const char *const region_members[N_REGION_COLUMNS] = {
	[REGION_RANGE] = "start end",
	[REGION_ROUTE] = "start_route end_route",
	[REGION_SOURCE] = "start_source end_source",
	[REGION_USED] = "populated_start populated_end",
	[REGION_USED_RANGE] = "populated_start populated_end",
	[REGION_USED_SOURCE] = "populated_source",
	[REGION_USED_ROUTE] = "populated_route",
	[REGION_NOTE] = "note kind",
};

const struct column_set *show_columns(void)
{
	static const struct column_set sets[] = {
		[SHOW_REGIONS] = { NULL, region_columns, N_REGION_COLUMNS, region_members },
		[SHOW_FACTS] = { "facts", fact_columns, N_FACT_COLUMNS, NULL },
		[SHOW_WITNESSES] = { "witnesses", witness_columns, N_WITNESS_COLUMNS, NULL },
		[SHOW_WITNESSES + 1] = { 0 },
	};

	return sets;
}
