// SPDX-License-Identifier: GPL-2.0-only
/* user.c - kvas user: a process on top of the kernel; see user.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "process.h"
#include "texts/texts.h"
#include "threads.h"
#include "user.h"
#include "user_shared.h"

/* --- The kernel of the process ------------------------------------------------------ */

static char *advice(const struct options *opt, int error)
{
	struct refusal r;
	char *text, *sentence;

	if (opt->sysroot)
		return text_printf("%s holds no capture; name one with --file", opt->sysroot);
	refusal_investigate(&r, NULL, error);
	text = refusal_advice(&r);
	sentence = text_printf("cannot read %s: %s", KVAS_LIVE_FILE, text);
	free(text);
	refusal_free(&r);
	return sentence;
}

static void refuse_other_kernel(const struct user_view *v)
{
	const struct process *p = v->p;

	if (strcmp(v->l->release, p->release) == 0 && strcmp(v->l->arch, p->arch) == 0)
		return;
	die("the capture is of Linux %s on %s, and the process ran on %s on %s: both must be of one machine and boot",
	    v->l->release, v->l->arch, p->release, p->arch);
}

static void load_kernel(struct user_view *v)
{
	const struct options *opt = v->opt;

	if (!opt->file && !opt->sysroot && v->saved)
		v->no_layout = text_printf("the process was saved, and this machine may have another kernel by now; name a capture of the same boot with --file");
	else if (!may_have_layout(opt))
		v->no_layout = advice(opt, ENOENT);
	else if (!(v->l = load_layout_if_any(opt)))
		v->no_layout = advice(opt, errno);
	if (v->l)
		refuse_other_kernel(v);
}

/* Of threads that live, or that were saved with their machine. */
static void load_threads(struct user_view *v)
{
	if (v->saved && !v->opt->sysroot) {
		v->no_threads = "the process was saved, and its threads may have ended; --sysroot names a machine that was saved with it";
		return;
	}
	v->threads = threads_load_if_any(v->opt, v->l);
	if (!v->threads && v->opt->sysroot)
		v->no_threads = pool_printf(&v->p->pool, "%s has no " KVAS_LIVE_THREADS, v->opt->sysroot);
	else if (!v->threads)
		v->no_threads = !v->l ? v->no_layout :
				KVAS_LIVE_THREADS " cannot be read: root can while the module kvas is loaded";
	if (!v->threads)
		return;
	names_load_areas(&v->areas, v->opt, v->l);
	stacks_join(v);
}

/* --- Below the table ------------------------------------------------------------------- */

enum { LABEL_WIDTH = 13 };

static void line(const struct options *opt, const char *label, char *sentence)
{
	table_sentence(opt, LABEL_WIDTH, label, sentence);
}

static char *process_sentence(const struct process *p)
{
	char *inner = p->inner_pid != p->pid ?
		      text_printf(", %" PRIu64 " in its own PID namespace", p->inner_pid) :
		      text_printf("%s", "");
	char *by = p->read_by ?
		   text_printf("; its main thread has exited, and thread %" PRIu64 " was asked", p->read_by) :
		   text_printf("%s", "");
	char *text = text_printf("%" PRIu64 " (%s)%s, %u bits, user %" PRIu64 "%s%s%s%s", p->pid,
				 p->comm, inner, p->bits, p->uid, p->exe ? ", " : "",
				 p->exe ? p->exe : "", p->exe_deleted ? ", which is deleted" : "", by);

	free(inner);
	free(by);
	return text;
}

static char *memory_sentence(const struct user_view *v)
{
	const struct process *p = v->p;
	struct memory_use use = process_sum(p);
	char *size = user_amount(v->opt, process_size(p)), *rss = user_amount(v->opt, use.rss);
	char *shared = user_amount(v->opt, use.shared), *swap = user_amount(v->opt, use.swap);
	char *huge = user_amount(v->opt, use.huge), *hugetlb = user_amount(v->opt, use.hugetlb);
	char *total = user_amount(v->opt, p->total.rss), *text;
	bool differs = p->has_total && p->total.rss != use.rss;

	if (!p->has_use)
		text = text_printf("%s in %zu mappings; this kernel does not tell what of it is resident",
				   size, p->n_vmas);
	else
		text = text_printf("%s in %zu mappings; resident %s, of it %s shared and %s in huge pages; swapped %s; hugetlb %s%s%s%s",
				   size, p->n_vmas, rss, shared, huge, swap, hugetlb,
				   differs ? "; it runs on, and smaps_rollup counted " : "",
				   differs ? total : "", differs ? " resident a moment later" : "");
	free(size);
	free(rss);
	free(shared);
	free(swap);
	free(huge);
	free(hugetlb);
	free(total);
	return text;
}

char *user_limit_sentence(const struct user_view *v)
{
	const struct user_limit *limit = &v->limit;
	int digits = (int)v->p->kernel_bits / 4;

	if (!limit->known)
		return text_printf("its end is not known: %s", limit->why);
	return text_printf("ends at 0x%0*" PRIx64 ": %s", digits, limit->end, limit->why);
}

static char *window_sentence(const struct user_view *v)
{
	const struct user_limit *limit = &v->limit;

	return text_printf("gives addresses up to 0x%0*" PRIx64 " (%s), and beyond only if its hint is there; mappings beyond: %zu",
			   (int)v->p->kernel_bits / 4, limit->window_end, limit->window_why,
			   limit->n_beyond);
}

static bool has_heap(const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (parts->parts[i].kind == PART_HEAP)
			return true;
	return false;
}

static bool shares_mapping(const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (parts->parts[i].vma && !parts->parts[i].has_use)
			return true;
	return false;
}

