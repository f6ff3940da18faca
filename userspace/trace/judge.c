// SPDX-License-Identifier: GPL-2.0-only
/* judge.c - what a layout says about the addresses in an oops; see trace.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "trace.h"

/* Below this a value is rather a number: mmap_min_addr is not set lower. */
enum { NO_POINTER_BELOW = 0x10000 };

/* --- Text ---------------------------------------------------------------------------- */

/* Takes text that is to be freed. */
static const char *keep(const struct trace_judge *j, char *text)
{
	const char *kept = text ? pool_copy(j->pool, text, strlen(text)) : NULL;

	free(text);
	return kept;
}

static const char *join(const struct trace_judge *j, const char *first, const char *separator,
			const char *second)
{
	if (!second)
		return first;
	return first ? pool_printf(j->pool, "%s%s%s", first, separator, second) : second;
}

/* --- This boot or another -------------------------------------------------------------- */

static bool layout_offset(const struct layout *l, uint64_t *offset)
{
	const struct fact *f = layout_fact(l, "image_kaslr_offset");

	return f && !f->absent && fact_number(f, offset);
}

/* A symbol of the kernel itself that is printed with its address says where it was. */
static bool symbol_delta(struct names *n, const struct trace_token *t, uint64_t *delta)
{
	struct symbol_addresses found;

	if (!t->has_addr || !t->symbol || t->module || t->is_user || !n->symbols)
		return false;
	found = names_find(n, t->symbol, NULL);
	if (found.n != 1)
		return false;
	*delta = found.addr[0] + t->offset - t->addr;
	return true;
}

/* The same of all such symbols; false if there is none, or if they disagree. */
static bool common_delta(const struct trace *t, struct names *n, uint64_t *delta,
			 size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < t->n_lines; i++) {
		for (size_t k = 0; k < t->lines[i].n_tokens; k++) {
			uint64_t one;

			if (!symbol_delta(n, &t->lines[i].tokens[k], &one))
				continue;
			if (*count && one != *delta)
				return false;
			*delta = one;
			++*count;
		}
	}
	return *count > 0;
}

static const char *signed_hex(struct pool *pool, const struct layout *l, uint64_t value)
{
	bool negative = value > l->max_addr / 2;

	return pool_printf(pool, "%c0x%" PRIx64, negative ? '-' : '+',
			   (negative ? 0 - value : value) & l->max_addr);
}

static struct trace_relation relate_by_offset(const struct trace *t, struct names *n,
					      struct pool *pool)
{
	struct trace_relation r = { 0 };
	uint64_t here, delta;
	size_t count;

	if (!layout_offset(n->layout, &here)) {
		r.text = pool_printf(pool, "KASLR had moved the image by 0x%" PRIx64 "; the layout does not say by how much here, so no address was moved.",
				     t->kernel_offset);
		return r;
	}
	r.delta = (here - t->kernel_offset) & n->layout->max_addr;
	if (common_delta(t, n, &delta, &count) && ((delta - r.delta) & n->layout->max_addr)) {
		r.delta = 0;
		r.text = pool_printf(pool, "KASLR had moved the image by 0x%" PRIx64 ", but the symbols that are printed with their addresses are elsewhere: this is of another build of the kernel. Its addresses are taken as they are.",
				     t->kernel_offset);
		return r;
	}
	r.is_known = true;
	r.is_other_boot = r.delta != 0;
	r.text = r.delta ?
		pool_printf(pool, "This is of another boot: KASLR had moved the image by 0x%" PRIx64 ", and here by 0x%" PRIx64 ". Addresses of the image are moved by %s to be those of this layout.",
			    t->kernel_offset, here, signed_hex(pool, n->layout, r.delta)) :
		pool_printf(pool, "The image is where it is in this layout, at an offset of 0x%" PRIx64 ".", here);
	return r;
}

static struct trace_relation relate(const struct trace *t, struct names *n, struct pool *pool)
{
	struct trace_relation r = { 0 };
	size_t count;

