// SPDX-License-Identifier: GPL-2.0-only
/* diff.c - two layouts side by side: what only moved, what changed, why. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "diff_process.h"
#include "layout/diff.h"
#include "output/json.h"
#include "output/table.h"
#include "sides.h"

static const struct option own_options[] = {
	{ "quiet", no_argument, NULL, 'q' },
	{ 0 }
};

/* --- The table -------------------------------------------------------------- */

enum { CHANGE, NAME, FROM, TO, BECAUSE, SLIDE, FROM_RANGE, TO_RANGE };

static const struct column diff_columns[] = {
	[CHANGE] = { "CHANGE", "what became of it", 0, BY_DEFAULT },
	[NAME] = { "NAME", "option, boot parameter, fact, region or section", 0, BY_DEFAULT },
	[FROM] = { "FROM", "size, value or place in the first", 0, BY_DEFAULT },
	[TO] = { "TO", "the same in the second", 0, BY_DEFAULT },
	[BECAUSE] = { "BECAUSE", "what explains it, or why a region is absent", 0, BY_DEFAULT },
	[SLIDE] = { "SLIDE", "how far it moved", 0, ON_REQUEST },
	[FROM_RANGE] = { "FROM_RANGE", "first and last address in the first", 0, ON_REQUEST },
	[TO_RANGE] = { "TO_RANGE", "the same in the second", 0, ON_REQUEST },
};

struct row {
	const struct diff *diff;
	const struct difference *change;
	bool bytes;		/* sizes in full */
};

static char *range_text(const struct row *row, int side)
{
	const struct region *r = row->change->region[side];
	int digits = (int)row->diff->layout[side]->bits / 4;

	if (!r)
		return NULL;
	return text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64, digits, r->start, digits, r->end);
}

/* The shorter way round the address space. */
static char *slide_text(const struct row *row)
{
	uint64_t top = row->diff->layout[0]->max_addr, slide = row->change->slide;

	if (!slide)
		return NULL;
	if (slide > top / 2)
		return text_printf("-0x%" PRIx64, (-slide) & top);
	return text_printf("+0x%" PRIx64, slide);
}

static char *text(const char *s)
{
	return s ? text_printf("%s", s) : NULL;
}

static char *side_text(const struct row *row, int side)
{
	const struct difference *c = row->change;

	if ((c->kind == APPEARED || c->kind == VANISHED) && !c->region[side])
		return text("absent");
	return row->bytes && c->has_size[side] ? size_bytes(c->size[side]) : text(c->value[side]);
}

static char *diff_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct difference *c = row->change;

	switch (column) {
	case CHANGE:
		return text(difference_word(c->kind));
	case NAME:
		return text(c->name);
	case FROM:
		return side_text(row, 0);
	case TO:
		return side_text(row, 1);
	case BECAUSE:
		return difference_because(c);
	case SLIDE:
		return slide_text(row);
	case FROM_RANGE:
		return range_text(row, 0);
	case TO_RANGE:
		return range_text(row, 1);
	default:
		return NULL;
	}
}

static const char *color_of(const struct difference *c)
{
	if (c->kind <= SET_PARAMETER)
		return "yellow";
	return c->kind == MOVED ? "darkgray" : "red";
}

static void print_table(const struct diff *d, const struct options *opt, bool quiet)
{
	struct table t;

	table_init(&t, opt, diff_columns, ARRAY_SIZE(diff_columns));
	for (size_t i = 0; i < d->n; i++) {
		const struct row row = { d, &d->differences[i], opt->bytes };

		if (quiet && row.change->kind == MOVED)
			continue;
		table_add(&t, NULL, opt->color ? color_of(row.change) : NULL, diff_cell, &row);
	}
	table_print(&t, stdout);
}

static const struct column_set *column_sets(void)
{
	static const char *const members[ARRAY_SIZE(diff_columns)] = {
		[NAME] = "record name", [FROM_RANGE] = "from", [TO_RANGE] = "to",
	};
	static const struct column_set sets[] = {
		{ NULL, diff_columns, ARRAY_SIZE(diff_columns), members },
		{ "process", diff_process_columns, N_DIFF_PROCESS_COLUMNS, diff_process_members },
		{ 0 },
	};

	return sets;
}

