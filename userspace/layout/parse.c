// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse.c - text of the contract (module/kvas_format.h) to struct layout.
 *
 * What a later version may add (record types, keys, names, routes) is kept and not
 * interpreted.
 */
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "parser.h"

enum { MAX_RECORDS = 65536 };	/* a real capture has some 130 */

static enum record_type type_of(const char *word)
{
	for (size_t i = 0; i < RECORD_UNKNOWN; i++)
		if (strcmp(record_words[i], word) == 0)
			return (enum record_type)i;
	return RECORD_UNKNOWN;
}

static bool parse_records(struct parser *p)
{
	struct layout *l = p->l;
	size_t count[RECORD_UNKNOWN + 1] = { 0 };

	for (size_t i = 0; i < l->n_records; i++) {
		l->records[i].type = type_of(l->records[i].word);
		count[l->records[i].type]++;
	}
	l->facts = layout_alloc(l, count[RECORD_FACT], sizeof(*l->facts));
	l->configs = layout_alloc(l, count[RECORD_CONFIG], sizeof(*l->configs));
	l->regions = layout_alloc(l, count[RECORD_REGION] + count[RECORD_SECTION] +
				  count[RECORD_MEMORY], sizeof(*l->regions));
	l->witnesses = layout_alloc(l, count[RECORD_WITNESS],
				    sizeof(*l->witnesses));
	if (!l->facts || !l->configs || !l->regions || !l->witnesses)
		return frame_no_memory(&p->frame);
	for (size_t i = 0; i < l->n_records; i++)
		if (!parser_record(p, &l->records[i]))
			return false;
	if (l->bits)
		return true;
	p->frame.line = 0;
	return parser_fail(p, "the capture has no kernel record");
}

static void *alloc(void *owner, size_t count, size_t size)
{
	return layout_alloc(owner, count, size);
}

static bool parse_capture(struct parser *p, const char *text, size_t size)
{
	struct layout *l = p->l;

	if (!frame_parse(&p->frame, text, size))
		return false;
	l->version = p->frame.version;
	l->records = p->frame.records;
	l->n_records = p->frame.n_records;
	return parse_records(p) && parser_relate(p);
}

struct layout *layout_parse(const char *text, size_t size,
			    struct parse_error *error)
{
	struct parser p = {
		.frame = {
			.word = KVAS_DEBUGFS_NAME, .newest = KVAS_FORMAT_VERSION,
			.kind = "capture", .most_lines = MAX_RECORDS, .alloc = alloc,
			.error = error,
		},
	};

	p.l = calloc(1, sizeof(*p.l));
	if (!p.l) {
		frame_no_memory(&p.frame);
		return NULL;
	}
	p.frame.owner = p.l;
	if (parse_capture(&p, text, size))
		return p.l;
	layout_free(p.l);
	return NULL;
}
