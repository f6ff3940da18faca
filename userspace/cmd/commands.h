/* SPDX-License-Identifier: GPL-2.0-only */
/* commands.h - what a command is, and what the commands share. */
#ifndef KVAS_COMMANDS_H
#define KVAS_COMMANDS_H

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>

#include "base/options.h"
#include "layout/model.h"
#include "machine/kconfig.h"

/* --- A command ------------------------------------------------------------- */

/*
 * The options that kvas.c reads for commands: a letter, or a number for those
 * that have none.
 */
enum { OPT_SYSROOT = 1, OPT_OUTPUT_ALL, OPT_COLOR, OPT_ASCII, OPT_OWN = 256 };

#define ALWAYS_TAKEN	"f\1hV\3"	/* \1: --sysroot, \3: --color */
#define TABLE_OPTIONS	"JrPno\2\4"	/* \2: --output-all, \4: --ascii */

struct command {
	const char *name;
	/*
	 * argv has what is the command's own: its name, then its options as "--name"
	 * or "--name=value", then "--" and the operands.  Returns an exit status.
	 */
	int (*run)(const struct options *opt, int argc, char **argv);
	const char *takes;		/* the letters and numbers of options above */
	const struct option *own;	/* or NULL */
	const char *synopsis;
	const char *summary;
	const char *own_help;		/* or NULL */
	void (*columns_help)(FILE *out);	/* or NULL: prints no table */
	bool joins_file_and_sysroot;	/* a capture against a saved machine */
	const char *exclusive[2];	/* of its own options, or NULL */
};

/* Each in the file of its name. */
extern const struct command cmd_show, cmd_map, cmd_where, cmd_explain, cmd_verify,
	cmd_diff, cmd_check, cmd_predict, cmd_export, cmd_save;

/* --- show.c and map.c: what they print, for the fuzzer ----------------------- */

enum show_what { SHOW_REGIONS, SHOW_FACTS, SHOW_WITNESSES };

/* One table, and below it what this kernel has not, with the reasons. */
void show_table(FILE *out, const struct layout *l, const struct options *opt,
		enum show_what what);

/* The few facts that a newcomer wants first. */
void show_summary(FILE *out, const struct layout *l, const struct options *opt);

/* The map as data: what a caller may check for gaps and overlaps. */
json_t *map_json(const struct layout *l);

/* --- predict.c and verify_config.c: a .config -------------------------------- */

/* A .config in file ("-" is standard input); does not return if it is none. */
void kconfig_load(struct kconfig *k, const char *file, struct pool *pool);

/* Does not return for an architecture whose layout is not predicted. */
void predict_or_refuse(const char *arch, const char *file);

/* kvas verify --config FILE. */
int verify_config(const struct options *opt, const char *file, bool quiet);

#endif /* KVAS_COMMANDS_H */
