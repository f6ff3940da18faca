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

/* "# Linux/x86 6.12.1 Kernel Configuration" */
static const char *find_release(const char *text, struct pool *pool)
{
	const char *p = after(text, "# Linux/");

	if (!p)
		return NULL;
	p += strcspn(p, " \n");
	p += *p == ' ';
	return release_number(p) ? pool_copy(pool, p, strcspn(p, " \n")) : NULL;
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
	unsigned int line;
};

static bool find_setting(const char *line, struct setting *s)
{
	skip(&line, "# ");
	s->name = line;
	if (!skip_name(&line))
		return false;
	s->length = (size_t)(line - s->name);
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

/* The line that sets what another has set already, or 0; what Kconfig writes has none. */
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
		if (list[i].length == list[i - 1].length &&
		    !strncmp(list[i].name, list[i - 1].name, list[i].length))
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
	*error = "sets an option that an earlier line has set: expected each once, as Kconfig writes them";
	*line = find_second(text, n);
	if (*line)
		return false;
	*error = "no option is set: expected a kernel's .config, with lines such as CONFIG_64BIT=y";
	if (strncmp(text, "CONFIG_", 7) && !strstr(text, "\nCONFIG_"))
		return false;
	*k = (struct kconfig) {
		.text = text,
		.arch = find_arch(text),
		.release = find_release(text, pool),
	};
	return true;
}

const char *kconfig_value(const struct kconfig *k, const char *option, struct pool *pool)
{
	const char *value = config_value(k->text, option);

	return value ? pool_copy(pool, value, strcspn(value, "\n")) : "n";
}
