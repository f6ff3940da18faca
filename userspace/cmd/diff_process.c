// SPDX-License-Identifier: GPL-2.0-only
/* diff_process.c - see diff_process.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "diff_process.h"
#include "output/json.h"
#include "output/table.h"
#include "process.h"
#include "process/diff.h"
#include "user.h"

struct sides {
	const char *name[2];		/* as they were asked for */
	struct user_view view[2];
	struct process_diff diff;
	bool quiet;			/* only what counts */
};

static bool is_shown(const struct sides *s, const struct process_difference *c)
{
	return !s->quiet || process_difference_counts(c);
}

static size_t count(const struct process_diff *d, bool counts)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += process_difference_counts(&d->list[i]) == counts;
	return n;
}

/* --- The table ------------------------------------------------------------------------------ */

enum { CHANGE, NAME, FROM, TO, BY, FILE_NAME, FROM_RANGE, TO_RANGE };

const struct column diff_process_columns[N_DIFF_PROCESS_COLUMNS] = {
	[CHANGE] = { "CHANGE", "what became of it", 0, BY_DEFAULT },
	[NAME] = { "NAME", "part of the memory, or thread", 0, BY_DEFAULT },
	[FROM] = { "FROM", "size, place, resident memory or permissions in the first", 0, BY_DEFAULT },
	[TO] = { "TO", "the same in the second", 0, BY_DEFAULT },
	[BY] = { "BY", "by how much", SCOLS_FL_RIGHT, BY_DEFAULT },
	[FILE_NAME] = { "FILE", "the mapped file, or what the kernel calls the mapping", 0, ON_REQUEST },
	[FROM_RANGE] = { "FROM_RANGE", "first and last address in the first", 0, ON_REQUEST },
	[TO_RANGE] = { "TO_RANGE", "the same in the second", 0, ON_REQUEST },
};

const char *const diff_process_members[N_DIFF_PROCESS_COLUMNS] = {
	[NAME] = "name part mappings thread", [FROM_RANGE] = "from", [TO_RANGE] = "to",
};

struct row {
	const struct sides *s;
	const struct options *opt;
	const struct process_difference *change;
};

/* The one that is there; of both the second, which is true now. */
static const struct moment *moment_at(const struct process_difference *c)
{
	return c->at[1].there ? &c->at[1] : c->at[0].there ? &c->at[0] : NULL;
}

static char *thread_name(const struct process_thread *t)
{
	return text_printf("thread %" PRIu64 " (%s)", t->tid, t->comm);
}

/* "libc.so.6 text", "heap", "file locale-archive"; raw. */
static char *part_title(const struct moment *m, size_t mappings)
{
	const struct part *part = m->part;
	const char *file = part_has_name(part) ? last_name(part->vma->path) : NULL;

	if (part->image && mappings > 1)
		return text_printf("%s", last_name(part->image->path));
	if (part->image)
		return text_printf("%s %s", last_name(part->image->path), part_name(part->kind));
	return text_printf("%s%s%s", part_name(part->kind), file ? " " : "", file ? file : "");
}

static char *name_of(const struct process_difference *c)
{
	const struct moment *m = moment_at(c);
	char *title, *text;

	if (c->thread)
		return thread_name(c->thread);
	if (!m)
		return text_printf("program");
	title = part_title(m, c->mappings);
	if (c->change != PROCESS_MOVED || c->mappings == 1)
		return title;
	text = text_printf("%s, %zu mappings", title, c->mappings);
	free(title);
	return text;
}

static char *address(const struct row *row, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)row->s->view[0].p->kernel_bits / 4, addr);
}

static char *perms_of(const struct vma *v)
{
	return text_printf("%c%c%c%c", v->readable ? 'r' : '-', v->writable ? 'w' : '-',
			   v->executable ? 'x' : '-', v->shared ? 's' : 'p');
}

static const char *program_name(const struct process *p)
{
	return p->exe ? p->exe : p->comm;
}

/* A program for two architectures has one name. */
static char *program_cell(const struct row *row, int side)
{
	const struct process *p = row->s->view[side].p, *other = row->s->view[!side].p;

	if (strcmp(program_name(p), program_name(other)) != 0)
		return text_printf("%s", program_name(p));
	if (p->bits != other->bits && strcmp(p->arch, other->arch) == 0)
		return text_printf("%s, %u bits", program_name(p), p->bits);
	return text_printf("%s for %s, %u bits", program_name(p), p->arch, p->bits);
}

