// SPDX-License-Identifier: GPL-2.0-only
/* annotate.c - kvas where --annotate: an oops, with notes below its lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "load.h"
#include "output/json.h"
#include "trace/trace.h"
#include "where.h"

enum { OOPS_LIMIT = 16 << 20 };		/* bytes */

#define NOTE_COLOR	"\033[36m"
#define WRONG_COLOR	"\033[1;31m"
#define NO_COLOR	"\033[0m"

/* --- Text ------------------------------------------------------------------------- */

/* The text is somebody else's: it colours no terminal.  Its tabs are kept. */
static void print_escaped(const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "\t");
		char *piece = text_printf("%.*s", (int)n, text), *safe = escaped(piece);

		fputs(safe, stdout);
		free(safe);
		free(piece);
		if (!text[n])
			break;
		putchar('\t');
		text += n + 1;
	}
	putchar('\n');
}

static void print_note(const struct options *opt, unsigned int bits, const struct trace_note *note)
{
	const struct trace_token *t = note->token;

	if (opt->color)
		fputs(note->is_wrong ? WRONG_COLOR : NOTE_COLOR, stdout);
	printf("    %c ", note->is_wrong ? '!' : '|');
	if (t && *t->label)
		printf("%s ", t->label);
	if (t && t->has_addr)
		printf("0x%0*" PRIx64 " ", (int)bits / 4, t->addr);
	else if (t)
		printf("%s+0x%" PRIx64 " ", t->symbol, t->offset);
	print_escaped(note->text);
	if (opt->color)
		fputs(NO_COLOR, stdout);
}

static void print_text(const struct options *opt, const struct trace *t, const struct trace_judge *j)
{
	unsigned int bits = j->names->layout->bits;
	bool told = false;

	for (size_t i = 0; i < t->n_lines; i++) {
		const struct trace_line *line = &t->lines[i];
		struct trace_notes notes = trace_judge_line(j, line);

		print_escaped(line->text);
		for (size_t k = 0; k < notes.n; k++)
			print_note(opt, bits, &notes.list[k]);
		if (!line->says_offset)
			continue;
		print_note(opt, bits, &(struct trace_note){ .text = j->relation.text });
		told = true;
	}
	if (!told)
		print_note(opt, bits, &(struct trace_note){ .text = j->relation.text });
}

/* --- JSON ------------------------------------------------------------------------- */

static json_t *json_note(const struct layout *l, const struct trace_note *note)
{
	const struct trace_token *t = note->token;
	json_t *object = json_object(), *spot = json_null();

	json_member(object, "label", json_text(t && *t->label ? t->label : NULL));
	json_member(object, "printed", t && t->has_addr ? json_address(l, t->addr) : json_null());
	json_member(object, "printed_symbol", t && t->symbol ?
		    json_sprintf("%s+0x%" PRIx64, t->symbol, t->offset) : json_null());
	json_member(object, "wrong", json_boolean(note->is_wrong));
	json_member(object, "text", json_text(note->text));
	if (note->has_spot) {
		spot = json_object();
		json_spot(spot, &note->spot);
	}
	json_member(object, "where", spot);
	return object;
}

static json_t *json_relation(const struct layout *l, const struct trace *t,
			     const struct trace_relation *r)
{
	json_t *object = json_object();

	json_member(object, "kernel_offset", t->has_offset ?
		    json_number(VALUE_OFFSET, l->bits, t->kernel_offset) : json_null());
	json_member(object, "known", json_boolean(r->is_known));
	json_member(object, "other_boot", json_boolean(r->is_other_boot));
	json_member(object, "moved", r->is_known ?
		    json_number(VALUE_OFFSET, l->bits, r->delta) : json_null());
	json_member(object, "text", json_text(r->text));
	return object;
}

static void print_json(const struct trace *t, const struct trace_judge *j)
{
	const struct layout *l = j->names->layout;
	json_t *document = json_document("where", l), *lines = json_array();

	for (size_t i = 0; i < t->n_lines; i++) {
		struct trace_notes notes = trace_judge_line(j, &t->lines[i]);
		json_t *line = json_object(), *array = json_array();

		for (size_t k = 0; k < notes.n; k++)
			json_element(array, json_note(l, &notes.list[k]));
		json_member(line, "text", json_text(t->lines[i].text));
		json_member(line, "notes", array);
		json_element(lines, line);
	}
	json_member(document, "boot", json_relation(l, t, &j->relation));
	json_member(document, "lines", lines);
	json_print(stdout, document);
}

/* --- The command -------------------------------------------------------------------- */

static bool has_any(const struct trace *t)
{
	for (size_t i = 0; i < t->n_lines; i++)
		if (t->lines[i].n_tokens || t->lines[i].n_modules || t->lines[i].says_offset)
			return true;
	return false;
}

int where_annotate(const struct options *opt, int argc, char **argv)
{
	const char *file = argc ? argv[0] : "-", *name;
	struct pool pool = { 0 };
	struct trace_judge judge;
	struct names names;
	struct layout *l;
	struct trace t;
	size_t size;
	char *text;

	if (argc > 1)
		die("where --annotate takes one file, and standard input without any");
	if (opt->raw || opt->pairs || opt->columns || opt->all_columns || opt->noheadings)
		die("where --annotate prints text, or JSON with -J, and no table");
	if (opt->file && strcmp(opt->file, "-") == 0 && strcmp(file, "-") == 0)
		die("standard input can be read only once");
	l = load_layout(opt);
	text = load_operand(file, OOPS_LIMIT, "oops", &size, &name);
	if (strlen(text) != size)
		die("%s has a NUL byte: expected the text of an oops or a stack trace", name);
	t = trace_parse(text, l->bits, &pool);
	if (!has_any(&t))
		die("%s has no address and no symbol as a %u-bit kernel prints them: expected an oops or a stack trace",
		    name, l->bits);
	names_load(&names, opt, l);
	judge = trace_judge_start(&t, &names, &pool);
	if (opt->json)
		print_json(&t, &judge);
	else
		print_text(opt, &t, &judge);
	names_free(&names);
	pool_free(&pool);
	free(text);
	layout_free(l);
	return KVAS_OK;
}
