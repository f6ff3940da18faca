// SPDX-License-Identifier: GPL-2.0-only
/* predict.c - see predict.h */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "predict.h"

#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

/* --- A list of predictions ----------------------------------------------- */

struct prediction *prediction_of(const struct predictions *p, enum record_type type,
				 const char *name, const char *key)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->each[i].type == type && !strcmp(p->each[i].name, name) &&
		    !strcmp(p->each[i].key, key))
			return &p->each[i];
	}
	return NULL;
}

static const char *keep(struct predictions *p, const char *text)
{
	return text ? pool_copy(&p->pool, text, strlen(text)) : NULL;
}

/* How much is said: the more, the better. */
static int strength(const struct known *k)
{
	static const int by_kind[] = {
		[UNKNOWN] = 0, [RANGE] = 1, [WORD] = 2, [NUMBER] = 2, [NOTHING] = 3,
	};

	return by_kind[k->kind];
}

static const char contradiction[] = "the configuration contradicts itself";

static struct known sound(struct known k)
{
	return k.kind == RANGE && k.number > k.high ? unknown(contradiction) : k;
}

/* Where both are numbers, what is in both; else the one that says more. */
static struct known both(const struct known *a, const struct known *b)
{
	struct known k = strength(b) > strength(a) ? *b : *a;

	if (!is_numeric(a) || !is_numeric(b))
		return k;
	if (a->number > highest(b) || b->number > highest(a))
		return unknown(contradiction);
	if (k.kind == RANGE) {
		k.number = a->number > b->number ? a->number : b->number;
		k.high = a->high < b->high ? a->high : b->high;
	}
	return k;
}

void predictions_add(struct predictions *p, enum record_type type,
		     const char *name, const char *key, struct known k)
{
	struct prediction *before = prediction_of(p, type, name, key);

	k = sound(k);
	k.how = keep(p, k.how);
	k.word = keep(p, k.word);
	if (!before) {
		if (p->n == p->room) {
			p->room = p->room ? 2 * p->room : 128;
			p->each = reallocarray(p->each, p->room, sizeof(*p->each));
			if (!p->each)
				die("not enough memory");
		}
		p->each[p->n++] = (struct prediction) {
			.type = type, .name = keep(p, name), .key = keep(p, key),
			.known = k,
		};
		return;
	}
	before->known = both(&before->known, &k);
}

void predictions_free(struct predictions *p)
{
	free(p->each);
	pool_free(&p->pool);
	*p = (struct predictions) { 0 };
}

/* --- What follows from the others ---------------------------------------- */

/* The last of some bytes, as far as there are addresses. */
static uint64_t last_of(uint64_t start, uint64_t size, uint64_t max_addr)
{
	return size - 1 > max_addr - start ? max_addr : start + (size - 1);
}

static void add_end(struct predictions *p, const struct prediction *start,
		    const struct prediction *size, uint64_t max_addr)
{
	const struct known *from = &start->known, *by = &size->known;
	uint64_t low = last_of(from->number, by->number, max_addr);
	struct known k = from->kind == NUMBER && by->kind == NUMBER ?
		number(low, by->how) :
		range(low, last_of(highest(from), highest(by), max_addr),
		      from->kind == RANGE ? from->how : by->how);

	k.if_any = from->if_any || by->if_any;
	predictions_add(p, start->type, start->name, "end", k);
}

/* The third of start, end and size, where two of them are known. */
static void add_third(struct predictions *p, const struct prediction *known,
		      const struct prediction *other, const char *key, uint64_t n)
{
	struct known k = number(n, other->known.how);

	k.if_any = known->known.if_any || other->known.if_any;
	predictions_add(p, known->type, known->name, key, k);
}

static bool is_exact(const struct prediction *p)
{
	return p && p->known.kind == NUMBER;
}

static void complete_region(struct predictions *p, const char *name, uint64_t max_addr)
{
	const struct prediction *start = prediction_of(p, RECORD_REGION, name, "start");
	const struct prediction *end = prediction_of(p, RECORD_REGION, name, "end");
	const struct prediction *size = prediction_of(p, RECORD_REGION, name, "size");

	if (start && is_numeric(&start->known) && size && is_numeric(&size->known))
		add_end(p, start, size, max_addr);
	else if (is_exact(start) && is_exact(end))
		add_third(p, start, end, "size",
			  end->known.number - start->known.number + 1);
	else if (is_exact(end) && is_exact(size))
		add_third(p, end, size, "start",
			  end->known.number - size->known.number + 1);
}

static void complete(struct predictions *p, uint64_t max_addr)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->each[i].type == RECORD_REGION)
			complete_region(p, p->each[i].name, max_addr);
	}
}

/* --- What holds either way ----------------------------------------------- */

static bool is_same(const struct known *a, const struct known *b)
{
	return a->kind == b->kind && a->number == b->number &&
	       (a->kind != RANGE || a->high == b->high) &&
	       (a->kind != WORD || !strcmp(a->word, b->word));
}

