// SPDX-License-Identifier: GPL-2.0-only
/* mappings.c - what the kernel's page tables really map. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "layout/names.h"
#include "load.h"
#include "mappings.h"
#include "output/json.h"
#include "trace/query.h"

enum { RUNS, ACCESS, FROM, TO, MAPPINGS, FAIL_ON_WX, SINCE, SOURCE, SAFETY };

static const struct option own_options[] = {
	[RUNS] = { "runs", no_argument, NULL, RUNS },
	[ACCESS] = { "access", required_argument, NULL, ACCESS },
	[FROM] = { "from", required_argument, NULL, FROM },
	[TO] = { "to", required_argument, NULL, TO },
	[MAPPINGS] = { "mappings", required_argument, NULL, MAPPINGS },
	[FAIL_ON_WX] = { "fail-on-wx", no_argument, NULL, FAIL_ON_WX },
	[SINCE] = { "since", required_argument, NULL, SINCE },
	[SOURCE] = { "source", required_argument, NULL, SOURCE },
	[SAFETY] = { "safety", no_argument, NULL, SAFETY },
	{ 0 }
};

struct wishes {
	bool runs, fail_on_wx, safety;
	struct table_source source;
	struct access_filter filter;
	const char *from, *to, *file, *since;
};

/* --- Where --------------------------------------------------------------------- */

/* As long as it is not known how many bits an address has. */
static void check_address(const char *option, const char *text)
{
	const struct layout of[] = { { .bits = 64 }, { .bits = 32 } };
	const char *digits;

	if (text && !query_address(&of[0], text, &digits) && !query_address(&of[1], text, &digits))
		die("--%s=%s: expected an address, such as 0xffffffff81000000", option, text);
}

static uint64_t parse_address(const struct mappings *m, const char *option, const char *text)
{
	const struct layout l = { .bits = m->bits };
	const char *digits;

	if (!query_address(&l, text, &digits))
		die("--%s=%s: expected an address, such as 0xffffffff81000000", option, text);
	if (strlen(digits) > l.bits / 4)
		die("--%s=%s: it is no address of this %u-bit kernel", option, text, l.bits);
	return strtoull(digits, NULL, 16);
}

static void add_window(struct question *q, const struct region *r, uint64_t start, uint64_t end,
		       const struct window *limits)
{
	if (start < limits->start)
		start = limits->start;
	if (end > limits->end)
		end = limits->end;
	if (start <= end)
		q->windows[q->n_windows++] = (struct window){ r, start, end };
}

static void note_piece(void *data, const struct piece *piece)
{
	(void)piece;
	*(bool *)data = true;
}

/* What is mapped outside of all regions has a row of its own. */
static void add_hole(struct question *q, uint64_t start, uint64_t end, const struct window *limits)
{
	size_t before = q->n_windows;
	bool any = false;

	add_window(q, NULL, start, end, limits);
	if (q->n_windows > before)
		mappings_each(q->m, q->windows[before].start, q->windows[before].end,
			      note_piece, &any);
	if (!any)
		q->n_windows = before;
}

static void add_all(struct question *q, const struct window *limits)
{
	uint64_t next = 0;
	bool over = false;

	for (size_t i = 0; i < q->l->n_present; i++) {
		const struct region *r = &q->l->regions[i];

		if (!r->is_overlay && !over) {
			if (r->start > next)
				add_hole(q, next, r->start - 1, limits);
			if (r->end >= next)
				next = r->end + 1;
			over = r->end == q->l->max_addr;
		}
		add_window(q, r, r->start, r->end, limits);
	}
	if (!over)
		add_hole(q, next, q->l->max_addr, limits);
}

/* lowmem is another name of direct_map. */
static const struct region *find_region(const struct layout *l, const char *name)
{
	const struct region *r;

	if (strcmp(name, "lowmem") == 0)
		name = "direct_map";
	r = layout_region(l, name);
	if (r && r->absent)
		die("this kernel has no %s: %s", name, r->absent);
	if (r)
		return r;
	if (is_region_name(name, strlen(name)))
		die("this layout has no region or section '%s'", name);
	die("%s", unknown_name(name, strlen(name)));
}

