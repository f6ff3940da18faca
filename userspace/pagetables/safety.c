// SPDX-License-Identifier: GPL-2.0-only
/* safety.c - see safety.h */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "safety.h"

struct inquiry {
	const struct mappings *m;
	const struct layout *l;
	char *(*size)(uint64_t less_one);
	struct pool *pool;
};

struct finding {
	enum safety_answer answer;
	const char *evidence;
};

__attribute__((format(printf, 3, 4)))
static struct finding found(const struct inquiry *q, enum safety_answer answer,
			    const char *format, ...)
{
	struct finding f = { .answer = answer };
	va_list args;

	va_start(args, format);
	f.evidence = pool_vprintf(q->pool, format, args);
	va_end(args);
	return f;
}

static const char *size_text(const struct inquiry *q, uint64_t bytes)
{
	char *text = bytes ? q->size(bytes - 1) : NULL;
	const char *copy = text ? pool_printf(q->pool, "%s", text) : "0";

	free(text);
	return copy;
}

/* --- What is mapped between two addresses -------------------------------------------- */

struct tally {
	bool (*counts)(const struct run *run);
	uint64_t mapped, unsettled;	/* bytes */
	uint64_t unsettled_start;	/* of the first */
	uint64_t bytes, runs;		/* of what counts */
	uint64_t start, end;		/* of the first */
};

static void add_piece(void *data, const struct piece *piece)
{
	struct tally *t = data;
	uint64_t bytes = (piece->end - piece->start + 1) * piece->times;

	if (piece->run->unsettled) {
		if (!t->unsettled)
			t->unsettled_start = piece->start;
		t->unsettled += bytes;
		return;
	}
	t->mapped += bytes;
	if (!t->counts(piece->run))
		return;
	if (!t->runs++) {
		t->start = piece->start;
		t->end = piece->end;
	}
	t->bytes += bytes;
}

static void add_range(const struct inquiry *q, struct tally *t, uint64_t from, uint64_t to)
{
	if (from <= to)
		mappings_each(q->m, from, to, add_piece, t);
}

static struct tally count(const struct inquiry *q, uint64_t from, uint64_t to,
			  bool (*counts)(const struct run *run))
{
	struct tally t = { .counts = counts };

	add_range(q, &t, from, to);
	return t;
}

static bool is_executable(const struct run *run)
{
	return run->access.execute;
}

static bool is_writable(const struct run *run)
{
	return run->access.write;
}

static bool is_executable_only(const struct run *run)
{
	return run->access.execute && !run->access.write;
}

static bool is_executable_by_both_modes(const struct run *run)
{
	return run->access.user && run->access.execute;
}

/* "4K at 0x...-0x... in modules", "12K in 3 runs, first 0x...-0x... in modules" */
static const char *place_text(const struct inquiry *q, const struct tally *t)
{
	const struct region *r = q->l ? layout_find(q->l, t->start) : NULL;
	const int digits = (int)q->m->bits / 4;

	const char *where = t->runs == 1 ? "at" :
			    pool_printf(q->pool, "in %" PRIu64 " runs, first", t->runs);

	return pool_printf(q->pool, "%s %s 0x%0*" PRIx64 "-0x%0*" PRIx64 "%s%s",
			   size_text(q, t->bytes), where, digits, t->start, digits, t->end,
			   r ? " in " : "", r ? r->name : "");
}

static struct finding meaning_not_known(const struct inquiry *q)
{
	return found(q, SAFETY_NOT_KNOWN,
		     "it is not known what page tables of %s with %u levels allow",
		     q->m->arch, q->m->levels);
}

/* Nothing that is mapped may be so; one page that cannot be read leaves it open. */
static struct finding expect_none(const struct inquiry *q, const struct tally *t,
				  const char *is)
{
	if (!q->m->attributes)
		return meaning_not_known(q);
	if (t->bytes)
		return found(q, SAFETY_NO, "%s %s", is, place_text(q, t));
	if (t->unsettled)
		return found(q, SAFETY_NOT_KNOWN,
			     "%s nothing of %s, but %s could not be read, from 0x%0*" PRIx64 " on",
			     is, size_text(q, t->mapped), size_text(q, t->unsettled),
			     (int)q->m->bits / 4, t->unsettled_start);
	if (!t->mapped)
		return found(q, SAFETY_NOT_KNOWN, "no page table maps anything there");
	return found(q, SAFETY_YES, "%s nothing of %s", is,
		     size_text(q, t->mapped));
}

/* --- Registers ------------------------------------------------------------------------- */

