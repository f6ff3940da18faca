// SPDX-License-Identifier: GPL-2.0-only
/*
 * cairo.c - a scene as an image (PNG) or as a page to print (PDF), by cairo.
 *
 * Only these two formats need cairo, so its library is loaded when one of them is
 * asked for: with it come twenty others, which every other command would wait for.
 */
#include "backend.h"

#ifdef HAVE_CAIRO

#include <cairo-pdf.h>
#include <cairo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "base/write.h"
#include "letters.h"
#include "library.h"
#include "paper.h"
#include "png.h"
#include "themes.h"

/* --- The library ------------------------------------------------------------------- */

#define FUNCTIONS(X) \
	X(clip) X(close_path) X(create) X(destroy) X(fill) X(fill_preserve) \
	X(font_options_create) X(font_options_destroy) X(font_options_set_hint_metrics) \
	X(font_options_set_hint_style) X(image_surface_create) X(line_to) X(move_to) X(new_path) \
	X(new_sub_path) X(paint) X(path_extents) X(pdf_surface_create_for_stream) X(pdf_surface_set_metadata) \
	X(pdf_surface_set_size) X(rectangle) X(restore) X(save) X(scale) X(select_font_face) X(set_dash) \
	X(set_font_options) X(set_font_size) X(set_line_cap) X(set_line_join) X(set_line_width) \
	X(set_source_rgb) X(show_page) X(show_text) X(status) X(status_to_string) X(stroke) X(surface_destroy) \
	X(surface_finish) X(surface_flush) X(surface_status) X(image_surface_get_data) \
	X(image_surface_get_height) X(image_surface_get_stride) X(image_surface_get_width) \
	X(text_extents) X(text_path) X(translate)

static struct {
#define X(name) __typeof__(cairo_##name) *name;
	FUNCTIONS(X)
#undef X
} cairo;

static void load_cairo(void)
{
	void *library = library_open("libcairo.so.2", "libcairo2");

#define X(name) cairo.name = (__typeof__(cairo.name))library_function(library, "cairo_" #name);
	FUNCTIONS(X)
#undef X
}

/* --- A page -------------------------------------------------------------------------- */

struct page {
	cairo_surface_t *surface;
	cairo_t *c;
	enum theme theme;
	double pixels;		/* of an image for a px; 0: this is no image */
	const char *path, *title;
	const struct scene *scene;	/* of a PDF: what is drawn on its sheets in the end */
	struct sheet *sheets;
	size_t n_sheets;
	FILE *out;
	char *data;
	size_t size;
};

static void check(cairo_status_t status)
{
	if (status != CAIRO_STATUS_SUCCESS)
		die("cairo cannot draw this picture: %s", cairo.status_to_string(status));
}

static cairo_status_t put_data(void *page, const unsigned char *data, unsigned int length)
{
	FILE *out = ((struct page *)page)->out;

	return fwrite(data, 1, length, out) == length ? CAIRO_STATUS_SUCCESS :
							CAIRO_STATUS_WRITE_ERROR;
}

static void set_color(cairo_t *c, uint32_t color)
{
	cairo.set_source_rgb(c, (color >> 16) / 255.0, (color >> 8 & 255) / 255.0,
			     (color & 255) / 255.0);
}

static struct page *new_page(const struct scene *s, enum theme theme, const char *path)
{
	struct page *p = zalloc_array(1, sizeof(*p));

	load_cairo();
	p->theme = theme;
	p->path = path;
	p->title = s->title ? s->title : "";
	p->out = open_memstream(&p->data, &p->size);
	if (!p->out)
		die("not enough memory");
	return p;
}

/* On a surface; letters have the widths that they were measured with. */
static void begin_drawing(struct page *p)
{
	cairo_font_options_t *options = cairo.font_options_create();

	check(cairo.surface_status(p->surface));
	p->c = cairo.create(p->surface);
	set_color(p->c, theme_page(p->theme));
	if (p->pixels > 0)
		cairo.paint(p->c);
	cairo.font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo.font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo.set_font_options(p->c, options);
	cairo.font_options_destroy(options);
	cairo.set_line_join(p->c, CAIRO_LINE_JOIN_ROUND);
}

/* --- An image ------------------------------------------------------------------------- */

