// SPDX-License-Identifier: GPL-2.0-only
/*
 * draw_predicted.c - kvas draw --predicted CONFIG: this machine beside what it would be
 * with another configuration.
 *
 * What is predicted becomes a capture, and is parsed as one.  Where only an interval is
 * known, as with KASLR, a region is drawn where it is now, if that is in the interval,
 * and a note says so.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "draw.h"
#include "draw/kinds.h"
#include "layout/parse.h"
#include "layout/value.h"
#include "rules/predict.h"
#include "sides.h"

struct telling {
	FILE *out;
	const struct layout *l;		/* of the machine as it is */
	const struct predictions *p;
	unsigned int n_records;
};

static void begin_record(struct telling *t, const char *word, const char *name)
{
	fprintf(t->out, "%s name=%s", word, name);
	t->n_records++;
}

static void put_address(struct telling *t, const char *key, uint64_t addr)
{
	fprintf(t->out, " %s=0x%0*" PRIx64, key, (int)t->l->bits / 4, addr);
}

/* A value of the format holds no double quote. */
static void put_text(struct telling *t, const char *key, const char *text)
{
	fprintf(t->out, " %s=\"", key);
	for (; *text; text++)
		fputc(*text == '"' || *text < ' ' || *text > '~' ? '\'' : *text, t->out);
	fputc('"', t->out);
}

/* --- Regions ----------------------------------------------------------------------- */

static bool is_number(const struct prediction *p)
{
	return p && (p->known.kind == NUMBER || p->known.kind == RANGE);
}

/* Where it is drawn: as it is now, if that is possible. */
static uint64_t chosen(const struct prediction *p, uint64_t now, bool has_now)
{
	if (p->known.kind == NUMBER)
		return p->known.number;
	return has_now && now >= p->known.number && now <= p->known.high ? now : p->known.number;
}

/* False if too little is known of a region to draw it, or it need not be there. */
static bool place(const struct telling *t, const char *name, uint64_t *from, uint64_t *to)
{
	const struct prediction *start = prediction_of(t->p, RECORD_REGION, name, "start");
	const struct prediction *end = prediction_of(t->p, RECORD_REGION, name, "end");
	const struct prediction *size = prediction_of(t->p, RECORD_REGION, name, "size");
	const struct region *now = layout_region(t->l, name);
	bool has_now = now && !now->absent;

	if (!is_number(start) || (!is_number(end) && !is_number(size)) ||
	    (start->known.if_any && !has_now))
		return false;
	*from = chosen(start, has_now ? now->start : 0, has_now);
	if (is_number(size))
		*to = *from + (chosen(size, has_now ? now->end - now->start + 1 : 0, has_now) - 1);
	else
		*to = chosen(end, has_now ? now->end : 0, has_now);
	return *to >= *from;
}

/* That which is around it now, if it is predicted to be there, too. */
static void put_parent(struct telling *t, const struct region *now, uint64_t start, uint64_t end)
{
	uint64_t from, to;

	if (now && now->parent && !now->is_section && place(t, now->parent->name, &from, &to) &&
	    from <= start && end <= to)
		fprintf(t->out, " parent=%s", now->parent->name);
}

static void put_region(struct telling *t, const char *name)
{
	const struct prediction *start = prediction_of(t->p, RECORD_REGION, name, "start");
	uint64_t from, to;

	if (start && start->known.kind == NOTHING) {
		begin_record(t, "region", name);
		put_text(t, "absent", start->known.how ? start->known.how : "predicted");
		fputc('\n', t->out);
		return;
	}
	if (!place(t, name, &from, &to))
		return;
	begin_record(t, "region", name);
	put_address(t, "start", from);
	put_address(t, "end", to);
	fprintf(t->out, " size=%" PRIu64, to - from + 1);
	put_parent(t, layout_region(t->l, name), from, to);
	fputs(" start_source=predicted start_route=derived end_source=predicted end_route=derived",
	      t->out);
	if (start->known.kind == RANGE) {
		char *note = pair_interval(start->known.number, start->known.high, t->l->bits);

		put_text(t, "note", note);
		free(note);
	}
	fputc('\n', t->out);
}