static char *side_cell(const struct row *row, int side)
{
	const struct moment *m = &row->change->at[side];

	if (row->change->change == PROCESS_PROGRAM)
		return program_cell(row, side);
	if (!m->there)
		return NULL;
	switch (row->change->change) {
	case PROCESS_MOVED:
		return address(row, m->start);
	case PROCESS_PERMISSIONS:
		return perms_of(m->vma);
	case PROCESS_TOUCHED:
	case PROCESS_RELEASED:
		return user_amount(row->opt, m->resident);
	case PROCESS_REPLACED:
		return part_title(m, 1);
	default:
		return user_amount(row->opt, m->end - m->start + 1);
	}
}

/* With its sign, and to be freed. */
static char *distance(uint64_t by, const char *plus)
{
	return by >> 63 ? text_printf("-0x%" PRIx64, -by) : text_printf("%s0x%" PRIx64, plus, by);
}

static char *by_cell(const struct row *row)
{
	uint64_t by = row->change->by;

	if (!by || row->change->change == PROCESS_MAPPED || row->change->change == PROCESS_UNMAPPED)
		return NULL;
	if (row->change->change != PROCESS_MOVED)
		return user_amount(row->opt, by);
	return distance(by, "+");
}

static char *range_cell(const struct row *row, int side)
{
	const struct moment *m = &row->change->at[side];
	char *start, *end, *text;

	if (!m->there)
		return NULL;
	start = address(row, m->start);
	end = address(row, m->end);
	text = text_printf("%s-%s", start, end);
	free(start);
	free(end);
	return text;
}

static char *cell(const void *item, int column)
{
	const struct row *row = item;
	const struct moment *m = moment_at(row->change);

	switch (column) {
	case CHANGE:
		return text_printf("%s", process_change_word(row->change->change));
	case NAME:
		return name_of(row->change);
	case FROM:
		return side_cell(row, 0);
	case TO:
		return side_cell(row, 1);
	case BY:
		return by_cell(row);
	case FILE_NAME:
		return m && *m->vma->path ? text_printf("%s", m->vma->path) : NULL;
	case FROM_RANGE:
		return range_cell(row, 0);
	default:
		return range_cell(row, 1);
	}
}

static void print_table(const struct sides *s, const struct options *opt)
{
	struct table t;

	table_init(&t, opt, diff_process_columns, N_DIFF_PROCESS_COLUMNS);
	for (size_t i = 0; i < s->diff.n; i++) {
		const struct row row = { s, opt, &s->diff.list[i] };
		const char *color = process_difference_counts(row.change) ? "yellow" : "darkgray";

		if (is_shown(s, row.change))
			table_add(&t, NULL, opt->color ? color : NULL, cell, &row);
	}
	table_print(&t, stdout);
}

/* --- In words ------------------------------------------------------------------------------- */

static void print_side(const struct sides *s, const struct options *opt, int side)
{
	const struct process *p = s->view[side].p;
	struct memory_use use = process_sum(p);
	char *name = escaped(s->name[side]), *comm = escaped(p->comm);
	char *size = user_amount(opt, process_size(p)), *rss = user_amount(opt, use.rss);
	char *line = text_printf("process %" PRIu64 " (%s), %u bits, %zu thread%s, %s mapped%s%s%s: %s",
				 p->pid, comm, p->bits, p->n_threads,
				 p->n_threads == 1 ? "" : "s", size, p->has_use ? ", " : "",
				 p->has_use ? rss : "", p->has_use ? " resident" : "", name);

	fputs(side ? "to    " : "from  ", stdout);
	print_wrapped(stdout, 6, opt->width, line);
	free(line);
	free(rss);
	free(size);
	free(comm);
	free(name);
}

static void print_verdict(const struct sides *s, const struct options *opt)
{
	const struct process_diff *d = &s->diff;
	size_t moved = count(d, false), changed = count(d, true);
	char *run = d->same_program && !d->same_run ?
		text_printf(" This is another run of the program: %s. Mappings of the same file and offset are compared, memory without a name by its size, and resident memory is not.",
			    d->other_run) : text_printf("%s", "");
	char *text = !d->same_program ?
		text_printf("These are two different programs%s: nothing else is compared.",
			    strcmp(s->view[0].p->arch, s->view[1].p->arch) ?
			    ", for two architectures" : "") :
		text_printf("%zu moved, %zu changed.%s", moved, changed, run);

	if (d->same_program && !d->n) {
		free(text);
		text = text_printf("No difference.%s", run);
	}
	print_wrapped(stdout, 0, opt->width, text);
	free(text);
	free(run);
}

