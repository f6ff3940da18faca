// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_exercise.c - whatever bytes a file of an exercise has, the reader must neither
 * crash nor leak, and each mistake gets a sentence.
 *
 * What parses is asked on a small layout that has a bit of everything, and answered with
 * what the question itself says is right, and with the file's own first bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/question.h"
#include "layout/parse.h"
#include "fuzz.h"

static const char capture[] =
	"kvas 1\n"
	"kernel release=6.1 machine=x86_64 arch=x86_64 bits=64 endian=little\n"
	"fact name=page_size value=4096 unit=bytes source=a route=cpu\n"
	"fact name=page_levels value=4 unit=levels source=a route=cpu\n"
	"fact name=pgdir_size value=549755813888 unit=bytes source=a route=cpu\n"
	"fact name=va_bits value=48 unit=bits source=a route=cpu\n"
	"fact name=image_kaslr_offset value=-0x1000 unit=offset source=a route=cpu\n"
	"fact name=user_kernel_split value=1G:3G unit=text source=a route=cpu\n"
	"config name=CONFIG_SMP value=y\n"
	"region start=0x0000000000000000 end=0x00007fffffffffff size=128T name=user start_source=a start_route=cpu end_source=a end_route=cpu\n"
	"region start=0x0000800000000000 end=0xffff7fffffffffff size=16776960T name=noncanonical start_source=a start_route=cpu end_source=a end_route=cpu\n"
	"region start=0xffff888000000000 end=0xffff888000003fff size=16K name=direct_map phys=0x0000000000000000 populated_start=0xffff888000000000 populated_end=0xffff888000001fff populated_source=a populated_route=cpu start_source=a start_route=cpu end_source=a end_route=cpu\n"
	"region name=pkmap absent=\"no highmem\"\n"
	"witness addr=0xffff888000000010 name=kmalloc region=direct_map source=a\n"
	"end records=13\n";

static bool observe(void *data, const char *query, struct pool *pool, struct lab_value *v,
		    const char **why)
{
	(void)data;
	(void)pool;
	*why = "it is not known";
	*v = lab_number(LOOK_ADDRESS, strlen(query));
	return strlen(query) % 2;
}

static void answer(const struct lab_question *q, const char *text, bool may_be_right)
{
	const struct judgement j = question_judge(q, text);

	require(j.verdict != ANSWER_MALFORMED || (j.say && *j.say), "what is refused has a reason");
	require(j.verdict != ANSWER_RIGHT || !j.say, "what is right needs no word");
	require(may_be_right || j.verdict != ANSWER_RIGHT, "only one value is right");
}

static void ask(const struct exercise *ex, const struct world *world, const uint8_t *data,
		size_t size)
{
	char bytes[65] = { 0 };
	struct mistakes mistakes = { 0 };

	memcpy(bytes, data, size < 64 ? size : 64);
	for (uint64_t seed = 0; seed < 3; seed++) {
		struct pool pool = { 0 };
		struct lab_question q;

		if (question_make(&q, ex, world, seed, &pool) == QUESTION_MADE) {
			require(*q.question && q.text && q.why, "a question has its texts");
			answer(&q, bytes, true);
			answer(&q, question_right(&q), true);
			answer(&q, "0x1", true);
			answer(&q, "", false);
		} else {
			require(q.problem && *q.problem, "a question that cannot be asked has a reason");
		}
		pool_free(&pool);
	}
	exercise_check(ex, &world, 1, &mistakes);
	mistakes_free(&mistakes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct option_source options = { .value = no_option };
	static struct layout *l;
	struct mistakes mistakes = { 0 };
	struct parse_error error;
	struct world world = { .name = "small", .options = &options, .command = "kvas",
			       .observe = observe };
	struct exercise *ex;

	if (!l)
		l = layout_parse(capture, sizeof(capture) - 1, &error);
	require(l != NULL, "the small layout is one");
	world.layout = l;
	ex = exercise_parse("01-fuzz.txt", (const char *)data, size, &mistakes);
	for (size_t i = 0; i < mistakes.n; i++) {
		require(*mistakes.list[i].message != '\0', "a mistake has a sentence");
		require(!strchr(mistakes.list[i].message, '\n'), "a mistake is one line");
	}
	if (!mistakes.n)
		ask(ex, &world, data, size);
	exercise_free(ex);
	mistakes_free(&mistakes);
	return 0;
}