static void put_regions(struct telling *t)
{
	for (size_t i = 0; i < t->p->n; i++) {
		const struct prediction *one = &t->p->each[i];
		bool is_first = true;

		for (size_t k = 0; k < i; k++)
			if (t->p->each[k].type == one->type &&
			    strcmp(t->p->each[k].name, one->name) == 0)
				is_first = false;
		if (one->type == RECORD_REGION && is_first)
			put_region(t, one->name);
	}
}

/* --- Options and facts --------------------------------------------------------------- */

static void put_settings(struct telling *t)
{
	for (size_t i = 0; i < t->p->n; i++) {
		const struct prediction *one = &t->p->each[i];

		if (one->type == RECORD_CONFIG && one->known.kind == WORD) {
			begin_record(t, "config", one->name);
			put_text(t, "value", one->known.word);
			fputc('\n', t->out);
		}
	}
}

static void put_fact(struct telling *t, const struct prediction *one)
{
	const char *unit = fact_unit(one->name);
	enum value_kind kind = value_kind(RECORD_FACT, "value", unit);
	char *value = one->known.kind == WORD ? text_printf("%s", one->known.word) :
		      value_number(kind, t->l->bits, one->known.number, true);

	begin_record(t, "fact", one->name);
	put_text(t, "value", value);
	if (unit)
		fprintf(t->out, " unit=%s", unit);
	fputs(" source=predicted route=derived\n", t->out);
	free(value);
}

static void put_facts(struct telling *t)
{
	for (size_t i = 0; i < t->p->n; i++) {
		const struct prediction *one = &t->p->each[i];

		if (one->type == RECORD_FACT &&
		    (one->known.kind == NUMBER || one->known.kind == WORD))
			put_fact(t, one);
	}
}

/* --- The whole ------------------------------------------------------------------------ */

/* A configuration does not tell what comes after the version in the name of a release. */
static const char *release_of(const struct layout *l, const struct kconfig *k)
{
	if (!k->release || strncmp(k->release, l->release, strlen(k->release)) == 0)
		return l->release;
	return k->release;
}

static struct layout *layout_of(const struct layout *l, const struct predictions *p,
				const struct kconfig *k, const char *file)
{
	struct parse_error error;
	struct layout *predicted;
	char *text = NULL;
	size_t size = 0;
	struct telling t = { .out = open_memstream(&text, &size), .l = l, .p = p, .n_records = 1 };

	if (!t.out)
		die("not enough memory");
	fprintf(t.out, "kvas 1\nkernel release=%s machine=%s arch=%s bits=%u endian=%s\n",
		release_of(l, k), l->machine, l->arch, l->bits,
		l->big_endian ? "big" : "little");
	put_facts(&t);
	put_settings(&t);
	put_regions(&t);
	fprintf(t.out, "end records=%u\n", t.n_records);
	if (fclose(t.out))
		die("not enough memory");
	predicted = layout_parse(text, size, &error);
	if (!predicted)
		die("--predicted=%s: what is predicted makes no layout: %s", file, error.message);
	free(text);
	return predicted;
}

struct scene *draw_predicted(const struct drawing *d)
{
	struct pair pair = { .names = { NULL, d->argument }, .is_predicted = true };
	struct pool pool = { 0 };
	struct layout *predicted;
	struct predictions p;
	struct diff *diff;
	struct kconfig k;
	struct scene *s;
	struct side now;

	kconfig_load(&k, d->argument, &pool);
	predict_or_refuse(&k, d->argument, &pool);
	side_open(&now, d->opt, NULL);
	arch_or_refuse(now.capture.layout->arch, &k, d->argument);
	predict_for(d->opt, now.capture.layout, &k, &p);
	predicted = layout_of(now.capture.layout, &p, &k, d->argument);
	diff = diff_layouts(now.capture.layout, now.cmdline, predicted, now.cmdline);
	pair.diff = diff;
	pair.names[0] = now.name;
	s = compose_pair(&pair, &d->page);
	diff_free(diff);
	layout_free(predicted);
	predictions_free(&p);
	side_close(&now);
	pool_free(&pool);
	return s;
}
