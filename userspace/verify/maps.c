// SPDX-License-Identifier: GPL-2.0-only
/*
 * maps.c - /proc/self/maps: the memory of a process, kvas itself: all below
 * the end of user memory but the vsyscall page, if it is to be seen.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "verify.h"

enum item { HIGHEST, VSYSCALL, VSYSCALL_LAST, N_ITEMS };

/* "7ffc1000-7ffc3000 rw-p 00000000 00:00 0          [stack]" */
static bool parse_line(const char *line, uint64_t *start, uint64_t *end)
{
	return scan_number(&line, 16, start) && skip(&line, "-") &&
	       scan_number(&line, 16, end) && *end > *start;
}

static const void *load(struct machine *m)
{
	struct known *items = pool_alloc(machine_pool(m),
					 N_ITEMS * sizeof(*items));
	uint64_t start, end, highest = 0;
	const char *text, *why;

	text = machine_file(m, "/proc/self/maps", NULL, &why);
	items[HIGHEST] = unknown(text ? "/proc/self/maps is empty" : why);
	items[VSYSCALL] = unknown(text ? "no [vsyscall] is listed: vsyscall=none, or the kernel has none" : why);
	items[VSYSCALL_LAST] = items[VSYSCALL];
	for (const char *line = text; line; line = next_line(line)) {
		if (!parse_line(line, &start, &end))
			continue;
		if (line_has(line, "[vsyscall]")) {
			items[VSYSCALL] = number(start, "[vsyscall]");
			items[VSYSCALL_LAST] = number(end - 1, "[vsyscall]");
		} else if (end > highest && !line_has(line, "[vectors]")) {
			highest = end;
		}
	}
	if (highest)
		items[HIGHEST] = range(highest, UINT64_MAX,
				       "the highest memory of a process");
	return items;
}

static const struct rule rules[] = {
	{ NULL, RECORD_FACT, "user_limit", "value", HIGHEST, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "start", VSYSCALL, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "end", VSYSCALL_LAST, 0 },
};

static void check(const void *evidence, struct verification *v)
{
	apply_rules(v, rules, ARRAY_SIZE(rules), evidence);
}

const struct source source_maps = {
	.name = "maps",
	.title = "/proc/self/maps of kvas itself",
	.load = load,
	.check = check,
};
