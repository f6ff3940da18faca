// SPDX-License-Identifier: GPL-2.0-only
/*
 * kallsyms.c - /proc/kallsyms: the addresses of symbols, of the kernel as it
 * runs and of its modules.
 */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "machine/symtab.h"
#include "verify.h"

enum item {
	PER_CPU_LOAD, PER_CPU_LAST, THREAD_SIZE, MODULES_LOW, MODULES_HIGH,
	VECTORS, VECTORS_LAST,
	N_ITEMS,
};

/* Symbols of per-CPU variables count from 0, and are below. */
#define LOWEST		(UINT64_C(1) << 24)

struct kallsyms {
	const struct symbols *symbols;
	const char *why;
	struct known items[N_ITEMS];
};

/*
 * The original of the per-CPU areas.  Until 6.14 its symbols count from 0 and
 * it ends where init text begins, at the next page; since then (x86_64) they
 * are addresses, and there is no __per_cpu_load.
 */
static void find_per_cpu(struct kallsyms *k)
{
	uint64_t start, end, text;

	if (!symbols_find(k->symbols, "__per_cpu_start", NULL, &start) ||
	    !symbols_find(k->symbols, "__per_cpu_end", NULL, &end) ||
	    end <= start) {
		k->items[PER_CPU_LAST] = unknown("no __per_cpu_start and __per_cpu_end");
	} else if (start) {
		k->items[PER_CPU_LOAD] = number(start, "__per_cpu_start");
		k->items[PER_CPU_LAST] = number(end - 1, "__per_cpu_end - 1");
	} else if (symbols_find(k->symbols, "_sinittext", NULL, &text)) {
		k->items[PER_CPU_LAST] = number(text - 1, "_sinittext - 1");
	}
}

/* 6.10 renamed the markers around the first task's stack. */
static struct known thread_size(const struct symbols *s)
{
	static const char *const names[][2] = {
		{ "__start_init_stack", "__end_init_stack" },
		{ "__start_init_task", "__end_init_task" },
	};
	uint64_t start, end;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (symbols_find(s, names[i][0], NULL, &start) &&
		    symbols_find(s, names[i][1], NULL, &end) && end > start)
			return number(end - start, names[i][1]);
	}
	return unknown("no markers around the first task's stack");
}

#define PPC64_LINEAR	0xc000000000000000u

/* ppc64 copies its first code to where the direct map begins, if it is not there. */
static struct known vectors(const struct symbols *s)
{
	uint64_t start;

	if (!symbols_find(s, "_stext", NULL, &start))
		return unknown("_stext is not listed");
	return start == PPC64_LINEAR ? nothing("_stext is where they are") :
	       if_any(number(PPC64_LINEAR, "_stext is elsewhere"));
}

static struct known vectors_last(const struct symbols *s)
{
	uint64_t start, end;

	if (!symbols_find(s, "_stext", NULL, &start) ||
	    !symbols_find(s, "__end_interrupts", NULL, &end) || end <= start)
		return unknown("no _stext and __end_interrupts");
	return if_any(number(PPC64_LINEAR + (end - start) - 1,
			     "as long as from _stext to __end_interrupts"));
}

/* Code and data of modules. */
static void find_modules(struct kallsyms *k)
{
	uint64_t low = UINT64_MAX, high = 0;

	for (size_t i = 0; i < k->symbols->n; i++) {
		const struct symbol *s = &k->symbols->list[i];
		char name[64];

		if (!s->in_module || s->addr < LOWEST)
			continue;
		/* A per-CPU variable, at an offset or in the image's original. */
		if (s->type == 'a' || s->type == 'A')
			continue;
		/* Some listed there come from elsewhere: BPF, ftrace. */
		if (!symbol_module(s, name, sizeof(name)) ||
		    !strcmp(name, "bpf") || !strncmp(name, "__builtin__", 11))
			continue;
		low = s->addr < low ? s->addr : low;
		high = s->addr > high ? s->addr : high;
	}
	if (!high)
		return;
	k->items[MODULES_LOW] = range(0, low, "lowest symbol of a module");
	k->items[MODULES_HIGH] = range(high, UINT64_MAX,
				       "highest symbol of a module");
}

static const void *load(struct machine *m)
{
	struct pool *pool = machine_pool(m);
	struct kallsyms *k = pool_alloc(pool, sizeof(*k));

	k->symbols = machine_symbols(m, &k->why);
	for (size_t i = 0; i < N_ITEMS; i++)
		k->items[i] = unknown(k->symbols ?
				      "no symbol of a module is listed" : k->why);
	if (!k->symbols)
		return k;
	k->items[PER_CPU_LOAD] = unknown("__per_cpu_load is not listed");
	find_per_cpu(k);
	k->items[THREAD_SIZE] = thread_size(k->symbols);
	k->items[VECTORS] = vectors(k->symbols);
	k->items[VECTORS_LAST] = vectors_last(k->symbols);
	find_modules(k);
	return k;
}

static const struct rule rules[] = {
	{ NULL, RECORD_SECTION, "init_percpu", "start", PER_CPU_LOAD, 0 },
	{ NULL, RECORD_SECTION, "init_percpu", "end", PER_CPU_LAST, 0 },
	{ NULL, RECORD_FACT, "thread_size", "value", THREAD_SIZE, 0 },
	{ "ppc64", RECORD_REGION, "vectors", "start", VECTORS, 0 },
	{ "ppc64", RECORD_REGION, "vectors", "end", VECTORS_LAST, 0 },
};

static void check_mark(const struct kallsyms *k, struct verification *v,
		       const struct symbol_mark *mark)
{
	const char *symbol = mark_symbol(mark, v->layout);
	struct known is;
	uint64_t addr;

	if (!mark_applies(mark, v->layout->arch))
		return;
	if (!k->symbols)
		is = unknown(k->why);
	else if (symbols_find(k->symbols, symbol, NULL, &addr))
		is = number(wrap(v, addr + (uint64_t)mark->add), symbol);
	else
		is = unknown(pool_printf(&v->pool, "%s is not listed: this kernel is built without KALLSYMS_ALL",
					 symbol));
	expect(v, mark->type, mark->name, mark->key, is);
}

/* A witness may be a symbol: of the module, or of the kernel. */
static void check_witness(const struct kallsyms *k, struct verification *v,
			  const struct witness *w)
{
	const struct value *value = value_of(v, RECORD_WITNESS, w->name, "addr");
	char how[96];
	uint64_t addr;

	if (w->absent || !w->source || strlen(w->source) > 64 ||
	    strspn(w->source, "abcdefghijklmnopqrstuvwxyz_0123456789") !=
	    strlen(w->source))
		return;
	snprintf(how, sizeof(how), "%s", w->source);
	if (!k->symbols)
		report(v, value, CANNOT_SAY, "%s", k->why);
	else if (symbols_find(k->symbols, w->source, "kvas", &addr) ||
		 symbols_find(k->symbols, w->source, NULL, &addr))
		expect_value(v, value, number(addr, how));
	else
		report(v, value, CANNOT_SAY, "%s is not listed", how);
}

static void check(const void *evidence, struct verification *v)
{
	const struct kallsyms *k = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), k->items);
	expect_modules(v, k->items[MODULES_LOW], k->items[MODULES_HIGH]);
	for (size_t i = 0; i < n_marks; i++)
		check_mark(k, v, &marks[i]);
	for (size_t i = 0; i < v->layout->n_witnesses; i++)
		check_witness(k, v, &v->layout->witnesses[i]);
}

const struct source source_kallsyms = {
	.name = "kallsyms",
	.title = "/proc/kallsyms",
	.load = load,
	.check = check,
};
