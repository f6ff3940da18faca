// SPDX-License-Identifier: GPL-2.0-only
/*
 * svg.c - a scene as a document of SVG, without a script and without another file.
 *
 * What a mark looks like is said once, in a style sheet of classes, so that who
 * teaches with it can change it in one place: tone-code state-reserved thin for a
 * box, text-small ink-quiet for a text.
 */
#include <math.h>
#include <stdlib.h>

#include "base/util.h"
#include "base/write.h"
#include "letters.h"
#include "themes.h"

struct page {
	FILE *out;
	char *data;
	size_t size;
	const char *path;
	enum theme theme;
};

/* --- Words of XML ------------------------------------------------------------------ */

/* A name in a capture stays text, whatever is in it. */
static void put_escaped(FILE *out, const char *text)
{
	while (*text) {
		uint32_t letter = next_letter(&text);
		char bytes[5];

		letter_bytes(letter, bytes);
		fputs(letter == '&' ? "&amp;" : letter == '<' ? "&lt;" : letter == '>' ? "&gt;" :
		      letter == '"' ? "&quot;" : bytes, out);
	}
}

static void put_element(FILE *out, const char *name, const char *id, const char *text)
{
	if (!text)
		return;
	fprintf(out, "<%s", name);
	if (id)
		fprintf(out, " id=\"%s\"", id);
	fputc('>', out);
	put_escaped(out, text);
	fprintf(out, "</%s>\n", name);
}

/* An id has no spaces, and nothing that a selector or a link would have to escape. */
static void put_id(FILE *out, const char *id)
{
	fputs(" id=\"", out);
	for (; *id; id++) {
		bool is_plain = (*id >= 'a' && *id <= 'z') || (*id >= 'A' && *id <= 'Z') ||
				(*id >= '0' && *id <= '9') || *id == '-' || *id == '_';

		fputc(is_plain ? *id : '-', out);
	}
	fputc('"', out);
}

/* With at most two decimals. */
static void put_number(FILE *out, double n)
{
	long hundredths = lround(n * 100), whole = labs(hundredths) / 100, rest = labs(hundredths) % 100;

	fprintf(out, "%s%ld", hundredths < 0 ? "-" : "", whole);
	if (rest % 10)
		fprintf(out, ".%02ld", rest);
	else if (rest)
		fprintf(out, ".%ld", rest / 10);
}

static void put_attribute(FILE *out, const char *name, double n)
{
	fprintf(out, " %s=\"", name);
	put_number(out, n);
	fputc('"', out);
}

/* --- The style sheet ---------------------------------------------------------------- */

static void put_hatch_lines(FILE *out, const struct hatch *h)
{
	double s = h->side;

	/* Ends in neighbouring squares, so that lines have no gap at corners. */
	if (h->lines & HATCH_RISING)
		fprintf(out, "M-1 1L1 -1M0 %gL%g 0M%g %gL%g %g", s, s, s - 1, s + 1, s + 1, s - 1);
	if (h->lines & HATCH_FALLING)
		fprintf(out, "M-1 %gL1 %gM0 0L%g %gM%g -1L%g 1", s - 1, s + 1, s, s, s - 1, s + 1);
	if (h->lines & HATCH_LEVEL)
		fprintf(out, "M0 %gH%g", s / 2, s);
	if (h->lines & HATCH_UPRIGHT)
		fprintf(out, "M%g 0V%g", s / 2, s);
}

static void put_pattern(FILE *out, enum tone tone, enum state state, const struct fill *f)
{
	const struct hatch *h = &f->hatch;

	fprintf(out, "<pattern id=\"hatch-%s-%s\" patternUnits=\"userSpaceOnUse\" width=\"%g\" height=\"%g\">"
		"<rect width=\"%g\" height=\"%g\" style=\"fill:#%06x\"/>",
		tone_name(tone), state_name(state), h->side, h->side, h->side, h->side, f->color);
	if (h->lines & HATCH_DOTS)
		fprintf(out, "<circle cx=\"%g\" cy=\"%g\" r=\"%g\" style=\"fill:#%06x\"/>",
			h->side / 2, h->side / 2, h->width, f->hatch_color);
	if (h->lines & ~HATCH_DOTS) {
		fputs("<path d=\"", out);
		put_hatch_lines(out, h);
		fprintf(out, "\" style=\"fill:none;stroke:#%06x;stroke-width:%g\"/>", f->hatch_color,
			h->width);
	}
	fputs("</pattern>\n", out);
}

struct used {
	bool tones[N_TONES][STATE_MAPPED + 1];
};

static struct used used_fills(const struct scene *s)
{
	struct used used = { 0 };

