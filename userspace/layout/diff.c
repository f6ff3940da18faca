// SPDX-License-Identifier: GPL-2.0-only
/* diff.c - see diff.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "diff.h"

const char *difference_word(enum difference_kind kind)
{
	static const char *const words[] = {
		[SET_OPTION] = "option", [SET_PARAMETER] = "parameter",
		[APPEARED] = "appeared", [VANISHED] = "vanished",
		[GREW] = "grew", [SHRANK] = "shrank", [RELOCATED] = "relocated",
		[CHANGED] = "changed", [REORDERED] = "reordered",
		[REBUILT] = "rebuilt", [MOVED] = "moved",
	};

	return words[kind];
}

bool difference_counts(const struct difference *d)
{
	return d->kind != MOVED && d->kind != SET_PARAMETER;
}

static char *copy(const char *text)
{
	return text ? text_printf("%s", text) : NULL;
}

/* Takes the texts; they may be NULL. */
static struct difference *add(struct diff *d, enum difference_kind kind,
			      const char *name, char *a, char *b)
{
	struct difference *new;

	if (d->n == d->room) {
		d->room = d->room ? 2 * d->room : 32;
		d->differences = reallocarray(d->differences, d->room,
					      sizeof(*d->differences));
		if (!d->differences)
			die("not enough memory");
	}
	new = &d->differences[d->n++];
	*new = (struct difference){ .kind = kind, .name = name, .value = { a, b } };
	return new;
}

/* The size less one, so that 2^64 bytes are one. */
static void set_size(struct difference *c, int side, uint64_t less_one)
{
	c->has_size[side] = true;
	c->size[side] = less_one;
	c->value[side] = size_human(less_one);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* --- What was set --------------------------------------------------------- */

/* An option that a capture does not list is one that its kernel lacks. */
static void compare_options(struct diff *d)
{
	for (int side = 0; side < 2; side++) {
		const struct layout *l = d->layout[side];

		for (size_t i = 0; i < l->n_configs; i++) {
			const struct fact *here = &l->configs[i];
			const struct fact *there = layout_config(d->layout[!side], here->name);

			/* What both have was compared from the first. */
			if (there && (side || same_text(here->value, there->value)))
				continue;
			if (!there && here->value && strcmp(here->value, "n") == 0)
				continue;
			add(d, SET_OPTION, here->name,
			    copy(side ? NULL : here->value),
			    copy(side ? here->value : there ? there->value : NULL));
		}
	}
}

/* The last word of a command line that sets a parameter: its length, and *at. */
static size_t find_parameter(const char *cmdline, const char *name, size_t length,
			     const char **at)
{
	size_t found = 0, n;
	const char *word;

	while ((word = next_word(&cmdline, &n))) {
		if (n >= length && strncmp(word, name, length) == 0 &&
		    (n == length || word[length] == '=')) {
			*at = word;
			found = n;
		}
	}
	return found;
}

static bool is_named(const struct diff *d, enum difference_kind kind,
		     const char *name, size_t length)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->differences[i].kind == kind &&
		    strlen(d->differences[i].name) == length &&
		    strncmp(d->differences[i].name, name, length) == 0)
			return true;
	return false;
}

static void compare_parameters(struct diff *d)
{
	if (!d->cmdline[0] || !d->cmdline[1])
		return;
	for (int side = 0; side < 2; side++) {
		const char *rest = d->cmdline[side], *word;
		size_t n;

		while ((word = next_word(&rest, &n))) {
			const char *at[2] = { NULL, NULL };
			size_t set[2], name = strcspn(word, "= ");

			for (int i = 0; i < 2; i++)
				set[i] = find_parameter(d->cmdline[i], word, name, &at[i]);
			if (is_known_parameter(word, name) &&
			    !is_named(d, SET_PARAMETER, word, name) &&
			    (set[0] != set[1] || strncmp(at[0], at[1], set[0]) != 0))
				add(d, SET_PARAMETER,
				    text_printf("%.*s", (int)name, word),
				    set[0] ? text_printf("%.*s", (int)set[0], at[0]) : NULL,
				    set[1] ? text_printf("%.*s", (int)set[1], at[1]) : NULL);
		}
	}
}

/* --- Facts ---------------------------------------------------------------- */

static bool has_unit(const struct fact *f, const char *unit)
{
	return f->unit && strcmp(f->unit, unit) == 0;
}

/* Where memory ends, told from where the map of it begins to be one. */
static bool end_of_memory(const struct diff *d, int side, uint64_t *end)
{
	const struct region *map = layout_region(d->layout[side], "direct_map");

	if (!map || map->absent ||
	    !fact_number(layout_fact(d->layout[side], "high_memory"), end))
		return false;
	*end -= map->has_populated ? map->populated_start : map->start;
	return true;
}

