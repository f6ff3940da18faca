// SPDX-License-Identifier: GPL-2.0-only
/* map.c - the address space drawn from top to bottom, or the same as data. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "draw/draw.h"
#include "layout/names.h"
#include "layout/spans.h"
#include "load.h"
#include "output/json.h"
#include "texts/texts.h"

enum { MAX_CHAIN = 32 };

/* The regions around a span, outermost first; returns how many. */
static unsigned int find_chain(const struct span *s,
			       const struct region *chain[MAX_CHAIN])
{
	unsigned int n = s->region ? s->region->depth + 1 : 0;
	unsigned int i = n;

	for (const struct region *r = s->region; r; r = r->parent)
		chain[--i] = r;
	return n;
}

static int compare_pins(const void *a, const void *b)
{
	const struct witness *x = *(const struct witness *const *)a;
	const struct witness *y = *(const struct witness *const *)b;

	return x->addr > y->addr ? -1 : x->addr < y->addr;
}

/* The witnesses in a span, from the top down; returns how many. */
static size_t find_pins(const struct layout *l, const struct span *s,
			const struct witness **pins)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_witnesses; i++) {
		const struct witness *w = &l->witnesses[i];

		if (!w->absent && w->addr >= s->start && w->addr <= s->end)
			pins[n++] = w;
	}
	qsort(pins, n, sizeof(*pins), compare_pins);
	return n;
}

/* --- As data ---------------------------------------------------------------------- */

static json_t *json_span(const struct layout *l, const struct span *s,
			 const struct witness **pins)
{
	json_t *span = json_object(), *regions = json_array(), *array = json_array();
	const struct region *chain[MAX_CHAIN];
	unsigned int n = find_chain(s, chain);
	size_t n_pins = find_pins(l, s, pins);
	char *name = span_name(s);

	for (unsigned int i = 0; i < n; i++)
		json_element(regions, json_text(chain[i]->name));
	for (size_t i = 0; i < n_pins; i++) {
		json_t *pin = json_object();

		json_member(pin, "name", json_text(pins[i]->name));
		json_member(pin, "addr", json_address(l, pins[i]->addr));
		json_element(array, pin);
	}
	json_member(span, "start", json_address(l, s->start));
	json_member(span, "end", json_address(l, s->end));
	json_member(span, "size", json_size(s->end - s->start));
	json_member(span, "name", json_text(name));
	json_member(span, "kind", json_text(span_kind_word(s->kind)));
	json_member(span, "regions", regions);
	json_member(span, "witnesses", array);
	free(name);
	return span;
}

json_t *map_json(const struct layout *l)
{
	const struct witness **pins = zalloc_array(l->n_witnesses, sizeof(*pins));
	json_t *document = json_document("map", l), *array = json_array();
	size_t n;
	struct span *spans = spans_cut(l, &n);

	for (size_t i = n; i > 0; i--)
		json_element(array, json_span(l, &spans[i - 1], pins));
	json_member(document, "spans", array);
	free(spans);
	free(pins);
	return document;
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

/* The region to zoom into; does not return if there is none of that name. */
static const struct region *find_region(const struct layout *l, const char *name)
{
	const struct explanation *e = explanation_for_word(name);
	const struct region *r = layout_region(l, e ? e->name : name);
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

	if (part == PART_USER && !picture_has(l, part))
		die("--only=user: the capture has no region of user processes%s%s",
		    user && user->absent ? ": " : "", user && user->absent ? user->absent : "");
	if (!picture_has(l, part))
		die("--only=kernel: the capture has no region of the kernel");
}

static int run(const struct options *opt, int argc, char **argv)
{
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
	l = load_layout(opt);
	if (zoom)
		r.zoom = find_region(l, zoom);
	check_part(l, r.part);
	if (opt->json)
		json_print(stdout, map_json(l));
	else
		draw_terminal(stdout, l, r, opt);
	layout_free(l);
	return KVAS_OK;
}

const struct command cmd_map = {
	.name = "map", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN "J\4",
	.synopsis = "[options]",
	.summary = "the address space drawn from top to bottom",
	.own_help =
	" --brief                 at most 40 lines: no boxes in boxes, small gaps left out\n"
	" --only HALF             the user or the kernel half only\n"
	" --zoom REGION           this region and what is inside\n"
	" --no-witnesses          without the live objects\n",
};