/* What cairo can address, in each direction. */
enum { MOST_PIXELS = 32767 };

static void *begin_png(const struct scene *s, enum theme theme, const char *path)
{
	struct page *p = new_page(s, theme, path);
	double longest = s->width > s->height ? s->width : s->height;

	p->pixels = s->scale > 0 ? s->scale : 1;
	if (longest * p->pixels > MOST_PIXELS)
		p->pixels = MOST_PIXELS / longest;
	p->surface = cairo.image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(s->width * p->pixels),
						(int)ceil(s->height * p->pixels));
	begin_drawing(p);
	cairo.scale(p->c, p->pixels, p->pixels);
	return p;
}

/* --- A page of paper ---------------------------------------------------------------------- */

/* Of now, unless who wants the same file again has set another one. */
static void set_date(struct page *p)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t when = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
	struct tm parts;
	char text[32];

	if (gmtime_r(&when, &parts) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts))
		cairo.pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, text);
}

static void describe(struct page *p, const struct scene *s)
{
	char *title = drawable(p->title);
	char *subject = drawable(s->description ? s->description : "");

	cairo.pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo.pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_SUBJECT, subject);
	cairo.pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "kvas");
	set_date(p);
	free(title);
	free(subject);
}

static void *begin_pdf(const struct scene *s, enum theme theme, const char *path)
{
	struct page *p = new_page(s, theme, path);

	p->scene = s;
	p->sheets = paper_sheets(s, &p->n_sheets);
	p->surface = cairo.pdf_surface_create_for_stream(put_data, p, p->sheets->width,
							 p->sheets->height);
	describe(p, s);
	begin_drawing(p);
	return p;
}

/* --- Boxes and paths ------------------------------------------------------------------------ */

static void add_line(cairo_t *c, double x1, double y1, double x2, double y2)
{
	cairo.move_to(c, x1, y1);
	cairo.line_to(c, x2, y2);
}

static void add_dots(cairo_t *c, const struct hatch *h, double x0, double y0, double x1, double y1)
{
	double s = h->side;

	for (double y = floor(y0 / s) * s + s / 2; y < y1 + s; y += s)
		for (double x = floor(x0 / s) * s + s / 2; x < x1 + s; x += s)
			add_line(c, x, y, x, y);
}

/* As the patterns of SVG have them: squares are repeated from the origin on. */
static void add_hatch(cairo_t *c, const struct hatch *h, double x0, double y0, double x1, double y1)
{
	double s = h->side;

	if (h->lines & HATCH_RISING)
		for (double k = floor((x0 + y0) / s) * s; k < x1 + y1 + s; k += s)
			add_line(c, k - y1, y1, k - y0, y0);
	if (h->lines & HATCH_FALLING)
		for (double k = floor((x0 - y1) / s) * s; k < x1 - y0 + s; k += s)
			add_line(c, k + y0, y0, k + y1, y1);
	if (h->lines & HATCH_LEVEL)
		for (double y = floor(y0 / s) * s + s / 2; y < y1 + s; y += s)
			add_line(c, x0, y, x1, y);
	if (h->lines & HATCH_UPRIGHT)
		for (double x = floor(x0 / s) * s + s / 2; x < x1 + s; x += s)
			add_line(c, x, y0, x, y1);
	if (h->lines & HATCH_DOTS)
		add_dots(c, h, x0, y0, x1, y1);
}

