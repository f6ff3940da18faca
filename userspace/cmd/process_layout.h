/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * process_layout.h - a process and its kernel as one layout: the regions of the kernel
 * half as they are, and the parts of the process in the place of the region "user".
 * What draws a layout, or finds an address in one, need not know of processes.
 */
#ifndef KVAS_CMD_PROCESS_LAYOUT_H
#define KVAS_CMD_PROCESS_LAYOUT_H

#include <jansson.h>

#include "base/options.h"
#include "layout/model.h"

struct user_view;

struct process_layout {
	struct layout *l;
	struct user_view *view;
};

/* For a picture: what is one region, and what is not. */
struct folding {
	size_t most;			/* mappings of a run that is not folded; 0: of any run */
	const char *apart[3];		/* names that were asked for, in no run; or NULL */
};

/* The process of opt->process.  Does not return if it cannot be read. */
void process_layout_open(struct process_layout *pl, const struct options *opt,
			 const struct folding *folding);
void process_layout_close(struct process_layout *pl);

/* Adds the process, and why the kernel half is not known, to a document. */
void process_layout_json(const struct process_layout *pl, json_t *document);

#endif /* KVAS_CMD_PROCESS_LAYOUT_H */