/* In the order of the layout, each once. */
static void add_named(struct question *q, const struct window *limits, char **names, int n)
{
	bool *asked = zalloc_array(q->l->n_regions, sizeof(*asked));

	for (int i = 0; i < n; i++)
		asked[find_region(q->l, names[i]) - q->l->regions] = true;
	for (size_t i = 0; i < q->l->n_present; i++) {
		const struct region *r = &q->l->regions[i];

		if (asked[i])
			add_window(q, r, r->start, r->end, limits);
	}
	free(asked);
}

static int compare_windows(const void *a, const void *b)
{
	const struct window *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The windows, without regard to regions. */
static void merge_windows(struct question *q)
{
	struct window *last = NULL;

	q->intervals = zalloc_array(q->n_windows + 1, sizeof(*q->intervals));
	memcpy(q->intervals, q->windows, q->n_windows * sizeof(*q->intervals));
	qsort(q->intervals, q->n_windows, sizeof(*q->intervals), compare_windows);
	for (size_t i = 0; i < q->n_windows; i++) {
		struct window w = q->intervals[i];

		if (last && w.start <= last->end) {
			last->end = w.end > last->end ? w.end : last->end;
			continue;
		}
		last = &q->intervals[q->n_intervals++];
		*last = w;
	}
}

static void choose_windows(struct question *q, const struct wishes *w, char **names, int n)
{
	struct window all = { NULL, 0, q->m->max_addr };

	if (w->from)
		all.start = parse_address(q->m, "from", w->from);
	if (w->to)
		all.end = parse_address(q->m, "to", w->to);
	if (all.start > all.end)
		die("--from is above --to");
	q->windows = zalloc_array(2 * (q->l ? q->l->n_present : 0) + 2, sizeof(*q->windows));
	if (n)
		add_named(q, &all, names, n);
	else if (q->l)
		add_all(q, &all);
	else
		add_window(q, NULL, all.start, all.end, &all);
	if (n) {
		merge_windows(q);
		return;
	}
	q->intervals = zalloc_array(1, sizeof(*q->intervals));
	q->intervals[q->n_intervals++] = all;
}

/* --- What is printed ------------------------------------------------------------- */

static char *text_of_size(const struct question *q, uint64_t bytes)
{
	return q->opt->bytes ? size_bytes(bytes - 1) : size_human(bytes - 1);
}

static bool may_be_wx(const struct wx *wx)
{
	return wx->n || wx->unsettled || wx->window;
}

/* For people: where memory can be written and executed. */
static void print_wx(const struct question *q, const struct wx *wx)
{
	enum { MOST = 8 };
	const int digits = (int)q->m->bits / 4;
	char *size;

	if (!q->m->attributes) {
		print_wrapped(stdout, 0, q->opt->width,
			      "\nIt is not known what the bits of these entries allow.");
		return;
	}
	if (wx->window)
		print_wrapped(stdout, 0, q->opt->width,
			      "\nAll that is in windows of the processor, for which it asks no table, is writable and executable.");
	if (!wx->n && !wx->unsettled)
		printf("\nNothing %sis both writable and executable.\n",
		       wx->window ? "that tables map " : "");
	if (wx->unsettled) {
		size = text_of_size(q, wx->unsettled);
		printf("\nWhether %s of unsettled mappings are writable and executable is not known.\n", size);
		free(size);
	}
	if (!wx->n)
		return;
	size = text_of_size(q, wx->bytes);
	printf("\nWritable and executable: %s in %zu run%s\n", size, wx->n, wx->n == 1 ? "" : "s");
	free(size);
	for (size_t i = 0; i < wx->n && i < MOST; i++) {
		const struct piece *p = &wx->pieces[i];
		const struct region *r = q->l ? layout_find(q->l, p->start) : NULL;

		printf("  0x%0*" PRIx64 "-0x%0*" PRIx64, digits, p->start, digits, p->end);
		if (p->times > 1)
			printf(" %" PRIu64 " times", p->times);
		printf("%s%s\n", r ? " in " : "", r ? r->name : "");
	}
	if (wx->n > MOST)
		printf("  and %zu more: see --runs --access=+w,+x\n", wx->n - MOST);
}

static json_t *json_tables(const struct mappings *m)
{
	json_t *tables = json_object(), *registers = json_array(), *windows = json_array();

	json_member(tables, "arch", json_text(m->arch));
	json_member(tables, "levels", json_count(m->levels));
	json_member(tables, "root", json_number(VALUE_ADDRESS, 64, m->root));
	for (size_t i = 0; i < m->n_registers; i++) {
		json_t *object = json_object();

		json_member(object, "name", json_text(m->registers[i].name));
		json_member(object, "value", json_number(VALUE_ADDRESS, 64, m->registers[i].value));
		json_element(registers, object);
	}
	json_member(tables, "registers", registers);
	for (size_t i = 0; i < m->n_windows; i++) {
		json_t *object = json_object();

		json_member(object, "start", json_number(VALUE_ADDRESS, m->bits, m->windows[i].start));
		json_member(object, "end", json_number(VALUE_ADDRESS, m->bits, m->windows[i].end));
		json_element(windows, object);
	}
	json_member(tables, "windows", windows);
	return tables;
}

enum table_kind { TABLE_REGIONS, TABLE_RUNS, TABLE_DIFF, TABLE_SAFETY };

static const struct column_set *column_sets(void)
{
	static const struct column_set sets[] = {
		[TABLE_REGIONS] = { NULL, mappings_region_columns, N_MAPPINGS_REGION_COLUMNS,
		  mappings_region_members },
		[TABLE_RUNS] = { "runs", mappings_run_columns, N_MAPPINGS_RUN_COLUMNS, NULL },
		[TABLE_DIFF] = { "since", mappings_diff_columns, N_MAPPINGS_DIFF_COLUMNS,
		  mappings_diff_members },
		[TABLE_SAFETY] = { "safety", mappings_safety_columns, N_MAPPINGS_SAFETY_COLUMNS,
		  NULL },
		[TABLE_SAFETY + 1] = { 0 },
	};

	return sets;
}

/* What the questions have found. */
struct answers {
	struct wx wx;
	struct mappings_diff diff;
	struct safety safety;
};

static json_t *json_rows(const struct question *q, const struct answers *a, enum table_kind table)
{
	switch (table) {
	case TABLE_RUNS:
		return json_mappings_runs(q);
	case TABLE_DIFF:
		return json_mappings_diff(q, &a->diff);
	case TABLE_SAFETY:
		return json_mappings_safety(&a->safety);
	default:
		return json_mappings_regions(q);
	}
}

static void print_json(const struct question *q, const struct answers *a, enum table_kind table)
{
	static const char *const arrays[] = {
		[TABLE_REGIONS] = "regions", [TABLE_RUNS] = "runs",
		[TABLE_DIFF] = "differences", [TABLE_SAFETY] = "safety",
	};
	json_t *document = json_document("mappings", q->l);

	json_member(document, "tables", json_tables(q->m));
	json_member(document, "writable_executable",
		    q->m->attributes ? json_wx(q, &a->wx) : json_null());
	json_member(document, arrays[table], json_rows(q, a, table));
	columns_keep(document, arrays[table], q->opt, &column_sets()[table]);
	json_print(stdout, document);
}

static void print_all(const struct question *q, const struct answers *a, enum table_kind table)
{
	bool plain = !q->opt->raw && !q->opt->pairs && !q->opt->noheadings;

	if (q->opt->json) {
		print_json(q, a, table);
		return;
	}
	if (table == TABLE_SAFETY)
		mappings_print_safety(q, &a->safety, plain);
	else if (table == TABLE_RUNS)
		mappings_print_runs(q);
	else if (table == TABLE_REGIONS)
		mappings_print_regions(q);
	else if (a->diff.n || !plain)
		mappings_print_diff(q, &a->diff);
	else
		puts("No difference.");
	if (plain && table != TABLE_SAFETY)
		print_wx(q, &a->wx);
}

/* --- The command ------------------------------------------------------------------ */

static void parse_wishes(struct wishes *w, int argc, char **argv)
{
	int c;

	*w = (struct wishes){ 0 };
	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		switch (c) {
		case RUNS:		w->runs = true; break;
		case ACCESS:		filter_parse(&w->filter, optarg); break;
		case FROM:		w->from = optarg; break;
		case TO:		w->to = optarg; break;
		case MAPPINGS:		w->file = optarg; break;
		case FAIL_ON_WX:	w->fail_on_wx = true; break;
		case SINCE:		w->since = optarg; break;
		case SAFETY:		w->safety = true; break;
		case SOURCE:		w->source = source_parse(optarg); break;
		}
	}
	check_address("from", w->from);
	check_address("to", w->to);
	if (w->source.kind >= SOURCE_KCORE && w->file)
		die("--source and --mappings exclude each other");
	if (w->since && (w->filter.must || w->filter.must_not))
		die("--access and --since exclude each other");
	if (w->safety && (w->from || w->to || w->filter.must || w->filter.must_not || optind < argc))
		die("--safety asks about all that is mapped: it takes no --access, --from, --to and no region");
}

