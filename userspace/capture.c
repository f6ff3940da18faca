// SPDX-License-Identifier: GPL-2.0-only
/* capture.c - see struct capture in verify_cmd.h */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "parse.h"
#include "sysroot.h"
#include "verify_cmd.h"

#define MAX_CAPTURE	(4u << 20)

static int open_capture(const struct options *opt)
{
	if (!opt->file)
		return sysroot_open(opt->sysroot, KVAS_LIVE_FILE);
	if (!strcmp(opt->file, "-"))
		return dup(STDIN_FILENO);
	return open(opt->file, O_RDONLY | O_CLOEXEC);
}

void capture_open(struct capture *c, const struct options *opt)
{
	struct parse_error error;

	*c = (struct capture) { .fd = open_capture(opt) };
	if (c->fd >= 0)
		c->text = slurp_fd(c->fd, MAX_CAPTURE, &c->size);
	if (c->text)
		c->layout = layout_parse(c->text, c->size, &error);
	/* What is wrong it finds out once more, and says so. */
	if (!c->layout)
		c->layout = load_layout(opt);
}

void capture_close(struct capture *c)
{
	layout_free(c->layout);
	free(c->text);
	if (c->fd >= 0)
		close(c->fd);
}