static void print_text(const struct sides *s, const struct options *opt)
{
	print_side(s, opt, 0);
	print_side(s, opt, 1);
	print_verdict(s, opt);
	if (!s->diff.n)
		return;
	putchar('\n');
	print_table(s, opt);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static json_t *json_side(const struct sides *s, int side)
{
	json_t *object = json_object();

	json_member(object, "source", json_text(s->name[side]));
	json_member(object, "process", user_json_process(&s->view[side]));
	return object;
}

static json_t *json_bytes(uint64_t n)
{
	return n ? json_size(n - 1) : json_text("0x0");
}

static json_t *json_moment(const struct sides *s, const struct process_difference *c, int side)
{
	const struct moment *m = &c->at[side];
	unsigned int bits = s->view[side].p->kernel_bits;
	json_t *object;
	char *perms;

	if (!m->there)
		return json_null();
	object = json_object();
	perms = perms_of(m->vma);
	json_member(object, "start", json_number(VALUE_ADDRESS, bits, m->start));
	json_member(object, "end", json_number(VALUE_ADDRESS, bits, m->end));
	json_member(object, "size", json_size(m->end - m->start));
	json_member(object, "perms", json_text(perms));
	json_member(object, "file", json_text(*m->vma->path ? m->vma->path : NULL));
	if (c->change == PROCESS_TOUCHED || c->change == PROCESS_RELEASED)
		json_member(object, "resident", json_bytes(m->resident));
	free(perms);
	return object;
}

static json_t *json_thread(const struct process_thread *t)
{
	json_t *object;

	if (!t)
		return json_null();
	object = json_object();
	json_member(object, "tid", json_count(t->tid));
	json_member(object, "comm", json_text(t->comm));
	return object;
}

static json_t *json_difference(const struct sides *s, const struct process_difference *c)
{
	const struct moment *m = moment_at(c);
	json_t *object = json_object();
	char *name = name_of(c);
	char *by = c->change == PROCESS_MOVED ? distance(c->by, "") :
		   c->by ? text_printf("0x%" PRIx64, c->by) : NULL;

	json_member(object, "change", json_text(process_change_word(c->change)));
	json_member(object, "name", json_text(name));
	json_member(object, "part", json_text(m ? part_name(m->part->kind) : NULL));
	json_member(object, "file", json_text(m && *m->vma->path ? m->vma->path : NULL));
	json_member(object, "thread", json_thread(c->thread));
	json_member(object, "from", json_moment(s, c, 0));
	json_member(object, "to", json_moment(s, c, 1));
	json_member(object, "by", json_text(by));
	json_member(object, "mappings", c->mappings ? json_count(c->mappings) : json_null());
	free(by);
	free(name);
	return object;
}

static json_t *json_diff(const struct sides *s, const struct options *opt)
{
	static const struct column_set set = {
		"process", diff_process_columns, N_DIFF_PROCESS_COLUMNS, diff_process_members,
	};
	json_t *document = json_document("diff", NULL), *array = json_array();

	json_member(document, "from", json_side(s, 0));
	json_member(document, "to", json_side(s, 1));
	json_member(document, "same_program", json_boolean(s->diff.same_program));
	json_member(document, "same_run", json_boolean(s->diff.same_run));
	json_member(document, "changed", json_boolean(count(&s->diff, true) > 0));
	for (size_t i = 0; i < s->diff.n; i++)
		if (is_shown(s, &s->diff.list[i]))
			json_element(array, json_difference(s, &s->diff.list[i]));
	json_member(document, "differences", array);
	columns_keep(document, "differences", opt, &set);
	return document;
}

/* --- The command ---------------------------------------------------------------------------- */

static void side_open(struct sides *s, int side, const struct options *opt, const char *operand)
{
	struct user_view *v = &s->view[side];

	s->name[side] = operand;
	v->opt = opt;
	v->p = load_process(opt, operand);
	parts_find(&v->parts, v->p);
	user_limit_find(&v->limit, v->p, NULL);
}

static void print(const struct sides *s, const struct options *opt)
{
	if (s->quiet && !count(&s->diff, true))
		return;
	if (opt->json)
		json_print(stdout, json_diff(s, opt));
	else if (opt->raw || opt->pairs)
		print_table(s, opt);
	else
		print_text(s, opt);
}

int diff_process(const struct options *opt, const char *to, bool quiet)
{
	struct sides s = { .quiet = quiet };
	int status;

	side_open(&s, 0, opt, opt->process);
	side_open(&s, 1, opt, to);
	process_diff_find(&s.diff, s.view[0].p, &s.view[0].parts, s.view[1].p, &s.view[1].parts);
	print(&s, opt);
	status = count(&s.diff, true) ? KVAS_DIFFERS : KVAS_OK;
	process_diff_free(&s.diff);
	user_view_close(&s.view[0]);
	user_view_close(&s.view[1]);
	return status;
}
