// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate.c - does kvas verify notice?  Takes machines that `kvas save --all`
 * saved, flips each value of their captures in turn, and asks verify.
 *
 *   mutate [--list] SYSROOT...
 *
 * What the format says twice is kept in step (the size of a range whose end
 * moves), so that it is not the parser's arithmetic that is tested.  Prints
 * what share was caught, by whom, and names the rest.  Exit status 0: tried;
 * 2: it could not be tried, above all since verify disagrees with the machine
 * as it is.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "cmd/load.h"
#include "layout/parse.h"

#include "mutate.h"

/* --- Making a capture ---------------------------------------------------- */

const char *edited(const struct mutation *m, size_t record,
		   size_t field, const char *value)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->edits[i].record == record && m->edits[i].field == field)
			return m->edits[i].value;
	}
	return value;
}

static char *render(const struct layout *l, const struct mutation *m,
		    size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f)
		die("not enough memory");
	fprintf(f, "kvas %u\n", l->version);
	for (size_t i = 0; i < l->n_records; i++) {
		const struct record *r = &l->records[i];

		if (m->line && m->edits[0].record == i) {
			if (*m->line)
				fprintf(f, "%s\n", m->line);
			continue;
		}
		fputs(r->word, f);
		for (size_t j = 0; j < r->n_fields; j++) {
			const char *value = edited(m, i, j, r->fields[j].value);
			const char *quote;

			if (!value)
				continue;
			quote = strchr(value, ' ') || !*value ? "\"" : "";

			fprintf(f, " %s=%s%s%s", r->fields[j].key, quote, value,
				quote);
		}
		fputc('\n', f);
	}
	fprintf(f, "end records=%zu\n",
		l->n_records - (m->line && !*m->line));
	if (fclose(f))
		die("not enough memory");
	return text;
}

/* --- Asking verify ------------------------------------------------------- */

/* Is it only the published values that do not fit together? */
static bool only_inside(const struct verification *v)
{
	for (size_t i = 0; i < v->n_values * n_sources; i++) {
		if (v->cells[i].outside)
			return false;
	}
	return true;
}

/* What those say about the flipped value that might have known better. */
static void name_escaped(struct trial *t, const struct mutation *m,
			 const struct layout *l)
{
	struct verification *v = verify(l, t->evidence, true);
	const struct record *r;
	bool said = false;

	fprintf(t->out, "not caught: %s, %s:", m->what, m->kind);
	if (m->line && !*m->line) {
		fputs(" no source misses it\n", t->out);
		verification_free(v);
		return;
	}
	r = &l->records[m->edits[0].record];
	for (size_t i = 0; i < v->n_values * n_sources; i++) {
		const struct cell *c = &v->cells[i];
		const struct value *value = &v->values[i / n_sources];

		if (value->record != r || c->verdict == NO_RULE ||
		    (!m->line && t->layout->records[m->edits[0].record].n_fields ==
		     r->n_fields &&
		     strcmp(value->key, r->fields[m->edits[0].field].key)))
			continue;
		fprintf(t->out, "%s %s: %s (%s)", said ? ";" : "",
			sources[i % n_sources]->name, verdict_name(c->verdict),
			c->why);
		said = true;
	}
	fprintf(t->out, "%s\n", said ? "" : " no source knows it");
	verification_free(v);
}

void count_value(struct trial *t, const char *what)
{
	if (t->values_done ||
	    (t->last_value && what && !strcmp(t->last_value, what)))
		return;
	if (t->last_value) {
		t->values++;
		t->values_caught += !t->value_escaped;
	}
	free(t->last_value);
	t->last_value = what ? text_printf("%s", what) : NULL;
	t->value_escaped = false;
}