static struct layout *load_regions(const struct options *opt, const struct wishes *w, bool names)
{
	const char *tables = w->file ? w->file : w->source.dump;

	if (opt->file && !tables)
		die("--file names a capture, which holds no page tables: name the file that does with --mappings or --source");
	if (opt->file && strcmp(opt->file, "-") == 0 && strcmp(tables, "-") == 0)
		die("standard input can be read only once");
	if (!tables || opt->file || opt->sysroot)
		return load_layout(opt);
	if (names)
		die("--%s alone does not tell what a region is: name the capture of the same machine with --file",
		    w->file ? "mappings" : "source");
	return NULL;
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct question q = { .opt = opt };
	struct wishes w;
	struct layout *l;
	struct mappings *m, *before = NULL;
	struct answers a = { 0 };
	int status;

	parse_wishes(&w, argc, argv);
	q.l = l = load_regions(opt, &w, optind < argc);
	q.m = m = w.source.kind >= SOURCE_KCORE ? mappings_scan(opt, w.source, l) :
						  mappings_load(opt, w.file, l);
	q.filter = w.filter;
	if (w.since)
		q.before = before = mappings_load_before(opt, w.since, m);
	if (!m->attributes && (w.fail_on_wx || w.filter.must || w.filter.must_not))
		die("it is not known what page tables of %s with %u levels allow: --access and --fail-on-wx cannot be answered",
		    m->arch, m->levels);
	choose_windows(&q, &w, argv + optind, argc - optind);
	a.wx = find_wx(&q);
	if (before)
		a.diff = mappings_find_changes(&q);
	if (w.safety)
		a.safety = mappings_safety(&q);
	print_all(&q, &a, before ? TABLE_DIFF : w.safety ? TABLE_SAFETY :
		  w.runs ? TABLE_RUNS : TABLE_REGIONS);
	status = a.diff.n || (w.fail_on_wx && may_be_wx(&a.wx)) ? KVAS_DIFFERS : KVAS_OK;
	free(a.diff.changes);
	safety_free(&a.safety);
	mappings_free(before);
	free(a.wx.pieces);
	free(q.windows);
	free(q.intervals);
	mappings_free(m);
	layout_free(l);
	return status;
}

const struct command cmd_mappings = {
	.name = "mappings", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "b",
	.synopsis = "[options] [REGION...]",
	.summary = "what the page tables really map: page sizes, permissions",
	.own_help =
	" --runs                  each run of alike entries instead of sums by region\n"
	" --safety                what protects the kernel's memory, with the evidence\n"
	" --access LIST           only what is allowed (+) or not (-): r, w, x, u, U; as +x,-w\n"
	" --from ADDR             from this address on\n"
	" --to ADDR               up to this address\n"
	" --mappings FILE         read this copy of kvas_mappings (- is standard input)\n"
	" --source WHERE          module (its kvas_mappings), kcore (/proc/kcore), or FILE,\n"
	"                         an ELF crash dump with a note VMCOREINFO\n"
	" --since OTHER           what changed since OTHER, a file or a saved machine\n"
	" --fail-on-wx            exit with 1 if anything is, or may be, writable\n"
	"                         and executable\n",
	.columns = column_sets,
	.exclusive = { "runs", "since", "safety" },
};