/* Of the path that was added; it is there no more afterwards. */
static void fill_path(struct page *p, const struct fill *f)
{
	bool is_dots = f->hatch.lines & HATCH_DOTS;
	double x0, y0, x1, y1;

	cairo.path_extents(p->c, &x0, &y0, &x1, &y1);
	set_color(p->c, f->color);
	if (!f->hatch.lines) {
		cairo.fill(p->c);
		return;
	}
	cairo.fill_preserve(p->c);
	cairo.save(p->c);
	cairo.clip(p->c);
	add_hatch(p->c, &f->hatch, x0, y0, x1, y1);
	cairo.set_line_cap(p->c, is_dots ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
	cairo.set_line_width(p->c, is_dots ? 2 * f->hatch.width : f->hatch.width);
	set_color(p->c, f->hatch_color);
	cairo.stroke(p->c);
	cairo.restore(p->c);
}

static double stroke_width(enum stroke stroke)
{
	static const double widths[] = {
		[STROKE_NONE] = 0, [STROKE_THIN] = 1, [STROKE_THICK] = 2.5, [STROKE_DASHED] = 1,
	};

	return widths[stroke];
}

/* A line of an image begins and ends with a whole pixel, or it is a blur. */
static double snapped(const struct page *p, double at, enum stroke stroke)
{
	double half = (lround(stroke_width(stroke) * p->pixels) & 1) / 2.0;

	return p->pixels > 0 ? (round(at * p->pixels - half) + half) / p->pixels : at;
}

static void add_box(struct page *p, const struct mark *m)
{
	double x = snapped(p, m->x, m->stroke), y = snapped(p, m->y, m->stroke);

	cairo.rectangle(p->c, x, y, snapped(p, m->x + m->width, m->stroke) - x,
			snapped(p, m->y + m->height, m->stroke) - y);
}

static void add_points(struct page *p, const struct point *points, size_t n, bool is_closed)
{
	cairo.new_path(p->c);
	for (size_t i = 0; i < n; i++) {
		if (!is_pen_up(points[i])) {
			cairo.line_to(p->c, points[i].x, points[i].y);
			continue;
		}
		if (is_closed)
			cairo.close_path(p->c);
		cairo.new_sub_path(p->c);
	}
	if (is_closed)
		cairo.close_path(p->c);
}

static void add_mark(struct page *p, const struct mark *m)
{
	if (m->type == MARK_BOX)
		add_box(p, m);
	else
		add_points(p, m->points, m->n_points, m->is_closed);
}

static void draw_shape(void *page, const struct mark *m)
{
	struct page *p = page;
	const double dashes[] = { 4, 3 };
	uint32_t edge = theme_ink(p->theme, m->ink);

	if (m->tone != TONE_NONE) {
		struct fill f = theme_fill(p->theme, m->tone, m->state);

		add_mark(p, m);
		fill_path(p, &f);
		edge = m->ink == INK_TEXT ? f.edge : edge;
	}
	if (m->stroke == STROKE_NONE)
		return;
	add_mark(p, m);
	set_color(p->c, edge);
	cairo.set_line_width(p->c, stroke_width(m->stroke));
	cairo.set_dash(p->c, dashes, m->stroke == STROKE_DASHED ? 2 : 0, 0);
	cairo.stroke(p->c);
	cairo.set_dash(p->c, dashes, 0, 0);
}

static void draw_path(void *page, const struct mark *m)
{
	struct page *p = page;
	struct point head[3];

	draw_shape(page, m);
	if (!m->has_arrow || !arrow_head(m, head))
		return;
	add_points(p, head, ARRAY_SIZE(head), true);
	set_color(p->c, theme_ink(p->theme, m->ink));
	cairo.fill(p->c);
}

/* --- Texts ---------------------------------------------------------------------------------- */

static void put_seam(struct page *p, const char *text)
{
	cairo.move_to(p->c, 0, 0);
	cairo.text_path(p->c, text);
	set_color(p->c, theme_page(p->theme));
	cairo.set_line_width(p->c, HALO);
	cairo.stroke(p->c);
}

/* As wide as it was measured, also where another font has to do. */
static void draw_text(void *page, const struct mark *m)
{
	struct page *p = page;
	char *text = drawable(m->text);
	double width = text_width(m->text, m->font);
	cairo_text_extents_t extents;

	cairo.save(p->c);
	cairo.translate(p->c, m->anchor == ANCHOR_START ? m->x : m->anchor == ANCHOR_END ?
			m->x - width : m->x - width / 2, m->y);
	cairo.select_font_face(p->c, m->font.face == FACE_FIXED ? "DejaVu Sans Mono" : "DejaVu Sans",
			       CAIRO_FONT_SLANT_NORMAL,
			       m->font.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo.set_font_size(p->c, font_px(m->font.size));
	cairo.text_extents(p->c, text, &extents);
	if (extents.x_advance > 0 && fabs(extents.x_advance / width - 1) > 0.001)
		cairo.scale(p->c, width / extents.x_advance, 1);
	if (theme_has_halo(p->theme))
		put_seam(p, text);
	set_color(p->c, theme_ink(p->theme, m->ink));
	cairo.move_to(p->c, 0, 0);
	cairo.show_text(p->c, text);
	cairo.restore(p->c);
	free(text);
}

/* --- The end --------------------------------------------------------------------------------- */

static void write_image(struct page *p)
{
	struct pixels pixels;
	char *title = drawable(p->title);

	cairo.surface_flush(p->surface);
	pixels = (struct pixels){
		.width = (unsigned int)cairo.image_surface_get_width(p->surface),
		.height = (unsigned int)cairo.image_surface_get_height(p->surface),
		.rows = (const uint32_t *)(void *)cairo.image_surface_get_data(p->surface),
		.row_length = (size_t)cairo.image_surface_get_stride(p->surface) / sizeof(uint32_t),
	};
	png_write(p->out, &pixels, title);
	free(title);
}

static void end(void *page)
{
	struct page *p = page;

	check(cairo.status(p->c));
	cairo.destroy(p->c);
	if (p->pixels > 0)
		write_image(p);
	cairo.surface_finish(p->surface);
	check(cairo.surface_status(p->surface));
	cairo.surface_destroy(p->surface);
	if (fclose(p->out))
		die("not enough memory");
	write_whole(p->path, p->data, p->size);
	free(p->data);
	free(p);
}

/* --- Sheets ----------------------------------------------------------------------------------- */

static void draw_later(void *page, const struct mark *m)
{
	(void)page;
	(void)m;
}

/* The scene's title and the number of the sheet, where there is more than one. */
static void number_sheet(struct page *p, size_t i)
{
	struct font font = { FACE_SANS, TEXT_SMALL, false };
	char *text = text_printf("%s  %zu/%zu", p->title, i + 1, p->n_sheets);
	struct mark m = { .type = MARK_TEXT, .text = text, .font = font, .ink = INK_QUIET };

	cairo.save(p->c);
	cairo.translate(p->c, PAPER_MARGIN, PAPER_MARGIN * 0.75);
	cairo.scale(p->c, USUAL_SCALE, USUAL_SCALE);
	draw_text(p, &m);
	cairo.restore(p->c);
	free(text);
}

static void draw_sheet(struct page *p, const struct sheet *sheet)
{
	const struct scene *s = p->scene;

	cairo.save(p->c);
	cairo.translate(p->c, (sheet->width - s->width * sheet->scale) / 2, PAPER_MARGIN);
	cairo.scale(p->c, sheet->scale, sheet->scale);
	cairo.translate(p->c, 0, -sheet->top);
	cairo.rectangle(p->c, 0, sheet->top, s->width, sheet->bottom - sheet->top);
	cairo.clip(p->c);
	for (size_t i = 0; i < s->n_marks; i++) {
		const struct mark *m = &s->marks[i];

		if (m->type == MARK_BOX)
			draw_shape(p, m);
		else if (m->type == MARK_PATH)
			draw_path(p, m);
		else if (m->type == MARK_TEXT && m->y > sheet->top && m->y <= sheet->bottom)
			draw_text(p, m);
	}
	cairo.restore(p->c);
}

static void end_pdf(void *page)
{
	struct page *p = page;

	for (size_t i = 0; i < p->n_sheets; i++) {
		const struct sheet *sheet = &p->sheets[i];

		cairo.pdf_surface_set_size(p->surface, sheet->width, sheet->height);
		set_color(p->c, theme_page(p->theme));
		cairo.paint(p->c);
		if (p->n_sheets > 1)
			number_sheet(p, i);
		draw_sheet(p, sheet);
		cairo.show_page(p->c);
	}
	free(p->sheets);
	end(page);
}

const struct backend png_backend = {
	.format = "png", .begin = begin_png, .box = draw_shape, .path = draw_path, .text = draw_text,
	.end = end,
};

const struct backend pdf_backend = {
	.format = "pdf", .begin = begin_pdf, .box = draw_later, .path = draw_later,
	.text = draw_later, .end = end_pdf,
};

#else /* !HAVE_CAIRO */

#define WHY "this kvas was built without cairo: install the package libcairo2-dev and build it again"

const struct backend png_backend = { .format = "png", .missing = WHY };
const struct backend pdf_backend = { .format = "pdf", .missing = WHY };

#endif /* HAVE_CAIRO */
