// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_draw.c - prints what the layout pass makes of a capture, for test_draw.py.
 *
 *   test_draw CAPTURE MAX_LINES [PART [REGION]]
 *
 * MAX_LINES 0 is the full map, PART is all, user or kernel.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/draw.h"
#include "layout/parse.h"

static const char *const kinds[] = {
	[BOX_REGION] = "region", [BOX_HOLE] = "hole", [BOX_USED] = "used",
	[BOX_RESERVED] = "reserved", [BOX_REST] = "rest", [BOX_FOLDED] = "folded",
};

static const char *const halves[] = {
	[HALF_KERNEL] = "kernel", [HALF_NEITHER] = "neither", [HALF_USER] = "user",
};

static struct layout *load(const char *path)
{
	static char text[4 << 20];
	struct parse_error error;
	FILE *in = fopen(path, "r");
	size_t size = in ? fread(text, 1, sizeof(text), in) : 0;
	struct layout *l = layout_parse(text, size, &error);

	if (in)
		fclose(in);
	if (!l)
		fprintf(stderr, "%s: %s\n", path, error.message);
	return l;
}

static void print_edge(const struct edge *e)
{
	for (size_t i = 0; i < MAX_NAMES && e->names[i]; i++)
		printf("%s%s", i ? "|" : "\t", e->names[i]);
	if (!e->names[0])
		printf("\t");
}

static void print_box(const struct box *b)
{
	printf("box\t%u\t%s\t%s\t%" PRIx64 "\t%" PRIx64 "\t%d\t%u\t%u\t%zu\t%s\t%s", b->depth,
	       kinds[b->kind], halves[b->half], b->start, b->end, b->is_leaf, b->rows, b->log2,
	       b->n_folded, b->name, b->about ? b->about : "");
	print_edge(&b->top);
	putchar('\n');
	for (size_t i = 0; i < b->n_insets; i++) {
		printf("inset\t%" PRIx64 "\t%" PRIx64 "\t%s", b->insets[i].start,
		       b->insets[i].end, b->insets[i].text);
		print_edge(&b->insets[i].bottom);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	struct layout *l = argc > 2 ? load(argv[1]) : NULL;
	struct request r = { 0 };
	struct picture *p;

	if (!l)
		return 2;
	r.max_lines = (unsigned int)atoi(argv[2]);
	r.brief = r.max_lines > 0;
	if (argc > 3)
		r.part = strcmp(argv[3], "user") == 0 ? PART_USER :
			 strcmp(argv[3], "kernel") == 0 ? PART_KERNEL : PART_ALL;
	if (argc > 4)
		r.zoom = layout_region(l, argv[4]);
	p = picture_build(l, &r);
	printf("picture\t%" PRIx64 "\t%" PRIx64 "\t%zu\t%" PRIu64 "\t%s\t%s\n", p->start, p->end,
	       p->n_hidden_gaps, p->hidden_gaps, p->title, p->subtitle ? p->subtitle : "");
	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++)
		if (p->halves[i].is_drawn)
			printf("half\t%s\t%" PRIx64 "\t%" PRIx64 "\n", halves[i],
			       p->halves[i].start, p->halves[i].end);
	if (p->physical.is_known)
		printf("physical\t%" PRIx64 "\t%" PRIx64 "\t%s\n", p->physical.low_start,
		       p->physical.low_end, p->physical.high_size ? p->physical.high_size : "");
	for (size_t i = 0; i < p->n_boxes; i++)
		print_box(&p->boxes[i]);
	picture_free(p);
	layout_free(l);
	return 0;
}
