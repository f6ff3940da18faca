// SPDX-License-Identifier: GPL-2.0-only
/* draw_html.c - kvas draw FILE.html: loads what the page to explore shows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "base/write.h"
#include "draw.h"
#include "draw_page.h"
#include "load.h"
#include "mappings.h"
#include "process_layout.h"

enum { LONG_RUN = 16 };		/* mappings of a process that are one box each */

static struct layout *load_other(struct options *opt, const char *operand)
{
	struct stat st;

	opt->file = opt->sysroot = opt->process = NULL;
	if (strcmp(operand, "-") != 0 && stat(operand, &st) == 0 && S_ISDIR(st.st_mode))
		opt->sysroot = operand;
	else
		opt->file = operand;
	return load_layout(opt);
}

/* Both must have addresses of one kind, or there is nothing to compare. */
static void refuse_stranger(const struct layout *l, const struct layout *other, const char *operand)
{
	if (strcmp(l->arch, other->arch) != 0 || l->bits != other->bits)
		die("--with=%s: a layout of %s with %u bits cannot be compared with one of %s with %u",
		    operand, other->arch, other->bits, l->arch, l->bits);
}

/* What that option says, or NULL if it is not given. */
static const char *argument_of(const struct drawing *d, const char *option)
{
	return d->option && strcmp(d->option, option) == 0 ? d->argument : NULL;
}

static bool is_measured(const struct drawing *d)
{
	return d->option && strcmp(d->option, "measured") == 0;
}

/* What a page has of a process is its parts: no tables, and nothing to compare with a kernel. */
static void refuse_process(const struct drawing *d)
{
	if (d->opt->process && argument_of(d, "walk"))
		die("--walk=%s: the page has walks of the kernel's tables only: without -p, or as a picture",
		    d->argument);
	if (d->opt->process && argument_of(d, "with"))
		die("--with=%s: the page compares layouts of the kernel only: without -p", d->argument);
}

static void refuse_unmeasured(const struct drawing *d)
{
	if (is_measured(d) && d->opt->file && !d->mappings)
		die("--measured needs page tables, and --file names a capture, which holds none: name the file of the same boot with --mappings");
}

/* The link to the view that --zoom, --from, --to and --measured ask for; to be freed. */
static char *start_link(const struct drawing *d, const struct layout *l)
{
	const char *view = is_measured(d) ? "&view=mapped" : "";
	struct request r = drawing_request(d, l);

	if (r.zoom)
		return text_printf("#at=%s%s", r.zoom->name, view);
	if (r.has_range)
		return text_printf("#from=0x%" PRIx64 "&to=0x%" PRIx64 "%s", r.from, r.to, view);
	return text_printf("#%s", view);
}

static void write_page(const char *path, const struct page_request *r)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die("not enough memory");
	draw_page(out, r);
	if (fclose(out))
		die("not enough memory");
	write_whole(path, text, size);
	free(text);
}

void draw_html(const struct drawing *d, const char *path)
{
	const struct folding folding = { .most = LONG_RUN, .apart = { d->zoom, d->from, d->to } };
	struct process_layout process = { 0 };
	struct options other = *d->opt;
	struct mappings *m = NULL;
	struct page_request r = { .n_captures = 1, .is_dark = d->theme == THEME_DARK };
	const char *with = argument_of(d, "with");
	struct layout *l, *second = NULL;
	char *link;

	refuse_process(d);
	refuse_unmeasured(d);
	if (d->opt->process)
		process_layout_open(&process, d->opt, &folding);
	l = d->opt->process ? process.l : load_layout(d->opt);
	if (d->mappings || is_measured(d))
		m = mappings_load(d->opt, d->mappings, l);
	r.captures[0] = (struct page_capture){ .opt = d->opt, .l = l, .mappings = m };
	r.walk = argument_of(d, "walk");
	r.link = link = start_link(d, l);
	if (with) {
		second = load_other(&other, with);
		refuse_stranger(l, second, with);
		r.captures[r.n_captures++] = (struct page_capture){ .opt = &other, .l = second };
	}
	write_page(path, &r);
	free(link);
	mappings_free(m);
	layout_free(second);
	if (d->opt->process)
		process_layout_close(&process);
	else
		layout_free(l);
}
