// SPDX-License-Identifier: GPL-2.0-only
/* map.c - the address space drawn from top to bottom, or the same as data. */
#include <getopt.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "draw/draw.h"
#include "load.h"
#include "output/json.h"
#include "process_layout.h"

enum {
	/* Mappings of a process that are drawn one by one; more are drawn as one. */
	LONG_RUN = 16, BRIEF_RUN = 2,
};

static void print_json(const struct layout *l, const struct process_layout *process)
{
	json_t *document = map_json(l);

	if (process->l)
		process_layout_json(process, document);
	json_print(stdout, document);
}

/* --- The command ------------------------------------------------------------------ */

static const struct option own_options[] = {
	{ "brief", no_argument, NULL, 'B' },
	{ "only", required_argument, NULL, 'O' },
	{ "zoom", required_argument, NULL, 'Z' },
	{ "no-witnesses", no_argument, NULL, 'W' },
	{ 0 }
};

static enum drawn_part parse_part(const char *word)
{
	if (strcmp(word, "user") == 0)
		return PART_USER;
	if (strcmp(word, "kernel") == 0)
		return PART_KERNEL;
	die("--only=%s: expected user or kernel", word);
}

/* A half that is not there cannot be drawn. */
static void check_part(const struct layout *l, enum drawn_part part)
{
	const struct region *user = layout_region(l, "user");

	if (part == PART_KERNEL && l->process && !picture_has(l, part))
		die("--only=kernel: %s", l->process_note);
	if (part == PART_USER && !picture_has(l, part))
		die("--only=user: the capture has no region of user processes%s%s",
		    user && user->absent ? ": " : "", user && user->absent ? user->absent : "");
	if (!picture_has(l, part))
		die("--only=kernel: the capture has no region of the kernel");
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct process_layout process = { 0 };
	struct folding folding = { 0 };
	struct request r = { 0 };
	const char *zoom = NULL;
	struct layout *l;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		if (opt->json)
			die("--json and --%s exclude each other: JSON always has everything",
			    c == 'B' ? "brief" : c == 'O' ? "only" : c == 'Z' ? "zoom" : "no-witnesses");
		if (c == 'B')
			r.brief = r.without_pins = true;
		else if (c == 'O')
			r.part = parse_part(optarg);
		else if (c == 'Z')
			zoom = optarg;
		else
			r.without_pins = true;
	}
	if (zoom && r.part != PART_ALL)
		die("--only and --zoom exclude each other");
	if (optind < argc)
		die("map takes no operand, but got '%s': a capture is named with -f", argv[optind]);
	folding.most = opt->json ? 0 : r.brief ? BRIEF_RUN : LONG_RUN;
	folding.apart[0] = zoom;
	if (opt->process)
		process_layout_open(&process, opt, &folding);
	l = opt->process ? process.l : load_layout(opt);
	if (zoom)
		r.zoom = region_or_refuse(l, "zoom", zoom);
	check_part(l, r.part);
	if (opt->json)
		print_json(l, &process);
	else
		draw_terminal(stdout, l, r, opt);
	if (opt->process)
		process_layout_close(&process);
	else
		layout_free(l);
	return KVAS_OK;
}

const struct command cmd_map = {
	.name = "map", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN "Jp\4",
	.synopsis = "[options] [-p PID]",
	.summary = "the address space drawn from top to bottom",
	.own_help =
	" --brief                 at most 40 lines: no boxes in boxes, small gaps left out\n"
	" --only HALF             the user or the kernel half only\n"
	" --zoom REGION           this region and what is inside\n"
	" --no-witnesses          without the live objects\n",
};
