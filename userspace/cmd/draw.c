// SPDX-License-Identifier: GPL-2.0-only
/*
 * draw.c - pictures in files: which kind of picture is asked for, and in which format.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "draw.h"
#include "draw/themes.h"
#include "texts/words.h"

/* --- Kinds and formats ------------------------------------------------------------ */

/* The last is that of no option. */
static const struct picture_kind kinds[] = {
	{ "walk", "process", draw_walk },
	{ "with", "process brief", draw_pair },
	{ "predicted", "", draw_predicted },
	{ "stacks", "", draw_stacks },
	{ "measured", "mappings source", draw_measured },
	{ "physical", "aliases", draw_physical },
	{ NULL, "process zoom from to linear brief no-witnesses", draw_machine },
};

/* What is not drawn by a back end; ended by one without a name. */
static const struct page_format page_formats[] = {
	{ "html", "with walk measured mappings process zoom from to", draw_html },
	{ 0 }
};

static const struct option own_options[] = {
	{ "format", required_argument, NULL, 'F' },
	{ "brief", no_argument, NULL, 'B' },
	{ "zoom", required_argument, NULL, 'Z' },
	{ "from", required_argument, NULL, 'f' },
	{ "to", required_argument, NULL, 't' },
	{ "linear", no_argument, NULL, 'L' },
	{ "no-witnesses", no_argument, NULL, 'W' },
	{ "theme", required_argument, NULL, 'T' },
	{ "width", required_argument, NULL, 'w' },
	{ "scale", required_argument, NULL, 'S' },
	{ "lang", required_argument, NULL, 'l' },
	/* The kinds of picture. */
	{ "walk", required_argument, NULL, 'k' },
	{ "with", required_argument, NULL, 'k' },
	{ "predicted", required_argument, NULL, 'k' },
	{ "stacks", required_argument, NULL, 'k' },
	{ "measured", no_argument, NULL, 'k' },
	{ "physical", no_argument, NULL, 'k' },
	{ "mappings", required_argument, NULL, 'M' },
	{ "source", required_argument, NULL, 'O' },
	{ "aliases", no_argument, NULL, 'A' },
	{ 0 }
};

enum { MOST_SCALE = 4 };
enum { MAX_OPTIONS = ARRAY_SIZE(own_options) };

struct choice {
	struct drawing drawing;
	const char *format, *path;
	unsigned int scale;			/* 0: not given */
	bool width_given;
	const char *given[MAX_OPTIONS];		/* options that not each kind takes */
	size_t n_given;
	const struct picture_kind *kind;
};

/* --- Options ---------------------------------------------------------------------- */

static enum theme parse_theme(const char *name)
{
	char *list = text_printf("%s", theme_names[0]);

	for (size_t i = 0; theme_names[i]; i++)
		if (strcmp(theme_names[i], name) == 0)
			return free(list), (enum theme)i;
	for (size_t i = 1; theme_names[i]; i++) {
		char *longer = text_printf("%s%s%s", list, theme_names[i + 1] ? ", " : " or ",
					   theme_names[i]);

		free(list);
		list = longer;
	}
	die("--theme=%s: expected %s", name, list);
}

static double parse_width(const char *text)
{
	const char *end = text;
	uint64_t n;

	if (!scan_number(&end, 10, &n) || *end || n < LEAST_PAGE_WIDTH || n > MOST_PAGE_WIDTH)
		die("--width=%s: expected a number of pixels from %d to %d", text, LEAST_PAGE_WIDTH,
		    MOST_PAGE_WIDTH);
	return (double)n;
}

static unsigned int parse_scale(const char *text)
{
	if (!text[0] || text[1] || text[0] < '1' || text[0] > '0' + MOST_SCALE)
		die("--scale=%s: expected a number from 1 to %d", text, MOST_SCALE);
	return (unsigned int)(text[0] - '0');
}

static void choose_language(const char *name)
{
	if (!words_choose(name))
		die("--lang=%s: pictures have no words of this language; there is: %s", name,
		    words_languages());
}

