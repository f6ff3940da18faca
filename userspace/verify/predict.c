// SPDX-License-Identifier: GPL-2.0-only
/* predict.c - see predict.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "predict.h"
#include "rules/arch.h"

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

	/* What was computed from something published has nothing to stand on. */
	if (k.leaning || type == RECORD_WITNESS)
		return;
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

/* --- An imagined machine ------------------------------------------------- */

struct processor {
	unsigned int va_bits, pa_bits;
	const char *mmu;
};

static unsigned int page_size(const struct circumstances *c)
{
	if (is_switched_on(c->config, "CONFIG_ARM64_64K_PAGES") ||
	    is_switched_on(c->config, "CONFIG_PPC_64K_PAGES") ||
	    is_switched_on(c->config, "CONFIG_PAGE_SIZE_64KB"))
		return 65536;
	if (is_switched_on(c->config, "CONFIG_ARM64_16K_PAGES") ||
	    is_switched_on(c->config, "CONFIG_PAGE_SIZE_16KB"))
		return 16384;
	return 4096;
}

/* As each architecture tells its users. */
static const char *cpuinfo(const struct circumstances *c, const struct processor *cpu,
			   struct pool *pool)
{
	if (!strcmp(c->arch, "x86_64"))
		return pool_printf(pool, "flags\t\t: lm%s\n", cpu->va_bits == 57 ? " la57" : "");
	if (!strcmp(c->arch, "riscv64"))
		return pool_printf(pool, "mmu\t\t: sv%u\n", cpu->va_bits);
	if (!strcmp(c->arch, "ppc64"))
		return pool_printf(pool, "MMU\t\t: %s\n",
				   strcmp(cpu->mmu, "radix") ? "Hash" : "Radix");
	if (!strcmp(c->arch, "loongarch64") && cpu->va_bits && cpu->pa_bits)
		return pool_printf(pool, "Address Sizes\t\t: %u bits physical, %u bits virtual\n",
				   cpu->pa_bits, cpu->va_bits);
	return "";
}

static bool is_x86(const struct circumstances *c)
{
	return !strcmp(c->arch, "x86_64") || !strcmp(c->arch, "i386");
}

/* Decided before x86 knows its own parameters, by those of the boot loader. */
static const char loader_only[] = "nokaslr no5lvl";

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
static const char *builtin_cmdline(const struct circumstances *c, struct pool *pool)
{
	const char *p = after(c->config, "CONFIG_CMDLINE=\"");

	if (!p || (is_x86(c) && !is_switched_on(c->config, "CONFIG_CMDLINE_BOOL")))
		return "";
	p = pool_copy(pool, p, strcspn(p, "\"\n"));
	return is_x86(c) ? join_words("", p, loader_only, false, pool) : p;
}

/* What the kernel makes of its own parameters and those of the boot loader. */
static const char *whole_cmdline(const struct circumstances *c, struct pool *pool)
{
	const char *own = builtin_cmdline(c, pool);

	if (is_switched_on(c->config, "CONFIG_CMDLINE_FORCE") ||
	    is_switched_on(c->config, "CONFIG_CMDLINE_OVERRIDE"))
		return is_x86(c) ? join_words(own, c->cmdline, loader_only, true, pool) : own;
	if (is_x86(c) || is_switched_on(c->config, "CONFIG_CMDLINE_EXTEND"))
		return pool_printf(pool, "%s%s%s", own, *own ? " " : "", c->cmdline);
	return *c->cmdline ? c->cmdline : own;
}

/* What the sources expect of a machine with that configuration. */
static void ask(const struct circumstances *c, struct machine *m, struct predictions *p)
{
	const struct arch *arch = arch_by_name(c->arch);
	const struct layout empty = {
		.release = c->release, .arch = c->arch, .bits = arch->bits,
		.max_addr = arch->bits == 32 ? UINT32_MAX : UINT64_MAX,
	};

	*p = (struct predictions) { 0 };
	machine_give_config(m, c->config);
	foretell(&empty, m, p);
	complete(p, empty.max_addr);
}

static void imagine(const struct circumstances *c, const struct processor *cpu,
		    uint64_t ram, uint64_t ram_end, struct predictions *p)
{
	struct machine *m = machine_imagine();
	struct pool *pool = machine_pool(m);

	machine_give(m, MACHINE_MEASURED, pool_printf(pool,
		"release=%s\nword_bits=%u\npage_size=%u\nva_bits=%u\n", c->release,
		arch_by_name(c->arch)->bits, page_size(c), cpu->va_bits));
	machine_give(m, "/proc/cpuinfo", cpuinfo(c, cpu, pool));
	machine_give(m, "/proc/iomem", pool_printf(pool,
		"%08" PRIx64 "-%08" PRIx64 " : System RAM\n", ram, ram_end - 1));
	if (c->cmdline)
		machine_give(m, "/proc/cmdline", c->cmdline);
	ask(c, m, p);
	machine_free(m);
}

