/* SPDX-License-Identifier: GPL-2.0-only */
/* pagetables.h - verdicts by page tables that only one architecture has. */
#ifndef KVAS_VERIFY_PAGETABLES_H
#define KVAS_VERIFY_PAGETABLES_H

#include "pagetables/tables.h"
#include "verify.h"

/* What only x86_64 has; and the reason why that cannot be judged. */
void check_x86_64(const struct tables *t, struct verification *v);
void cannot_check_x86_64(struct verification *v, struct known reason);

#endif /* KVAS_VERIFY_PAGETABLES_H */
