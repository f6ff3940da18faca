/* SPDX-License-Identifier: GPL-2.0-only */
/* source.h - where page tables are read: --source of mappings and walk. */
#ifndef KVAS_CMD_SOURCE_H
#define KVAS_CMD_SOURCE_H

#include "layout/model.h"

struct machine;
struct tables;

enum source_kind { SOURCE_ANY, SOURCE_MODULE, SOURCE_KCORE, SOURCE_DUMP };

struct table_source {
	enum source_kind kind;
	const char *dump;		/* the file, of SOURCE_DUMP */
};

/* "module", "kcore", or the name of a file. */
struct table_source source_parse(const char *text);

/*
 * The tables in a crash dump.  Does not return if they cannot be read, or if the dump
 * is not of the machine and the boot of the layout, which may be NULL.
 */
const struct tables *source_open_dump(struct machine *m, const char *dump,
				      const struct layout *l);

#endif /* KVAS_CMD_SOURCE_H */
