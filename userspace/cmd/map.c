// SPDX-License-Identifier: GPL-2.0-only
/* map.c - the address space drawn from top to bottom, or the same as data. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "draw/draw.h"
#include "layout/names.h"
#include "load.h"
#include "output/json.h"
#include "process_layout.h"
#include "texts/texts.h"

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

static enum part parse_part(const char *word)
{
	if (strcmp(word, "user") == 0)
		return PART_USER;
	if (strcmp(word, "kernel") == 0)
		return PART_KERNEL;
	die("--only=%s: expected user or kernel", word);
}

/* The kernel's own, or else the first part of the process. */
static const struct region *find_named(const struct layout *l, const char *name)
{
	const struct region *part = NULL;

	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (r->is_memory || strcmp(r->name, name) != 0)
			continue;
		if (!r->purpose)
			return r;
		part = part ? part : r;
	}
	return part;
}

/* The region to zoom into; does not return if there is none of that name. */
static const struct region *find_region(const struct layout *l, const char *name)
{
	const struct explanation *e = explanation_for_word(name);
	const struct region *r = find_named(l, e ? e->name : name);
	const char *similar;

	if (r && r->absent)
		die("--zoom=%s: this kernel has no %s: %s", name, r->name, r->absent);
	if (r)
		return r;
	if (is_region_name(name, strlen(name)))
		die("--zoom=%s: the capture says nothing of it", name);
	similar = similar_name(name, strlen(name));
	if (similar && !is_region_name(similar, strlen(similar)))
		similar = NULL;		/* a fact or a witness */
	die("--zoom=%s: no region has this name%s%s%s", name, similar ? "; did you mean " : "",
	    similar ? similar : "", similar ? "?" : "");
}

/* A half that is not there cannot be drawn. */
static void check_part(const struct layout *l, enum part part)
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
	if (opt->process)
		process_layout_open(&process, opt, opt->json ? 0 : r.brief ? BRIEF_RUN : LONG_RUN);
	l = opt->process ? process.l : load_layout(opt);
	if (zoom)
		r.zoom = find_region(l, zoom);
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
