/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verify.h - the published values against everything else that the machine
 * says about them.
 *
 * A source reads its own part of the machine once (load) and then gives its
 * verdict on each value of a layout that it knows something about (check).
 * Sources share nothing but machine.h, to read, and this, to report.
 */
#ifndef KVAS_VERIFY_H
#define KVAS_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout/model.h"
#include "machine/machine.h"
#include "rules/known.h"

/* By rank: the highest that any source gives is a value's verdict. */
enum verdict {
	NO_RULE,		/* nothing that this source knows about */
	CANNOT_SAY,		/* knows, if it could be read */
	CONSISTENT,		/* as other published values have it: no check */
	ALLOWS,			/* the value is one of those possible */
	AGREES,			/* exactly this value */
	DISAGREES,
};

/* One number or word that a layout publishes. */
struct value {
	const struct record *record;
	const char *name;	/* of the record; "kernel" for the kernel's */
	const char *key;
	const char *text;
	bool is_number;
	uint64_t number;
};

/* What one source says about one value. */
struct cell {
	enum verdict verdict;
	const char *why;	/* a sentence, or NULL unless explain is set */
	bool outside;		/* disagrees, whatever else is published */
};

struct verification;

struct source {
	const char *name;	/* a column's head, a key in JSON */
	const char *title;	/* what it is, in one line */
	/*
	 * What the machine says, from its pool.  It does not know the layout,
	 * so it serves for any number of them.
	 */
	const void *(*load)(struct machine *m);
	/* May be NULL where load() has nothing to tell. */
	void (*check)(const void *evidence, struct verification *v);
	bool inside;		/* leans on published values only */
};

extern const struct source *const sources[];
extern const size_t n_sources;

struct verification {
	const struct layout *layout;
	struct machine *machine;
	struct value *values;
	size_t n_values;
	size_t room;		/* for that many */
	struct cell *cells;	/* n_values rows of n_sources */
	size_t n_sources;
	size_t source;		/* the one whose turn it is */
	bool inside;		/* it leans on published values only */
	bool explain;		/* keep the sentences */
	bool leaning;		/* what is reported now leans on published values */
	size_t n_disagree;	/* cells */
	const char *lacks;	/* names that a capture of an older module lacks, or NULL */
	size_t *first;		/* value of each record */
	uint32_t *slots;	/* hash of values */
	size_t n_slots;
	struct pool pool;
};

/* What all sources have read; the same machine may be asked many times. */
struct evidence;
struct evidence *evidence_load(struct machine *m);
void evidence_free(struct evidence *e);

struct verification *verify(const struct layout *l, const struct evidence *e,
			    bool explain);

/*
 * Hold a layout against predictions.  There is one judge only, in the place of
 * the first source.
 */
struct predictions;
struct verification *verify_predictions(const struct layout *l,
					const struct predictions *p);
void verification_free(struct verification *v);

static inline const struct cell *cell_of(const struct verification *v,
					 size_t value, size_t source)
{
	return &v->cells[value * v->n_sources + source];
}

/* The verdict of all sources together. */
enum verdict verdict_of(const struct verification *v, size_t value);
const char *verdict_name(enum verdict verdict);

/* --- For those who hold a layout against something ----------------------- */

/* Of a zeroed one; it is freed with verification_free(). */
void collect_values(struct verification *v, const struct layout *l, size_t columns);

/* --- For sources --------------------------------------------------------- */

/* "vmalloc.start", "page_size", "CONFIG_SMP", "witness kmalloc.addr"; to be freed. */
char *value_name(const struct value *value);

/* A published value, or NULL. */
const struct value *value_of(const struct verification *v,
			     enum record_type type, const char *name,
			     const char *key);

/* The same of one record, for those whose names are not their own; or NULL. */
const struct value *value_at(const struct verification *v,
			     const struct record *r, const char *key);

