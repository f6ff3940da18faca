// SPDX-License-Identifier: GPL-2.0-only
/*
 * older.c - captures that were saved by a module which did not yet publish all
 * that it does now.
 *
 * The format tells no version of the module, and need not: names were added
 * together, so that a capture has all of them or none.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "verify.h"

/* What came with execmem_*, and where. */
static const struct {
	const char *name;
	const char *archs;		/* NULL: all */
	bool not_always;		/* there are older captures that have it */
} recent[] = {
	{ "execmem_text", NULL, false },	{ "execmem_text_fallback", NULL, false },
	{ "execmem_kprobes", NULL, false },	{ "execmem_ftrace", NULL, false },
	{ "execmem_bpf", NULL, false },		{ "execmem_data", NULL, false },
	{ "percpu_dynamic", NULL, false },	{ "data_bss", NULL, false },
	{ "reserve_top", NULL, false },		{ "xksseg", NULL, false },
	{ "cksseg", NULL, false },		{ "ckseg3", NULL, false },
	{ "ejtag", NULL, false },		{ "kseg0", NULL, false },
	{ "kseg1", NULL, false },		{ "efi_runtime", "arm64", false },
	{ "vectors", "ppc64", false },		{ "mem_map", "i386 arm", true },
	{ "mem_map", "x86_64 arm64 riscv64 ppc64 s390x loongarch64", false },
};

static bool is_recent(const struct layout *l, size_t i)
{
	return !recent[i].archs || line_has_word(recent[i].archs, l->arch);
}

bool is_older(const struct layout *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(recent); i++) {
		if (is_recent(l, i) && !recent[i].not_always &&
		    (layout_region(l, recent[i].name) || layout_witness(l, recent[i].name)))
			return false;
	}
	return true;
}

bool may_lack(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(recent); i++) {
		if (is_recent(l, i) && !strcmp(recent[i].name, name))
			return is_older(l);
	}
	return false;
}

/* The page of FIX_HOLE was counted to the fixmap. */
bool had_another_value(const struct layout *l, const char *name, const char *key)
{
	return is_older(l) && !strcmp(l->arch, "i386") && !strcmp(name, "fixmap") &&
	       (!strcmp(key, "end") || !strcmp(key, "size"));
}