	if (t->has_offset)
		return relate_by_offset(t, n, pool);
	if (common_delta(t, n, &r.delta, &count)) {
		r.is_known = true;
		r.delta &= n->layout->max_addr;
		r.is_other_boot = r.delta != 0;
		r.text = r.delta ?
			pool_printf(pool, "This is of another boot: by %zu symbols that are printed with their addresses, those of the image are moved by %s to be those of this layout.",
				    count, signed_hex(pool, n->layout, r.delta)) :
			pool_printf(pool, "The image is where it is in this layout, by %zu symbols that are printed with their addresses.",
				    count);
	} else if (count) {
		r.text = pool_printf(pool, "The symbols in it lie at other distances from one another than here: this is of another build of the kernel. Its addresses are taken as they are.");
	} else {
		r.text = "It does not say how far KASLR had moved the image (no line \"Kernel Offset\"): addresses are taken to be of the same boot as this layout.";
	}
	return r;
}

/* --- Places ----------------------------------------------------------------------------- */

static bool is_in_image(const struct layout *l, uint64_t addr)
{
	const struct region *image = layout_region(l, "image");

	return image && !image->absent && addr >= image->start && addr <= image->end;
}

/* What an address of the text is here. */
static uint64_t moved(const struct trace_judge *j, uint64_t addr)
{
	uint64_t there = (addr + j->relation.delta) & j->names->layout->max_addr;

	return j->relation.is_other_boot && is_in_image(j->names->layout, there) ? there : addr;
}

/*
 * Between these x86 places the direct map, vmalloc and vmemmap at each boot anew,
 * each by its own offset, which no oops prints.
 */
static bool is_shuffled(const struct layout *l, uint64_t addr)
{
	const struct fact *f = layout_fact(l, "direct_map_kaslr_offset");
	const struct region *below = layout_region(l, "ldt_remap");
	const struct region *above = layout_region(l, "cpu_entry_area");

	return f && !f->absent && below && !below->absent && above && !above->absent &&
	       addr > below->end && addr < above->start;
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Of an address of another boot: may it be looked up in this layout? */
static const char *other_boot(const struct trace_judge *j, uint64_t addr)
{
	const struct layout *l = j->names->layout;
	const struct region *r = layout_find(l, addr);

	if (is_shuffled(l, addr))
		return "in the direct map, vmalloc or vmemmap: KASLR places each anew at each boot, so it is not known in which";
	if (starts(l->arch, "s390") && r && strcmp(r->name, "direct_map") != 0 &&
	    strcmp(r->name, "lowcore") != 0 && strcmp(r->name, "noncanonical") != 0)
		return "KASLR moves all regions but the direct map at each boot, so it is not known in which this is";
	if (r && (r->is_section || strcmp(r->name, "image") == 0))
		return "here this is the image, which lay elsewhere in that boot";
	return NULL;
}

/* Without what only this boot has: areas of vmalloc, modules, and symbols of them. */
static const char *describe(const struct trace_judge *j, const struct spot *s, bool this_boot)
{
	const char *region = keep(j, spot_region(s));
	const char *symbol = keep(j, spot_symbol(s)), *module = keep(j, spot_module(s));
	const char *text = region;

	if (!this_boot)
		return region;
	text = join(j, text, ": ", module ? pool_printf(j->pool, "module %s", module) : NULL);
	text = join(j, text, module ? ", " : ": ", symbol);
	if (s->area && !s->section)
		text = join(j, text, ", ", pool_printf(j->pool, "allocated by %s", s->area->caller));
	if (s->place.has_phys && !s->place.region->is_section)
		text = join(j, text, ", ", pool_printf(j->pool, "physical 0x%" PRIx64, s->place.phys));
	return join(j, text, "; ", keep(j, spot_remark(s)));
}

/* --- What cannot be right ------------------------------------------------------------------ */

static bool is_one_of(const struct place *p, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p->region && strcmp(p->region->name, names[i]) == 0)
			return true;
	return false;
}