static void widen(struct known *k, const struct known *other, const char *by_what)
{
	struct known wide;

	if (is_same(k, other)) {
		k->if_any = k->if_any || other->if_any;
		return;
	}
	if (k->kind == NOTHING && is_numeric(other)) {
		*k = if_any(*other);
		return;
	}
	if (other->kind == NOTHING && is_numeric(k)) {
		k->if_any = true;
		return;
	}
	if (!is_numeric(k) || !is_numeric(other)) {
		*k = unknown(by_what);
		return;
	}
	wide = range(k->number < other->number ? k->number : other->number,
		     highest(k) > highest(other) ? highest(k) : highest(other), by_what);
	wide.if_any = k->if_any || other->if_any;
	*k = wide;
}

/* What both say; "by_what" it depends where they differ. */
static void merge(struct predictions *p, const struct predictions *other,
		  const char *by_what)
{
	for (size_t i = 0; i < p->n; i++) {
		struct prediction *one = &p->each[i];
		const struct prediction *same = prediction_of(other, one->type, one->name, one->key);
		struct known open = unknown(by_what), k = same ? same->known : open;

		k.word = keep(p, k.word);
		k.how = keep(p, k.how);
		widen(&one->known, &k, by_what);
	}
	for (size_t i = 0; i < other->n; i++) {
		const struct prediction *one = &other->each[i];

		if (!prediction_of(p, one->type, one->name, one->key))
			predictions_add(p, one->type, one->name, one->key, unknown(by_what));
	}
}

/* --- Parameters ---------------------------------------------------------- */

/* The words in first, then those in second that some list holds, or does not. */
static const char *join_words(const char *first, const char *second, const char *list,
			      bool listed, struct pool *pool)
{
	const char *word;
	size_t n;

	while ((word = next_word(&second, &n))) {
		const char *one = pool_copy(pool, word, n);

		if (line_has_word(list, one) == listed)
			first = pool_printf(pool, "%s%s%s", first, *first ? " " : "", one);
	}
	return first;
}

/* The words of CONFIG_CMDLINE, which stand between quotation marks. */
static const char *builtin_cmdline(const struct situation *s, struct pool *pool)
{
	const char *p = s->options ? kernel_option(s->options, "CONFIG_CMDLINE") : NULL;
	const char *loader_only = s->arch->loader_only;

	if (!p || *p != '"' || (loader_only && !has_option(s, "CONFIG_CMDLINE_BOOL")))
		return "";
	p = pool_copy(pool, p + 1, strcspn(p + 1, "\""));
	return loader_only ? join_words("", p, loader_only, false, pool) : p;
}

/* What the kernel makes of its own parameters and those of the boot loader. */
static const char *whole_cmdline(const struct situation *s, bool own_first, struct pool *pool)
{
	const char *own = builtin_cmdline(s, pool);
	const char *loader_only = s->arch->loader_only;

	if (has_option(s, "CONFIG_CMDLINE_FORCE") || has_option(s, "CONFIG_CMDLINE_OVERRIDE"))
		return loader_only ? join_words(own, s->cmdline, loader_only, true, pool) : own;
	if (loader_only || has_option(s, "CONFIG_CMDLINE_EXTEND"))
		return own_first ? pool_printf(pool, "%s%s%s", own, *own ? " " : "", s->cmdline) :
		       pool_printf(pool, "%s%s%s", s->cmdline, *s->cmdline ? " " : "", own);
	return *s->cmdline ? s->cmdline : own;
}

/*
 * What extends the boot loader's parameters comes after them, by drivers/of/fdt.c,
 * prom_init.c of powerpc and setup.c of loongarch; but on x86, and on ARM where
 * memory and parameters are in a list of tags (arch/arm/kernel/atags_parse.c),
 * before them.  Returns how many of both orders are possible.
 */
static size_t possible_cmdlines(const struct situation *s, const char **lines, struct pool *pool)
{
	bool tags = has_option(s, "CONFIG_ATAGS"), tree = has_option(s, "CONFIG_USE_OF");
	size_t n = 0;

	if (s->arch->loader_only || (s->arch->memory_anywhere && tags))
		lines[n++] = whole_cmdline(s, true, pool);
	if (!n || (s->arch->memory_anywhere && tree))
		lines[n++] = whole_cmdline(s, false, pool);
	return n == 2 && !strcmp(lines[0], lines[1]) ? 1 : n;
}

/* --- Memory -------------------------------------------------------------- */

/* What limits memory: mem=, or something that is not computed here. */
static void find_limit(const struct situation *s, uint64_t *low, uint64_t *high)
{
	struct pool pool = { 0 };
	const char *words = s->cmdline ? s->cmdline : "", *word;
	uint64_t most;
	size_t n;

	while ((word = next_word(&words, &n))) {
		/* Pieces of memory, or all of it but some. */
		if (!strncmp(word, "memmap=", 7) ||
		    (!strncmp(word, "mem=", 4) && memchr(word, '@', n)))
			*low = 16 * MIB;
		else if (cmdline_size(pool_copy(&pool, word, n), "mem=", &most) &&
			 most >= MIB && most < *high) {
			*high = most;
			*low = *low < most ? *low : most;
		}
	}
	pool_free(&pool);
}

