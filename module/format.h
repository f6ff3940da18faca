/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of the contract, from a snapshot. */
#ifndef KVAS_FORMAT_TEXT_H
#define KVAS_FORMAT_TEXT_H

#include "kvas.h"

struct seq_file;

void kvas_format(struct seq_file *m, const struct kvas_snapshot *s);

#endif /* KVAS_FORMAT_TEXT_H */
