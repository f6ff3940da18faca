/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - a layout as the reader holds it, parsed from one capture.
 *
 * Everything after parse() works on these structures and never on text.
 * Strings live as long as the layout.  Ranges are inclusive.
 */
#ifndef KVAS_MODEL_H
#define KVAS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* One key=value of a record, in file order, known key or not. */
struct field {
	const char *key;
	const char *value;
};

struct record {
	enum record_type type;
	const char *word;		/* the type as spelled */
	unsigned int line;		/* 1-based, in the capture */
	struct field *fields;
	size_t n_fields;
};

/* A fact or a config option.  value is NULL when absent says why. */
struct fact {
	const struct record *record;
	const char *name;
	const char *value;
	const char *unit;
	const char *source;
	const char *route;
	const char *absent;
};

/*
 * A region, a section of the kernel image, or a piece of device memory.  Only
 * the last may share its name with others; it has no sources and no routes.
 */
struct region {
	const struct record *record;
	const char *name;
	const char *absent;		/* why it is not there, or NULL */
	bool is_section;
	bool is_memory;
	/*
	 * A range from which the kernel allocates memory for code.  Such ranges
	 * overlap regions and one another, and nothing lies in them: an address
	 * belongs to the region.
	 */
	bool is_overlay;
	const char *kind;		/* of device memory */
	uint64_t start, end;		/* inclusive; valid if !absent */
	const char *start_source, *start_route;
	const char *end_source, *end_route;
	bool has_populated;
	uint64_t populated_start, populated_end;
	const char *populated_source, *populated_route;
	bool has_phys;
	uint64_t phys;			/* physical address of start */
	const char *note;
	const char *purpose;		/* of a part of a process; NULL: the name tells it */
	const char *parent_name;	/* as published, or NULL */
	const struct region *parent;	/* resolved, or NULL at top level */
	unsigned int depth;		/* 0 at top level */
};

/* A live object.  addr is valid if !absent. */
struct witness {
	const struct record *record;
	const char *name;
	const char *absent;
	uint64_t addr;
	const char *region_name;	/* where it must lie */
	const char *source;
	const char *content;		/* text at addr, or NULL */
};

struct layout {
	unsigned int version;
	const char *release, *machine, *arch, *build_id;
	bool has_context;		/* of a capture that kvas save made */
	const char *when, *cmdline;	/* what it tells, or NULL */
	unsigned int bits;		/* 32 or 64 */
	bool big_endian;
	uint64_t max_addr;		/* 2^bits - 1 */
	struct record *records;
	size_t n_records;
	struct fact *facts;
	size_t n_facts;
	struct fact *configs;
	size_t n_configs;
	/* Regions, sections and device memory together: present ones first,
	 * by start ascending and outermost first; then absent ones in file
	 * order. */
	struct region *regions;
	size_t n_regions;
	size_t n_present;
	struct witness *witnesses;
	size_t n_witnesses;
	/*
	 * Of cmd/process_layout.h, NULL in a capture: the process whose parts are the
	 * regions of the user half, and a sentence about them.  There is no region "user".
	 */
	const char *process, *process_note;
	uint64_t user_end;		/* the last address of its user half */
	void *arena;			/* owns every string and array */
};

/* NULL if there is none of that name; device memory is not found by name. */
const struct fact *layout_fact(const struct layout *l, const char *name);
const struct fact *layout_config(const struct layout *l, const char *name);
const struct region *layout_region(const struct layout *l, const char *name);
const struct witness *layout_witness(const struct layout *l, const char *name);

/*
 * The innermost region, section or piece of device memory that holds addr, or
 * NULL in a hole.  An overlay is found only where there is nothing else.
 */
const struct region *layout_find(const struct layout *l, uint64_t addr);

/* Is it the kernel's: neither of the user half nor of addresses that do not exist? */
bool region_is_kernels(const struct region *r);

/* A fact's value as a number; false if absent or not a number. */
bool fact_number(const struct fact *f, uint64_t *value);

/*
 * A size as the contract spells it: a decimal number and an optional letter
 * of K M G T P E.  Gives the size less one, so that 16E (2^64) has a value.
 * False if text is not such a size, or is zero, or is larger than 16E.
 */
bool size_parse(const char *text, uint64_t *less_one);

/* The value of a key of a record, or NULL. */
const char *record_value(const struct record *r, const char *key);

/* Zeroed memory that lives as long as the layout, or NULL. */
void *layout_alloc(struct layout *l, size_t count, size_t size);

void layout_free(struct layout *l);

#endif /* KVAS_MODEL_H */
