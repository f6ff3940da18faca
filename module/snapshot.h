/* SPDX-License-Identifier: GPL-2.0-only */
/* One reading of /sys/kernel/debug/kvas. */
#ifndef KVAS_SNAPSHOT_H
#define KVAS_SNAPSHOT_H

#include "layout.h"
#include "memory.h"
#include "witness.h"

struct kvas_writer;

/**
 * struct kvas_snapshot - everything that the text of the file is made from
 * @layout:	areas and facts
 * @memory:	the memory that the direct map shows
 * @witnesses:	live objects
 */
struct kvas_snapshot {
	struct kvas_layout layout;
	struct kvas_memory memory;
	struct kvas_witnesses witnesses;
};

struct kvas_snapshot *kvas_snapshot_take(void);
void kvas_snapshot_release(struct kvas_snapshot *s);
void kvas_snapshot_write(const struct kvas_snapshot *s, struct kvas_writer *w);

#endif /* KVAS_SNAPSHOT_H */