static const char *wrong_code(const struct spot *s)
{
	static const char *const no_code[] = {
		"direct_map", "vmemmap", "rodata", "data", "data_bss", "bss", "percpu", "mem_map",
		"kasan_shadow", "pkmap", "brk", "ldt_remap",
	};

	if (is_one_of(&s->place, no_code, ARRAY_SIZE(no_code)))
		return "no code of the kernel is there";
	return NULL;
}

static const char *wrong_stack(const struct spot *s)
{
	static const char *const no_stack[] = {
		"text", "rodata", "modules", "vmemmap", "mem_map", "kasan_shadow", "fixmap", "pkmap",
		"image_window", "efi_runtime",
	};

	if (is_one_of(&s->place, no_stack, ARRAY_SIZE(no_stack)))
		return "no stack is there";
	return NULL;
}

static bool is_user(const struct spot *s)
{
	return s->place.region && strcmp(s->place.region->name, "user") == 0;
}

/* Why an address cannot be right in its role, or NULL. */
static const char *wrong_place(const struct trace_token *t, const struct spot *s)
{
	/* Those of s390 are in an address space of their own. */
	if (t->is_user)
		return NULL;
	if (is_user(s) && t->role == TRACE_CODE)
		return "an address of a process: the kernel runs no code there";
	if (is_user(s) && t->role == TRACE_STACK)
		return "an address of a process: the kernel's stack cannot be there";
	if (is_user(s) && t->role == TRACE_FAULT)
		return "an address of a process: the kernel reaches it only with copy_from_user() and its relatives";
	if (!spot_is_possible(s))
		return s->place.region ? "nothing can be accessed there" : "the layout has nothing there";
	if (t->role == TRACE_CODE)
		return wrong_code(s);
	return t->role == TRACE_STACK ? wrong_stack(s) : NULL;
}

/* A register that the access may have been made with. */
static const char *led_to_fault(const struct trace_judge *j, const struct trace_token *t)
{
	const struct trace_report *r = t->report;
	uint64_t from = trace_accessed(j->names->layout, t->addr);

	if (!r->has_fault || t->role != TRACE_DATA || t->is_user || t->addr < NO_POINTER_BELOW)
		return NULL;
	if (r->is_page)
		return (from & ~UINT64_C(0xfff)) == r->fault ? "the access was to the page of this" : NULL;
	if (r->fault < from || r->fault - from >= 4096)
		return NULL;
	if (r->fault == from)
		return "the access was to this address";
	return pool_printf(j->pool, "the access was to this plus 0x%" PRIx64, r->fault - from);
}

/* --- Tokens --------------------------------------------------------------------------------- */

/* What a symbol without an address says: the address that it has here. */
static struct trace_note judge_symbol(const struct trace_judge *j, const struct trace_token *t)
{
	struct trace_note note = { .token = t };
	struct names *n = j->names;
	struct symbol_addresses found = names_find(n, t->symbol, t->module);
	size_t fitting = 0;
	uint64_t addr = 0;

	for (size_t i = 0; i < found.n; i++) {
		uint64_t size = names_size(n, found.addr[i]);

		if (size && size != t->size)
			continue;
		addr = found.addr[i];
		fitting++;
	}
	if (n->missing)
		note.text = t->module ? pool_printf(j->pool, "of the module %s", t->module) :
					"of the kernel itself";
	else if (!found.n && t->module)
		note.text = pool_printf(j->pool, "of the module %s, which has no such symbol here, or is not loaded", t->module);
	else if (!found.n)
		note.text = "there is no such symbol here: of another build of the kernel";
	else if (!fitting)
		note.text = pool_printf(j->pool, "it has 0x%" PRIx64 " bytes here, not 0x%" PRIx64 ": of another build",
					names_size(n, found.addr[0]), t->size);
	else if (fitting > 1)
		note.text = pool_printf(j->pool, "one of %zu symbols of this name and size", fitting);
	if (note.text)
		return note;
	note.has_spot = true;
	note.spot = spot_find(n, addr + t->offset);
	note.text = pool_printf(j->pool, "%s, at 0x%0*" PRIx64 " here", keep(j, spot_region(&note.spot)),
				(int)n->layout->bits / 4, note.spot.place.addr);
	return note;
}

