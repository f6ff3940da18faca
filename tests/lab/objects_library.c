// SPDX-License-Identifier: GPL-2.0-only
/* objects_library.c - the parts of objects.c that lie in a library, if it is linked with one. */
#include "objects.h"

#define ROOM	5000	/* more than what is left of a page, wherever data end */

static const char rodata[64] = "library_rodata";
static char data[64] = "library_data";
static char bss[ROOM];

__attribute__((noinline)) static int text(int x)
{
	return x + data[0] + rodata[0];
}

int library_text(int x)
{
	return text(x) + 1;
}

void show_library(void)
{
	show("library_text", (const void *)text, 4);	/* not where a program calls it */
	show("library_rodata", rodata, sizeof(rodata));
	show("library_data", data, sizeof(data));
	show("library_bss", bss, sizeof(bss));
	bss[0] = 1;
}
