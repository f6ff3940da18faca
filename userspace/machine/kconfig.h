/* SPDX-License-Identifier: GPL-2.0-only */
/* kconfig.h - the .config of a kernel, which need not be built yet. */
#ifndef KVAS_VERIFY_KCONFIG_H
#define KVAS_VERIFY_KCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"

struct kconfig {
	const char *text;		/* which must outlive this */
	const char *arch;		/* as a capture has it; NULL: none that kvas knows */
	const char *release;		/* of its first lines, or NULL */
	const char *head;		/* the architecture there, in the build's words; or NULL */
	const char *unfit;		/* a kernel without such a layout; or NULL */
};

/*
 * Take a .config of size bytes and a NUL after them.  False if it is none,
 * with what was expected in *error, and where in *line (0: nowhere).
 */
bool kconfig_parse(struct kconfig *k, const char *text, size_t size,
		   struct pool *pool, unsigned int *line, const char **error);

/*
 * The options that each whole .config for its architecture has and this one has
 * not: "CONFIG_A and CONFIG_B", or "".
 */
const char *kconfig_missing(const struct kconfig *k, struct pool *pool);

/* Of an option; "n" for what is not set. */
const char *kconfig_value(const struct kconfig *k, const char *option, struct pool *pool);

#endif /* KVAS_VERIFY_KCONFIG_H */