/* What decides on a question on some architectures. */
struct rule {
	const char *name, *archs;
	unsigned int levels;		/* of these tables alone; 0: of any */
	enum safety_answer answer;	/* without a register */
	const char *text;		/* the name of the bit; or what tells so */
	const char *reg;		/* NULL: no register decides */
	unsigned int bit;
	bool safe;			/* the value of the bit that is */
	const char *missing;		/* why there may be no such register, or NULL */
};

/* The first that fits is taken. */
static const struct rule rules[] = {
	{ "no_execute", "i386", 2, SAFETY_NO, "entries of 32 bits have no NX bit",
	  NULL, 0, false, NULL },
	{ "no_execute", "x86_64 i386", 0, 0, "EFER.NXE", "efer", 11, true,
	  "it is published if the kernel found and left NX on" },
	{ "no_execute", "arm", 2, SAFETY_NOT_KNOWN,
	  "domains that are managers are not checked, and DACR is not published",
	  NULL, 0, false, NULL },
	{ "no_execute", "arm64 arm riscv64 loongarch64 ppc64", 0, SAFETY_YES,
	  "the processor always obeys the entries", NULL, 0, false, NULL },

	{ "write_protect", "x86_64 i386", 0, 0, "CR0.WP", "cr0", 16, true, NULL },
	{ "write_protect", "arm", 2, SAFETY_NOT_KNOWN,
	  "domains that are managers are not checked, and DACR is not published",
	  NULL, 0, false, NULL },
	{ "write_protect", "arm64 arm riscv64 loongarch64 ppc64 s390x mips64", 0, SAFETY_YES,
	  "the processor always obeys the entries", NULL, 0, false, NULL },

	{ "user_execution", "x86_64 i386", 0, 0, "CR4.SMEP", "cr4", 20, true, NULL },
	{ "user_execution", "riscv64", 0, SAFETY_YES,
	  "supervisor mode never executes a page of user mode", NULL, 0, false, NULL },
	{ "user_execution", "s390x", 0, SAFETY_YES,
	  "the kernel has an address space of its own", NULL, 0, false, NULL },

	{ "user_access", "x86_64 i386", 0, 0, "CR4.SMAP", "cr4", 21, true, NULL },
	{ "user_access", "arm64", 0, 0, "PSTATE.PAN", "pan", 22, true,
	  "the processor has no PAN; CONFIG_ARM64_SW_TTBR0_PAN is another way" },
	{ "user_access", "riscv64", 0, 0, "sstatus.SUM", "sstatus", 18, false, NULL },
	{ "user_access", "s390x", 0, SAFETY_YES,
	  "the kernel has an address space of its own", NULL, 0, false, NULL },
	{ "user_access", "ppc64", 0, SAFETY_NOT_KNOWN,
	  "AMR decides, which is not published", NULL, 0, false, NULL },

	{ "user_access_entry", "arm64", 0, 0, "SCTLR_EL1.SPAN", "sctlr_el1", 23, false, NULL },
	{ "umip", "x86_64 i386", 0, 0, "CR4.UMIP", "cr4", 11, true, NULL },
	{ "wxn", "arm64", 0, 0, "SCTLR_EL1.WXN", "sctlr_el1", 19, true, NULL },
};

static const struct rule *find_rule(const struct inquiry *q, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (strcmp(rules[i].name, name) == 0 &&
		    line_has_word(rules[i].archs, q->m->arch) &&
		    (!rules[i].levels || rules[i].levels == q->m->levels))
			return &rules[i];
	return NULL;
}

static const struct mappings_register *find_register(const struct inquiry *q, const char *name)
{
	for (size_t i = 0; i < q->m->n_registers; i++)
		if (strcmp(q->m->registers[i].name, name) == 0)
			return &q->m->registers[i];
	return NULL;
}

static struct finding ask_rule(const struct inquiry *q, const char *name)
{
	const struct rule *rule = find_rule(q, name);
	const struct mappings_register *reg;
	bool set;

	if (!rule)
		return meaning_not_known(q);
	if (!rule->reg)
		return found(q, rule->answer, "%s", rule->text);
	reg = find_register(q, rule->reg);
	if (!reg && !q->m->n_registers)
		return found(q, SAFETY_NOT_KNOWN,
			     "%s decides, and no registers were read with the tables", rule->text);
	if (!reg)
		return found(q, SAFETY_NOT_KNOWN, "%s decides, and %s is not among the registers%s%s",
			     rule->text, rule->reg, rule->missing ? ": " : "",
			     rule->missing ? rule->missing : "");
	set = reg->value >> rule->bit & 1;
	return found(q, set == rule->safe ? SAFETY_YES : SAFETY_NO,
		     "%s (bit %u) is %s: %s=0x%016" PRIx64, rule->text, rule->bit,
		     set ? "set" : "clear", rule->reg, reg->value);
}

