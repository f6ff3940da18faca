/* SPDX-License-Identifier: GPL-2.0-only */
/* export.h - the command kvas export, for the command line. */
#ifndef KVAS_EXPORT_H
#define KVAS_EXPORT_H

#include <getopt.h>

#include "kvas.h"

extern const struct option export_options[];

#endif /* KVAS_EXPORT_H */