/* The kernel's name of what is there, if it is another than the printed one. */
static const char *other_symbol(const struct trace_judge *j, const struct trace_token *t,
				const struct spot *s)
{
	const struct symbol *here = s->nearest.symbol;

	if (!t->symbol || !here || j->relation.is_other_boot ||
	    (strlen(t->symbol) == here->name_length &&
	     memcmp(t->symbol, here->name, here->name_length) == 0 && t->offset == s->nearest.offset))
		return NULL;
	return pool_printf(j->pool, "not %s+0x%" PRIx64 " here: of another boot or build", t->symbol, t->offset);
}

/* Since 6.15 x86_64's GS holds what is added to a per-CPU variable's address. */
static bool is_percpu_offset(const struct trace_token *t, const struct spot *s)
{
	return strcmp(t->label, "GS") == 0 &&
	       !(s->place.region && strcmp(s->place.region->name, "percpu") == 0);
}

/* A number, rather than an address? */
static bool is_number(const struct trace_judge *j, const struct trace_token *t,
		      const struct spot *s)
{
	const struct region *r = s->place.region;

	if (t->is_user)
		return t->role == TRACE_DATA || t->addr < NO_POINTER_BELOW;
	if (t->role != TRACE_DATA && t->role != TRACE_WORD)
		return false;
	/* On s390 the kernel's own memory begins at 0. */
	if (t->addr < NO_POINTER_BELOW || is_percpu_offset(t, s))
		return true;
	/* x86 does not always print the address that it could not take. */
	if (r && strcmp(r->name, "noncanonical") == 0)
		return !t->report->is_protection || (t->report->has_fault && !led_to_fault(j, t));
	return !r && (t->role == TRACE_WORD || !led_to_fault(j, t));
}

/*
 * May a number that is no address be there?  The direct map of mips has a 32nd part of
 * all values, and that of s390 begins at 0.
 */
static bool is_beyond_wide_region(const struct spot *s)
{
	const struct region *r = s->place.partial;

	return r && !s->place.in_use &&
	       (r->start < UINT32_MAX || r->end - r->start > s->place.l->max_addr / 64);
}

static struct trace_note judge_spot(const struct trace_judge *j, const struct trace_token *t)
{
	struct trace_note note = { .token = t, .has_spot = true };
	uint64_t addr = moved(j, t->addr);
	bool this_boot = !j->relation.is_other_boot || addr != t->addr;
	const char *unknown = this_boot || t->is_user ? NULL : other_boot(j, addr), *wrong;

	note.spot = spot_find(j->names, addr);
	if (unknown) {
		note.has_spot = false;
		note.text = unknown;
		return note;
	}
	if (is_number(j, t, &note.spot))
		return note;
	note.text = describe(j, &note.spot, this_boot);
	if (addr != t->addr)
		note.text = join(j, note.text, ", at ", pool_printf(j->pool, "0x%0*" PRIx64 " here",
			    (int)j->names->layout->bits / 4, addr));
	wrong = wrong_place(t, &note.spot);
	if (wrong && t->role == TRACE_DATA && is_beyond_wide_region(&note.spot) && !led_to_fault(j, t)) {
		note.text = join(j, note.text, "; ", "a wrong address, or a number");
		return note;
	}
	note.is_wrong = wrong != NULL;
	note.text = join(j, note.text, "; ", wrong);
	if (t->role == TRACE_DATA && is_user(&note.spot))
		note.text = join(j, note.text, "; ", "an address of a process, or a number");
	return note;
}

static struct trace_note judge_address(const struct trace_judge *j, const struct trace_token *t)
{
	bool is_access = t->role != TRACE_DATA && t->role != TRACE_WORD;
	const char *pattern = NULL, *led = led_to_fault(j, t);
	struct trace_note note;

