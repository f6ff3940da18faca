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
#include "output/columns.h"

/* --- A command ------------------------------------------------------------- */

/*
 * The options that kvas.c reads for commands: a letter, or a number for those
 * that have none.
 */
enum { OPT_SYSROOT = 1, OPT_OUTPUT_ALL, OPT_COLOR, OPT_ASCII, OPT_OWN = 256 };

#define ALWAYS_TAKEN	"f\1hV\3"	/* \1: --sysroot, \3: --color */
#define TABLE_OPTIONS	"JrPnoH\2\4"	/* \2: --output-all, \4: --ascii */

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
	const struct column_set *(*columns)(void);	/* of its tables; or NULL: prints none */
	bool joins_file_and_sysroot;	/* a capture against a saved machine */
	const char *exclusive[3];	/* of its own options, no two together; or NULL */
};

/* Each in the file of its name. */
extern const struct command cmd_show, cmd_map, cmd_where, cmd_explain, cmd_verify,
	cmd_diff, cmd_check, cmd_predict, cmd_export, cmd_save, cmd_get,
	cmd_mappings, cmd_walk, cmd_threads, cmd_user, cmd_draw, cmd_lab;

/* --- show_table.c and map_json.c: also for the fuzzer ----------------------- */

enum show_what { SHOW_REGIONS, SHOW_FACTS, SHOW_WITNESSES };

/* One table, and below it what this kernel has not, with the reasons. */
void show_table(FILE *out, const struct layout *l, const struct options *opt,
		enum show_what what);

/* The few facts that a newcomer wants first. */
void show_summary(FILE *out, const struct layout *l, const struct options *opt);

/* The map as data: what a caller may check for gaps and overlaps. */
json_t *map_json(const struct layout *l);

/* --- explain.c: also for the page to explore --------------------------------- */

struct explanation;

/* All that it says, of each architecture; where it is in the layout, which may be NULL. */
json_t *json_explanation(const struct explanation *e, const struct layout *l);

/* --- published.c: a published value, for verify and --config -------------------- */

struct value;

/* Its value: in bytes for programs, with a letter for people, exact for both. */
char *published_text(const struct value *value, const struct options *opt);

/* record, name, key and the value, or the reason why there is none. */
json_t *json_published(const struct value *value);

/* --- region.c: also for draw ------------------------------------------------- */

struct region;

/*
 * The region that an option such as "zoom" names, in the kernel's own words or those
 * of the textbooks; does not return if there is none.
 */
const struct region *region_or_refuse(const struct layout *l, const char *option,
				      const char *name);

/* --- check.c: options that a capture does not hold, also for get -------------- */

/* Of a struct machine, or of none (NULL); for struct option_source. */
const char *value_of_option(void *machine, const char *option, const char **why);

/* --- configuration.c and verify_config.c: a .config --------------------------- */

/* A .config in file ("-" is standard input); does not return if it is none. */
void kconfig_load(struct kconfig *k, const char *file, struct pool *pool);

/* Does not return for one whose layout is not predicted, or that is not whole. */
void predict_or_refuse(const struct kconfig *k, const char *file, struct pool *pool);

/*
 * Does not return for what is no release, or one for which there are no rules;
 * the message begins with what says so, such as "--release=".
 */
void release_or_refuse(const char *release, const char *whose);

/* Does not return if word, in anyone's spelling, is not the architecture of k. */
void arch_or_refuse(const char *word, const struct kconfig *k, const char *file);

/*
 * What the configuration gives on the machine of a layout, which the options name; the
 * options that the layout publishes, too.
 */
struct predictions;
void predict_for(const struct options *opt, const struct layout *l, const struct kconfig *k,
		 struct predictions *p);

/* kvas verify --config FILE, and its columns. */
enum { N_CONFIG_COLUMNS = 4 };
extern const struct column verify_config_columns[N_CONFIG_COLUMNS];
extern const char *const verify_config_members[N_CONFIG_COLUMNS];

/* kvas verify --config FILE: all rows, or those that are wrong. */
int verify_config(const struct options *opt, const char *file, bool all, bool quiet);

#endif /* KVAS_COMMANDS_H */
