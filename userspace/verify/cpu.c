// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpu.c - /proc/cpuinfo and /sys/devices/system/cpu: what the processors are,
 * and which of their features the kernel uses.  It clears the flag la57 where
 * it does not use five levels, and sets pti where it isolates page tables
 * (arch/x86/kernel/cpu/common.c, arch/x86/mm/pti.c).
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "verify.h"

enum item {
	LEVELS, VA_BITS, PA_BITS, PTI, CPUS, MITIGATION, USER_LIMIT, HALF,
	KERNEL_HALF, PGDIR, MMU, LOONGARCH_PA_BITS,
	N_ITEMS,
};

#define PAGE	4096u

static void take_flags(struct known *items, const char *flags)
{
	bool five = line_has_word(flags, "la57");

	items[LEVELS] = number(five ? 5 : 4, "flag la57");
	items[VA_BITS] = number(five ? 57 : 48, "flag la57");
	items[USER_LIMIT] = number((UINT64_C(1) << (five ? 56 : 47)) - PAGE,
				   "flag la57");
	items[HALF] = number(UINT64_C(1) << (five ? 56 : 47), "flag la57");
	items[KERNEL_HALF] = number(-(UINT64_C(1) << (five ? 56 : 47)), "flag la57");
	items[PTI] = word(line_has_word(flags, "pti") ? "y" : "n", "flag pti");
}

/* "sv48": half of that many bits is for each side. */
static void take_mmu(struct known *items, const char *mode)
{
	uint64_t bits;

	if (!scan_number(&mode, 10, &bits) || bits < 39 || bits > 57)
		return;
	items[LEVELS] = number((bits - 12) / 9, "mmu");
	items[VA_BITS] = number(bits, "mmu");
	items[HALF] = number(UINT64_C(1) << (bits - 1), "mmu");
	items[KERNEL_HALF] = number(-(UINT64_C(1) << (bits - 1)), "mmu");
	items[PGDIR] = number(UINT64_C(1) << (bits - 9), "mmu");
}

/* "0-3,8": how many. */
static struct known count_cpus(const char *list)
{
	uint64_t first, last, n = 0;

	do {
		if (!scan_number(&list, 10, &first))
			return unknown("/sys/devices/system/cpu/possible is not understood");
		last = first;
		if (skip(&list, "-") && !scan_number(&list, 10, &last))
			return unknown("/sys/devices/system/cpu/possible is not understood");
		n += last - first + 1;
	} while (skip(&list, ","));
	return number(n, "/sys/devices/system/cpu/possible");
}

static const void *load(struct machine *m)
{
	struct known *items = pool_alloc(machine_pool(m),
					 N_ITEMS * sizeof(*items));
	const char *text, *p, *why;
	uint64_t n;

	text = machine_file(m, "/proc/cpuinfo", NULL, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		items[i] = unknown(text ? "/proc/cpuinfo does not say" : why);
	p = text ? after(text, "flags\t\t:") : NULL;
	if (p)
		take_flags(items, p);
	p = text ? after(text, "mmu\t\t: sv") : NULL;
	if (p)
		take_mmu(items, p);
	p = text ? after(text, "address sizes\t: ") : NULL;
	if (p && scan_number(&p, 10, &n) && skip(&p, " bits physical"))
		items[PA_BITS] = number(n, "address sizes");
	p = text ? after(text, "Address Sizes\t\t: ") : NULL;
	if (p && scan_number(&p, 10, &n) && skip(&p, " bits physical"))
		items[LOONGARCH_PA_BITS] = number(n, "Address Sizes");
	p = text ? after(text, "MMU\t\t: ") : NULL;
	if (p)
		items[MMU] = word(strncmp(p, "Radix", 5) ? "hash" : "radix", "MMU");
	p = machine_line(m, "/sys/devices/system/cpu/possible", &why);
	items[CPUS] = p ? count_cpus(p) : unknown(why);
	p = machine_line(m, "/sys/devices/system/cpu/vulnerabilities/meltdown",
			 &why);
	/* "Not affected" is no answer: isolation can be asked for. */
	items[MITIGATION] = !p ? unknown(why) :
		!strcmp(p, "Mitigation: PTI") ? word("y", p) :
		!strcmp(p, "Vulnerable") ? word("n", p) : unknown(p);
	return items;
}

static const struct rule rules[] = {
	{ "x86_64 riscv64", RECORD_FACT, "page_levels", "value", LEVELS, 0 },
	{ "x86_64 riscv64", RECORD_FACT, "va_bits", "value", VA_BITS, 0 },
	{ "riscv64", RECORD_FACT, "pgdir_size", "value", PGDIR, 0 },
	{ "x86_64 i386", RECORD_FACT, "pa_bits", "value", PA_BITS, 0 },
	{ "loongarch64", RECORD_FACT, "pa_bits", "value", LOONGARCH_PA_BITS, 0 },
	{ "x86_64 i386", RECORD_FACT, "pti", "value", PTI, 0 },
	{ "x86_64 i386", RECORD_FACT, "pti", "value", MITIGATION, 0 },
	{ "arm64", RECORD_FACT, "kpti", "value", MITIGATION, 0 },
	{ "ppc64", RECORD_FACT, "mmu", "value", MMU, 0 },
	{ "x86_64", RECORD_FACT, "user_limit", "value", USER_LIMIT, 0 },
	{ "riscv64", RECORD_FACT, "user_limit", "value", HALF, 0 },
	{ "riscv64", RECORD_REGION, "user", "end", HALF, -1 },
	{ "x86_64", RECORD_REGION, "user_guard", "end", HALF, -1 },
	{ "x86_64 riscv64", RECORD_REGION, "noncanonical", "start", HALF, 0 },
	{ "x86_64 riscv64", RECORD_REGION, "noncanonical", "end", KERNEL_HALF, -1 },
	{ "x86_64", RECORD_REGION, "guard_hole", "start", KERNEL_HALF, 0 },
	{ NULL, RECORD_FACT, "cpus", "value", CPUS, 0 },
};

static void check(const void *evidence, struct verification *v)
{
	apply_rules(v, rules, ARRAY_SIZE(rules), evidence);
}

const struct source source_cpu = {
	.name = "cpu",
	.title = "/proc/cpuinfo and /sys/devices/system/cpu",
	.load = load,
	.check = check,
};