	if (t->role == TRACE_FAULT && t->report->is_page)
		pattern = trace_page_pattern(j->names->layout, t->addr, j->pool);
	else if (!t->is_user)
		pattern = trace_pattern(j->names->layout, t->addr, is_access, j->pool);
	if (pattern) {
		note = (struct trace_note){ .token = t, .text = pattern };
		/* An error number is what many functions return. */
		note.is_wrong = is_access || t->addr < j->names->layout->max_addr - 4095;
	} else {
		note = judge_spot(j, t);
	}
	if (led)
		note.text = join(j, note.text, "; ", led);
	if (t->symbol && note.text && note.has_spot)
		note.text = join(j, note.text, "; ", other_symbol(j, t, &note.spot));
	return note;
}

/* A word of a stack is worth a line if it may be a return address, or is a pattern. */
static bool is_worth_a_line(const struct trace_note *note)
{
	const struct trace_token *t = note->token;

	if (!note->text)
		return false;
	if (t->role != TRACE_WORD)
		return true;
	return note->is_wrong ? !note->has_spot :
	       note->has_spot && note->spot.nearest.symbol && !wrong_code(&note->spot);
}

/* --- Modules ---------------------------------------------------------------------------------- */

static const char *module_place(const struct trace_judge *j, const char *module)
{
	const struct names *n = j->names;

	for (size_t i = 0; i < n->n_sections; i++)
		if (strcmp(n->sections[i].module, module) == 0 &&
		    strcmp(n->sections[i].name, ".text") == 0)
			return pool_printf(j->pool, "its .text is at 0x%0*" PRIx64 " here",
					   (int)n->layout->bits / 4, n->sections[i].start);
	return n->n_sections ? "it is not loaded here" : NULL;
}

/* kernel/panic.c, taint_flags; what a module was loaded with. */
static const char *flag_text(char flag)
{
	switch (flag) {
	case 'P': return "of a proprietary licence";
	case 'O': return "built outside the kernel's tree";
	case 'E': return "without a signature";
	case 'F': return "loaded by force";
	case 'C': return "from staging";
	case 'K': return "a live patch";
	case '+': return "being loaded";
	case '-': return "being unloaded";
	default: return NULL;
	}
}

/* Those with flags come from somebody else than the kernel's packager. */
static const char *judge_module(const struct trace_judge *j, const struct trace_module *m)
{
	const char *text = NULL;

	for (const char *flag = m->flags; *flag; flag++)
		text = join(j, text, ", ", flag_text(*flag));
	if (!text)
		return NULL;
	return join(j, pool_printf(j->pool, "%s: %s", m->name, text), "; ", module_place(j, m->name));
}

/* --- Lines ------------------------------------------------------------------------------------- */

static void add_note(struct trace_notes *notes, struct trace_note note)
{
	notes->list[notes->n++] = note;
}

struct trace_notes trace_judge_line(const struct trace_judge *j, const struct trace_line *line)
{
	struct trace_notes notes = { 0 };

	notes.list = pool_alloc(j->pool, (line->n_tokens + line->n_modules + 1) * sizeof(*notes.list));
	for (size_t i = 0; i < line->n_tokens; i++) {
		const struct trace_token *t = &line->tokens[i];
		struct trace_note note = t->has_addr ? judge_address(j, t) : judge_symbol(j, t);

		if (is_worth_a_line(&note))
			add_note(&notes, note);
	}
	for (size_t i = 0; i < line->n_modules; i++) {
		const char *text = judge_module(j, &line->modules[i]);

		if (text)
			add_note(&notes, (struct trace_note){ .text = text });
	}
	return notes;
}

struct trace_judge trace_judge_start(const struct trace *t, struct names *n, struct pool *pool)
{
	struct trace_judge j = { .names = n, .pool = pool };

	j.relation = relate(t, n, pool);
	return j;
}
