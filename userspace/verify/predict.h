/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * predict.h - the layout that a configuration must give.
 *
 * A machine is imagined that has this configuration and whatever else is given;
 * then those sources of verify that can foretell are asked what they expect of
 * it.  What is not given is tried at both ends of what is possible, and a
 * prediction holds whatever it is.
 */
#ifndef KVAS_VERIFY_PREDICT_H
#define KVAS_VERIFY_PREDICT_H

#include "verify.h"

/* What is known of a kernel, and of the machine that it is for. */
struct circumstances {
	const char *arch;		/* as a capture has it */
	const char *config;		/* the text of its .config */
	const char *release;
	const char *cmdline;		/* of the boot loader; NULL: not known */
	uint64_t ram;			/* bytes of memory; 0: not known */
	unsigned int va_bits, pa_bits;	/* of the processor; 0: not known */
	const char *mmu;		/* "radix", "hash", or NULL: not known */
	struct machine *machine;	/* a real one, that has all but the first two */
};

struct prediction {
	enum record_type type;
	const char *name, *key;
	struct known known;
};

struct predictions {
	struct prediction *each;
	size_t n, room;
	struct pool pool;
};

/* Is there an architecture of that name whose layout can be predicted? */
bool can_predict(const char *arch);

/* Frees with predictions_free(). */
void predict(const struct circumstances *c, struct predictions *p);
void predictions_free(struct predictions *p);

/* NULL if nothing is said of that. */
struct prediction *prediction_of(const struct predictions *p, enum record_type type,
				 const char *name, const char *key);

/*
 * Hold a layout against predictions.  There is one judge only, in the place of
 * the first source.
 */
struct verification *verify_predictions(const struct layout *l,
					const struct predictions *p);

/* --- For verdicts.c ------------------------------------------------------ */

/* Both that and what is predicted already must hold. */
void predictions_add(struct predictions *p, enum record_type type,
		     const char *name, const char *key, struct known k);

/* What the sources that foretell expect of a machine; the layout is empty. */
void foretell(const struct layout *l, struct machine *m,
	      struct predictions *predictions);

#endif /* KVAS_VERIFY_PREDICT_H */
