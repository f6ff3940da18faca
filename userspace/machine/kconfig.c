// SPDX-License-Identifier: GPL-2.0-only
/* kconfig.c - see kconfig.h */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "kconfig.h"

/* Of several that are on, as X86 and X86_64 are, only one is here. */
static const struct {
	const char *option, *arch;
	bool wide;			/* with CONFIG_64BIT */
} names[] = {
	{ "CONFIG_X86_64", "x86_64", true },
	{ "CONFIG_X86_32", "i386", false },
	{ "CONFIG_ARM64", "arm64", true },
	{ "CONFIG_ARM", "arm", false },
	{ "CONFIG_RISCV", "riscv64", true },
	{ "CONFIG_PPC64", "ppc64", true },
	{ "CONFIG_S390", "s390x", true },
	{ "CONFIG_LOONGARCH", "loongarch64", true },
	{ "CONFIG_MIPS", "mips64", true },
};

static const char *find_arch(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (is_switched_on(text, names[i].option) &&
		    names[i].wide == is_switched_on(text, "CONFIG_64BIT"))
			return names[i].arch;
	}
	return NULL;
}

/*
 * Kernels whose options are in part those of the above.  A name that follows ! is
 * of an option that is off.
 */
static const struct {
	const char *options[2];
	const char *kernel;
} unfit[] = {
	{ { "CONFIG_UML" }, "User Mode Linux (CONFIG_UML=y), a process of its host" },
	{ { "!CONFIG_MMU" }, "a kernel without an MMU (CONFIG_MMU is not set)" },
	{ { "CONFIG_PPC64", "!CONFIG_PPC_BOOK3S_64" },
	  "a kernel for PowerPC without CONFIG_PPC_BOOK3S_64=y, as Book E is" },
	{ { "CONFIG_PPC32" }, "a kernel for PowerPC of 32 bits (CONFIG_PPC32=y)" },
	{ { "CONFIG_PPC", "!CONFIG_PPC64" }, "a kernel for PowerPC of 32 bits" },
	/* Where Kconfig asks for neither, it does not write the one that is off. */
	{ { "CONFIG_RISCV", "CONFIG_32BIT" }, "a kernel for RISC-V of 32 bits" },
	{ { "CONFIG_RISCV", "!CONFIG_64BIT" }, "a kernel for RISC-V of 32 bits" },
	{ { "CONFIG_MIPS", "CONFIG_32BIT" }, "a kernel for MIPS of 32 bits" },
	{ { "CONFIG_MIPS", "!CONFIG_64BIT" }, "a kernel for MIPS of 32 bits" },
	{ { "CONFIG_LOONGARCH", "CONFIG_32BIT" }, "a kernel for LoongArch of 32 bits" },
	{ { "CONFIG_LOONGARCH", "!CONFIG_64BIT" }, "a kernel for LoongArch of 32 bits" },
	{ { "CONFIG_S390", "!CONFIG_64BIT" }, "a kernel for s390 of 31 bits" },
};

/* An option that a part of a .config does not mention may be on or off. */
static bool is_so(const char *text, const char *option)
{
	if (*option != '!')
		return is_switched_on(text, option);
	option++;
	for (const char *p = text; (p = after(p, "# ")); ) {
		if (skip(&p, option) && skip(&p, " is not set"))
			return true;
	}
	return false;
}

static const char *find_unfit(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(unfit); i++) {
		const char *second = unfit[i].options[1];

		if (is_so(text, unfit[i].options[0]) && (!second || is_so(text, second)))
			return unfit[i].kernel;
	}
	return NULL;
}

/* "# Linux/x86 6.12.1 Kernel Configuration" */
static void read_head(struct kconfig *k, const char *text, struct pool *pool)
{
	const char *p = after(text, "# Linux/");
	size_t n = p ? strcspn(p, " \n") : 0;

	if (!n)
		return;
	k->head = pool_copy(pool, p, n);
	p += n + (p[n] == ' ');
	p = pool_copy(pool, p, strcspn(p, " \n"));
	if (is_release(p))
		k->release = p;
}

/* What Kconfig writes for an architecture whatever is chosen: numbers, most of them. */
static const struct {
	const char *arch;		/* NULL: each */
	const char *options;		/* one of these must be set */
	const char *only_with;		/* if this one is on; or NULL */
	bool may_be_off;		/* "# CONFIG_X is not set" will do */
} whole[] = {
	{ .options = "CONFIG_PGTABLE_LEVELS" },
	{ .arch = "i386", .options = "CONFIG_PAGE_OFFSET" },
	{ .arch = "i386", .options = "CONFIG_NR_CPUS" },
	{ .arch = "arm", .options = "CONFIG_MMU" },
	{ .arch = "arm", .options = "CONFIG_PAGE_OFFSET" },
	{ .arch = "arm", .options = "CONFIG_NR_CPUS", .only_with = "CONFIG_SMP" },
	{ .arch = "arm64", .options = "CONFIG_ARM64_VA_BITS" },
	{ .arch = "arm64", .options = "CONFIG_ARM64_PA_BITS" },
	{ .arch = "arm64",
	  .options = "CONFIG_ARM64_4K_PAGES CONFIG_ARM64_16K_PAGES CONFIG_ARM64_64K_PAGES" },
	/* The fixmap has slots for each CPU. */
	{ .arch = "arm64", .options = "CONFIG_NR_CPUS", .only_with = "CONFIG_KVM" },
	{ .arch = "riscv64", .options = "CONFIG_MMU" },
	{ .arch = "ppc64", .options = "CONFIG_PPC_BOOK3S_64" },
	{ .arch = "ppc64", .options = "CONFIG_PPC_64K_PAGES", .may_be_off = true },
	{ .arch = "ppc64", .options = "CONFIG_THREAD_SHIFT" },
	{ .arch = "loongarch64",
	  .options = "CONFIG_PAGE_SIZE_4KB CONFIG_PAGE_SIZE_16KB CONFIG_PAGE_SIZE_64KB" },
};

