/* SPDX-License-Identifier: GPL-2.0-only */
/* verify.h - all that was verified in numbers, and as JSON. */
#ifndef KVAS_CMD_VERIFY_H
#define KVAS_CMD_VERIFY_H

#include <jansson.h>

#include "verify/verify.h"

struct summary {
	size_t values;
	size_t exactly;		/* some source has exactly this value */
	size_t bounded;		/* some source allows it, and none has it */
	size_t consistent;	/* with other published values, which is no check */
	size_t disagree;	/* some source has another */
	size_t unverified;
	size_t by[32];		/* how many values this many sources judged */
	size_t *judged;		/* how many values each source judged */
};

/* What all sources together say of a value. */
static inline const char *overall(enum verdict verdict)
{
	return verdict < CONSISTENT ? "unverified" : verdict_name(verdict);
}

/* All values with their sources, and the numbers. */
json_t *json_verification(const struct verification *v, const struct summary *s);

#endif /* KVAS_CMD_VERIFY_H */