void attempt(struct trial *t, const struct mutation *m)
{
	struct parse_error error;
	struct verification *v;
	struct layout *l;
	size_t size;
	char *text = render(t->layout, m, &size);

	count_value(t, m->what);
	t->tried++;
	l = layout_parse(text, size, &error);
	free(text);
	if (!l) {
		t->parser++;
		if (t->list)
			printf("%s, %s: parser: %s\n", m->what, m->kind,
			       error.message);
		return;
	}
	v = verify(l, t->evidence, false);
	if (!v->n_disagree) {
		t->value_escaped = true;
		name_escaped(t, m, l);
	} else if (only_inside(v)) {
		t->inside++;
	} else {
		t->outside++;
	}
	if (t->list && v->n_disagree)
		printf("%s, %s: %s\n", m->what, m->kind,
		       only_inside(v) ? "consistency" : "sources");
	verification_free(v);
	layout_free(l);
}

/* --- The program --------------------------------------------------------- */

static struct layout *read_capture(const char *sysroot)
{
	struct parse_error error;
	struct layout *l;
	size_t size;
	char *text = sysroot_slurp(sysroot, KVAS_LIVE_FILE, MAX_CAPTURE, &size);

	if (!text)
		die("%s holds no saved machine", sysroot);
	l = layout_parse(text, size, &error);
	if (!l)
		die("%s%s:%u: %s", sysroot, KVAS_LIVE_FILE, error.line,
		    error.message);
	free(text);
	return l;
}

/* Written once more without a lie, nobody must have anything to say. */
static bool agrees_as_it_is(const struct trial *t)
{
	struct mutation *none = zalloc_array(1, sizeof(*none));
	struct parse_error error;
	struct verification *v;
	struct layout *same;
	size_t size;
	bool agrees;
	char *text = render(t->layout, none, &size);

	same = layout_parse(text, size, &error);
	if (!same)
		die("the capture cannot be written again: %s", error.message);
	v = verify(same, t->evidence, false);
	agrees = !v->n_disagree;
	verification_free(v);
	layout_free(same);
	free(text);
	free(none);
	return agrees;
}

static void print_score(const struct trial *t, const char *sysroot)
{
	size_t caught = t->parser + t->inside + t->outside;

	printf("%s: %zu of %zu mutations caught (%.1f%%): %zu by sources that lean on no published value, %zu by consistency only, %zu by the parser\n",
	       sysroot, caught, t->tried,
	       100.0 * (double)caught / (double)t->tried,
	       t->outside, t->inside, t->parser);
	printf("%s: of %zu values, %zu cannot be flipped unnoticed in any of these ways; of %zu such flips %zu are caught from outside, %zu by consistency only, %zu by the parser, the other mutations are things left out or moved\n",
	       sysroot, t->values, t->values_caught, t->flips.tried,
	       t->flips.outside, t->flips.inside, t->flips.parser);
	fputs(t->escaped, stdout);
}

static bool try_machine(const char *sysroot, bool list)
{
	struct machine *m = machine_new(sysroot, NULL);
	struct layout *l = read_capture(sysroot);
	struct trial t = { .layout = l, .list = list };
	bool agrees;

	t.evidence = evidence_load(m);
	t.out = open_memstream(&t.escaped, &t.escaped_size);
	if (!t.out)
		die("not enough memory");
	agrees = agrees_as_it_is(&t);
	if (agrees)
		flip_all(&t);
	else
		fprintf(stderr, "%s: verify disagrees as it is\n", sysroot);
	fclose(t.out);
	if (agrees)
		print_score(&t, sysroot);
	free(t.escaped);
	pool_free(&t.pool);
	evidence_free(t.evidence);
	machine_free(m);
	layout_free(l);
	return agrees;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ 0 }
	};
	bool list = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'l')
			return KVAS_FAILURE;
		list = true;
	}
	if (optind == argc)
		die("mutate needs directories that 'kvas save --all' wrote");
	for (; optind < argc; optind++) {
		if (!try_machine(argv[optind], list))
			return KVAS_FAILURE;
	}
	return KVAS_OK;
}
