/* SPDX-License-Identifier: GPL-2.0-only */
/* texts.h - what each region and section of the vocabulary is. */
#ifndef KVAS_TEXTS_H
#define KVAS_TEXTS_H

#include <stddef.h>

/* X(identifier, "name"): what has a text and is neither region nor section. */
#define KVAS_WORDS(X)							\
	X(ZONE_DEVICE,		"zone_device")	/* of memory records */

struct region_text {
	const char *name;
	const char *color;	/* terminal sequence */
	const char *purpose;	/* a few words, for tables and maps */
	const char *what;	/* the rest: paragraphs for kvas explain */
	const char *users;	/* who allocates or lives there */
	const char *place;	/* what decides its place and size */
	const char *options;	/* which CONFIG and boot options move it */
	const char *elsewhere;	/* other architectures, or NULL */
};

/* What a colour stands for, for the legend of a map. */
struct color_meaning {
	const char *color;	/* as in struct region_text; NULL in the last */
	const char *meaning;
};

extern const struct color_meaning color_meanings[];

extern const struct region_text region_texts[];	/* in the order of the lists */
extern const size_t n_region_texts;

/* NULL for a name that is not in the vocabulary. */
const struct region_text *region_text(const char *name);

/* What users may call a region (lowmem) to what the contract calls it. */
const char *region_name(const char *name);

#endif /* KVAS_TEXTS_H */
