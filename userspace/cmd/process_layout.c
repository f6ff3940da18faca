// SPDX-License-Identifier: GPL-2.0-only
/* process_layout.c - see process_layout.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/json.h"
#include "process_layout.h"
#include "user.h"

#define FAR	(1u << 30)		/* a hole of this size ends a run of mappings */

struct making {
	struct process_layout *pl;
	struct region *at;		/* the next one */
	const struct region **of_row;	/* of rows that regions were made of */
	struct user_row *rows;
	size_t n;
	const struct folding *folding;
};

/* --- Memory that lives as long as the layout ------------------------------------------- */

static void *alloc(struct layout *l, size_t count, size_t size)
{
	void *memory = layout_alloc(l, count ? count : 1, size);

	if (!memory)
		die("not enough memory");
	return memory;
}

/* Takes the text.  A picture is of one byte a column; what prints it otherwise escapes it. */
static const char *keep(const struct making *m, char *text)
{
	char *plain = m->folding->most ? printable(escaped(text)) : text;
	char *copy = alloc(m->pl->l, strlen(plain) + 1, 1);

	strcpy(copy, plain);
	if (plain != text)
		free(plain);
	free(text);
	return copy;
}

/* --- Regions ---------------------------------------------------------------------------- */

static struct region *add(struct making *m, uint64_t start, uint64_t end, char *name, char *purpose)
{
	struct region *r = m->at++;

	*r = (struct region){
		.start = start, .end = end, .name = keep(m, name), .purpose = keep(m, purpose),
	};
	return r;
}

static void put_into(struct region *r, const struct region *parent)
{
	r->parent = parent;
	r->parent_name = parent->name;
	r->depth = parent->depth + 1;
}

/* The heap may begin on the last page of the program. */
static uint64_t end_of_image(const struct making *m, size_t row)
{
	size_t i = row + 1;
	uint64_t end = m->rows[row].end;

	for (; i < m->n && m->rows[i].start <= m->rows[row].end; i++)
		if (m->rows[i].parent == row)
			end = m->rows[i].end;
	return end;
}

static void add_row(struct making *m, size_t i)
{
	const struct user_row *row = &m->rows[i];
	struct region *r = add(m, row->start, row->image ? end_of_image(m, i) : row->end,
			       user_cell(row, USER_NAME), user_cell(row, USER_PURPOSE));

	if (row->parent != NO_PARENT && m->of_row[row->parent])
		put_into(r, m->of_row[row->parent]);
	m->of_row[i] = r;
}

static bool is_apart(const struct making *m, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(m->folding->apart); i++)
		if (m->folding->apart[i] && strcmp(m->folding->apart[i], name) == 0)
			return true;
	return false;
}

static bool can_fold(const struct making *m, const struct user_row *row)
{
	if (!row->part || row->part->image || is_apart(m, part_name(row->part->kind)))
		return false;
	switch (row->part->kind) {
	case PART_HEAP:
	case PART_STACK:
	case PART_VDSO:
	case PART_VVAR:
	case PART_VSYSCALL:
	case PART_VECTORS:
	case PART_SPECIAL:
		return false;
	default:
		return true;
	}
}

/* How many rows from here on may be one region. */
static size_t length_of_run(const struct making *m, size_t first)
{
	size_t n = 0;

	while (first + n < m->n && can_fold(m, &m->rows[first + n]) &&
	       (!n || m->rows[first + n].start - m->rows[first + n - 1].end < FAR))
		n++;
	return n;
}

/* "50 anonymous, 50 guard, 25.4M mapped" */
static char *purpose_of_run(const struct user_row *rows, size_t n)
{
	size_t counts[N_PART_KINDS] = { 0 };
	uint64_t mapped = 0;
	char *text = text_printf("%s", ""), *size, *longer;

	for (size_t i = 0; i < n; i++) {
		counts[rows[i].part->kind]++;
		if (rows[i].part->vma)
			mapped += rows[i].end - rows[i].start + 1;
	}
	for (size_t i = 0; i < N_PART_KINDS; i++) {
		if (!counts[i])
			continue;
		longer = text_printf("%s%zu %s, ", text, counts[i], part_name(i));
		free(text);
		text = longer;
	}
	size = mapped ? size_human(mapped - 1) : text_printf("nothing");
	longer = text_printf("%s%s mapped", text, size);
	free(size);
	free(text);
	return longer;
}

/* --- What is above ------------------------------------------------------------------------ */

/* Of s390x the kernel is in an address space of its own. */
static const struct region *user_region(const struct user_view *v)
{
	const struct region *user = v->l ? layout_region(v->l, "user") : NULL;

	return user && !user->absent ? user : NULL;
}

static uint64_t end_of_user_half(const struct user_view *v)
{
	const struct region *user = user_region(v);
	size_t n = v->p->n_vmas;

	if (user || v->limit.known)
		return user ? user->end : v->limit.end;
	while (n && is_in_kernel_half(v->p, &v->p->vmas[n - 1]))
		n--;
	return n ? v->p->vmas[n - 1].end : 0;
}

/* No address is shown as a hole of which nothing is known. */
static const struct region *add_unknown(struct making *m)
{
	const struct user_view *v = m->pl->view;
	struct layout *l = m->pl->l;

	if (user_region(v) || l->user_end >= l->max_addr)
		return NULL;
	return add(m, l->user_end + 1, l->max_addr, text_printf("beyond_user_half"),
		   text_printf("%s", v->l ? "nothing of the kernel, which has a space of its own" :
			       "not known: there is no capture of the kernel"));
}

/* --- All of it ------------------------------------------------------------------------------ */

