// SPDX-License-Identifier: GPL-2.0-only
/* scan_text.c - see scan.h: a scan as the text of a file of the module. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "../module/kvas_format.h"
#include "scan.h"

static void put_run(FILE *f, const struct tables *t, const struct scan_run *run)
{
	int digits = (int)t->paging->bits / 4;
	uint64_t less_one = run->end - run->start;

	fprintf(f, "%s start=0x%0*" PRIx64 " end=0x%0*" PRIx64, run->times ? "repeat" : "mapping",
		digits, run->start, digits, run->end);
	/* All of 2^64 bytes have no number. */
	if (less_one == UINT64_MAX)
		fprintf(f, " size=16E");
	else
		fprintf(f, " size=%" PRIu64, less_one + 1);
	if (run->times)
		fprintf(f, " times=%" PRIu64 " stride=%" PRIu64, run->times, less_one + 1);
	else if (run->unread)
		fprintf(f, " unsettled=y");
	else
		fprintf(f, " level=%u attr=0x%016" PRIx64, run->level, run->attr);
	if (run->upper)
		fprintf(f, " upper=0x%016" PRIx64, run->upper);
	if (run->group)
		fprintf(f, " group=%" PRIu64, run->group);
	fputc('\n', f);
}

static void put_head(FILE *f, const struct tables *t, uint64_t root)
{
	fprintf(f, "%s %d\n", KVAS_MAPPINGS_NAME, KVAS_MAPPINGS_VERSION);
	fprintf(f, "tables arch=%s levels=%u root=0x%016" PRIx64 "\n", t->paging->name,
		t->levels, root);
	for (unsigned int level = 1; level <= t->levels; level++)
		fprintf(f, "level level=%u size=%" PRIu64 " entries=%u mask=0x%016" PRIx64 "\n",
			level, tables_size(t, level), 1u << tables_index_bits(t, level),
			t->paging->attributes(t, level));
}

static size_t put_windows(FILE *f, const struct tables *t)
{
	const struct direct_window *w = t->paging->windows;
	size_t n = 0;

	for (; w && w[n].end; n++)
		fprintf(f, "window start=0x%016" PRIx64 " end=0x%016" PRIx64 " size=%" PRIu64 "\n",
			w[n].start, w[n].end, w[n].end - w[n].start + 1);
	return n;
}

char *scan_text(const struct tables *t, const struct scan *s)
{
	size_t size, mappings = 0, windows;
	char *text = NULL;
	uint64_t root;
	FILE *f;

	if (!tables_physical(t, t->root, &root))
		return NULL;
	f = open_memstream(&text, &size);
	if (!f)
		die("not enough memory");
	put_head(f, t, root);
	windows = put_windows(f, t);
	for (size_t i = 0; i < s->n; i++) {
		put_run(f, t, &s->runs[i]);
		mappings += !s->runs[i].times;
	}
	fprintf(f, "end records=%zu runs=%zu tables=%" PRIu64 " again=0 ns=0\n",
		1 + t->levels + windows + s->n, mappings, s->tables);
	if (fclose(f))
		die("not enough memory");
	return text;
}
