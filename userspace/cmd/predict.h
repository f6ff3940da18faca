/* SPDX-License-Identifier: GPL-2.0-only */
/* predict.h - predictions in words, and two configurations side by side. */
#ifndef KVAS_CMD_PREDICT_H
#define KVAS_CMD_PREDICT_H

#include <jansson.h>
#include <stdio.h>

#include "base/options.h"
#include "layout/value.h"
#include "output/columns.h"
#include "rules/predict.h"

/* exact, interval, absent or open */
const char *prediction_kind(enum known_kind kind);

enum value_kind kind_of_prediction(const struct prediction *p);

json_t *json_prediction(unsigned int bits, const struct prediction *p);

/* kvas predict --diff: two configurations, and the names of their files. */
int predict_diff(const struct options *opt, const struct circumstances *c,
		 const char *const *names);
enum { N_DIFF_COLUMNS = 4 };
extern const struct column predict_diff_columns[N_DIFF_COLUMNS];
extern const char *const predict_diff_members[N_DIFF_COLUMNS];

#endif /* KVAS_CMD_PREDICT_H */