static bool has_one(const char *text, const char *options, bool may_be_off, struct pool *pool)
{
	const char *option;
	size_t n;

	while ((option = next_word(&options, &n))) {
		const char *value = config_value(text, pool_copy(pool, option, n));

		if (value && *value != 'n')
			return true;
		if (may_be_off && is_so(text, pool_printf(pool, "!%.*s", (int)n, option)))
			return true;
	}
	return false;
}

const char *kconfig_missing(const struct kconfig *k, struct pool *pool)
{
	const char *list = "";

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++) {
		if (whole[i].arch && strcmp(whole[i].arch, k->arch))
			continue;
		if (whole[i].only_with && !is_switched_on(k->text, whole[i].only_with))
			continue;
		if (!has_one(k->text, whole[i].options, whole[i].may_be_off, pool))
			list = pool_printf(pool, "%s%s%s", list, *list ? " and " : "",
					   whole[i].options);
	}
	return list;
}

static bool is_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* Moves *p past the name of an option, if it points at one. */
static bool skip_name(const char **p)
{
	if (!skip(p, "CONFIG_"))
		return false;
	while (is_name(**p))
		++*p;
	return true;
}

/* "CONFIG_X=value", "# anything", or nothing. */
static bool is_line(const char *line)
{
	if (*line == '#' || *line == '\n' || !*line)
		return true;
	return skip_name(&line) && line[0] == '=' && line[1] && line[1] != '\n';
}

/* A line that sets an option: "CONFIG_X=y", "# CONFIG_X is not set". */
struct setting {
	const char *name;
	size_t length;
	const char *value;		/* "n" for one that is not set */
	unsigned int line;
};

static bool find_setting(const char *line, struct setting *s)
{
	skip(&line, "# ");
	s->name = line;
	if (!skip_name(&line))
		return false;
	s->length = (size_t)(line - s->name);
	s->value = *line == '=' ? line + 1 : "n";
	return *line == '=' || skip(&line, " is not set");
}

static int compare_settings(const void *a, const void *b)
{
	const struct setting *x = a, *y = b;
	size_t n = x->length < y->length ? x->length : y->length;
	int order = strncmp(x->name, y->name, n);

	return order ? order : x->length != y->length ?
		(x->length < y->length ? -1 : 1) : (int)x->line - (int)y->line;
}

static bool is_same_option(const struct setting *a, const struct setting *b)
{
	return a->length == b->length && !strncmp(a->name, b->name, a->length);
}

static bool is_same_value(const struct setting *a, const struct setting *b)
{
	size_t n = strcspn(a->value, "\n");

	return n == strcspn(b->value, "\n") && !strncmp(a->value, b->value, n);
}

/*
 * The line that sets what another has set otherwise, or 0.  Kconfig takes the
 * later one with a warning, and then sets anew what depends on it; here the rest
 * of the file would not fit.
 */
static unsigned int find_second(const char *text, unsigned int lines)
{
	struct setting *list = zalloc_array(lines, sizeof(*list));
	unsigned int second = 0, n = 0, at = 0;

	for (const char *p = text; p; p = next_line(p)) {
		list[n].line = ++at;
		n += find_setting(p, &list[n]);
	}
	if (n)
		qsort(list, n, sizeof(*list), compare_settings);
	for (unsigned int i = 1; i < n && !second; i++) {
		if (is_same_option(&list[i], &list[i - 1]) &&
		    !is_same_value(&list[i], &list[i - 1]))
			second = list[i].line;
	}
	free(list);
	return second;
}

bool kconfig_parse(struct kconfig *k, const char *text, size_t size,
		   struct pool *pool, unsigned int *line, const char **error)
{
	unsigned int n = 0;

	*line = 0;
	*error = "this is a binary file and not a .config; unpack a compressed one first, as with zcat /proc/config.gz";
	if (memchr(text, '\0', size) || (size > 1 && !memcmp(text, "\x1f\x8b", 2)))
		return false;
	*error = "expected a line of a kernel's .config, such as CONFIG_64BIT=y or # CONFIG_KASAN is not set";
	for (const char *p = text; p; p = next_line(p)) {
		++n;
		if (is_line(p))
			continue;
		*line = n;
		return false;
	}
	*error = "sets an option that an earlier line has set otherwise; 'make olddefconfig' takes this one, and writes what follows from it";
	*line = find_second(text, n);
	if (*line)
		return false;
	*error = "no option is set: expected a kernel's .config, with lines such as CONFIG_64BIT=y";
	if (strncmp(text, "CONFIG_", 7) && !strstr(text, "\nCONFIG_"))
		return false;
	*k = (struct kconfig) {
		.text = text,
		.arch = find_arch(text),
		.unfit = find_unfit(text),
	};
	read_head(k, text, pool);
	return true;
}

const char *kconfig_value(const struct kconfig *k, const char *option, struct pool *pool)
{
	const char *value = config_value(k->text, option);

	return value ? pool_copy(pool, value, strcspn(value, "\n")) : "n";
}
