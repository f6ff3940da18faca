// SPDX-License-Identifier: GPL-2.0-only
/*
 * kallsyms.c - /proc/kallsyms: the addresses of symbols, of the kernel as it
 * runs and of its modules.
 */
#include <stdio.h>
#include <string.h>

#include "../util.h"
#include "symtab.h"
#include "verify.h"

enum item {
	TEXT, ETEXT, RODATA, RODATA_END, SDATA, EDATA, INIT, INIT_END,
	BSS, BSS_END, BRK, BRK_END, END, PER_CPU_LOAD, PER_CPU_LAST,
	INIT_STACK, THREAD_SIZE, MODULES_LOW, MODULES_HIGH,
	N_ITEMS,
};

static const struct {
	enum item item;
	const char *name;
} markers[] = {
	{ TEXT, "_text" },		{ ETEXT, "_etext" },
	{ RODATA, "__start_rodata" },	{ RODATA_END, "__end_rodata" },
	{ SDATA, "_sdata" },		{ EDATA, "_edata" },
	{ INIT, "__init_begin" },	{ INIT_END, "__init_end" },
	{ BSS, "__bss_start" },		{ BSS_END, "__bss_stop" },
	{ BRK, "__brk_base" },		{ BRK_END, "__brk_limit" },
	{ END, "_end" },		{ PER_CPU_LOAD, "__per_cpu_load" },
	{ INIT_STACK, "init_stack" },
};

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

/* Code and data of modules; their per-CPU symbols count from 0. */
static void find_modules(struct kallsyms *k)
{
	uint64_t low = UINT64_MAX, high = 0;

	for (size_t i = 0; i < k->symbols->n; i++) {
		const struct symbol *s = &k->symbols->list[i];
		char name[64];

		if (!s->in_module || s->addr >> 63 == 0)
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
	uint64_t addr;

	k->symbols = machine_symbols(m, &k->why);
	for (size_t i = 0; i < N_ITEMS; i++)
		k->items[i] = unknown(k->symbols ?
				      "no symbol of a module is listed" : k->why);
	if (!k->symbols)
		return k;
	for (size_t i = 0; i < ARRAY_SIZE(markers); i++) {
		if (symbols_find(k->symbols, markers[i].name, NULL, &addr))
			k->items[markers[i].item] = number(addr, markers[i].name);
		else
			k->items[markers[i].item] =
				unknown(pool_printf(pool, "%s is not listed: this kernel is built without KALLSYMS_ALL",
						    markers[i].name));
	}
	find_per_cpu(k);
	k->items[THREAD_SIZE] = thread_size(k->symbols);
	find_modules(k);
	return k;
}

static const struct rule rules[] = {
	{ "x86_64", RECORD_REGION, "image", "start", TEXT, 0 },
	{ "x86_64", RECORD_REGION, "image", "end", END, -1 },
	{ "x86_64", RECORD_SECTION, "text", "start", TEXT, 0 },
	{ "x86_64", RECORD_SECTION, "text", "end", ETEXT, -1 },
	{ "x86_64", RECORD_SECTION, "rodata", "start", RODATA, 0 },
	{ "x86_64", RECORD_SECTION, "rodata", "end", RODATA_END, -1 },
	{ "x86_64", RECORD_SECTION, "data", "start", SDATA, 0 },
	{ "x86_64", RECORD_SECTION, "data", "end", EDATA, -1 },
	{ "x86_64", RECORD_SECTION, "init", "start", INIT, 0 },
	{ "x86_64", RECORD_SECTION, "init", "end", INIT_END, -1 },
	{ "x86_64", RECORD_SECTION, "init_percpu", "start", PER_CPU_LOAD, 0 },
	{ "x86_64", RECORD_SECTION, "init_percpu", "end", PER_CPU_LAST, 0 },
	{ "x86_64", RECORD_SECTION, "bss", "start", BSS, 0 },
	{ "x86_64", RECORD_SECTION, "bss", "end", BSS_END, -1 },
	{ "x86_64", RECORD_SECTION, "brk", "start", BRK, 0 },
	{ "x86_64", RECORD_SECTION, "brk", "end", END, -1 },
	{ "x86_64", RECORD_FACT, "thread_size", "value", THREAD_SIZE, 0 },
	{ "x86_64", RECORD_REGION, "modules", "start", MODULES_LOW, 0 },
	{ "x86_64", RECORD_REGION, "modules", "end", MODULES_HIGH, 0 },
	{ NULL, RECORD_WITNESS, "swapper_stack", "addr", INIT_STACK, 0 },
};

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
	for (size_t i = 0; i < v->layout->n_witnesses; i++)
		check_witness(k, v, &v->layout->witnesses[i]);
}

const struct source source_kallsyms = {
	.name = "kallsyms",
	.title = "/proc/kallsyms",
	.load = load,
	.check = check,
};
