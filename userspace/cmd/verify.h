/* SPDX-License-Identifier: GPL-2.0-only */
/* verify.h - the commands kvas verify and kvas save, for the command line. */
#ifndef KVAS_VERIFY_CMD_H
#define KVAS_VERIFY_CMD_H

#include <getopt.h>
#include <stdio.h>

#include "kvas.h"

extern const struct option verify_options[];
extern const struct option save_options[];
void verify_columns_help(FILE *out);

struct value;

/* "vmalloc.start", "page_size", "CONFIG_SMP"; to be freed. */
char *value_name(const struct value *value);

/* kvas verify --config FILE. */
int verify_config(const struct options *opt, const char *file, bool quiet);

/*
 * A layout and the text it was parsed from.  The live file stays open as long
 * as fd is not closed, and so the objects that it names stay where they are.
 */
struct capture {
	struct layout *layout;
	char *text;
	size_t size;
	int fd;			/* or -1 */
};

/* As load_layout(): does not return on failure. */
void capture_open(struct capture *c, const struct options *opt);
void capture_close(struct capture *c);

#endif /* KVAS_VERIFY_CMD_H */
