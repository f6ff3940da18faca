/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.h - what differs between two layouts, and why.
 *
 * Pure: nothing is read and nothing is printed here.
 */
#ifndef KVAS_DIFF_H
#define KVAS_DIFF_H

#include "model.h"

enum difference_kind {
	/* What was set: the causes. */
	SET_OPTION,		/* of the configuration */
	SET_PARAMETER,		/* of the boot loader's command line */
	/* What came of it: real changes. */
	APPEARED,
	VANISHED,
	GREW,
	SHRANK,
	RELOCATED,		/* it starts elsewhere, and not by KASLR */
	CHANGED,		/* a fact */
	REORDERED,
	REBUILT,		/* a section that another build made larger or smaller */
	/* What KASLR and the boot-time allocator place anew each time. */
	MOVED,
};

enum { MAX_REASONS = 8 };

struct difference {
	enum difference_kind kind;
	const char *name;	/* of the option, parameter, fact or region */
	/* Of a region: where it is; NULL where it is not, or this is none. */
	const struct region *region[2];
	const struct fact *fact[2];	/* of a fact or an option, likewise */
	char *value[2];		/* as words: sizes, values; NULL if not there */
	const char *absent[2];	/* why a region is not there, or NULL */
	bool has_size[2];	/* then the value is one, rounded */
	uint64_t size[2];	/* less one */
	uint64_t slide;		/* of what MOVED: modulo the address space */
	/*
	 * Why: options, parameters, facts; "memory", "processor", "kernel" for
	 * another one, "parameter" for one that is not known.  Of what MOVED,
	 * what it moved with, or "boot".
	 */
	const char *reason[MAX_REASONS];
	size_t n_reasons;
};

struct diff {
	const struct layout *layout[2];
	const char *cmdline[2];		/* NULL: not known */
	/* Same architecture and word size; else no address is compared. */
	bool comparable;
	bool same_kernel;		/* release and, if known, build id */
	struct difference *differences;
	size_t n, room;
};

/* The command lines may be NULL.  Does not return without memory. */
struct diff *diff_layouts(const struct layout *a, const char *cmdline_a,
			  const struct layout *b, const char *cmdline_b);
void diff_free(struct diff *d);

/* reasons.c: which of the differences explain the others. */
void diff_explain(struct diff *d);

/*
 * because.c: what explains a difference, or why a region is not there, in words; to be
 * freed.  NULL if nothing is known.
 */
char *difference_because(const struct difference *d);

/* The word for a kind. */
const char *difference_word(enum difference_kind kind);

/* Is it more than KASLR does on each boot? */
bool difference_counts(const struct difference *d);

/*
 * causes.c: names, separated by spaces, of what may change a fact or region of
 * a kernel of so many bits: other facts and regions, CONFIG_ options, boot
 * parameters ("nokaslr="), "memory" for the amount of it and "processor".
 * Those to be asked first, or those otherwise; empty if there are none.
 */
const char *causes_of(const char *name, unsigned int bits, bool otherwise);

/* Is it placed at boot, wherever there is room? */
bool is_placed_at_boot(const char *name);

/* Is it a boot parameter that shapes the layout? */
bool is_known_parameter(const char *name, size_t length);

#endif /* KVAS_DIFF_H */