/* --- The questions --------------------------------------------------------------------- */

/* With WXN arm64 executes nothing that is writable, whatever its entries say. */
static struct finding ask_wx(const struct inquiry *q, const char *name)
{
	struct tally t = count(q, 0, q->m->max_addr, is_wx);
	struct finding entries = expect_none(q, &t, "both:"), wxn;

	(void)name;
	if (q->m->n_windows)
		return found(q, SAFETY_NO,
			     "the processor has windows for which it asks no table, first 0x%0*" PRIx64 "-0x%0*" PRIx64 ": all in them can be written and executed",
			     (int)q->m->bits / 4, q->m->windows[0].start,
			     (int)q->m->bits / 4, q->m->windows[0].end);
	if (!find_rule(q, "wxn") || entries.answer == SAFETY_YES)
		return entries;
	wxn = ask_rule(q, "wxn");
	return found(q, wxn.answer == SAFETY_YES ? SAFETY_YES : entries.answer, "%s; %s",
		     entries.evidence, wxn.evidence);
}

/*
 * Without NX the kernel marks no entry.  So entries that are marked show that a
 * register was not published for another reason.
 */
static struct finding ask_no_execute(const struct inquiry *q, const char *name)
{
	struct tally t = count(q, 0, q->m->max_addr, is_executable);
	const bool marked = t.bytes < t.mapped;
	struct finding f;
	const char *shares;

	if (!q->m->attributes)
		return meaning_not_known(q);
	shares = pool_printf(q->pool, "entries let the kernel execute %s of %s",
			     size_text(q, t.bytes), size_text(q, t.mapped));
	if (!find_rule(q, name))
		return found(q, marked ? SAFETY_YES : SAFETY_NO, "%s", shares);
	f = ask_rule(q, name);
	if (f.answer == SAFETY_NOT_KNOWN && q->m->n_registers && t.mapped && !marked)
		f.answer = SAFETY_NO;
	return found(q, f.answer, "%s; %s", f.evidence, shares);
}

static struct finding ask_isolation(const struct inquiry *q, const char *name)
{
	const char *fact_name = strcmp(q->m->arch, "arm64") == 0 ? "kpti" : "pti";
	const struct fact *fact;

	(void)name;
	if (!q->l)
		return found(q, SAFETY_NOT_KNOWN,
			     "the fact %s of a capture tells: name it with --file", fact_name);
	fact = layout_fact(q->l, fact_name);
	if (!fact || !fact->value)
		return found(q, SAFETY_NOT_KNOWN, "the fact %s is absent: %s", fact_name,
			     fact ? fact->absent : "the capture does not have it");
	if (strcmp(fact->value, "y") == 0)
		return found(q, SAFETY_YES, "the fact %s is y", fact_name);
	return found(q, SAFETY_NO,
		     "the fact %s is %s; a processor without Meltdown does not need it",
		     fact_name, fact->value);
}

/* Of the kernel's tables.  SMEP denies execution that an entry allows. */
static struct finding ask_user_pages(const struct inquiry *q, const char *name)
{
	struct tally t = count(q, 0, q->m->max_addr, is_executable_by_both_modes);
	struct finding entries = expect_none(q, &t, "reached by user mode and executable:");
	struct finding smep;

	(void)name;
	if (entries.answer != SAFETY_NO || !find_rule(q, "user_execution"))
		return entries;
	smep = ask_rule(q, "user_execution");
	return found(q, smep.answer == SAFETY_YES ? SAFETY_YES : SAFETY_NO, "%s; %s",
		     entries.evidence, smep.evidence);
}

/* NULL with the finding that says why. */
static const struct region *find_part(const struct inquiry *q, const char *name,
				      struct finding *why)
{
	const struct region *r = q->l ? layout_region(q->l, name) : NULL;

	if (!q->l)
		*why = found(q, SAFETY_NOT_KNOWN,
			     "a capture tells where %s is: name it with --file", name);
	else if (!r)
		*why = found(q, SAFETY_NOT_KNOWN, "the capture does not have %s", name);
	else if (r->absent)
		*why = found(q, SAFETY_NOT_KNOWN, "there is no %s: %s", name, r->absent);
	return r && !r->absent ? r : NULL;
}

