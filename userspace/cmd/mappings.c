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

enum { RUNS, ACCESS, FROM, TO, MAPPINGS, FAIL_ON_WX, SOURCE };

static const struct option own_options[] = {
	[RUNS] = { "runs", no_argument, NULL, RUNS },
	[ACCESS] = { "access", required_argument, NULL, ACCESS },
	[FROM] = { "from", required_argument, NULL, FROM },
	[TO] = { "to", required_argument, NULL, TO },
	[MAPPINGS] = { "mappings", required_argument, NULL, MAPPINGS },
	[FAIL_ON_WX] = { "fail-on-wx", no_argument, NULL, FAIL_ON_WX },
	[SOURCE] = { "source", required_argument, NULL, SOURCE },
	{ 0 }
};

struct wishes {
	bool runs, fail_on_wx, kcore;
	struct access_filter filter;
	const char *from, *to, *file;
};

/* --- Access ------------------------------------------------------------------- */

static const char access_letters[] = "rwxuU";

static unsigned int access_bits(struct access a)
{
	return (a.read ? 1 : 0) | (a.write ? 2 : 0) | (a.execute ? 4 : 0) | (a.user ? 8 : 0) |
	       (a.user_execute ? 16 : 0);
}

bool filter_takes(const struct question *q, const struct run *run)
{
	const struct access_filter *f = &q->filter;
	unsigned int bits = access_bits(run->access);

	if (!f->must && !f->must_not)
		return true;
	return !run->unsettled && (bits & f->must) == f->must && !(bits & f->must_not);
}

bool is_wx(const struct run *run)
{
	return !run->unsettled && run->access.write &&
	       (run->access.execute || run->access.user_execute);
}

/* "+x,-w": letters after a sign, with commas or without. */
static void parse_filter(struct access_filter *f, const char *text)
{
	char sign = 0, last = ',';

	for (const char *p = text; *p; last = *p++) {
		const char *letter = strchr(access_letters, *p);

		if (*p == '+' || *p == '-') {
			sign = *p;
		} else if (letter && sign) {
			unsigned int bit = 1u << (letter - access_letters);

			*(sign == '+' ? &f->must : &f->must_not) |= bit;
		} else if (*p == ',' && strchr(access_letters, last)) {
			sign = 0;
		} else {
			last = ',';
			break;
		}
	}
	if (!strchr(access_letters, last))
		die("--access=%s: expected letters of rwxuU after + or -, such as +x,-w", text);
	if (f->must & f->must_not)
		die("--access=%s: nothing has a permission and has it not", text);
}

/* --- Where --------------------------------------------------------------------- */

static uint64_t parse_address(const struct mappings *m, const char *option, const char *text)
{
	const struct layout l = { .bits = m->bits ? m->bits : 64 };
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
	uint64_t top = q->m->bits ? q->m->max_addr : UINT64_MAX;
	struct window all = { NULL, 0, top };

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
	if (!wx->n) {
		puts("\nNothing is both writable and executable.");
		return;
	}
	size = q->opt->bytes ? size_bytes(wx->bytes - 1) : size_human(wx->bytes - 1);
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
	json_t *tables = json_object(), *registers = json_array();

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
	return tables;
}

static const struct column_set *column_sets(void)
{
	static const struct column_set sets[] = {
		{ NULL, mappings_region_columns, N_MAPPINGS_REGION_COLUMNS,
		  mappings_region_members },
		{ "runs", mappings_run_columns, N_MAPPINGS_RUN_COLUMNS, NULL },
		{ 0 }
	};

	return sets;
}

static void print_json(const struct question *q, const struct wx *wx, bool runs)
{
	json_t *document = json_document("mappings", q->l);

	json_member(document, "tables", json_tables(q->m));
	json_member(document, "writable_executable",
		    q->m->attributes ? json_wx(q, wx) : json_null());
	json_member(document, runs ? "runs" : "regions",
		    runs ? json_mappings_runs(q) : json_mappings_regions(q));
	columns_keep(document, runs ? "runs" : "regions", q->opt, &column_sets()[runs]);
	json_print(stdout, document);
}

static void print_all(const struct question *q, const struct wx *wx, bool runs)
{
	if (q->opt->json) {
		print_json(q, wx, runs);
		return;
	}
	if (runs)
		mappings_print_runs(q);
	else
		mappings_print_regions(q);
	if (!q->opt->raw && !q->opt->pairs && !q->opt->noheadings)
		print_wx(q, wx);
}

/* --- The command ------------------------------------------------------------------ */

static bool parse_source(const char *text)
{
	if (strcmp(text, "kcore") && strcmp(text, "module"))
		die("--source=%s: expected module or kcore", text);
	return strcmp(text, "kcore") == 0;
}

static void parse_wishes(struct wishes *w, int argc, char **argv)
{
	int c;

	*w = (struct wishes){ 0 };
	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		switch (c) {
		case RUNS:		w->runs = true; break;
		case ACCESS:		parse_filter(&w->filter, optarg); break;
		case FROM:		w->from = optarg; break;
		case TO:		w->to = optarg; break;
		case MAPPINGS:		w->file = optarg; break;
		case FAIL_ON_WX:	w->fail_on_wx = true; break;
		case SOURCE:		w->kcore = parse_source(optarg); break;
		}
	}
}

static struct layout *load_regions(const struct options *opt, const struct wishes *w, bool names)
{
	if (opt->file && !w->file)
		die("--file names a capture, which holds no page tables: name the file that does with --mappings");
	if (opt->file && strcmp(opt->file, "-") == 0 && strcmp(w->file, "-") == 0)
		die("standard input can be read only once");
	if (!w->file || opt->file || opt->sysroot)
		return load_layout(opt);
	if (names)
		die("--mappings alone does not tell what a region is: name the capture of the same machine with --file");
	return NULL;
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct question q = { .opt = opt };
	struct wishes w;
	struct layout *l;
	struct mappings *m;
	struct wx wx;
	int status;

	parse_wishes(&w, argc, argv);
	q.l = l = load_regions(opt, &w, optind < argc);
	q.m = m = w.kcore ? mappings_scan(opt, l) : mappings_load(opt, w.file, l);
	q.filter = w.filter;
	if (!m->attributes && (w.fail_on_wx || w.filter.must || w.filter.must_not))
		die("it is not known what page tables of %s with %u levels allow: --access and --fail-on-wx cannot be answered",
		    m->arch, m->levels);
	choose_windows(&q, &w, argv + optind, argc - optind);
	wx = find_wx(&q);
	print_all(&q, &wx, w.runs);
	status = w.fail_on_wx && wx.n ? KVAS_DIFFERS : KVAS_OK;
	free(wx.pieces);
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
	" --access LIST           only what is allowed (+) or not (-): r, w, x, u, U; as +x,-w\n"
	" --from ADDR             from this address on\n"
	" --to ADDR               up to this address\n"
	" --mappings FILE         read this copy of kvas_mappings (- is standard input)\n"
	" --source WHERE          module (its kvas_mappings) or kcore (/proc/kcore)\n"
	" --fail-on-wx            exit with 1 if anything is writable and executable\n",
	.columns = column_sets,
	.exclusive = { "source", "mappings" },
};
