/* SPDX-License-Identifier: GPL-2.0-only */
/* source.h - where page tables are read: --source of mappings and walk. */
#ifndef KVAS_CMD_SOURCE_H
#define KVAS_CMD_SOURCE_H

#include "layout/model.h"

struct machine;
struct tables;

/* From kcore on the reader walks the tables itself. */
enum source_kind { SOURCE_ANY, SOURCE_MODULE, SOURCE_KCORE, SOURCE_DUMP };

struct table_source {
	enum source_kind kind;
	const char *dump;		/* the file, of SOURCE_DUMP */
};

/* "module", "kcore", or the name of a file. */
struct table_source source_parse(const char *text);

/*
 * The tables in /proc/kcore or in a crash dump; *m is to be freed.  What keeps those of
 * /proc/kcore from being read is in their member why.  Of a dump that cannot be read, or
 * is not of the machine and the boot of the layout, which may be NULL, this does not
 * return.
 */
const struct tables *source_open(struct table_source source, const char *sysroot,
				 const struct layout *l, struct machine **m);

#endif /* KVAS_CMD_SOURCE_H */
