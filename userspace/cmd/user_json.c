// SPDX-License-Identifier: GPL-2.0-only
/* user_json.c - kvas user as JSON; see user.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "output/json.h"
#include "user.h"

static json_t *taken(char *text)
{
	json_t *json = json_text(text);

	free(text);
	return json;
}

static json_t *address(const struct user_view *v, uint64_t addr)
{
	return json_number(VALUE_ADDRESS, v->p->kernel_bits, addr);
}

static json_t *bytes(uint64_t n)
{
	return json_number(VALUE_SIZE, 64, n);
}

static void add_use(json_t *object, const struct memory_use *use)
{
	json_member(object, "rss", bytes(use->rss));
	json_member(object, "pss", bytes(use->pss));
	json_member(object, "shared", bytes(use->shared));
	json_member(object, "private", bytes(use->private));
	json_member(object, "swap", bytes(use->swap));
	json_member(object, "huge", bytes(use->huge));
	json_member(object, "hugetlb", bytes(use->hugetlb));
}

/* --- The process --------------------------------------------------------------------- */

static json_t *json_limit(const struct user_view *v)
{
	const struct user_limit *limit = &v->limit;
	json_t *object = json_object();

	json_member(object, "end", limit->known ? address(v, limit->end) : json_null());
	json_member(object, limit->known ? "source" : "absent", json_text(limit->why));
	if (limit->has_window) {
		json_member(object, "mmap_end", address(v, limit->window_end));
		json_member(object, "mmap_source", json_text(limit->window_why));
		json_member(object, "beyond", json_count(limit->n_beyond));
	}
	return object;
}

json_t *user_json_process(const struct user_view *v)
{
	const struct process *p = v->p;
	json_t *object = json_object();

	json_member(object, "pid", json_count(p->pid));
	json_member(object, "inner_pid", json_count(p->inner_pid));
	json_member(object, "uid", json_count(p->uid));
	json_member(object, "comm", json_text(p->comm));
	json_member(object, "exe", json_text(p->exe));
	if (p->exe_deleted)
		json_member(object, "exe_deleted", json_true());
	json_member(object, "bits", json_count(p->bits));
	json_member(object, "release", json_text(p->release));
	json_member(object, "arch", json_text(p->arch));
	json_member(object, "page_size", bytes(p->page_size));
	if (p->read_by)
		json_member(object, "read_by", json_count(p->read_by));
	json_member(object, "changed", json_boolean(p->changed));
	json_member(object, "start_brk", p->start_brk ? address(v, p->start_brk) : json_null());
	json_member(object, "user_limit", json_limit(v));
	return object;
}

/* The sum of the rows, and what smaps_rollup counted a moment later. */
static json_t *json_total(const struct user_view *v)
{
	const struct process *p = v->p;
	json_t *object = json_object(), *rollup = json_object();
	struct memory_use sum = process_sum(p);

	json_member(object, "mappings", json_count(p->n_vmas));
	json_member(object, "size", bytes(process_size(p)));
	if (p->has_use)
		add_use(object, &sum);
	if (p->has_total) {
		add_use(rollup, &p->total);
		json_member(object, "smaps_rollup", rollup);
	} else {
		json_decref(rollup);
	}
	return object;
}

/* --- Rows ------------------------------------------------------------------------------ */

static void add_vma(json_t *object, const struct user_row *row)
{
	const struct vma *v = row->part->vma;
	char *perms = user_cell(row, USER_PERMS);

	json_member(object, "perms", taken(perms));
	json_member(object, "file", *v->path ? json_text(v->path) : json_null());
	if (v->deleted)
		json_member(object, "deleted", json_true());
	if (part_is_in_file(row->part))
		json_member(object, "offset", json_sprintf("0x%" PRIx64, v->offset +
							   (row->start - v->start)));
	if (v->inode) {
		json_member(object, "device", json_sprintf("%x:%x", v->major, v->minor));
		json_member(object, "inode", json_count(v->inode));
	}
	if (v->flags)
		json_member(object, "flags", json_text(v->flags));
	if (row->part->has_use && row->v->p->has_use)
		add_use(object, &v->use);
}