	for (size_t i = 0; i < s->n_marks; i++)
		used.tones[s->marks[i].tone][s->marks[i].state] = true;
	return used;
}

static void put_fills(FILE *out, const struct used *used, enum theme theme, bool patterns)
{
	for (enum tone tone = TONE_NONE + 1; tone < N_TONES; tone++) {
		for (enum state state = STATE_RESERVED; state <= STATE_MAPPED; state++) {
			struct fill f = theme_fill(theme, tone, state);

			if (!used->tones[tone][state])
				continue;
			if (patterns && f.hatch.lines)
				put_pattern(out, tone, state, &f);
			if (patterns)
				continue;
			fprintf(out, ".tone-%s.state-%s{stroke:#%06x;fill:", tone_name(tone),
				state_name(state), f.edge);
			if (f.hatch.lines)
				fprintf(out, "url(#hatch-%s-%s)}\n", tone_name(tone), state_name(state));
			else
				fprintf(out, "#%06x}\n", f.color);
		}
	}
}

static void put_style(FILE *out, enum theme theme)
{
	uint32_t text = theme_ink(theme, INK_TEXT);

	fprintf(out, ".page{fill:#%06x}\n"
		"text{font-family:'DejaVu Sans',Verdana,'Bitstream Vera Sans',sans-serif;font-size:%gpx;"
		"fill:#%06x;white-space:pre;font-kerning:none;font-variant-ligatures:none;"
		"text-rendering:geometricPrecision}\n"
		".text-fixed{font-family:'DejaVu Sans Mono','Bitstream Vera Sans Mono',Menlo,monospace}\n"
		".text-small{font-size:%gpx}\n.text-large{font-size:%gpx}\n.text-bold{font-weight:bold}\n"
		".box,.line{fill:none;stroke:#%06x;stroke-width:0}\n"
		".box{shape-rendering:crispEdges}\n"
		".head{fill:#%06x}\n"
		".thin,.dashed{stroke-width:1}\n.thick{stroke-width:2.5}\n.dashed{stroke-dasharray:4 3}\n",
		theme_page(theme), font_px(TEXT_NORMAL), text, font_px(TEXT_SMALL),
		font_px(TEXT_LARGE), text, text);
	if (theme_has_halo(theme))
		fprintf(out, "text{paint-order:stroke;stroke:#%06x;stroke-width:%dpx;stroke-linejoin:round}\n",
			theme_page(theme), HALO);
	for (enum ink ink = INK_TEXT + 1; ink < N_INKS; ink++)
		fprintf(out, "text.ink-%s,.head.ink-%s{fill:#%06x}\n", ink_name(ink), ink_name(ink),
			theme_ink(theme, ink));
}

/* These come after those of the tones, so that an ink that is asked for wins. */
static void put_inks(FILE *out, enum theme theme)
{
	for (enum ink ink = INK_TEXT + 1; ink < N_INKS; ink++)
		fprintf(out, ".box.ink-%s,.line.ink-%s{stroke:#%06x}\n", ink_name(ink),
			ink_name(ink), theme_ink(theme, ink));
}

static void put_definitions(struct page *p, const struct scene *s)
{
	const struct used used = used_fills(s);

	fputs("<style>\n", p->out);
	put_style(p->out, p->theme);
	put_fills(p->out, &used, p->theme, false);
	put_inks(p->out, p->theme);
	fputs("</style>\n<defs>\n", p->out);
	put_fills(p->out, &used, p->theme, true);
	fputs("</defs>\n", p->out);
}

static void *begin(const struct scene *s, enum theme theme, const char *path)
{
	struct page *p = zalloc_array(1, sizeof(*p));

	p->path = path;
	p->theme = theme;
	p->out = open_memstream(&p->data, &p->size);
	if (!p->out)
		die("not enough memory");
	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"picture-title\""
	      " aria-describedby=\"picture-about\"", p->out);
	fprintf(p->out, " class=\"theme-%s\" viewBox=\"0 0 ", theme_names[theme]);
	put_number(p->out, s->width);
	fputc(' ', p->out);
	put_number(p->out, s->height);
	fputc('"', p->out);
	put_attribute(p->out, "width", s->width);
	put_attribute(p->out, "height", s->height);
	fputs(">\n", p->out);
	put_element(p->out, "title", "picture-title", s->title ? s->title : "");
	put_element(p->out, "desc", "picture-about", s->description ? s->description : "");
	put_definitions(p, s);
	fputs("<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n", p->out);
	return p;
}

/* --- Marks ---------------------------------------------------------------------------- */

