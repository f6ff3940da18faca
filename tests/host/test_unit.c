// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_unit.c - pure functions of the reader, with what the command line
 * cannot reach.  Prints one line a case; exit status 1 if one fails.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/load.h"
#include "layout/parse.h"

static unsigned int failures;

static void check(bool holds, const char *what)
{
	printf("%s %s\n", holds ? "ok" : "FAILED", what);
	failures += !holds;
}

/* --- Numbers ------------------------------------------------------------------- */

static void test_size_parse(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t less_one;
	} cases[] = {
		{ "1", true, 0 },
		{ "4K", true, 4095 },
		{ "137438953468K", true, 0x7fffffffefff },
		{ "12800T", true, (UINT64_C(12800) << 40) - 1 },
		{ "16E", true, UINT64_MAX },
		{ "16384P", true, UINT64_MAX },
		{ "18446744073709551615", true, UINT64_MAX - 1 },
		{ "18446744073709551616", false, 0 },
		{ "17E", false, 0 },
		{ "0", false, 0 },
		{ "0K", false, 0 },
		{ "", false, 0 },
		{ "K", false, 0 },
		{ "4k", false, 0 },
		{ "4KB", false, 0 },
		{ "-1", false, 0 },
		{ " 1", false, 0 },
		{ "0x10", false, 0 },
		{ "1.5G", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t less_one = 0;
		bool good = size_parse(cases[i].text, &less_one);
		char what[64];

		snprintf(what, sizeof(what), "size_parse(\"%s\")", cases[i].text);
		check(good == cases[i].good && (!good || less_one == cases[i].less_one), what);
	}
}

static void test_size_text(void)
{
	static const struct {
		uint64_t less_one;
		const char *human, *bytes;
	} cases[] = {
		{ 0, "1B", "1" },
		{ 1022, "1023B", "1023" },
		{ 1023, "1K", "1024" },
		{ 1535, "1.5K", "1536" },
		{ 4095, "4K", "4096" },
		{ (1 << 20) - 1, "1M", "1048576" },
		{ 5429, "5430B", "5430" },
		{ 9999, "9.8K", "10000" },
		{ (1 << 20) - 2, "1.0M", "1048575" },
		{ 0xbeffffff, "3056M", "3204448256" },
		{ (8224 << 10) - 1, "8224K", "8421376" },
		{ 0x29fffff, "42M", "44040192" },
		{ 0x2c2ffff, "44.2M", "46333952" },
		{ 0x7fffffffefff, "128.0T", "140737488351232" },
		{ (UINT64_C(12800) << 40) - 1, "12.5P", "14073748835532800" },
		{ UINT64_MAX, "16E", "18446744073709551616" },
		{ UINT64_MAX - 1, "16.0E", "18446744073709551615" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *human = size_human(cases[i].less_one);
		char *bytes = size_bytes(cases[i].less_one);
		char what[64];

		snprintf(what, sizeof(what), "a size of %s is %s", cases[i].bytes, cases[i].human);
		check(strcmp(human, cases[i].human) == 0 &&
		      strcmp(bytes, cases[i].bytes) == 0, what);
		free(human);
		free(bytes);
	}
}

static void test_fact_number(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} cases[] = {
		{ "0", true, 0 }, { "57", true, 57 }, { "4K", true, 4096 },
		{ "0xffffffffffffffff", true, UINT64_MAX },
		{ "0x10000000000000000", false, 0 },
		{ "0x", false, 0 }, { "0xg", false, 0 }, { "128T:128T", false, 0 },
		{ "y", false, 0 }, { "16E", false, 0 }, { "1e3", false, 0 },
	};
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fact f = { .value = cases[i].text };
		bool good = fact_number(&f, &value);
		char what[64];

		snprintf(what, sizeof(what), "fact_number(%s)", cases[i].text);
		check(good == cases[i].good && (!good || value == cases[i].value), what);
	}
	check(!fact_number(NULL, &value), "fact_number() of no fact");
	check(!fact_number(&(struct fact){ .absent = "why" }, &value),
	      "fact_number() of an absent one");
}

/* --- What to do when the module refuses; the rest is in test_refusal.py ----------- */

