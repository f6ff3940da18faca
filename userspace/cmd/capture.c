// SPDX-License-Identifier: GPL-2.0-only
/* capture.c - see struct capture in verify.h */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "load.h"
#include "verify.h"

void capture_open(struct capture *c, const struct options *opt)
{
	*c = (struct capture) { .fd = -1 };
	c->text = load_text(opt, &c->size, &c->fd);
	if (!c->text)
		load_failed(opt, errno);
	c->layout = load_parsed(opt, c->text, c->size);
}

void capture_close(struct capture *c)
{
	layout_free(c->layout);
	free(c->text);
	if (c->fd >= 0)
		close(c->fd);
}