/* --- In words --------------------------------------------------------------- */

static size_t count(const struct diff *d, bool counts)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += difference_counts(&d->differences[i]) == counts;
	return n;
}

static size_t count_moved(const struct diff *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->differences[i].kind == MOVED;
	return n;
}

static void print_side(const struct options *opt, const char *label, const struct side *s)
{
	const struct layout *l = s->capture.layout;
	char *name = escaped(s->name);
	char *line = text_printf("Linux %s, %s, %u bits%s%s: %s", l->release, l->arch, l->bits,
				 l->when ? ", saved " : "", l->when ? l->when : "", name);

	fprintf(stdout, "%s  ", label);
	print_wrapped(stdout, 6, opt->width, line);
	free(line);
	free(name);
}

/* Of which the boot parameters are not known; or NULL. */
static char *unknown_text(const struct diff *d, const struct side *sides)
{
	char *name, *text;

	if (d->cmdline[0] && d->cmdline[1])
		return NULL;
	if (!d->cmdline[0] && !d->cmdline[1])
		return text_printf("The boot parameters of neither are known.");
	name = escaped(sides[d->cmdline[0] ? 1 : 0].name);
	text = text_printf("The boot parameters of %s are not known.", name);
	free(name);
	return text;
}

static void print_sentence(const struct options *opt, char *line)
{
	if (line)
		print_wrapped(stdout, 0, opt->width, line);
	free(line);
}

static void print_verdict(const struct diff *d, const struct options *opt,
			  const struct side *sides)
{
	const struct layout *a = d->layout[0], *b = d->layout[1];
	size_t changed = count(d, true), moved = count_moved(d);

	if (!d->comparable)
		print_sentence(opt, text_printf("%s with %u bits and %s with %u bits have different address layouts: only facts, options, the set of regions and their sizes are compared.",
						a->arch, a->bits, b->arch, b->bits));
	if (!d->n)
		print_sentence(opt, text_printf("No difference."));
	else if (changed)
		print_sentence(opt, text_printf("%zu moved, %zu changed.", moved, changed));
	else
		print_sentence(opt, text_printf("%zu moved, none changed: what moved is placed anew on each boot.",
						moved));
	if (changed)
		print_sentence(opt, unknown_text(d, sides));
}

static void print_text(const struct diff *d, const struct options *opt,
		       const struct side *sides, bool quiet)
{
	print_side(opt, "from", &sides[0]);
	print_side(opt, "to  ", &sides[1]);
	print_verdict(d, opt, sides);
	if (!d->n)
		return;
	putchar('\n');
	print_table(d, opt, quiet);
}

/* --- JSON -------------------------------------------------------------------- */

static json_t *json_side(const struct side *s)
{
	const struct layout *l = s->capture.layout;
	json_t *object = json_object();

	json_member(object, "source", json_text(s->name));
	json_member(object, "kernel", json_record(&l->records[0]));
	json_member(object, "when", json_text(l->when));
	json_member(object, "cmdline", json_text(s->cmdline));
	return object;
}

/* Where a region is, or why it is not. */
static json_t *json_place(const struct layout *l, const struct region *r, const char *absent)
{
	json_t *object;

	if (!r && !absent)
		return json_null();
	object = json_object();
	if (r) {
		json_member(object, "start", json_address(l, r->start));
		json_member(object, "end", json_address(l, r->end));
		json_member(object, "size", json_size(r->end - r->start));
	} else {
		json_member(object, "absent", json_text(absent));
	}
	return object;
}

/* A fact, an option or a parameter; the texts "above NAME" and "below NAME" of an order. */
static json_t *json_setting(const struct difference *c, int side)
{
	const struct fact *f = c->fact[side];
	json_t *object;

	if (f && f->absent) {
		object = json_object();
		json_member(object, "absent", json_text(f->absent));
		return object;
	}
	return f ? json_value(field_kind(f->record, "value"), f->value) :
		   json_text(c->value[side]);
}

