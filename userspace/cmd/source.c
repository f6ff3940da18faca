// SPDX-License-Identifier: GPL-2.0-only
/* source.c - see source.h */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/util.h"
#include "pagetables/tables.h"
#include "source.h"

struct table_source source_parse(const char *text)
{
	if (strcmp(text, "module") == 0)
		return (struct table_source){ .kind = SOURCE_MODULE };
	if (strcmp(text, "kcore") == 0)
		return (struct table_source){ .kind = SOURCE_KCORE };
	if (access(text, F_OK))
		die("--source=%s: expected module, kcore or a crash dump, and cannot find such a file: %s",
		    text, strerror(errno));
	return (struct table_source){ SOURCE_DUMP, text };
}

/* A line of the note VMCOREINFO against what the capture says. */
static void refuse_other(const char *dump, const char *note, const char *key, const char *what,
			 const char *published)
{
	const char *told = after(note, key);
	size_t length = told ? strcspn(told, "\n") : 0;

	if (told && published &&
	    (strncmp(told, published, length) != 0 || published[length]))
		die("%s is of the kernel with the %s %.*s, and the capture of one with %s: both must be of one machine and boot",
		    dump, what, (int)length, told, published);
}

/* The loader moves the kernel at each boot, and with it the addresses. */
static void refuse_other_boot(const char *dump, const struct tables *t, const struct layout *l)
{
	const struct region *text = layout_region(l, "text");
	uint64_t stext;

	/* On LoongArch code for the boot comes before it. */
	if (!text || text->absent || strcmp(l->arch, "loongarch64") == 0 ||
	    !tables_note(t, "SYMBOL(_stext)", 16, &stext) || stext == text->start)
		return;
	die("%s has the kernel's text at 0x%" PRIx64 ", and the capture at 0x%" PRIx64 ": both must be of one boot",
	    dump, stext, text->start);
}

static const struct tables *open_dump(struct machine *m, const char *dump,
				      const struct layout *l)
{
	const struct tables *t = tables_load_dump(m, l);

	/* What is wrong with the file itself names it. */
	if (!t->core)
		die("%s", t->why);
	if (l && t->core->vmcoreinfo) {
		refuse_other(dump, t->core->vmcoreinfo, "OSRELEASE=", "release", l->release);
		refuse_other(dump, t->core->vmcoreinfo, "BUILD-ID=", "build ID", l->build_id);
	}
	if (t->why)
		die("the page tables in %s cannot be read: %s", dump, t->why);
	if (l)
		refuse_other_boot(dump, t, l);
	return t;
}

const struct tables *source_open(struct table_source source, const char *sysroot,
				 const struct layout *l, struct machine **m)
{
	*m = source.dump ? machine_new_dump(source.dump) : machine_new(sysroot, NULL);
	return source.dump ? open_dump(*m, source.dump, l) : tables_load(*m);
}
