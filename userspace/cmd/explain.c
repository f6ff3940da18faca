// SPDX-License-Identifier: GPL-2.0-only
/* explain.c - what a region is for and what decides where it is. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "texts/texts.h"

enum {
	MAX_LINE = 100,		/* longer lines are hard to read */
	INDENT = 12,		/* of paragraphs, behind their labels */
};

static const struct region_text *find_text(const char *name)
{
	const struct region_text *about = region_text(region_name(name));

	if (!about)
		die("there is no text about '%s': 'kvas explain' lists the names", name);
	return about;
}

static void print_paragraph(FILE *out, const struct options *opt,
			    const char *label, const char *text)
{
	unsigned int width = opt->width < MAX_LINE ? opt->width : MAX_LINE;

	if (!text)
		return;
	fprintf(out, "%s%-*s%s", opt->color ? "\033[1m" : "", INDENT, label,
		opt->color ? "\033[0m" : "");
	print_wrapped(out, INDENT, width, text);
}

/* Where the region is in this layout, or why it is not. */
static char *here_text(const struct options *opt, const struct layout *l,
		       const struct region *r)
{
	int digits = (int)l->bits / 4;
	/* A range is broken at its dash only where it is wider than the line. */
	bool narrow = opt->width < INDENT + 2 * (2 + l->bits / 4) + strlen("-,");
	char *size, *text;

	if (r->absent)
		return text_printf("not on Linux %s: %s", l->release, r->absent);
	size = size_human(r->end - r->start);
	text = text_printf("0x%0*" PRIx64 "-%s0x%0*" PRIx64 ", %s, on Linux %s%s%s",
			   digits, r->start, narrow ? " " : "", digits, r->end, size, l->release,
			   r->note ? "; " : "", r->note ? r->note : "");
	free(size);
	return text;
}

static void print_text(FILE *out, const struct options *opt,
		       const struct region_text *t, const struct layout *l)
{
	const struct region *here = l ? layout_region(l, t->name) : NULL;
	char *where = here ? here_text(opt, l, here) : NULL;
	bool narrow = strlen(t->name) + strlen(": ") + strlen(t->purpose) > opt->width;

	fprintf(out, "%s%s%s:%s%s\n\n", opt->color ? "\033[1m" : "", t->name,
		opt->color ? "\033[0m" : "", narrow ? "\n  " : " ", t->purpose);
	print_paragraph(out, opt, "What it is", t->what);
	print_paragraph(out, opt, "Who uses it", t->users);
	print_paragraph(out, opt, "Where", t->place);
	print_paragraph(out, opt, "Moved by", t->options);
	print_paragraph(out, opt, "Elsewhere", t->elsewhere);
	print_paragraph(out, opt, "Here", where);
	free(where);
}

static json_t *json_region_text(const struct region_text *t, const struct layout *l)
{
	const struct region *here = l ? layout_region(l, t->name) : NULL;
	json_t *object = json_object();

	json_member(object, "name", json_text(t->name));
	json_member(object, "purpose", json_text(t->purpose));
	json_member(object, "what", json_text(t->what));
	json_member(object, "users", json_text(t->users));
	json_member(object, "place", json_text(t->place));
	json_member(object, "options", json_text(t->options));
	json_member(object, "elsewhere", json_text(t->elsewhere));
	if (here && !here->absent) {
		json_member(object, "start", json_address(l, here->start));
		json_member(object, "end", json_address(l, here->end));
		json_member(object, "size", json_size(here->end - here->start));
	} else if (here) {
		json_member(object, "absent", json_text(here->absent));
	}
	return object;
}

static void list_names(FILE *out, const struct options *opt)
{
	enum { NAME_WIDTH = 22 };

	for (size_t i = 0; i < n_region_texts; i++) {
		fprintf(out, "%-*s", NAME_WIDTH, region_texts[i].name);
		print_wrapped(out, NAME_WIDTH, opt->width, region_texts[i].purpose);
	}
	fputc('\n', out);
	print_wrapped(out, 0, opt->width,
		      "'kvas explain NAME' tells more. lowmem is another name of direct_map.");
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct layout *l = load_layout_if_any(opt);
	json_t *array = opt->json ? json_array() : NULL;

	for (int i = 2; i < argc; i++) {
		const struct region_text *t = find_text(argv[i]);

		if (i > 2 && !opt->json)
			putchar('\n');
		if (opt->json)
			json_element(array, json_region_text(t, l));
		else
			print_text(stdout, opt, t, l);
	}
	for (size_t i = 0; argc == 2 && opt->json && i < n_region_texts; i++)
		json_element(array, json_region_text(&region_texts[i], l));
	if (opt->json) {
		json_t *document = json_document("explain", l);

		json_member(document, "explain", array);
		json_print(stdout, document);
	} else if (argc == 2) {
		list_names(stdout, opt);
	}
	layout_free(l);
	return KVAS_OK;
}

const struct command cmd_explain = {
	.name = "explain", .run = run,
	.takes = ALWAYS_TAKEN "J",
	.synopsis = "[options] [REGION...]",
	.summary = "what a region is for and what decides where it is",
};
