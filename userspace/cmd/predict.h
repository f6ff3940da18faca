/* SPDX-License-Identifier: GPL-2.0-only */
/* predict.h - predictions in words, and two configurations side by side. */
#ifndef KVAS_CMD_PREDICT_H
#define KVAS_CMD_PREDICT_H

#include <jansson.h>
#include <stdio.h>

#include "base/options.h"
#include "rules/predict.h"

/* exact, interval, absent or open */
const char *prediction_kind(enum known_kind kind);

/* The number of a fact; the caller frees it. */
char *prediction_number(uint64_t n);

json_t *json_prediction(const struct prediction *p);

/* kvas predict --diff: two configurations, and the names of their files. */
int predict_diff(const struct options *opt, const struct circumstances *c,
		 const char *const *names);
void predict_diff_columns(FILE *out);

#endif /* KVAS_CMD_PREDICT_H */