/* Chooses a kind if the option is that of one. */
static void take_kind(struct choice *c, const struct option *o, const char *argument)
{
	if (c->drawing.option && strcmp(c->drawing.option, o->name) != 0)
		die("--%s and --%s exclude each other", c->drawing.option, o->name);
	c->drawing.option = o->name;
	c->drawing.argument = argument;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].option && strcmp(kinds[i].option, o->name) == 0)
			c->kind = &kinds[i];
	}
}

static void take_option(struct choice *c, const struct option *o)
{
	struct drawing *d = &c->drawing;

	switch (o->val) {
	case 'F': c->format = optarg; return;
	case 'T': d->theme = parse_theme(optarg); return;
	case 'w':
		d->page.width = parse_width(optarg);
		c->width_given = true;
		return;
	case 'S': c->scale = parse_scale(optarg); return;
	case 'l': choose_language(optarg); return;
	case 'B': d->page.brief = true; break;
	case 'Z': d->zoom = optarg; break;
	case 'f': d->from = optarg; break;
	case 't': d->to = optarg; break;
	case 'L': d->linear = true; break;
	case 'W': d->without_pins = true; break;
	case 'M': d->mappings = optarg; break;
	case 'O': d->source = optarg; break;
	case 'A': d->aliases = true; break;
	default: take_kind(c, o, optarg); return;
	}
	if (c->n_given < MAX_OPTIONS)
		c->given[c->n_given++] = o->name;
}

static void check_takes(const char *takes, const char *given, const char *what)
{
	if (!line_has_word(takes, given))
		die("--%s does not go with %s", given, what);
}

/* A page is as wide as its window, and on paper it has the hatches of print anyway. */
static void check_page(const struct choice *c, const struct page_format *page)
{
	if (c->drawing.option)
		check_takes(page->takes, c->drawing.option, page->format);
	if (c->width_given)
		check_takes(page->takes, "width", page->format);
	if (c->drawing.theme == THEME_PRINT)
		die("--theme=%s does not go with %s: the page has it when it is printed",
		    theme_names[THEME_PRINT], page->format);
}

/* Each option must go with the kind of picture, and with the format if that is a page. */
static void check_options(struct choice *c, const struct page_format *page)
{
	const struct drawing *d = &c->drawing;
	char *what;

	if (!c->kind)
		c->kind = &kinds[ARRAY_SIZE(kinds) - 1];
	if (page)
		check_page(c, page);
	if (d->opt->process && c->n_given < MAX_OPTIONS)
		c->given[c->n_given++] = "process";
	what = c->kind->option ? text_printf("--%s", c->kind->option) : text_printf("this picture");
	for (size_t i = 0; i < c->n_given; i++) {
		if (page)
			check_takes(page->takes, c->given[i], page->format);
		else
			check_takes(c->kind->takes, c->given[i], what);
	}
	free(what);
	if (d->zoom && (d->from || d->to))
		die("--zoom and --%s exclude each other", d->from ? "from" : "to");
	if (d->linear && d->page.brief)
		die("--linear and --brief exclude each other");
}

/* --- Formats ---------------------------------------------------------------------- */

static char *known_formats(void)
{
	char *list = text_printf("%s", backends[0]->format);

	for (size_t i = 1; backends[i]; i++) {
		char *longer = text_printf("%s, %s", list, backends[i]->format);

		free(list);
		list = longer;
	}
	for (size_t i = 0; page_formats[i].format; i++) {
		char *longer = text_printf("%s, %s", list, page_formats[i].format);

		free(list);
		list = longer;
	}
	return list;
}

/* What --format or the end of the file's name says. */
static const char *format_of(const struct choice *c)
{
	const char *base = strrchr(c->path, '/'), *dot;

	if (c->format)
		return c->format;
	if (strcmp(c->path, "-") == 0)
		die("draw - writes to standard output: expected --format, one of: %s", known_formats());
	base = base ? base + 1 : c->path;
	dot = strrchr(base, '.');
	if (!dot || dot == base || !dot[1])
		die("%s: the name says no format; expected one that ends in '.' and one of: %s; or --format",
		    c->path, known_formats());
	return dot + 1;
}

