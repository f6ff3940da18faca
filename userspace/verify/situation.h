/* SPDX-License-Identifier: GPL-2.0-only */
/* situation.h - the situation that rules ask for, as a machine and a layout have it. */
#ifndef KVAS_VERIFY_SITUATION_H
#define KVAS_VERIFY_SITUATION_H

#include "rules/arch.h"
#include "verify.h"

/*
 * By what the machine says.  The architecture may be NULL: then nothing is said
 * of the processor and of memory.  It lives as long as the machine.
 */
void situation_of_machine(struct situation *s, struct machine *m, const struct arch *arch);

/* The same for another architecture; options are not parsed again. */
void situation_for_arch(struct situation *s, struct machine *m, const struct arch *arch);

/* What only the layout tells. */
void situation_take_published(struct situation *s, const struct verification *v);

/* Hold the values of the layout against what rules expect. */
void compare_with_rules(struct verification *v, const struct expected_list *e);

#endif /* KVAS_VERIFY_SITUATION_H */
