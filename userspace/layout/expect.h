/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expect.h - expectations of a layout, as people write them down.
 *
 * One a line; # begins a comment:
 *
 *   TERM = TERM             also != < <= > >=
 *   TERM = TERM +- 5%       or +- 16M; also after !=
 *   REGION present          or absent
 *   PLACE in REGION         or not in; all of it, if it is a range
 *   PLACE above PLACE       or below; all of it
 *   PLACE within SIZE of PLACE
 *   ... and ...             both
 *   ... if ...              skipped where what follows does not hold
 *
 * TERM is a number (4096, 0x1000, 4K, 12.5P), a version (6.1) to compare the release
 * with, a "text", or a name: of a fact, of an option (CONFIG_SMP, of the capture or of
 * the machine), of what is said of the kernel (release, machine, arch, bits, endian), or
 * REGION.KEY with a KEY of start, end, size, phys, used, parent.
 * PLACE is a number, REGION, REGION.KEY or "witness NAME".  A name may have those
 * around it before it: image.text.start.  A ? after it says that it may be unknown.
 */
#ifndef KVAS_EXPECT_H
#define KVAS_EXPECT_H

#include <stdio.h>

#include "model.h"

enum outcome {
	HOLDS, FAILS, SKIPPED,
	MEANINGLESS,		/* it names what there cannot be, or compares what cannot be compared */
};

/* Options of the kernel that a capture does not hold. */
struct option_source {
	/* "y", "n" or the value; NULL with *why if it is not known. */
	const char *(*value)(void *data, const char *option, const char **why);
	void *data;
};

struct expectation {
	unsigned int line;	/* in its file, from 1 */
	char *text;		/* as written, without comment and outer spaces */
	char *name;		/* the same, however it is spaced */
	void *parsed;
};

struct expectations {
	struct expectation *each;
	size_t n;
	/* What is wrong with the file; line 0: with all of it. */
	unsigned int error_line;
	char error[256];
};

/* NULL if there is something wrong; then error_line and error of *failed tell. */
struct expectations *expectations_parse(const char *text, size_t size,
					struct expectations *failed);
void expectations_free(struct expectations *e);

/*
 * Whether it holds; *why is what was found instead, or why it was skipped or has
 * no meaning, for the caller to free, or NULL if there is no more to say.
 */
enum outcome expectation_judge(const struct expectation *e, const struct layout *l,
			       const struct option_source *options, char **why);

/*
 * A first file of expectations: all that holds of this layout and will hold when
 * the same kernel is started again on the same machine.
 */
void expectations_write(FILE *out, const struct layout *l);

#endif /* KVAS_EXPECT_H */