static void add_part(json_t *object, const struct user_row *row)
{
	const struct part *part = row->part;
	char *note = part_note(&row->v->parts, part);

	json_member(object, "route", json_text(part_route(part->kind)));
	if (note)
		json_member(object, "note", json_text(note));
	free(note);
	if (part->vma)
		add_vma(object, row);
}

json_t *user_json_row(const struct user_row *row)
{
	json_t *object = row->region ? json_record(row->region->record) : json_object();
	char *parent = user_cell(row, USER_PARENT);

	json_member(object, "type", json_text(user_type(row)));
	if (!row->region) {
		json_member(object, "name", taken(user_cell(row, USER_NAME)));
		json_member(object, "start", address(row->v, row->start));
		json_member(object, "end", address(row->v, row->end));
		json_member(object, "size", json_size(row->end - row->start));
		if (parent)
			json_member(object, "parent", json_text(parent));
	}
	if (user_purpose(row))
		json_member(object, "purpose", json_text(user_purpose(row)));
	if (row->image)
		json_member(object, "file", json_text(row->image->path));
	if (row->part)
		add_part(object, row);
	free(parent);
	return object;
}

static json_t *begin(const struct user_view *v)
{
	json_t *document = json_document("user", v->l);

	json_member(document, "process", user_json_process(v));
	return document;
}

json_t *user_json(const struct user_view *v)
{
	json_t *document = begin(v), *array = json_array();
	size_t n;
	struct user_row *rows = user_rows(v, &n);

	json_member(document, "total", json_total(v));
	for (size_t i = 0; i < n; i++)
		json_element(array, user_json_row(&rows[i]));
	json_member(document, "rows", array);
	if (!v->l)
		json_member(document, "kernel_half_absent", json_text(v->no_layout));
	else if (user_other_space(v))
		json_member(document, "kernel_half_note", json_text(user_other_space(v)));
	columns_keep(document, "rows", v->opt, &user_column_sets()[0]);
	free(rows);
	return document;
}

/* --- Stacks ------------------------------------------------------------------------------ */

static void add_kernel_stack(json_t *object, const struct stack_pair *pair)
{
	const struct stack_range *stack = &pair->kernel->stack;

	if (!stack->known)
		return;
	json_member(object, "kernel_start", address(pair->v, stack->start));
	json_member(object, "kernel_end", address(pair->v, stack->end));
	json_member(object, "kernel_size", json_size(stack->end - stack->start));
	if (stack->region)
		json_member(object, "kernel_region", json_text(stack->region));
	if (pair->kernel_guard)
		json_member(object, "kernel_guard", bytes(pair->v->p->page_size));
}

static json_t *json_stacks(const struct stack_pair *pair)
{
	const struct process_thread *t = pair->thread;
	json_t *object = json_object();
	char *note = stacks_note(pair);

	json_member(object, "tid", json_count(t->tid));
	json_member(object, "name", json_text(t->comm));
	json_member(object, "state", json_sprintf("%c", t->state));
	json_member(object, "sp", t->has_sp ? address(pair->v, t->sp) : json_null());
	if (pair->on_stack) {
		json_member(object, "start", address(pair->v, pair->part->start));
		json_member(object, "end", address(pair->v, pair->part->end));
		json_member(object, "size", json_size(pair->part->end - pair->part->start));
		json_member(object, "used", bytes(pair->used));
	}
	if (pair->guard)
		json_member(object, "guard", json_size(pair->guard->end - pair->guard->start));
	if (pair->gap)
		json_member(object, "gap", json_size(pair->gap->end - pair->gap->start));
	if (pair->kernel)
		add_kernel_stack(object, pair);
	if (note)
		json_member(object, "note", json_text(note));
	free(note);
	return object;
}

json_t *stacks_json(const struct user_view *v)
{
	json_t *document = begin(v), *array = json_array();

	for (size_t i = 0; i < v->p->n_threads; i++) {
		const struct stack_pair pair = stacks_of(v, &v->p->threads[i]);

		json_element(array, json_stacks(&pair));
	}
	json_member(document, "stacks", array);
	if (!v->threads)
		json_member(document, "kernel_stacks_absent", json_text(v->no_threads));
	columns_keep(document, "stacks", v->opt, &user_column_sets()[1]);
	return document;
}
