/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * draw.h - what `kvas draw` was asked for, and the kinds of picture.
 *
 * A kind is one row of a table in draw.c: the option that chooses it, and a
 * function that loads what it needs and has a composer (draw/pictures.h) make a
 * scene of it.  A format that is no scene (the page) is a row of another table.
 */
#ifndef KVAS_CMD_DRAW_H
#define KVAS_CMD_DRAW_H

#include "base/options.h"
#include "draw/backend.h"
#include "draw/pictures.h"

struct drawing {
	const struct options *opt;	/* --file, --sysroot, --process */
	const char *option;		/* the one that chose the kind, such as "walk"; or NULL */
	const char *argument;		/* of that option; NULL: it has none */
	enum theme theme;
	struct page page;
	/* What --zoom, --from and --to say, or NULL: a name or an address. */
	const char *zoom, *from, *to;
	const char *mappings;		/* --mappings, a file; or NULL */
	const char *source;		/* --source, as kvas mappings takes it; or NULL */
	bool aliases;			/* --aliases */
	bool linear, without_pins;
};

/* Each loads its data, and does not return if it cannot. */
typedef struct scene *make_scene(const struct drawing *d);

struct picture_kind {
	const char *option;		/* such as "walk"; NULL: a picture of this machine */
	/* The other options of draw that it takes, parted by spaces. */
	const char *takes;
	make_scene *make;
};

/* A format of its own: writes all to a file or device of this name. */
struct page_format {
	const char *format;		/* "html": also the ending */
	const char *takes;		/* options of draw, as above */
	void (*write)(const struct drawing *d, const char *path);
};

/* draw_machine.c: this machine, or a process of it. */
make_scene draw_machine;

/* draw_html.c: the page to explore. */
void draw_html(const struct drawing *d, const char *path);

/* draw_walk.c: --walk ADDRESS. */
make_scene draw_walk;

/* draw_pair.c: --with CAPTURE. */
make_scene draw_pair;

/* draw_processes.c: --process PID --with PID. */
make_scene draw_processes;

/* draw_predicted.c: --predicted CONFIG. */
make_scene draw_predicted;

/* draw_stacks.c: --stacks PID. */
make_scene draw_stacks;

/* draw_measured.c: --measured. */
make_scene draw_measured;

/* draw_physical.c: --physical. */
make_scene draw_physical;

/*
 * draw_request.c: the request that --zoom, --from, --to and --brief make; does not return if a
 * name is none of the layout's.
 */
struct request drawing_request(const struct drawing *d, const struct layout *l);

#endif /* KVAS_CMD_DRAW_H */
