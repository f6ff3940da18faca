/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that shape the layout, as this module was compiled with them. */
#ifndef KVAS_CONFIG_H
#define KVAS_CONFIG_H

#include <linux/kconfig.h>
#include <linux/stringify.h>

struct kvas_writer;

/**
 * struct kvas_option - an option of the kernel's configuration
 * @name:	with its CONFIG_
 * @value:	y or n, or a number as the configuration spells it; the name
 *		itself if this kernel has no such number
 *
 * A list of them ends with an empty entry.
 */
struct kvas_option {
	const char *name;
	const char *value;
};

/* Yes or no; a tristate option counts if it is built in. */
#define KVAS_SWITCH(option)	{ #option, IS_BUILTIN(option) ? "y" : "n" }
/* A number; one that the kernel lacks is not shown. */
#define KVAS_NUMBER(option)	{ #option, __stringify(option) }

extern const struct kvas_option kvas_common_options[];

void kvas_config_write(struct kvas_writer *w, const struct kvas_option *options);

#endif /* KVAS_CONFIG_H */
