/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's own data that serve as witnesses; no other file uses them. */
#ifndef KVAS_WITNESS_H
#define KVAS_WITNESS_H

#include "kvas.h"

extern const char kvas_witness_constant[];
extern char kvas_witness_data[];
extern char kvas_witness_bss[];

#endif /* KVAS_WITNESS_H */
