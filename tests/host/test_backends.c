// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_backends.c - draws made-up scenes: test_backends SCENE FORMAT THEME FILE [TEXT]
 *
 * fills: each tone in each state; entries: a path of three parts; tall: rows; ascii: the same, to be drawn in ASCII; texts: each font, ink and anchor; text: TEXT
 * wherever a scene may have one; after SCENE may stand @ and a scale; widths: no file, but the width of each line of
 * standard input in each font.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/backend.h"
#include "draw/themes.h"

static struct scene *fills(void)
{
	struct scene *s = scene_new("Fills", "Each tone in each state");
	char name[64];

	s->width = 700;
	s->height = 420;
	for (enum tone tone = TONE_NONE; tone < N_TONES; tone++) {
		for (enum state state = STATE_RESERVED; state <= STATE_MAPPED; state++) {
			sprintf(name, "%s-%s", tone_name(tone), state_name(state));
			scene_group(s, name, "fill", name, NULL);
			scene_box(s, 10 + 230 * state, 10 + 40 * tone, 220, 30, tone, state, STROKE_THIN);
			scene_text(s, 20 + 230 * state, 30 + 40 * tone,
				   (struct font){ FACE_SANS, TEXT_NORMAL, false }, ANCHOR_START,
				   INK_TEXT, name);
			scene_end_group(s);
		}
	}
	return s;
}

static const char *const words[] = { "Text", "quiet", "strong", "alert", "chosen", "0xffff 8880" };

static struct scene *texts(void)
{
	struct scene *s = scene_new("Texts & fonts", "Each <font>");
	struct point triangle[] = { { 300, 10 }, { 340, 10 }, { 320, 50 } };
	double y = 10;

	s->width = 400;
	s->height = 500;
	for (unsigned int i = 0; i < 12; i++) {
		struct font f = { i & 1, (enum text_size)(i / 4), i & 2 };

		y += line_height(f) + 8;
		scene_text(s, 200, y, f, (enum anchor)(i % 3), (enum ink)(i % N_INKS),
			   words[i % 6]);
	}
	scene_line(s, 20, 420, 380, 420, STROKE_THICK, INK_STRONG);
	scene_line(s, 20, 480, 380, 430, STROKE_DASHED, INK_QUIET)->has_arrow = true;
	scene_path(s, triangle, 3, true, STROKE_THIN, INK_ALERT)->tone = TONE_ALERT;
	return s;
}

/* Too high for one sheet of paper: a hundred rows. */
static struct scene *tall(void)
{
	struct scene *s = scene_new("Tall", "A hundred rows");
	char name[16];

	s->width = 900;
	s->height = 4000;
	for (unsigned int i = 0; i < 100; i++) {
		sprintf(name, "row-%02u", i);
		scene_box(s, 1, 40 * i, 898, 40, TONE_CODE, STATE_MAPPED, STROKE_THIN);
		scene_text(s, 10, 40 * i + 25, (struct font){ FACE_SANS, TEXT_SMALL, false },
			   ANCHOR_START, INK_TEXT, name);
	}
	return s;
}

/* Entries of a table: one path of several parts, and what is between them. */
static struct scene *entries(void)
{
	struct scene *s = scene_new("Entries", "Three squares");
	struct point p[14];
	size_t n = 0;

	s->width = 200;
	s->height = 60;
	for (unsigned int i = 0; i < 3; i++) {
		double x = 20 + 60 * i;

		if (i)
			p[n++] = PEN_UP;
		p[n++] = (struct point){ x, 20 };
		p[n++] = (struct point){ x + 20, 20 };
		p[n++] = (struct point){ x + 20, 32 };
		p[n++] = (struct point){ x, 32 };
	}
	scene_path(s, p, n, true, STROKE_NONE, INK_TEXT)->tone = TONE_CHOSEN;
	s->marks[s->n_marks - 1].state = STATE_MAPPED;
	scene_text(s, 20, 50, (struct font){ FACE_SANS, TEXT_SMALL, false }, ANCHOR_START, INK_TEXT,
		   "three of five");
	return s;
}

static struct scene *one_text(const char *text)
{
	struct scene *s = scene_new(text, text);
	struct font f = { FACE_FIXED, TEXT_NORMAL, false };

	s->width = 20 + text_width(text, f);
	s->height = 60;
	scene_group(s, text, text, text, text);
	scene_box(s, 5, 5, s->width - 10, 50, TONE_DATA, STATE_MAPPED, STROKE_THICK);
	scene_text(s, 10, 30, f, ANCHOR_START, INK_TEXT, text);
	scene_end_group(s);
	return s;
}

static int print_widths(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		for (unsigned int i = 0; i < 12; i++)
			printf("%.6f ", text_width(line, (struct font){ i & 1, (enum text_size)(i / 4), i & 2 }));
		putchar('\n');
	}
	return 0;
}

static const struct backend *backend_of(const char *format)
{
	for (const struct backend *const *b = backends; *b; b++)
		if (strcmp((*b)->format, format) == 0)
			return *b;
	exit(3);
}

int main(int argc, char **argv)
{
	const struct backend *b;
	enum theme theme = THEME_LIGHT;
	struct scene *s;
	char *scale;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	if (argc > 1 && strcmp(argv[1], "widths") == 0)
		return print_widths();
	if (argc < 5)
		return 3;
	scale = strchr(argv[1], '@');
	if (scale)
		*scale = '\0';
	b = backend_of(argv[2]);
	if (b->missing) {
		puts(b->missing);
		return 2;
	}
	while (strcmp(theme_names[theme], argv[3]) != 0)
		theme++;
	s = strcmp(argv[1], "texts") == 0 ? texts() : strcmp(argv[1], "text") == 0 ?
	    one_text(argc > 5 ? argv[5] : "") : strcmp(argv[1], "entries") == 0 ? entries() :
	    strcmp(argv[1], "tall") == 0 ? tall() : fills();
	s->is_ascii = strcmp(argv[1], "ascii") == 0;
	s->scale = scale ? atof(scale + 1) : 0;
	backend_draw(b, s, theme, argv[4]);
	scene_free(s);
	return 0;
}