static void put_group(void *page, const struct mark *m)
{
	FILE *out = ((struct page *)page)->out;

	fputs("<g", out);
	if (m->id)
		put_id(out, m->id);
	if (m->classes) {
		fputs(" class=\"", out);
		put_escaped(out, m->classes);
		fputc('"', out);
	}
	fputs(">\n", out);
	put_element(out, "title", NULL, m->title);
	put_element(out, "desc", NULL, m->about);
}

static void end_group(void *page)
{
	fputs("</g>\n", ((struct page *)page)->out);
}

static void put_classes(FILE *out, const struct mark *m, const char *kind)
{
	static const char *const strokes[] = {
		[STROKE_NONE] = "", [STROKE_THIN] = " thin", [STROKE_THICK] = " thick",
		[STROKE_DASHED] = " dashed",
	};

	fprintf(out, " class=\"%s", kind);
	if (m->tone != TONE_NONE)
		fprintf(out, " tone-%s state-%s", tone_name(m->tone), state_name(m->state));
	fputs(strokes[m->stroke], out);
	if (m->ink != INK_TEXT)
		fprintf(out, " ink-%s", ink_name(m->ink));
	fputc('"', out);
}

static void put_box(void *page, const struct mark *m)
{
	FILE *out = ((struct page *)page)->out;

	fputs("<rect", out);
	put_attribute(out, "x", m->x);
	put_attribute(out, "y", m->y);
	put_attribute(out, "width", m->width);
	put_attribute(out, "height", m->height);
	put_classes(out, m, "box");
	fputs("/>\n", out);
}

static void put_points(FILE *out, const struct point *points, size_t n, bool is_closed)
{
	fputs(" d=\"", out);
	for (size_t i = 0; i < n; i++) {
		if (is_pen_up(points[i])) {
			fputs(is_closed ? "z" : "", out);
			continue;
		}
		fputc(i && !is_pen_up(points[i - 1]) ? 'L' : 'M', out);
		put_number(out, points[i].x);
		fputc(' ', out);
		put_number(out, points[i].y);
	}
	fputs(is_closed ? "z\"" : "\"", out);
}

static void put_path(void *page, const struct mark *m)
{
	FILE *out = ((struct page *)page)->out;
	struct point head[3];

	fputs("<path", out);
	put_points(out, m->points, m->n_points, m->is_closed);
	put_classes(out, m, "line");
	fputs("/>\n", out);
	if (!m->has_arrow || !arrow_head(m, head))
		return;
	fputs("<path", out);
	put_points(out, head, ARRAY_SIZE(head), true);
	fputs(" class=\"head", out);
	if (m->ink != INK_TEXT)
		fprintf(out, " ink-%s", ink_name(m->ink));
	fputs("\"/>\n", out);
}

static void put_text_classes(FILE *out, const struct mark *m)
{
	char words[64] = "";
	char *end = words;

	end += sprintf(end, "%s", m->font.size == TEXT_SMALL ? " text-small" :
		       m->font.size == TEXT_LARGE ? " text-large" : "");
	end += sprintf(end, "%s%s", m->font.face == FACE_FIXED ? " text-fixed" : "",
		       m->font.bold ? " text-bold" : "");
	if (m->ink != INK_TEXT)
		sprintf(end, " ink-%s", ink_name(m->ink));
	if (*words)
		fprintf(out, " class=\"%s\"", words + 1);
}

/* Would a reader of XML drop a space of it? */
static bool has_odd_spaces(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p == ' ' && (p == text || p[1] == ' ' || !p[1]))
			return true;
	return false;
}

static void put_text(void *page, const struct mark *m)
{
	FILE *out = ((struct page *)page)->out;

	if (!m->text || !*m->text)
		return;
	fputs("<text", out);
	put_attribute(out, "x", m->x);
	put_attribute(out, "y", m->y);
	put_text_classes(out, m);
	if (m->anchor != ANCHOR_START)
		fprintf(out, " text-anchor=\"%s\"", m->anchor == ANCHOR_MIDDLE ? "middle" : "end");
	put_attribute(out, "textLength", text_width(m->text, m->font));
	if (has_odd_spaces(m->text))
		fputs(" xml:space=\"preserve\"", out);
	fputc('>', out);
	put_escaped(out, m->text);
	fputs("</text>\n", out);
}

static void end(void *page)
{
	struct page *p = page;

	fputs("</svg>\n", p->out);
	if (fclose(p->out))
		die("not enough memory");
	write_whole(p->path, p->data, p->size);
	free(p->data);
	free(p);
}

const struct backend svg_backend = {
	.format = "svg", .begin = begin, .group = put_group, .end_group = end_group, .box = put_box,
	.path = put_path, .text = put_text, .end = end,
};
