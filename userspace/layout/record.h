/* SPDX-License-Identifier: GPL-2.0-only */
/* record.h - the kinds of records that a capture has. */
#ifndef KVAS_RECORD_H
#define KVAS_RECORD_H

#include "../module/kvas_format.h"

enum record_type {
#define X(id, word) RECORD_##id,
	KVAS_RECORD_TYPES(X)
#undef X
	RECORD_UNKNOWN,		/* a later version's; kept for JSON */
};

/* Each as spelled, but for the last. */
extern const char *const record_words[RECORD_UNKNOWN];

#endif /* KVAS_RECORD_H */
