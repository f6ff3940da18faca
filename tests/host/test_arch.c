// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_arch.c - has every architecture what it must have?  Lists them, a line for
 * each folder, and what is missing; with --made-up, of one that lacks much.
 * Exit status 1 if something is.
 */
#include <stdio.h>
#include <string.h>

#include "pagetables/tables.h"
#include "rules/arch.h"

static unsigned int missing;

static void require(const char *name, bool there, const char *what)
{
	if (there)
		return;
	printf("%s: %s is missing\n", name ? name : "one without a name", what);
	missing++;
}

static void check_arch(const struct arch *a)
{
	require(a->name, a->name && *a->name, "name");
	require(a->name, a->machine, "machine");
	require(a->name, a->bits == 32 || a->bits == 64, "bits");
	require(a->name, a->expect, "expect");
	require(a->name, a->image_home && *a->image_home, "image_home");
	require(a->name, a->items && a->items->name, "items");
	require(a->name, a->facts && a->facts->name, "facts");
	require(a->name, a->switches && *a->switches, "switches");
	require(a->name, a->numbers && *a->numbers, "numbers");
	require(a->name, a->order && *a->order, "order");
	require(a->name, !a->modes || a->modes_differ, "modes_differ");
}

static void check_paging(const struct paging *p)
{
	const struct arch *a;

	require(p->name, p->name && *p->name, "name");
	require(p->name, p->machine, "machine");
	require(p->name, p->find, "find");
	require(p->name, p->decode, "decode");
	a = p->name ? arch_by_name(p->name) : NULL;
	require(p->name, a && a->machine == p->machine && a->bits == p->bits,
		"the same machine and bits in rules/");
}

static size_t no_modes(const struct situation *s, struct situation *modes)
{
	*modes = *s;
	return 1;
}

int main(int argc, char **argv)
{
	static const struct arch made_up = { .name = "made_up", .bits = 64, .modes = no_modes };

	if (argc > 1 && !strcmp(argv[1], "--made-up")) {
		check_arch(&made_up);
		return missing ? 1 : 0;
	}
	printf("rules");
	for (const struct arch *const *a = arches; *a; a++)
		printf(" %s", (*a)->name);
	printf("\npagetables");
	for (const struct paging *const *p = pagings; *p; p++)
		printf(" %s", (*p)->name);
	printf("\n");
	for (const struct arch *const *a = arches; *a; a++) {
		check_arch(*a);
		require((*a)->name, arch_by_machine((*a)->machine, (*a)->bits) == *a,
			"a machine that is no other's");
	}
	for (const struct paging *const *p = pagings; *p; p++)
		check_paging(*p);
	return missing ? 1 : 0;
}
