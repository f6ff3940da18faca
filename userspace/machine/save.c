// SPDX-License-Identifier: GPL-2.0-only
/* save.c - what a directory tells of the machine that was saved in it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "elfcore.h"
#include "internal.h"

void machine_counts(const struct machine *m, size_t *had, size_t *missing)
{
	*had = *missing = 0;
	for (const struct file *f = m->files; f; f = f->next)
		if (!(f->text && m->shareable && machine_is_private(f->path)))
			++*(f->text ? had : missing);
}

static void save_manifest(struct machine *m, const char *release)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("not enough memory");
	fprintf(f, "# saved by kvas from a machine that runs Linux %s\n",
		release);
	if (m->core)
		fprintf(f, "saved /proc/kcore %zu bytes: headers and notes; memory is %s%s\n",
			m->core->head_size, m->shareable ? "left out" : "in ",
			m->shareable ? "" : MACHINE_WORDS);
	else if (m->core_why)
		fprintf(f, "missing %s\n", m->core_why);
	for (const struct file *i = m->files; i; i = i->next) {
		if (i->text && m->shareable && machine_is_private(i->path))
			fprintf(f, "left out %s: it shows page tables, memory or names of processes\n", i->path);
		else if (i->text)
			fprintf(f, "saved %s %zu bytes\n", i->path, i->size);
		else
			fprintf(f, "missing %s\n", i->why);
	}
	if (fclose(f))
		die("not enough memory");
	machine_save(m, "/MANIFEST", text, size);
	free(text);
}

int machine_save_finish(struct machine *m, const char *release)
{
	machine_save_words(m);
	save_manifest(m, release);
	errno = m->save_errno;
	return m->save_failed ? -1 : 0;
}
