/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * predict.h - the layout that a configuration must give.
 *
 * What is not known of the situation is tried at both ends of what is possible,
 * and a prediction holds whatever it is.
 */
#ifndef KVAS_PREDICT_H
#define KVAS_PREDICT_H

#include "arch.h"

/* What is known of a kernel, and of the machine that it is for. */
struct circumstances {
	const char *arch;		/* as a capture has it */
	const char *config;		/* the text of its .config */
	const char *release;
	const char *cmdline;		/* of the boot loader; NULL: not known */
	uint64_t ram;			/* bytes of memory; 0: not known */
	unsigned int va_bits, pa_bits;	/* of the processor; 0: not known */
	const char *mmu;		/* "radix", "hash", or NULL: not known */
};

/* Is there an architecture of that name whose layout can be predicted? */
bool can_predict(const char *arch);

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

/* The releases that there are rules for, as release_number() has them: 5.10 to 7.2. */
enum { OLDEST_PREDICTED = 5010, NEWEST_PREDICTED = 7002 };

/* Frees with predictions_free(). */
void predict(const struct circumstances *c, struct predictions *p);

/*
 * The same of a situation whose parameters are those of the boot loader.
 * Its memory may be an interval.
 */
void predict_situation(const struct situation *s, struct predictions *p);
void predictions_free(struct predictions *p);

/* Both that and what is predicted already must hold. */
void predictions_add(struct predictions *p, enum record_type type,
		     const char *name, const char *key, struct known k);

/* NULL if nothing is said of that. */
struct prediction *prediction_of(const struct predictions *p, enum record_type type,
				 const char *name, const char *key);

#endif /* KVAS_PREDICT_H */
