// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_expect.c - whatever bytes a file of expectations has, the reader must
 * neither crash nor leak, and each mistake gets a sentence.
 *
 * What parses is judged on a small layout that has a bit of everything.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout/expect.h"
#include "layout/parse.h"
#include "fuzz.h"

static const char capture[] =
	"kvas 1\n"
	"kernel release=1.0 machine=x86_64 arch=x86_64 bits=64 endian=little\n"
	"fact name=page_size value=4096 unit=bytes source=a route=cpu\n"
	"fact name=image_kaslr_offset value=-0x1000 unit=offset source=a route=cpu\n"
	"fact name=user_kernel_split value=1G:3G unit=text source=a route=cpu\n"
	"fact name=gone absent=\"for a reason\"\n"
	"config name=CONFIG_SMP value=y\n"
	"region start=0x0000000000000000 end=0xffffffffffffffff size=16E name=user start_source=a start_route=cpu end_source=a end_route=cpu\n"
	"region start=0x0000000000001000 end=0x0000000000001fff size=4K name=image parent=user phys=0x0000000000000000 start_source=a start_route=cpu end_source=a end_route=cpu\n"
	"region name=pkmap absent=\"no highmem\"\n"
	"section start=0x0000000000001000 end=0x0000000000001003 size=4 name=text parent=image start_source=a start_route=cpu end_source=a end_route=cpu\n"
	"witness addr=0x0000000000001001 name=kmalloc region=text source=a\n"
	"witness name=none absent=\"no memory\"\n"
	"end records=12\n";

static void check_outcome(const struct expectation *e, const struct layout *l)
{
	const struct option_source options = { .value = no_option };
	char *why;
	enum outcome outcome = expectation_judge(e, l, &options, &why);

	require((outcome == HOLDS) == !why, "what does not hold has a reason");
	require(!why || (*why && !strchr(why, '\n')), "a reason is one line");
	require(e->line && *e->text && !strchr(e->text, '\n'), "an expectation is a line");
	free(why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct layout *l;
	struct parse_error error;
	struct expectations *all, failed;

	if (!l)
		l = layout_parse(capture, sizeof(capture) - 1, &error);
	require(l != NULL, "the small layout is one");
	all = expectations_parse((const char *)data, size, &failed);
	if (!all) {
		size_t n = strnlen(failed.error, sizeof(failed.error));

		require(n > 0 && n < sizeof(failed.error), "an error has a sentence");
		require(!strchr(failed.error, '\n'), "an error is one line");
		return 0;
	}
	require(all->n > 0, "a file has expectations");
	for (size_t i = 0; i < all->n; i++)
		check_outcome(&all->each[i], l);
	expectations_free(all);
	return 0;
}