static void test_refusals(void)
{
	static const struct refusal root = {
		.error = EPERM, .takes_modules = true, .loaded = true, .kptr_restrict = 1,
		.superuser = true, .has_syslog = true,
	};
	struct {
		const char *what;
		struct refusal refusal;
		const char *word;	/* that only this advice has */
	} cases[] = {
		{ "kptr_restrict=2", root, "kernel.kptr_restrict=1" },
		{ "no capability", root, "--cap-add SYSLOG" },
		{ "a user namespace", root, "user namespace" },
		{ "unknown kptr_restrict", root, "it cannot tell what" },
		{ "not root", root, "sudo kvas" },
		{ "another error", root, "Input/output" },
	};

	cases[0].refusal.kptr_restrict = 2;
	cases[1].refusal.has_syslog = false;
	cases[2].refusal.in_user_namespace = true;
	cases[3].refusal.kptr_restrict = -1;
	cases[4].refusal.superuser = false;
	cases[4].refusal.error = EACCES;
	cases[5].refusal.error = EIO;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *advice = refusal_advice(&cases[i].refusal);

		check(strstr(advice, cases[i].word) != NULL, cases[i].what);
		for (size_t k = 0; k < ARRAY_SIZE(cases); k++)
			if (k != i)
				check(!strstr(advice, cases[k].word), cases[k].word);
		free(advice);
	}
}

/* Of kvas_threads, where the layout may be read. */
static void test_refusals_of_threads(void)
{
	static const struct refusal all = { .error = EPERM, .has_ptrace = true, .has_rawio = true };
	struct {
		const char *what;
		struct refusal refusal;
		const char *word;
	} cases[] = {
		{ "no CAP_SYS_PTRACE", all, "CAP_SYS_PTRACE" },
		{ "no CAP_SYS_RAWIO", all, "CAP_SYS_RAWIO" },
		{ "lockdown", all, "(confidentiality)" },
		{ "a user namespace", all, "user namespace" },
		{ "another error", all, "Operation not permitted" },
	};

	cases[0].refusal.has_ptrace = false;
	cases[1].refusal.has_rawio = false;
	cases[2].refusal.lockdown = (char[]){ "confidentiality" };
	cases[3].refusal.in_user_namespace = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *advice = refusal_threads_advice(&cases[i].refusal);

		for (size_t k = 0; k < ARRAY_SIZE(cases); k++)
			check((k == i) == (strstr(advice, cases[k].word) != NULL), cases[k].what);
		free(advice);
	}
}

/* --- Whole captures --------------------------------------------------------------- */

static char *read_file(const char *name, size_t *size)
{
	FILE *f = fopen(name, "r");
	char *text = malloc(1 << 20);

	if (!f || !text)
		exit(1);
	*size = fread(text, 1, 1 << 20, f);
	fclose(f);
	return text;
}

/* Behind the text lies memory that ASan guards: reading on would be noticed. */
static struct layout *parse_exactly(const char *text, size_t size,
				    struct parse_error *error)
{
	char *copy = malloc(size ? size : 1);
	struct layout *l;

	memcpy(copy, text, size);
	l = layout_parse(copy, size, error);
	free(copy);
	return l;
}

static void test_prefixes(const char *name)
{
	struct parse_error error;
	size_t size, accepted = 0, unplaced = 0;
	char *text = read_file(name, &size);
	struct layout *l;

	for (size_t n = 0; n < size; n++) {
		l = parse_exactly(text, n, &error);
		accepted += l != NULL;
		unplaced += !l && error.line == 0;
		layout_free(l);
	}
	check(accepted == 0, "no proper prefix of a capture is taken for one");
	check(unplaced == 0, "each refusal names a line");
	l = parse_exactly(text, size, &error);
	check(l != NULL, "the capture itself is");
	layout_free(l);
	free(text);
}

static void test_flips(const char *name)
{
	struct parse_error error;
	size_t size;
	char *text = read_file(name, &size);

	/* Any byte may become any of these: no crash, no leak, no overrun. */
	for (size_t i = 0; i < size; i++) {
		static const char bytes[] = { '\0', '\n', ' ', '"', '=', '\xff', '0' };
		char old = text[i];

		for (size_t k = 0; k < sizeof(bytes); k++) {
			text[i] = bytes[k];
			layout_free(parse_exactly(text, size, &error));
		}
		text[i] = old;
	}
	check(true, "damaged bytes are survived");
	free(text);
}

int main(int argc, char **argv)
{
	test_size_parse();
	test_size_text();
	test_fact_number();
	test_refusals();
	test_refusals_of_threads();
	for (int i = 1; i < argc; i++) {
		test_prefixes(argv[i]);
		test_flips(argv[i]);
	}
	return failures != 0;
}
