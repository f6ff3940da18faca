// SPDX-License-Identifier: GPL-2.0-only
/* user_columns.c - the columns of kvas user, and what their cells say; see user.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "show.h"
#include "texts/texts.h"
#include "user.h"
#include "user_shared.h"

const struct column user_columns[] = {
	[USER_NAME] = { "NAME", "name of the part, file or region, as a tree", SCOLS_FL_TREE, BY_DEFAULT },
	[USER_RANGE] = { "RANGE", "first and last address", 0, BY_DEFAULT },
	[USER_SIZE] = { "SIZE", "size, rounded (--bytes: exact)", SCOLS_FL_RIGHT, BY_DEFAULT },
	[USER_RSS] = { "RSS", "resident memory, without hugetlb", SCOLS_FL_RIGHT, BY_DEFAULT },
	[USER_SHARED] = { "SHARED", "of RSS: pages that are mapped elsewhere, too", SCOLS_FL_RIGHT, IF_WIDE },
	[USER_SWAP] = { "SWAP", "swapped out", SCOLS_FL_RIGHT, IF_WIDE },
	[USER_HUGE] = { "HUGE", "of RSS: in transparent huge pages", SCOLS_FL_RIGHT, IF_WIDE },
	[USER_PERMS] = { "PERMS", "what the process may do there; p private, s shared", 0, IF_WIDE },
	[USER_PURPOSE] = { "PURPOSE", "what it is for", SCOLS_FL_TRUNC, BY_DEFAULT },
	[USER_ROUTE] = { "ROUTE", "how that or the bounds were obtained", 0, ON_REQUEST },
	[USER_SOURCE] = { "SOURCE", "the bounds of a region, as the kernel spells them", 0, ON_REQUEST },
	[USER_FILE] = { "FILE", "the mapped file, or what the kernel calls the mapping", 0, ON_REQUEST },
	[USER_OFFSET] = { "OFFSET", "of START in the file", 0, ON_REQUEST },
	[USER_PSS] = { "PSS", "the process's share of RSS", SCOLS_FL_RIGHT, ON_REQUEST },
	[USER_PRIVATE] = { "PRIVATE", "of RSS: pages that are mapped nowhere else", SCOLS_FL_RIGHT, ON_REQUEST },
	[USER_HUGETLB] = { "HUGETLB", "pages of hugetlb, which are not in RSS", SCOLS_FL_RIGHT, ON_REQUEST },
	[USER_TYPE] = { "TYPE", "user half, part, image (an ELF file), region, section or memory", 0, ON_REQUEST },
	[USER_PARENT] = { "PARENT", "the file or region around it", 0, ON_REQUEST },
	[USER_START] = { "START", "first address", 0, ON_REQUEST },
	[USER_END] = { "END", "last address", 0, ON_REQUEST },
	[USER_DEVICE] = { "DEVICE", "of the file system of the file", 0, ON_REQUEST },
	[USER_INODE] = { "INODE", "of the file", 0, ON_REQUEST },
	[USER_FLAGS] = { "FLAGS", "VmFlags of smaps, see proc(5)", 0, ON_REQUEST },
	[USER_NOTE] = { "NOTE", "what else is important", 0, ON_REQUEST },
};

const char *user_type(const struct user_row *row)
{
	return row->region ? row->region->record->word : row->image ? "image" :
	       row->part ? "part" : "region";
}

const char *user_purpose(const struct user_row *row)
{
	if (row->region)
		return region_purpose(row->region);
	if (row->image)
		return row->image->is_program ? "program" : "shared library";
	return row->part ? part_purpose(row->part->kind) : purpose_of("user");
}

/* --- Parts ----------------------------------------------------------------------- */

static const char *row_name(const struct user_row *row)
{
	return row->region ? row->region->name : row->image ? last_name(row->image->path) :
	       row->part ? part_name(row->part->kind) : "user";
}

bool part_has_name(const struct part *part)
{
	switch (part->kind) {
	case PART_FILE:
	case PART_MEMFD:
	case PART_DEVICE:
	case PART_KERNEL_OBJECT:
	case PART_ANONYMOUS:
	case PART_SPECIAL:
		return *part->vma->path;
	default:
		return false;
	}
}

/* Takes a text for the table, which breaks this column at newlines and escapes all else itself. */
static char *without_newlines(char *text)
{
	char *line, *longer;

	while ((line = strchr(text, '\n'))) {
		longer = text_printf("%.*s\\n%s", (int)(line - text), text, line + 1);
		free(text);
		text = longer;
	}
	return text;
}

/* For people also the name of the file, without its folders, and of the thread. */
static char *purpose_cell(const struct user_row *row)
{
	const struct part *part = row->part;
	const char *purpose = user_purpose(row);
	const struct options *opt = row->v->opt;
	char *note;

	if (!part || !purpose)
		return purpose ? text_printf("%s", purpose) : NULL;
	if (part->kind == PART_THREAD_STACK)
		note = part_note(&row->v->parts, part);
	else if (part_has_name(part))
		note = text_printf("%s %s", purpose, last_name(part->vma->path));
	else
		return text_printf("%s", purpose);
	return opt->raw || opt->pairs ? note : without_newlines(note);
}