/*
 * Where memory is.  Of what there is, firmware may keep some at its end; on
 * machines of 64 bits, holes may move that up, and on ARM each board has it
 * somewhere else.
 */
static void take_ram(struct situation *s, uint64_t ram)
{
	bool wide = s->arch->bits == 64;
	uint64_t low = ram ? ram - ram / 8 : 16 * MIB;
	uint64_t high = ram ? ram + (wide ? 4 * GIB : 0) :
			wide ? UINT64_C(1) << 52 : 16 * GIB;
	uint64_t start = s->arch->memory_anywhere ? UINT64_C(1) << 40 : 0;
	const char *how = ram ? "by where memory ends" : "by the amount of memory (--ram)";

	s->memory = known_between(0, start, how);
	s->memory_end = range(low, start + high, how);
	s->banks = 1;
}

/* --- One situation ------------------------------------------------------- */

/* What was computed from something published has nothing to stand on. */
static bool is_prediction(const struct expected *one)
{
	return !one->known.leaning && !one->from.name && one->when != WHERE &&
	       one->known.kind != ANYTHING;
}

static void take(struct predictions *p, const struct expected_list *e)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct expected *one = &e->each[i];

		if (is_prediction(one))
			predictions_add(p, one->type, one->name, one->key, one->known);
	}
}

static void predict_one(const struct situation *s, struct predictions *p)
{
	struct expected_list e = { 0 };

	*p = (struct predictions) { 0 };
	rules_of_options(s, s->arch->name, &e);
	rules_of_arch(s, &e);
	take(p, &e);
	expected_free(&e);
	complete(p, s->arch->bits == 32 ? UINT32_MAX : UINT64_MAX);
}

/* --- Whatever is not known ----------------------------------------------- */

static void predict_with_memory(const struct situation *given, struct predictions *p)
{
	struct situation s = *given;
	struct predictions other;
	uint64_t start, low, high;

	if (s.memory_end.kind == NUMBER) {
		predict_one(&s, p);
		return;
	}
	start = highest(&given->memory);
	low = given->memory_end.number;
	high = given->memory_end.high - start;
	find_limit(&s, &low, &high);
	s.memory = number(0, given->memory.how);
	s.memory_end = number(low & -(64 * UINT64_C(1024)), given->memory_end.how);
	predict_one(&s, p);
	s.memory = number(start, given->memory.how);
	s.memory_end = number(start + high, given->memory_end.how);
	predict_one(&s, &other);
	merge(p, &other, given->memory_end.how);
	predictions_free(&other);
}

/* With these parameters, whatever the processor is. */
static void predict_modes(const struct situation *given, struct predictions *p)
{
	struct situation s = *given, modes[MAX_MODES];
	struct predictions other;
	size_t n = 1;

	s.page_size = number(s.arch->page_size ? s.arch->page_size(&s) : 4096, "the configuration");
	if (s.memory_end.kind == UNKNOWN)
		take_ram(&s, 0);
	if (s.arch->modes)
		n = s.arch->modes(&s, modes);
	else
		modes[0] = s;
	predict_with_memory(&modes[0], p);
	for (size_t i = 1; i < n; i++) {
		predict_with_memory(&modes[i], &other);
		merge(p, &other, s.arch->modes_differ);
		predictions_free(&other);
	}
}

void predict_situation(const struct situation *given, struct predictions *p)
{
	struct situation s = *given;
	struct pool pool = { 0 };
	struct predictions other;
	const char *lines[2] = { NULL };
	size_t n = s.cmdline ? possible_cmdlines(&s, lines, &pool) : 1;

	s.cmdline = lines[0];
	predict_modes(&s, p);
	if (n == 2) {
		s.cmdline = lines[1];
		predict_modes(&s, &other);
		merge(p, &other, "by how the boot loader passes parameters");
		predictions_free(&other);
	}
	pool_free(&pool);
}

/* --- What people know ---------------------------------------------------- */

static struct known known_bits(unsigned int bits)
{
	return bits ? number(bits, "as given") : unknown("the bits of addresses are not given");
}

void predict(const struct circumstances *c, struct predictions *p)
{
	struct pool pool = { 0 };
	struct situation s = {
		.arch = arch_by_name(c->arch),
		.release = release_number(c->release),
		.release_name = c->release,
		.options = kernel_options_parse(c->config, &pool),
		.cmdline = c->cmdline,
		.va_bits = known_bits(c->va_bits), .pa_bits = known_bits(c->pa_bits),
		.mmu = c->mmu ? word(c->mmu, "as given") : unknown("the MMU is not given"),
		.is_machine = true,
		.by_efi = OPEN, .highmem = OPEN,
	};

	s.mapped_end = s.stext = s.struct_page = s.image_size = s.page_levels =
		unknown("only a running kernel tells");
	take_ram(&s, c->ram);
	predict_situation(&s, p);
	pool_free(&pool);
}

bool can_predict(const char *name)
{
	const struct arch *arch = arch_by_name(name);

	return arch && !arch->not_predicted;
}