static void print_summary(const struct user_view *v)
{
	const struct process *p = v->p;

	putchar('\n');
	line(v->opt, "Process", process_sentence(p));
	line(v->opt, "Memory", memory_sentence(v));
	if (p->has_use && shares_mapping(&v->parts))
		line(v->opt, "Figures", text_printf("of a mapping that holds several parts, such as data and BSS, stand at the first that is no guard"));
	line(v->opt, "User half", user_limit_sentence(v));
	if (v->limit.has_window)
		line(v->opt, "mmap()", window_sentence(v));
	if (p->changed)
		line(v->opt, "Changes", text_printf("mappings came or went while they were read, and some may be missing or be old"));
	if (p->start_brk && !has_heap(&v->parts))
		line(v->opt, "Heap", text_printf("never used: brk() would begin at 0x%0*" PRIx64,
						 (int)p->kernel_bits / 4, p->start_brk));
	if (!v->l)
		line(v->opt, "Kernel half", text_printf("not shown: %s", v->no_layout));
	else if (user_other_space(v))
		line(v->opt, "Kernel half", text_printf("%s", user_other_space(v)));
}

/* --- The table ----------------------------------------------------------------------------- */

/* Of a row only the name has a colour, as in the table of show. */
static void color_name(const struct table *t, struct libscols_line *at, const struct user_row *row)
{
	const struct explanation *e = explanation_named("user");
	const char *color = row->region ? region_color(row->region) : e->color;

	for (size_t i = 0; i < t->n; i++)
		if (t->chosen[i] == USER_NAME)
			scols_cell_set_color(scols_line_get_cell(at, i), color);
}

/* How many columns the branches of the tree add to the widest name. */
static unsigned int branches(const struct user_row *rows, size_t n)
{
	size_t names = strlen("NAME"), with = names;

	for (size_t i = 0; i < n; i++) {
		char *name = user_cell(&rows[i], USER_NAME);
		size_t length = strlen(name);

		free(name);
		names = length > names ? length : names;
		length += 2 * user_row_depth(rows, &rows[i]);
		with = length > with ? length : with;
	}
	return (unsigned int)(with - names);
}

static void print_table(const struct user_view *v)
{
	struct options opt = *v->opt;
	bool tree = !opt.raw && !opt.pairs;
	struct libscols_line **lines;
	struct user_row *rows;
	unsigned int taken;
	struct table t;
	size_t n;

	/* Both ends of a range and two sizes leave no room for words there. */
	if (opt.width_known && opt.width < TABLE_WIDE && tree && !opt.columns && !opt.all_columns)
		opt.columns = "NAME,START,SIZE,RSS,PURPOSE";
	table_init(&t, &opt, user_columns, N_USER_COLUMNS);
	rows = user_rows(v, &n);
	lines = zalloc_array(n, sizeof(*lines));
	for (size_t i = 0; i < n; i++) {
		struct libscols_line *parent = tree && rows[i].parent != NO_PARENT ?
					       lines[rows[i].parent] : NULL;

		lines[i] = table_add(&t, parent, NULL, user_cell, &rows[i]);
		color_name(&t, lines[i], &rows[i]);
	}
	taken = tree && opt.width_known ? branches(rows, n) : 0;
	opt.width -= taken < opt.width ? taken : 0;
	table_fit(&t, &opt, -1, USER_PURPOSE);
	table_print(&t, stdout);
	free(lines);
	free(rows);
}

/* --- The command ----------------------------------------------------------------------------- */

static const struct option own_options[] = {
	{ "stacks", no_argument, NULL, 's' },
	{ "shared", required_argument, NULL, 'S' },
	{ 0 }
};

void user_view_close(struct user_view *v)
{
	parts_free(&v->parts);
	user_limit_free(&v->limit);
	threads_free(v->threads);
	names_free(&v->areas);
	process_free(v->p);
	layout_free(v->l);
	free(v->no_layout);
}

static void print(const struct user_view *v, bool stacks)
{
	const struct options *opt = v->opt;

	if (opt->json) {
		json_print(stdout, stacks ? stacks_json(v) : user_json(v));
	} else if (stacks) {
		stacks_print(v);
	} else {
		print_table(v);
		if (!opt->raw && !opt->pairs && !opt->noheadings)
			print_summary(v);
	}
}

void user_view_open(struct user_view *v, const struct options *opt, const char *operand,
		    bool threads)
{
	*v = (struct user_view){ .opt = opt, .p = load_process(opt, operand),
				 .saved = names_saved_process(operand) };
	load_kernel(v);
	if (threads)
		load_threads(v);
	parts_find(&v->parts, v->p);
	user_limit_find(&v->limit, v->p, v->l);
}

int user_print(const struct options *opt, const char *operand, bool stacks)
{
	struct user_view v;

	user_view_open(&v, opt, operand, stacks);
	print(&v, stacks);
	user_view_close(&v);
	return KVAS_OK;
}

static int run(const struct options *opt, int argc, char **argv)
{
	const char *other = NULL;
	bool stacks = false;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		stacks |= c == 's';
		other = c == 'S' ? optarg : other;
	}
	if (argc - optind != 1)
		die("user needs one operand, a process: its number or its name, self, or a file that 'kvas save -p' wrote; see 'kvas user --help'");
	if (other)
		return user_shared(opt, argv[optind], other);
	return user_print(opt, argv[optind], stacks);
}

const struct command cmd_user = {
	.name = "user", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "b",
	.synopsis = "[options] PID | NAME | self | FILE [--shared PID2]",
	.summary = "a process on top of the kernel: what each part of its memory is for",
	.own_help =
	" --stacks                its threads, with the user stack and the kernel stack of each\n"
	" --shared PID2           what its page tables and those of PID2 have in common\n",
	.exclusive = { "stacks", "shared" },
	.columns = user_column_sets,
	.joins_file_and_sysroot = true,
};