static char *vma_cell(const struct user_row *row, int column)
{
	const struct vma *v = row->part->vma;
	int digits = (int)row->v->p->kernel_bits / 4;

	switch (column) {
	case USER_PERMS:
		/* Pages that MADV_GUARD_INSTALL guards have the rights of their mapping in maps. */
		if (row->part->kind == PART_GUARD)
			return text_printf("---%c", v->shared ? 's' : 'p');
		return text_printf("%c%c%c%c", v->readable ? 'r' : '-', v->writable ? 'w' : '-',
				   v->executable ? 'x' : '-', v->shared ? 's' : 'p');
	case USER_FILE:
		return *v->path ? text_printf("%s", v->path) : NULL;
	case USER_OFFSET:
		return part_is_in_file(row->part) ?
		       text_printf("0x%0*" PRIx64, digits, v->offset + (row->start - v->start)) :
		       NULL;
	case USER_DEVICE:
		return v->inode ? text_printf("%x:%x", v->major, v->minor) : NULL;
	case USER_INODE:
		return v->inode ? text_printf("%" PRIu64, v->inode) : NULL;
	case USER_FLAGS:
		return v->flags ? text_printf("%s", v->flags) : NULL;
	default:
		return NULL;
	}
}

static char *use_cell(const struct user_row *row, int column)
{
	const struct memory_use *use = &row->part->vma->use;
	const struct options *opt = row->v->opt;

	switch (column) {
	case USER_RSS:
		return user_amount(opt, use->rss);
	case USER_SHARED:
		return user_amount(opt, use->shared);
	case USER_SWAP:
		return user_amount(opt, use->swap);
	case USER_HUGE:
		return user_amount(opt, use->huge);
	case USER_PSS:
		return user_amount(opt, use->pss);
	case USER_PRIVATE:
		return user_amount(opt, use->private);
	default:
		return user_amount(opt, use->hugetlb);
	}
}

static char *part_cell(const struct user_row *row, int column)
{
	const struct part *part = row->part;

	switch (column) {
	case USER_ROUTE:
		return text_printf("%s", part_route(part->kind));
	case USER_NOTE:
		return part_note(&row->v->parts, part);
	case USER_RSS:
	case USER_SHARED:
	case USER_SWAP:
	case USER_HUGE:
	case USER_PSS:
	case USER_PRIVATE:
	case USER_HUGETLB:
		return part->vma && part->has_use && row->v->p->has_use ?
		       use_cell(row, column) : NULL;
	default:
		return part->vma ? vma_cell(row, column) : NULL;
	}
}

/* --- All rows ---------------------------------------------------------------------- */

/* What a region has in the table of show. */
static char *shown_cell(const struct user_row *row, int column)
{
	static const int same[N_USER_COLUMNS] = {
		[USER_ROUTE] = REGION_ROUTE, [USER_SOURCE] = REGION_SOURCE,
		[USER_NOTE] = REGION_NOTE,
	};
	const struct row shown = { .l = row->v->l, .opt = row->v->opt, .region = row->region };

	return same[column] ? region_cell(&shown, same[column]) : NULL;
}

static char *parent_cell(const struct user_row *row)
{
	if (row->region)
		return row->region->parent_name ? text_printf("%s", row->region->parent_name) : NULL;
	if (row->part && row->part->image)
		return text_printf("%s", last_name(row->part->image->path));
	return row->parent != NO_PARENT ? text_printf("user") : NULL;
}

char *user_cell(const void *item, int column)
{
	const struct user_row *row = item;
	int digits = (int)row->v->p->kernel_bits / 4;

	switch (column) {
	case USER_NAME:
		return text_printf("%s", row_name(row));
	case USER_RANGE:
		return text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64, digits, row->start, digits,
				   row->end);
	case USER_SIZE:
		return row->v->opt->bytes ? size_bytes(row->end - row->start) :
					    size_human(row->end - row->start);
	case USER_START:
		return text_printf("0x%0*" PRIx64, digits, row->start);
	case USER_END:
		return text_printf("0x%0*" PRIx64, digits, row->end);
	case USER_TYPE:
		return text_printf("%s", user_type(row));
	case USER_PURPOSE:
		return purpose_cell(row);
	case USER_PARENT:
		return parent_cell(row);
	default:
		break;
	}
	if (row->image)
		return column == USER_FILE ?
		       text_printf("%s", row->image->path) : NULL;
	return row->region ? shown_cell(row, column) : row->part ? part_cell(row, column) : NULL;
}

static const char *const user_members[N_USER_COLUMNS] = {
	[USER_RANGE] = "start end",
	[USER_ROUTE] = "route start_route end_route",
	[USER_SOURCE] = "start_source end_source",
	[USER_FILE] = "file deleted",
	[USER_NOTE] = "note kind",
};

static const char *const stacks_members[N_STACKS_COLUMNS] = {
	[STACKS_STACK] = "start end",
	[STACKS_KERNEL_STACK] = "kernel_start kernel_end",
};

const struct column_set *user_column_sets(void)
{
	static const struct column_set sets[] = {
		{ NULL, user_columns, N_USER_COLUMNS, user_members },
		{ "stacks", stacks_columns, N_STACKS_COLUMNS, stacks_members },
		{ "shared", shared_columns, N_SHARED_COLUMNS, shared_members },
		{ 0 },
	};

	return sets;
}