/* The word of the record that a difference is in, or "parameter". */
static const char *difference_record(const struct difference *c)
{
	for (int side = 0; side < 2; side++) {
		if (c->region[side])
			return c->region[side]->record->word;
		if (c->fact[side])
			return c->fact[side]->record->word;
	}
	return c->kind == SET_PARAMETER ? "parameter" : "region";
}

static json_t *json_difference(const struct diff *d, const struct difference *c)
{
	static const char *const keys[] = { "from", "to" };
	json_t *object = json_object(), *because = json_array();
	bool place = c->region[0] || c->region[1];

	json_member(object, "change", json_text(difference_word(c->kind)));
	json_member(object, "record", json_text(difference_record(c)));
	json_member(object, "name", json_text(c->name));
	for (int side = 0; side < 2; side++)
		json_member(object, keys[side], !place ? json_setting(c, side) :
			    json_place(d->layout[side], c->region[side], c->absent[side]));
	if (c->slide)
		json_member(object, "slide", json_address(d->layout[0], c->slide));
	for (size_t i = 0; i < c->n_reasons; i++)
		json_element(because, json_text(c->reason[i]));
	json_member(object, "because", because);
	return object;
}

static json_t *json_diff(const struct diff *d, const struct options *opt,
			 const struct side *sides, bool quiet)
{
	json_t *document = json_document("diff", NULL), *array = json_array();

	json_member(document, "from", json_side(&sides[0]));
	json_member(document, "to", json_side(&sides[1]));
	json_member(document, "comparable", json_boolean(d->comparable));
	json_member(document, "same_kernel", json_boolean(d->same_kernel));
	json_member(document, "changed", json_boolean(count(d, true) > 0));
	for (size_t i = 0; i < d->n; i++) {
		if (!quiet || d->differences[i].kind != MOVED)
			json_element(array, json_difference(d, &d->differences[i]));
	}
	json_member(document, "differences", array);
	columns_keep(document, "differences", opt, column_sets());
	return document;
}

/* --- The command -------------------------------------------------------------- */

static bool parse_quiet(int argc, char **argv)
{
	bool quiet = false;

	optind = 0;
	while (getopt_long(argc, argv, "", own_options, NULL) != -1)
		quiet = true;
	return quiet;
}

static void print(const struct diff *d, const struct options *opt, const struct side *sides,
		  bool quiet)
{
	if (quiet && !count(d, true))
		return;
	if (opt->json)
		json_print(stdout, json_diff(d, opt, sides, quiet));
	else if (opt->raw || opt->pairs)
		print_table(d, opt, quiet);
	else
		print_text(d, opt, sides, quiet);
}

static int run(const struct options *opt, int argc, char **argv)
{
	bool quiet = parse_quiet(argc, argv);
	char **names = argv + optind;
	struct side sides[2] = { 0 };
	struct diff *d;
	int status, n = argc - optind;

	if (opt->process && (n != 1 || opt->file))
		die("diff --process PID needs one operand, the same process at another moment: a file that 'kvas save -p' wrote, or a live process");
	if (opt->process)
		return diff_process(opt, names[0], quiet);
	if (n < 1 || n > 2)
		die("diff needs one capture or two, files or directories of 'kvas save'; see 'kvas diff --help'");
	if (n == 2 && (opt->file || opt->sysroot))
		die("diff has its two captures in %s and %s: --file and --sysroot name the second if it is left out",
		    names[0], names[1]);
	side_open(&sides[0], opt, names[0]);
	side_open(&sides[1], opt, n == 2 ? names[1] : NULL);
	d = diff_layouts(sides[0].capture.layout, sides[0].cmdline,
			 sides[1].capture.layout, sides[1].cmdline);
	print(d, opt, sides, quiet);
	status = count(d, true) ? KVAS_DIFFERS : KVAS_OK;
	diff_free(d);
	side_close(&sides[0]);
	side_close(&sides[1]);
	return status;
}

const struct command cmd_diff = {
	.name = "diff", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "bp",
	.synopsis = "[options] CAPTURE [CAPTURE]\n"
		    " kvas diff [options] -p PID PID",
	.summary = "what only moved between two layouts, what changed, and why",
	.own_help =
	" --quiet                 only what changed, and nothing if nothing did\n",
	.columns = column_sets,
};
