// SPDX-License-Identifier: GPL-2.0-only
/* mappings_load.c - find the file of page tables, read it, parse it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "layout/frame.h"
#include "load.h"
#include "mappings.h"
#include "pagetables/scan.h"

__attribute__((noreturn))
static void refuse_live(const struct options *opt, int error)
{
	const char *root = opt->sysroot ? opt->sysroot : "";

	if (error == ENOENT && opt->sysroot)
		die("%s holds no %s: it was saved from an older module, or with --shareable",
		    root, KVAS_LIVE_MAPPINGS);
	if (error == ENOENT)
		die("there is no %s: the module that is loaded is older than this program; build and load the one beside it",
		    KVAS_LIVE_MAPPINGS);
	if (error == EPERM || error == EACCES)
		die("cannot read %s%s: %s; a kernel that is locked down for confidentiality shows no page tables",
		    root, KVAS_LIVE_MAPPINGS, strerror(error));
	die("cannot read %s%s: %s", root, KVAS_LIVE_MAPPINGS, strerror(error));
}

static char *read_live(const struct options *opt, size_t *size)
{
	int fd = sysroot_open(opt->sysroot, KVAS_LIVE_MAPPINGS);
	char *text = fd < 0 ? NULL : slurp_fd(fd, MAPPINGS_MOST_BYTES, size);

	if (!text)
		refuse_live(opt, errno);
	close(fd);
	return text;
}

static void refuse_strangers(const struct mappings *m, const struct layout *l, const char *name)
{
	if (m->absent)
		die("%s: there are no page tables: %s", name, m->absent);
	if (l && strcmp(l->arch, m->arch) != 0)
		die("%s has page tables of %s, and the capture is of %s: both must be of one machine",
		    name, m->arch, l->arch);
	if (l && m->runs && l->bits != m->bits)
		die("%s has addresses of %u bits, and the capture has %u: both must be of one machine",
		    name, m->bits, l->bits);
}

struct mappings *mappings_load(const struct options *opt, const char *file,
			       const struct layout *l)
{
	const char *name;
	char *own = NULL;
	size_t size;
	char *text;
	struct parse_error error;
	struct mappings *m;

	if (file) {
		text = load_operand(file, MAPPINGS_MOST_BYTES, "list of mappings", &size, &name);
	} else {
		text = read_live(opt, &size);
		name = own = text_printf("%s%s", opt->sysroot ? opt->sysroot : "",
					 KVAS_LIVE_MAPPINGS);
	}
	m = mappings_parse(text, size, &error);
	if (!m)
		parse_refuse(name, &error);
	free(text);
	refuse_strangers(m, l, name);
	free(own);
	return m;
}

static char *scan_text_of(const struct tables *t)
{
	struct scan scan;
	char *text;

	scan = scan_tables(t, NULL);
	if (scan.unread)
		fprintf(stderr, "kvas: %" PRIu64 " of %" PRIu64 " page tables could not be read, or not whole (%s): what they map is unsettled\n",
			scan.unread, scan.tables, scan.why);
	text = scan_text(t, &scan);
	scan_free(&scan);
	if (!text)
		die("the physical address of the top page table is not known");
	return text;
}

struct mappings *mappings_scan(const struct options *opt, struct table_source source,
			       const struct layout *l)
{
	struct machine *machine;
	const struct tables *t = source_open(source, opt->sysroot, l, &machine);
	const char *name = source.dump ? source.dump : "/proc/kcore";
	struct parse_error error;
	struct mappings *m;
	char *text;

	if (t->why)
		die("the page tables cannot be read through /proc/kcore: %s", t->why);
	text = scan_text_of(t);
	m = mappings_parse(text, strlen(text), &error);
	if (!m && error.line)
		die("%s: page tables that cannot be: line %u: %s", name, error.line,
		    error.message);
	if (!m)
		die("%s: page tables that cannot be: %s", name, error.message);
	free(text);
	machine_free(machine);
	refuse_strangers(m, l, name);
	return m;
}

struct mappings *mappings_load_before(const struct options *opt, const char *operand,
				      const struct mappings *m)
{
	struct options own = *opt;
	struct mappings *before;
	struct stat st;

	if (stat(operand, &st) == 0 && S_ISDIR(st.st_mode)) {
		own.sysroot = operand;
		before = mappings_load(&own, NULL, NULL);
	} else {
		before = mappings_load(&own, operand, NULL);
	}
	if (strcmp(before->arch, m->arch) != 0 || before->levels != m->levels)
		die("--since=%s: page tables of %s with %u levels cannot be compared with those of %s with %u",
		    operand, before->arch, before->levels, m->arch, m->levels);
	if (!mappings_same_levels(before, m))
		die("--since=%s: its levels have another size, number of entries or mask: page tables of one format only can be compared",
		    operand);
	return before;
}
