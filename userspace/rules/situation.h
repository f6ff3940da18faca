/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * situation.h - all that the rules of an architecture depend on.
 *
 * Whoever fills it says of each item what is known, and in "how" why it is not.
 * verify fills it from a machine, predict from a configuration and options, and
 * verify --config from a configuration and a machine.
 */
#ifndef KVAS_SITUATION_H
#define KVAS_SITUATION_H

#include <limits.h>

#include "base/text.h"
#include "known.h"
#include "options.h"

struct arch;

struct situation {
	const struct arch *arch;
	unsigned int release;		/* major * 1000 + minor; 0: not known */
	const char *release_name;	/* as uname(2) has it, or NULL */
	const struct kernel_options *options;	/* NULL: not known */
	const char *why_no_options;
	const char *cmdline;		/* the kernel's parameters; NULL: not known */

	/*
	 * Physical memory, from its first byte to the byte after its last.  As the
	 * rules see it, it is exact or not known.
	 */
	struct known memory, memory_end;
	unsigned int banks;		/* pieces of it, which holes part */

	/* The processor: the bits of addresses that it uses, "radix" or "hash". */
	struct known va_bits, pa_bits, mmu;
	struct known page_size;		/* bytes */

	/* Only a running machine tells of these. */
	bool is_machine;		/* there is one to apply rules to */
	enum question by_efi;		/* firmware of that kind has started it */
	enum question highmem;		/* there is memory that lowmem does not hold */
	struct known mapped_end;	/* the highest address that /proc/kcore lists */
	bool maps_modules;		/* it lists the region of modules */
	struct known stext;		/* the address of _stext */

	/* What a capture tells and nothing else does; leaning, or unknown. */
	struct known struct_page;	/* bytes */
	struct known image_size;	/* bytes */
	struct known page_levels;
};

/* Is it set to y?  No, if no options are known. */
bool has_option(const struct situation *s, const char *name);
enum question ask_option(const struct situation *s, const char *name);

/* The number that stands there; 0 if there is none. */
uint64_t option_number(const struct situation *s, const char *name);

/* Is it a parameter of the kernel?  No, if these are not known. */
bool has_parameter(const struct situation *s, const char *word);

/* An update of an older release that took a change, too: 5.15.18. */
struct backport {
	unsigned int release, update;
};

/* Updates of that release were made for years, and none took the change. */
#define NEVER_TAKEN	UINT_MAX

/*
 * Has the kernel a change that came with a release, and with these updates, of
 * which the last is 0?  OPEN if its name does not tell: that of a distribution may
 * keep the number 5.15.0 whatever updates it has, and of a release that kernel.org
 * no longer updated it may have those of a later one; an enterprise one may have
 * taken any change.
 */
enum question has_change(const struct situation *s, unsigned int release,
			 const struct backport *backports);

/* Is the architecture one of these, which a space parts? */
bool situation_is_arch(const struct situation *s, const char *list);

#endif /* KVAS_SITUATION_H */
