/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scene.h - a picture as marks on a page: boxes, lines and texts, in no format yet.
 *
 * A composer (one file for each kind of picture) measures its texts, places its
 * marks and adds them to a scene.  A back end (backend.h) draws the scene.
 * Lengths are in px, 1/96 inch; x goes to the right, y down.
 */
#ifndef KVAS_SCENE_H
#define KVAS_SCENE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static inline double larger(double a, double b)
{
	return a > b ? a : b;
}

static inline double lesser(double a, double b)
{
	return a < b ? a : b;
}

/* --- How a mark looks: a theme says what that is in colours --------------------- */

/* What the fills stand for; those of the regions as in texts/ (region_tone()). */
enum tone {
	TONE_NONE,		/* not filled */
	TONE_CODE,		/* processes and code */
	TONE_DATA,
	TONE_ONE_PIECE,		/* memory in one piece */
	TONE_PAGES,		/* memory page by page */
	TONE_FIXED,		/* fixed addresses and devices */
	TONE_UNUSED,
	TONE_NOTHING,		/* no address exists here */
	TONE_ALERT,		/* what must be seen: writable and executable */
	TONE_CHOSEN,		/* what the picture is about: the entry of a walk */
	N_TONES
};

/* How much of it is there: outlined and light, hatched, or solid. */
enum state { STATE_RESERVED, STATE_POPULATED, STATE_MAPPED };

/* Of lines and texts. */
enum ink { INK_TEXT, INK_QUIET, INK_STRONG, INK_ALERT, INK_CHOSEN, N_INKS };

enum face { FACE_SANS, FACE_FIXED };
enum text_size { TEXT_SMALL, TEXT_NORMAL, TEXT_LARGE, N_TEXT_SIZES };

struct font {
	enum face face;
	enum text_size size;
	bool bold;
};

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

enum stroke { STROKE_NONE, STROKE_THIN, STROKE_THICK, STROKE_DASHED };

/* --- What a text takes ----------------------------------------------------------- */

/*
 * The width of UTF-8 text in the fonts that every back end names (DejaVu), from
 * their own measures (metrics.c); a letter that is not in them counts as the widest.
 */
double text_width(const char *text, struct font font);

/* From one line to the next, and from a line's upper edge to its baseline. */
double line_height(struct font font);
double text_ascent(struct font font);

/* --- Marks ------------------------------------------------------------------------ */

enum mark_type { MARK_GROUP, MARK_GROUP_END, MARK_BOX, MARK_PATH, MARK_TEXT };

struct point {
	double x, y;
};

/* Among the points of a path: the next one begins another part of it. */
#define PEN_UP ((struct point){ NAN, NAN })

static inline bool is_pen_up(struct point p)
{
	return isnan(p.x);
}

struct mark {
	enum mark_type type;
	char *id;		/* of a group: unique, such as "region-vmalloc"; or NULL */
	char *classes;		/* such as "region kind-vmalloc state-reserved"; or NULL */
	char *title;		/* of a group: what it is, for readers of the screen; or NULL */
	char *about;		/* of a group: a sentence more; or NULL */

	double x, y, width, height;	/* of a box; x and y of a text: its baseline */
	enum tone tone;		/* of a box, or of a closed path */
	enum state state;
	enum stroke stroke;
	enum ink ink;		/* of lines and texts */

	struct point *points;	/* of a path */
	size_t n_points;
	bool is_closed, has_arrow;	/* arrow: at its last point */

	char *text;
	struct font font;
	enum anchor anchor;
};

struct scene {
	char *title, *description;	/* of the whole */
	double width, height;
	double scale;		/* pixels of an image for a px, if it is more than 0; else one */
	bool is_ascii;		/* to be drawn in letters of ASCII where there are only letters */
	struct mark *marks;		/* in the order of drawing */
	size_t n_marks, room;
};

struct scene *scene_new(const char *title, const char *description);
void scene_free(struct scene *s);

/*
 * What is added up to scene_end_group() is one thing.  Strings are copied, and
 * NULL is none.
 */
void scene_group(struct scene *s, const char *id, const char *classes, const char *title,
		 const char *about);
void scene_end_group(struct scene *s);

/* All of these return the mark, for what they do not set; it moves with the next. */
struct mark *scene_box(struct scene *s, double x, double y, double width, double height,
		       enum tone tone, enum state state, enum stroke stroke);
struct mark *scene_line(struct scene *s, double x1, double y1, double x2, double y2,
			enum stroke stroke, enum ink ink);
struct mark *scene_path(struct scene *s, const struct point *points, size_t n, bool is_closed,
			enum stroke stroke, enum ink ink);
struct mark *scene_text(struct scene *s, double x, double baseline, struct font font,
			enum anchor anchor, enum ink ink, const char *text);

#endif /* KVAS_SCENE_H */
