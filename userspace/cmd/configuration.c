// SPDX-License-Identifier: GPL-2.0-only
/* configuration.c - the .config that a command takes, or why it cannot. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "rules/predict.h"

#define WITH_RULES "those of x86_64, i386, arm64, arm, riscv64, ppc64 and loongarch64 are"

/* "\r\n" becomes "\n", as Kconfig reads it; returns what size is left. */
static size_t without_returns(char *text, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] != '\r' || text[i + 1] != '\n')
			text[n++] = text[i];
	}
	text[n] = '\0';
	return n;
}

void kconfig_load(struct kconfig *k, const char *file, struct pool *pool)
{
	enum { MAX_CONFIG = 4 << 20 };
	const char *name, *error;
	unsigned int line;
	size_t size;
	char *text = load_operand(file, MAX_CONFIG, ".config", &size, &name), *kept;

	size = without_returns(text, size);
	kept = pool_copy(pool, text, size);
	free(text);
	if (kconfig_parse(k, kept, size, pool, &line, &error))
		return;
	if (line)
		die("%s:%u: %s", name, line, error);
	die("%s: %s", name, error);
}

/* --- Names of architectures ---------------------------------------------- */

/* By uname(2), by ARCH= of the kernel's build, and by distributions. */
static const struct {
	const char *word;
	const char *archs;		/* as a capture has them */
} arch_words[] = {
	{ "x86", "x86_64 i386" },	{ "amd64", "x86_64" },
	{ "x64", "x86_64" },		{ "x86-64", "x86_64" },
	{ "i486", "i386" },		{ "i586", "i386" },
	{ "i686", "i386" },		{ "x86_32", "i386" },
	{ "aarch64", "arm64" },		{ "armhf", "arm" },
	{ "aarch64_be", "arm64" },
	{ "armel", "arm" },		{ "armv6l", "arm" },
	{ "armv5tel", "arm" },		{ "armv8l", "arm" },
	{ "armv7l", "arm" },		{ "armv7hl", "arm" },
	{ "arm32", "arm" },		{ "riscv", "riscv64" },
	{ "powerpc", "ppc64" },		{ "powerpc64", "ppc64" },
	{ "powerpc64le", "ppc64" },	{ "ppc64le", "ppc64" },
	{ "ppc64el", "ppc64" },		{ "loongarch", "loongarch64" },
	{ "loong64", "loongarch64" },	{ "s390", "s390x" },
	{ "mips", "mips64" },		{ "mips64el", "mips64" },
};

static const char *archs_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(arch_words); i++) {
		if (!strcmp(arch_words[i].word, word))
			return arch_words[i].archs;
	}
	return arch_by_name(word) ? word : NULL;
}

/* Is a kernel for one of these, in the words of the build, predicted? */
static bool is_predicted(const char *word)
{
	const char *archs = archs_of(word), *arch;
	struct pool pool = { 0 };
	bool found = false;
	size_t n;

	while (archs && !found && (arch = next_word(&archs, &n)))
		found = can_predict(pool_copy(&pool, arch, n));
	pool_free(&pool);
	return found;
}

/* --- What is taken, and what is not -------------------------------------- */

void predict_or_refuse(const struct kconfig *k, const char *file, struct pool *pool)
{
	const char *missing;

	if (k->unfit)
		die("%s configures %s: the layout of that is not predicted; " WITH_RULES, file, k->unfit);
	if (!k->arch && k->head && is_predicted(k->head))
		die("%s is part of a .config for %s, by its first lines: it lacks the option of that architecture, such as CONFIG_X86_64=y with CONFIG_64BIT=y; 'make olddefconfig' completes it", file, k->head);
	if (!k->arch && k->head)
		die("%s configures a kernel for %s, by its first lines: the layout of that is not predicted; " WITH_RULES, file, k->head);
	if (!k->arch)
		die("%s does not say for which architecture it is: expected a whole .config, with CONFIG_X86_64=y or its like", file);
	if (!can_predict(k->arch))
		die("%s configures a kernel for %s: the layout of that is not predicted, for lack of rules; " WITH_RULES, file, k->arch);
	missing = kconfig_missing(k, pool);
	if (*missing)
		die("%s is part of a .config: it lacks %s, without which the layout is not known; 'make olddefconfig' completes it", file, missing);
}

void release_or_refuse(const char *release, const char *whose)
{
	unsigned int n = release_number(release);

	if (!is_release(release))
		die("%s%s: expected the release of a kernel, such as 6.12.1 or 6.12.1-amd64", whose, release);
	if (n < OLDEST_PREDICTED)
		die("%s%s: there are no rules for releases before 5.10, the oldest that is predicted", whose, release);
	if (n > NEWEST_PREDICTED)
		die("%s%s: there are no rules yet for releases after 7.2; --release=7.2 predicts what that one does with such a configuration", whose, release);
}

void arch_or_refuse(const char *word, const struct kconfig *k, const char *file)
{
	const char *archs = archs_of(word);

	if (!archs)
		die("--arch=%s: expected an architecture, such as x86_64, amd64, arm64, arm, riscv, powerpc or loongarch", word);
	if (!line_has_word(archs, k->arch))
		die("--arch=%s: %s configures a kernel for %s", word, file, k->arch);
}
