// SPDX-License-Identifier: GPL-2.0-only
/* page.c - see backend.h: the page to explore; the Makefile makes page.inc of the files in page/. */
#include "backend.h"

/* The page in pieces: what follows each is put between it and the next. */
enum piece { BEFORE_TITLE, BEFORE_DATA, AFTER_DATA, N_PIECES };

static const char *const pieces[N_PIECES] = {
#include "page.inc"
};

static void write_title(FILE *out, const char *title)
{
	for (; *title; title++) {
		if (*title == '<')
			fputs("&lt;", out);
		else if (*title == '&')
			fputs("&amp;", out);
		else
			fputc(*title, out);
	}
}

/* In JSON these letters are in strings only, where an escape means the same. */
static void write_data(FILE *out, const char *data)
{
	for (; *data; data++) {
		if (*data == '<' || *data == '>' || *data == '&')
			fprintf(out, "\\u%04x", (unsigned int)*data);
		else
			fputc(*data, out);
	}
}

void page_write(FILE *out, const char *title, const char *data)
{
	fputs(pieces[BEFORE_TITLE], out);
	write_title(out, title);
	fputs(pieces[BEFORE_DATA], out);
	write_data(out, data);
	fputs(pieces[AFTER_DATA], out);
}
