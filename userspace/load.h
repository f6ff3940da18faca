/* SPDX-License-Identifier: GPL-2.0-only */
/* load.h - why a layout could not be read, and what to do about it. */
#ifndef KVAS_LOAD_H
#define KVAS_LOAD_H

#include <stdbool.h>

#define KVAS_LIVE_FILE "/sys/kernel/debug/kvas"

/* What is known after the live file could not be opened. */
struct refusal {
	int error;			/* errno of it */
	bool superuser;
	bool debugfs_mounted;
	int kptr_restrict;		/* -1: unknown */
	bool locked_down;
};

/* One sentence with a remedy.  Pure, so that each case can be tested. */
const char *refusal_advice(const struct refusal *r);

#endif /* KVAS_LOAD_H */
