// SPDX-License-Identifier: GPL-2.0-only
/* sides.c - see sides.h */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "sides.h"

void side_open(struct side *s, const struct options *opt, const char *operand)
{
	struct options own = *opt;
	struct stat st;

	if (operand) {
		bool directory = stat(operand, &st) == 0 && S_ISDIR(st.st_mode);

		own.file = directory ? NULL : operand;
		own.sysroot = directory ? operand : NULL;
	}
	s->name = operand ? operand : own.file ? own.file : own.sysroot ? own.sysroot :
		  "this machine";
	capture_open(&s->capture, &own);
	if (s->capture.layout->cmdline)
		s->cmdline = text_printf("%s", s->capture.layout->cmdline);
	else if (!own.file)
		s->cmdline = sysroot_cmdline(own.sysroot);
}

void side_close(struct side *s)
{
	capture_close(&s->capture);
	free(s->cmdline);
}