/*
 * Was it saved by a module that did not publish execmem_* and what else came with
 * them?  So is a capture that has none of those names, and it may lack them all;
 * a capture that has some of them must have all.
 */
bool is_older(const struct layout *l);
bool may_lack(const struct layout *l, const char *name);

/*
 * Does a capture of an older module have another value there, and rightly so?
 * That module counted a page more in.
 */
bool had_another_value(const struct layout *l, const char *name, const char *key);
#define OLDER_FIXMAP_EXCESS	4096

/*
 * Hold a value against what is known.  Where the layout says that a thing is
 * absent, its "absent" stands for its values.
 */
void expect(struct verification *v, enum record_type type, const char *name,
	    const char *key, struct known k);
void expect_value(struct verification *v, const struct value *value,
		  struct known k);

/* A value that ought to be there: a row of its own, which disagrees. */
void report_missing(struct verification *v, enum record_type type,
		    const char *name, const char *key, const char *why);

/*
 * A verdict that is not a comparison; the strongest one counts.  What leans
 * on published values allows and agrees to nothing: it is CONSISTENT.
 */
__attribute__((format(printf, 4, 5)))
void report(struct verification *v, const struct value *value,
	    enum verdict verdict, const char *why, ...);

/*
 * A line of a source's table: the published value is item number "item" of
 * what is known, plus "add".
 */
struct rule {
	const char *arch;	/* NULL: any; else some, with a space between */
	enum record_type type;
	const char *name;
	const char *key;
	unsigned int item;
	int64_t add;
};

/* Apply a table; on another architecture its values cannot be judged. */
void apply_rules(struct verification *v, const struct rule *rules, size_t n,
		 const struct known *items);

/* Is it one of these, which a space parts? */
bool is_arch(const struct verification *v, const char *list);

/* An address of this layout, which wraps around after the last. */
uint64_t wrap(const struct verification *v, uint64_t addr);

/*
 * The last byte in use, of a region that may reach further: its populated_end,
 * or if there is none its end, which is then no lower.
 */
void expect_used_end(struct verification *v, const char *region,
		     struct known last);

/*
 * The last byte that is mapped as memory in the direct map, as
 * expect_used_end(): what is known of RAM, or the end of device memory above it.
 */
void expect_memory_end(struct verification *v, struct known last);

/* The last byte of device memory, by its own records; 0 if there is none. */
uint64_t device_memory_last(const struct verification *v);

/*
 * Does the direct map hold RAM above high_memory?  Only x86 and powerpc move
 * that when memory is added; elsewhere the resource tree tells of it.
 */
bool memory_was_added(const struct verification *v);

/*
 * Does high_memory count memory that the direct map does not hold?  That of firmware
 * on arm64, riscv64 and ppc64, which has struct pages; x86_64's ACPI tables since
 * 6.11; and what was removed from x86_64 and ppc64.
 */
bool high_memory_is_unmapped(const struct verification *v);

/*
 * What the direct map can hold by max_pfn, which since 6.11 counts ACPI's tables after
 * all RAM, too.
 */
struct known limit_of_memory(const struct verification *v, struct known last);

/* Could the module find the variable that tells where a window ends? */
bool end_could_be_known(const struct verification *v);

/*
 * Does this region end with memory, because the module could not tell how much
 * room is after it?  Its note says so, and it has no populated_end of its own.
 */
bool ends_with_memory(const struct verification *v, const char *region);

/* high_memory, by the first byte after all memory that there is now. */
void expect_high_memory(struct verification *v, struct known end);

/*
 * Where modules are, from the lowest to the highest.  On ARM, of 32 and 64 bits,
 * they go to vmalloc if their own range is full, or KASLR puts them there.
 */
void expect_modules(struct verification *v, struct known low,
		    struct known high);

/*
 * May code of a module be there, by what is published of execmem_text and its
 * fallback?  Only to be asked where execmem_text is published.
 */
bool may_be_code(const struct verification *v, uint64_t addr);

#endif /* KVAS_VERIFY_H */