static bool is_beyond(const struct making *m, const struct user_row *row)
{
	return row->part && row->start > m->pl->l->user_end;
}

static void add_parts(struct making *m)
{
	const struct region *unknown = NULL;

	for (size_t i = 0; i < m->n; i++) {
		size_t most = m->folding->most, run = most ? length_of_run(m, i) : 0;

		if (is_beyond(m, &m->rows[i]) && !unknown)
			unknown = add_unknown(m);
		if (run > most) {
			add(m, m->rows[i].start, m->rows[i + run - 1].end,
			    text_printf("%zu mappings", run), purpose_of_run(&m->rows[i], run));
			i += run - 1;
		} else if (m->rows[i].part || m->rows[i].image) {
			add_row(m, i);
			if (unknown)
				put_into(m->at - 1, unknown);
		}
	}
	if (!unknown)
		add_unknown(m);
}

static void add_kernel(struct making *m)
{
	const struct layout *kernel = m->pl->view->l;
	const struct region *user = user_region(m->pl->view);
	const struct region **new = zalloc_array(kernel->n_regions, sizeof(*new));

	for (size_t i = 0; i < kernel->n_regions; i++) {
		const struct region *old = &kernel->regions[i];
		struct region *r = m->at;

		if (old == user)
			continue;
		*m->at++ = *old;
		new[i] = r;
		r->parent = old->parent ? new[old->parent - kernel->regions] : NULL;
		r->depth = r->parent ? r->parent->depth + 1 : 0;
	}
	free(new);
}

/* Of a kernel without a capture; as the parser makes it of one. */
static struct layout *bare_layout(const struct process *p)
{
	const char *bits = p->kernel_bits == 32 ? "32" : "64";
	const char *endian = p->big_endian ? "big" : "little";
	const struct field fields[] = {
		{ "release", p->release }, { "machine", p->arch }, { "arch", p->arch },
		{ "bits", bits }, { "endian", endian },
	};
	struct layout *l = zalloc_array(1, sizeof(*l));

	*l = (struct layout){
		.release = p->release, .machine = p->arch, .arch = p->arch,
		.bits = p->kernel_bits, .big_endian = p->big_endian,
		.max_addr = UINT64_MAX >> (64 - p->kernel_bits), .n_records = 1,
	};
	l->records = alloc(l, 1, sizeof(*l->records));
	l->records[0] = (struct record){
		.type = RECORD_KERNEL, .word = record_words[RECORD_KERNEL],
		.fields = alloc(l, ARRAY_SIZE(fields), sizeof(*fields)),
		.n_fields = ARRAY_SIZE(fields),
	};
	memcpy(l->records[0].fields, fields, sizeof(fields));
	return l;
}

/* All but the regions is the kernel's, and lives as long as the view. */
static struct layout *copy_layout(const struct layout *kernel)
{
	struct layout *l = zalloc_array(1, sizeof(*l));

	*l = *kernel;
	l->arena = NULL;
	return l;
}

/* Why nothing of the kernel half is known, or NULL. */
static const char *why_no_kernel(const struct user_view *v)
{
	if (!v->l)
		return v->no_layout;
	return user_region(v) ? NULL : "it is not part of this address space";
}

static void describe(struct making *m)
{
	const struct user_view *v = m->pl->view;
	const char *no_kernel = why_no_kernel(v);
	char *limit = v->limit.known ? user_limit_sentence(v) :
				       text_printf("has an end that is not known: %s", v->limit.why);

	m->pl->l->process = keep(m, text_printf("process %" PRIu64 " (%s)", v->p->pid, v->p->comm));
	m->pl->l->process_note = keep(m, text_printf("The user half %s%s%s%s", limit,
				      v->p->changed ? "; mappings came or went while they were read" : "",
				      no_kernel ? "; the kernel half is not shown: " : "",
				      no_kernel ? no_kernel : ""));
	free(limit);
}

static void make_layout(struct process_layout *pl, const struct folding *folding)
{
	const struct user_view *v = pl->view;
	struct making m = { .pl = pl, .folding = folding };

	pl->l = v->l ? copy_layout(v->l) : bare_layout(v->p);
	m.rows = user_rows(v, &m.n);
	m.of_row = zalloc_array(m.n, sizeof(*m.of_row));
	/* One more for what is not known. */
	pl->l->regions = m.at = alloc(pl->l, m.n + 1 + (v->l ? v->l->n_regions : 0),
				      sizeof(*pl->l->regions));
	pl->l->user_end = end_of_user_half(v);
	describe(&m);
	add_parts(&m);
	pl->l->n_present = (size_t)(m.at - pl->l->regions);
	if (user_region(v))
		add_kernel(&m);
	pl->l->n_regions = (size_t)(m.at - pl->l->regions);
	if (user_region(v))
		pl->l->n_present += v->l->n_present - 1;
	free(m.of_row);
	free(m.rows);
}

void process_layout_open(struct process_layout *pl, const struct options *opt,
			 const struct folding *folding)
{
	pl->view = zalloc_array(1, sizeof(*pl->view));
	user_view_open(pl->view, opt, opt->process, !folding->most);
	make_layout(pl, folding);
}

void process_layout_close(struct process_layout *pl)
{
	layout_free(pl->l);
	user_view_close(pl->view);
	free(pl->view);
}

void process_layout_json(const struct process_layout *pl, json_t *document)
{
	const char *no_kernel = why_no_kernel(pl->view);

	json_member(document, "process", user_json_process(pl->view));
	if (no_kernel)
		json_member(document, "kernel_half_absent", json_text(no_kernel));
}