/* --- Whatever is not known ----------------------------------------------- */

/* What limits memory: mem=, or something that is not computed here. */
static void find_limit(const struct circumstances *c, uint64_t *low, uint64_t *high)
{
	struct pool pool = { 0 };
	const char *words = c->cmdline ? c->cmdline : "", *word;
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
static void imagine_with_ram(const struct circumstances *c, const struct processor *cpu,
			     struct predictions *p)
{
	bool wide = arch_by_name(c->arch)->bits == 64;
	uint64_t low = c->ram ? c->ram - c->ram / 8 : 16 * MIB;
	uint64_t high = c->ram ? c->ram + (wide ? 4 * GIB : 0) :
				 wide ? UINT64_C(1) << 52 : 16 * GIB;
	uint64_t start = strcmp(c->arch, "arm") ? 0 : UINT64_C(1) << 40;
	struct predictions other;

	find_limit(c, &low, &high);
	imagine(c, cpu, 0, low & -(64 * UINT64_C(1024)), p);
	imagine(c, cpu, start, start + high, &other);
	merge(p, &other, c->ram ? "by where memory ends" : "by the amount of memory (--ram)");
	predictions_free(&other);
}

enum { MOST = 3 };

/* Bits of addresses that this kernel may use. */
static size_t possible_bits(const struct circumstances *c, unsigned int *bits)
{
	const char *cmdline = c->cmdline ? c->cmdline : "";
	uint64_t built = config_number(c->config, "CONFIG_ARM64_VA_BITS=");
	unsigned int release = release_number(c->release);
	size_t n = 0;

	if (!strcmp(c->arch, "x86_64")) {
		bits[n++] = 48;
		if (config_number(c->config, "CONFIG_PGTABLE_LEVELS=") == 5 &&
		    !line_has_word(cmdline, "no5lvl"))
			bits[n++] = 57;
	} else if (!strcmp(c->arch, "riscv64")) {
		bits[n++] = 39;
		if (release >= 5017 && !is_switched_on(c->config, "CONFIG_XIP_KERNEL") &&
		    !line_has_word(cmdline, "no4lvl"))
			bits[n++] = 48;
		if (n == 2 && release >= 5018 && !line_has_word(cmdline, "no5lvl"))
			bits[n++] = 57;
	} else if (!strcmp(c->arch, "arm64") && built) {
		if (built == 52)
			bits[n++] = page_size(c) == 16384 && release >= 6009 ? 47 : 48;
		if (built < 52 || !line_has_word(cmdline, "arm64.nolva"))
			bits[n++] = (unsigned int)built;
	} else {
		bits[n++] = c->va_bits;
	}
	return n;
}

/* A processor for more than the kernel can use does not change it. */
static size_t possible_processors(const struct circumstances *c, struct processor *cpus)
{
	unsigned int bits[MOST];
	size_t n = possible_bits(c, bits), fit = n;
	bool radix = is_switched_on(c->config, "CONFIG_PPC_RADIX_MMU") &&
		     !(c->cmdline && line_has_word(c->cmdline, "disable_radix"));

	if (!strcmp(c->arch, "ppc64")) {
		n = 0;
		if (!radix || !c->mmu || strcmp(c->mmu, "radix"))
			cpus[n++].mmu = "hash";
		if (radix && (!c->mmu || strcmp(c->mmu, "hash")))
			cpus[n++].mmu = "radix";
		return n;
	}
	while (c->va_bits && fit > 1 && bits[fit - 1] > c->va_bits)
		fit--;
	for (size_t i = c->va_bits ? fit - 1 : 0; i < fit; i++)
		cpus[c->va_bits ? 0 : i] = (struct processor) { bits[i], c->pa_bits, NULL };
	return c->va_bits ? 1 : fit;
}

void predict(const struct circumstances *given, struct predictions *p)
{
	struct processor cpus[MOST] = { 0 };
	struct circumstances c = *given;
	struct pool pool = { 0 };
	struct predictions other;
	size_t n;

	if (c.machine) {
		ask(&c, c.machine, p);
		return;
	}
	if (c.cmdline)
		c.cmdline = whole_cmdline(&c, &pool);
	n = possible_processors(&c, cpus);
	imagine_with_ram(&c, &cpus[0], p);
	for (size_t i = 1; i < n; i++) {
		imagine_with_ram(&c, &cpus[i], &other);
		merge(p, &other, cpus[i].mmu ? "by the MMU (--mmu)" :
		      "by the bits of addresses that the processor has (--va-bits)");
		predictions_free(&other);
	}
	pool_free(&pool);
}

bool can_predict(const char *arch)
{
	static const char names[] = "x86_64 i386 arm64 arm riscv64 ppc64 loongarch64";

	return line_has_word(names, arch);
}