static bool same_end_of_memory(const struct diff *d)
{
	uint64_t a, b;

	return end_of_memory(d, 0, &a) && end_of_memory(d, 1, &b) && a == b;
}

/*
 * How much the page allocator was given is not the same on each boot: what is
 * placed at random now and then costs a page more.
 */
static bool same_amount(const struct fact *a, const struct fact *b)
{
	enum { SHARE = 32 };
	uint64_t x, y;

	if (!fact_number(a, &x) || !fact_number(b, &y))
		return false;
	return (x > y ? x - y : y - x) <= (x > y ? x : y) / SHARE;
}

static bool same_fact(const struct diff *d, const struct fact *a, const struct fact *b)
{
	/* Offsets are KASLR's, or follow from where memory and image are. */
	if (has_unit(a, "offset") && has_unit(b, "offset"))
		return true;
	if (strcmp(a->name, "phys_base") == 0)
		return true;
	if (strcmp(a->name, "high_memory") == 0)
		return same_end_of_memory(d);
	if (strcmp(a->name, "ram") == 0 || strcmp(a->name, "highmem") == 0)
		return same_amount(a, b);
	return same_text(a->value, b->value);
}

/* Is it a size, and which? */
static bool fact_size(const struct diff *d, int side, const struct fact *f, uint64_t *size)
{
	/* From the first memory on: the address itself is KASLR's. */
	if (strcmp(f->name, "high_memory") == 0 && end_of_memory(d, side, size))
		return true;
	return has_unit(f, "bytes") && fact_number(f, size);
}

static void set_fact(const struct diff *d, struct difference *c, int side,
		     const struct fact *f)
{
	uint64_t size;

	if (!f || !f->value)
		return;
	if (fact_size(d, side, f, &size) && size)
		set_size(c, side, size - 1);
	else
		c->value[side] = copy(f->value);
}

static void compare_facts(struct diff *d)
{
	for (int side = 0; side < 2; side++) {
		const struct layout *l = d->layout[side];

		for (size_t i = 0; i < l->n_facts; i++) {
			const struct fact *here = &l->facts[i];
			const struct fact *there = layout_fact(d->layout[!side], here->name);
			struct difference *new;

			if (there ? side || same_fact(d, here, there) : !here->value)
				continue;
			if (!d->comparable && has_unit(here, "address"))
				continue;
			new = add(d, CHANGED, here->name, NULL, NULL);
			set_fact(d, new, side, here);
			set_fact(d, new, !side, there);
		}
	}
}

/* --- Regions -------------------------------------------------------------- */

static const struct region *present(const struct layout *l, const char *name)
{
	const struct region *r = layout_region(l, name);

	return r && !r->absent ? r : NULL;
}

/* The same thing in the other layout: by name, device memory by where it is. */
static const struct region *counterpart(const struct layout *l, const struct region *r)
{
	if (!r->is_memory)
		return present(l, r->name);
	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *other = &l->regions[i];

		if (other->is_memory && other->phys == r->phys &&
		    strcmp(other->kind, r->kind) == 0)
			return other;
	}
	return NULL;
}

static uint64_t slide_of(const struct diff *d, const struct region *a, const struct region *b)
{
	return (b->start - a->start) & d->layout[0]->max_addr;
}

/* A fact with unit offset: 0x... or -0x... */
static bool offset_number(const struct fact *f, uint64_t *value)
{
	bool negative = f && f->value && *f->value == '-';
	const struct fact digits = { .value = negative ? f->value + 1 : NULL };

	if (!fact_number(negative ? &digits : f, value))
		return false;
	if (negative)
		*value = -*value;
	return true;
}

/* Did KASLR move some base by just so much? */
static const char *moved_base(const struct diff *d, uint64_t slide)
{
	static const char suffix[] = "_kaslr_offset";
	const struct layout *l = d->layout[0];

	for (size_t i = 0; i < l->n_facts; i++) {
		const char *name = l->facts[i].name;
		size_t n = strlen(name);
		uint64_t a, b;

		if (n > strlen(suffix) && strcmp(name + n - strlen(suffix), suffix) == 0 &&
		    offset_number(&l->facts[i], &a) &&
		    offset_number(layout_fact(d->layout[1], name), &b) &&
		    ((b - a) & l->max_addr) == slide)
			return name;
	}
	return NULL;
}

/* What a region moved with, if each boot moves it anew; else NULL. */
static const char *why_moved(const struct diff *d, const struct region *a,
			     const struct region *b)
{
	uint64_t slide = slide_of(d, a, b);
	const char *base = moved_base(d, slide);

	if (base)
		return base;
	if (a->parent && b->parent && strcmp(a->parent->name, b->parent->name) == 0 &&
	    slide == slide_of(d, a->parent, b->parent))
		return a->parent->name;
	if (is_placed_at_boot(a->name))
		return "boot";
	/* arch/s390/boot/startup.c lays out all else below the image. */
	if (strcmp(d->layout[0]->arch, "s390x") == 0 && !moved_base(d, 0))
		return "image_kaslr_offset";
	return NULL;
}