/* A window allows everything. */
static bool is_open(const struct inquiry *q, const struct region *r, struct finding *f)
{
	if (!mappings_in_window(q->m, r->start, r->end))
		return false;
	*f = found(q, SAFETY_NO,
		   "%s is in a window of the processor, which asks no table: all can be read, written and executed",
		   r->name);
	return true;
}

/*
 * Where the kernel's image is within the direct map, its text is executable there.
 * Processors start in real mode: x86 keeps a trampoline for them in the first
 * megabyte (arch/x86/realmode/init.c), executable and read-only.
 */
static struct finding ask_direct_map(const struct inquiry *q, const char *name)
{
	enum { REAL_MODE = 1 << 20 };
	const bool is_x86 = line_has_word("x86_64 i386", q->m->arch);
	struct finding f;
	const struct region *r = find_part(q, name, &f), *text;
	struct tally t = { .counts = is_executable }, low = { 0 };
	const char *is = "executable:";
	uint64_t next;

	if (!r || is_open(q, r, &f))
		return f;
	next = r->start;
	if (is_x86 && r->has_phys && !r->phys && r->end - r->start >= REAL_MODE) {
		low = count(q, next, next + REAL_MODE - 1, is_executable_only);
		t.counts = is_wx;
		add_range(q, &t, next, next + REAL_MODE - 1);
		t.counts = is_executable;
		next += REAL_MODE;
	}
	text = layout_region(q->l, "text");
	if (text && !text->absent && text->start >= next && text->end < r->end &&
	    q->m->level[1].size) {
		add_range(q, &t, next, text->start - 1);
		/* The rest of its last page cannot have other rights. */
		next = (text->end | (q->m->level[1].size - 1)) + 1;
		is = "executable besides the kernel's text:";
	}
	add_range(q, &t, next, r->end);
	f = expect_none(q, &t, is);
	if (!q->m->attributes || !low.bytes)
		return f;
	return found(q, f.answer,
		     "%s; besides, by design, the trampoline to and from real mode below 1M: %s",
		     f.evidence, place_text(q, &low));
}

static struct finding ask_section(const struct inquiry *q, const char *name)
{
	struct finding f;
	const struct region *r = find_part(q, name, &f);
	struct tally t;

	if (!r || is_open(q, r, &f))
		return f;
	t = count(q, r->start, r->end, is_writable);
	return expect_none(q, &t, "writable:");
}

static const struct {
	const char *name, *text;
	const char *archs;		/* NULL: all */
	struct finding (*ask)(const struct inquiry *q, const char *name);
} questions[] = {
	{ "w_xor_x", "Nothing both writable and executable?", NULL, ask_wx },
	{ "no_execute", "Can memory be denied execution?", NULL, ask_no_execute },
	{ "write_protect", "Does read-only bind the kernel, too?", NULL, ask_rule },
	{ "user_execution", "Kernel kept from executing user memory?",
	  "x86_64 i386 riscv64 s390x", ask_rule },
	{ "user_access", "Kernel kept from reaching user memory?",
	  "x86_64 i386 arm64 riscv64 s390x ppc64", ask_rule },
	{ "user_access_entry", "Does each entry to the kernel set PAN?", "arm64", ask_rule },
	{ "umip", "Descriptor tables hidden from users?",
	  "x86_64 i386", ask_rule },
	{ "page_table_isolation", "User mode without kernel page tables?",
	  "x86_64 i386 arm64", ask_isolation },
	{ "user_pages", "No user page executable by the kernel?", NULL,
	  ask_user_pages },
	{ "direct_map", "Direct map not executable?", NULL, ask_direct_map },
	{ "rodata", "Read-only data not writable?", NULL, ask_section },
	{ "text", "Kernel text not writable?", NULL, ask_section },
};

_Static_assert(ARRAY_SIZE(questions) <= MOST_SAFETY_ROWS, "there is room for all");

struct safety safety_ask(const struct mappings *m, const struct layout *l,
			 char *(*size)(uint64_t less_one))
{
	struct safety s = { 0 };
	struct inquiry q = { m, l, size, &s.pool };

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		struct finding f;

		if (questions[i].archs && !line_has_word(questions[i].archs, m->arch))
			continue;
		f = questions[i].ask(&q, questions[i].name);
		s.rows[s.n++] = (struct safety_row){ questions[i].name, questions[i].text,
						     f.answer, f.evidence };
		s.count[f.answer]++;
	}
	return s;
}

void safety_free(struct safety *s)
{
	pool_free(&s->pool);
}