static const struct page_format *find_page(const char *format)
{
	for (size_t i = 0; page_formats[i].format; i++)
		if (strcmp(page_formats[i].format, format) == 0)
			return &page_formats[i];
	return NULL;
}

static const struct backend *find_backend(const struct choice *c, const char *format)
{
	for (size_t i = 0; backends[i]; i++) {
		if (strcmp(backends[i]->format, format) != 0)
			continue;
		if (backends[i]->missing)
			die("%s", backends[i]->missing);
		return backends[i];
	}
	die("%s%s: unknown format '%s'; expected one of: %s", c->format ? "--format=" : "",
	    c->format ? c->format : c->path, format, known_formats());
}

/* --- The command ------------------------------------------------------------------ */

static int run(const struct options *opt, int argc, char **argv)
{
	struct choice choice = { .drawing = { .opt = opt, .page.width = USUAL_PAGE_WIDTH } };
	const struct backend *backend = NULL;
	const struct page_format *page;
	const char *format;
	struct scene *s;
	int c, index;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, &index)) != -1)
		take_option(&choice, &own_options[index]);
	if (optind == argc)
		die("draw needs the name of a file to write, such as layout.svg; - is standard output");
	if (optind + 1 < argc)
		die("draw writes one file, but got '%s' and '%s'", argv[optind], argv[optind + 1]);
	choice.path = argv[optind];
	if (!*choice.path)
		die("draw needs the name of a file to write: its argument is empty");
	format = format_of(&choice);
	page = find_page(format);
	if (!page)
		backend = find_backend(&choice, format);
	check_options(&choice, page);
	if (choice.scale && strcmp(format, "png") != 0)
		die("--scale does not go with %s: only png has pixels", format);
	if (page) {
		page->write(&choice.drawing, choice.path);
		return KVAS_OK;
	}
	s = choice.kind->make(&choice.drawing);
	s->is_ascii = !opt->utf8;
	s->scale = choice.scale;
	backend_draw(backend, s, choice.drawing.theme, choice.path);
	scene_free(s);
	return KVAS_OK;
}

const struct command cmd_draw = {
	.name = "draw", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN "p\4",	/* \4: --ascii */
	.synopsis = "[options] [-p PID] FILE",
	.summary = "the address space as a picture in a file",
	.own_help =
	" --format FORMAT         not that of the file's name, as in layout.svg\n"
	" --brief                 few boxes and large texts, to be read from far\n"
	" --zoom REGION           this region and what is inside\n"
	" --from PLACE            from this address or region up\n"
	" --to PLACE              up to this address, or to the end of this region\n"
	" --linear                heights are those of the sizes: why nobody draws it so\n"
	" --no-witnesses          without the live objects\n"
	" --theme THEME           light, dark, or print (needs no colours)\n"
	" --width PX              of the picture, 480 to 4000\n"
	" --scale N               pixels of a PNG for each PX, 1 to 4\n"
	" --lang LANGUAGE         of the words\n"
	"Pictures of another kind:\n"
	" --walk ADDRESS          the page tables to an address or a symbol, as grids\n"
	" --with CAPTURE          this layout beside another: what moved, what changed;\n"
	"                         with -p two processes, or two moments of one\n"
	" --predicted CONFIG      this layout beside what a .config gives\n"
	" --stacks PID            both stacks of each thread of a process\n"
	" --measured              what is really mapped, and what may be done there\n"
	" --mappings FILE         by this file of page tables, with --measured or in html\n"
	" --source WHERE          by module, kcore or a crash dump, with --measured\n"
	" --physical              physical memory beside the kernel's addresses\n"
	" --aliases               whatever else leads to it, with --physical\n",
};