static char *start_text(const struct diff *d, int side, const struct region *r)
{
	return text_printf("0x%0*" PRIx64, (int)d->layout[side]->bits / 4, r->start);
}

static void compare_region(struct diff *d, const struct region *a, const struct region *b)
{
	uint64_t size[2] = { a->end - a->start, b->end - b->start };
	/* KASLR leaves some pages free before code, on each boot other ones. */
	bool at_boot = a->is_overlay && d->comparable && a->start != b->start;
	const char *with = NULL;
	struct difference *new;

	if (size[0] != size[1] && !at_boot) {
		bool rebuilt = !d->same_kernel && (a->is_section || !strcmp(a->name, "image"));

		new = add(d, rebuilt ? REBUILT : size[0] < size[1] ? GREW : SHRANK, a->name,
			  NULL, NULL);
		set_size(new, 0, size[0]);
		set_size(new, 1, size[1]);
	} else if (d->comparable && a->start != b->start) {
		with = at_boot ? "boot" : why_moved(d, a, b);
		/* Another build has its sections elsewhere in the image. */
		if (!with && a->is_section && !d->same_kernel)
			return;
		new = add(d, with ? MOVED : RELOCATED, a->name, start_text(d, 0, a),
			  start_text(d, 1, b));
		new->slide = slide_of(d, a, b);
	} else {
		return;
	}
	if (with)
		new->reason[new->n_reasons++] = with;
	new->region[0] = a;
	new->region[1] = b;
}

static void compare_regions(struct diff *d)
{
	for (int side = 0; side < 2; side++) {
		const struct layout *l = d->layout[side];

		for (size_t i = 0; i < l->n_present; i++) {
			const struct region *here = &l->regions[i];
			const struct region *there = counterpart(d->layout[!side], here);
			struct difference *new;

			if (there && !side)
				compare_region(d, here, there);
			if (there)
				continue;
			there = layout_region(d->layout[!side], here->name);
			new = add(d, side ? APPEARED : VANISHED, here->name, NULL, NULL);
			set_size(new, side, here->end - here->start);
			new->region[side] = here;
			new->absent[!side] = there ? there->absent : NULL;
		}
	}
}

/* Of two neighbours in the one, which is the upper in the other? */
static void compare_order(struct diff *d)
{
	const struct region *below = NULL;
	const struct layout *l = d->layout[0];

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->parent || is_placed_at_boot(r->name) || !present(d->layout[1], r->name))
			continue;
		if (below && present(d->layout[1], below->name)->start >
			     present(d->layout[1], r->name)->start)
			add(d, REORDERED, below->name, text_printf("below %s", r->name),
			    text_printf("above %s", r->name));
		below = r;
	}
}

/* --- All of it ------------------------------------------------------------- */

/* What was set comes first, what moved comes last; else in the order found. */
static void sort_differences(struct diff *d)
{
	struct difference *sorted = zalloc_array(d->n + 1, sizeof(*sorted));
	size_t n = 0;

	for (int rank = 0; rank < 3; rank++)
		for (size_t i = 0; i < d->n; i++) {
			enum difference_kind kind = d->differences[i].kind;

			if (rank == (kind <= SET_PARAMETER ? 0 : kind == MOVED ? 2 : 1))
				sorted[n++] = d->differences[i];
		}
	free(d->differences);
	d->differences = sorted;
}

struct diff *diff_layouts(const struct layout *a, const char *cmdline_a,
			  const struct layout *b, const char *cmdline_b)
{
	struct diff *d = zalloc_array(1, sizeof(*d));

	*d = (struct diff){ .layout = { a, b }, .cmdline = { cmdline_a, cmdline_b } };
	d->comparable = strcmp(a->arch, b->arch) == 0 && a->bits == b->bits;
	d->same_kernel = strcmp(a->release, b->release) == 0 && d->comparable &&
			 (!a->build_id || !b->build_id || strcmp(a->build_id, b->build_id) == 0);
	compare_options(d);
	compare_parameters(d);
	compare_facts(d);
	compare_regions(d);
	if (d->comparable)
		compare_order(d);
	diff_explain(d);
	sort_differences(d);
	return d;
}

void diff_free(struct diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->differences[i].kind == SET_PARAMETER)
			free((char *)d->differences[i].name);
		for (int side = 0; side < 2; side++)
			free(d->differences[i].value[side]);
	}
	free(d->differences);
	free(d);
}
