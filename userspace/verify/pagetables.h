/* SPDX-License-Identifier: GPL-2.0-only */
/* pagetables.h - verdicts by page tables, on any architecture and on one. */
#ifndef KVAS_VERIFY_PAGETABLES_H
#define KVAS_VERIFY_PAGETABLES_H

#include "pagetables/tables.h"
#include "verify.h"

/* A region that starts where a mapping does, at a known physical address. */
void check_first(const struct tables *t, struct verification *v,
		 enum record_type type, const char *name, const char *key,
		 struct known phys);

/* A known object of the image is mapped there as well. */
void check_alias(const struct tables *t, struct verification *v,
		 const struct value *value, const char *symbol, bool may_be_off);

/* Nothing is ever mapped there in the tables of the kernel itself. */
void check_empty(const struct tables *t, struct verification *v,
		 const char *name, unsigned int level);

/* What only x86_64 has; and the reason why that cannot be judged. */
void check_x86_64(const struct tables *t, struct verification *v);
void cannot_check_x86_64(struct verification *v, struct known reason);

#endif /* KVAS_VERIFY_PAGETABLES_H */
