// SPDX-License-Identifier: GPL-2.0-only
/* explain.c - what a region, fact, witness or word is, and what decides it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "texts/texts.h"

enum {
	MAX_LINE = 100,		/* longer lines are hard to read */
	INDENT = 12,		/* of paragraphs, after their labels */
	NAME_WIDTH = 26,	/* in lists */
};

static const char option_prefix[] = "CONFIG_";

static const struct {
	const char *label, *key;	/* for people, for programs */
} sections[] = {
	[SECTION_WHAT] = { "What it is", "what" },
	[SECTION_USERS] = { "Who uses it", "users" },
	[SECTION_PLACE] = { "Where", "place" },
	[SECTION_OPTIONS] = { "Decided by", "options" },
	[SECTION_WITNESS] = { "Witness", "witness" },
};

/* --- What was asked for ------------------------------------------------------ */

/* A word, or an option, which is explained by the explanations that name it. */
struct query {
	char *word;		/* to be freed */
	const struct explanation *explanation;	/* NULL: an option */
};

/* Does the text have this word, and not as a part of a longer one? */
static bool has_whole_word(const char *text, const char *word)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	size_t length = strlen(word);

	for (; (text = strstr(text, word)); text += length) {
		if (!text[length] || !strchr(letters, text[length]))
			return true;
	}
	return false;
}

static bool names_option(const struct explanation *e, const char *option)
{
	for (const struct paragraph *p = e->paragraphs; p->section; p++)
		if (has_whole_word(p->text, option))
			return true;
	return false;
}

static bool is_option(const char *word)
{
	if (strncmp(word, option_prefix, strlen(option_prefix)) != 0)
		return false;
	for (size_t i = 0; explanation_at(i); i++)
		if (names_option(explanation_at(i), word))
			return true;
	return false;
}

/* words[0] to words[n - 1] as one, such as linear_map; to be freed. */
static char *joined(char **words, int n)
{
	char *text = text_printf("%s", words[0]);

	for (int i = 1; i < n; i++) {
		char *longer = text_printf("%s_%s", text, words[i]);

		free(text);
		text = longer;
	}
	return text;
}

/* Takes as many words as have a meaning together; returns how many. */
static int ask(struct query *q, char **words, int n)
{
	enum { MOST_WORDS = 4 };

	for (int taken = n < MOST_WORDS ? n : MOST_WORDS; taken > 0; taken--) {
		free(q->word);
		q->word = joined(words, taken);
		q->explanation = explanation_for_word(q->word);
		if (q->explanation)
			return taken;
	}
	if (!is_option(words[0])) {
		const char *similar = similar_explanation(words[0]);

		if (similar)
			die("nothing is known of '%s'; did you mean %s?", words[0], similar);
		die("nothing is known of '%s': 'kvas explain' lists the words", words[0]);
	}
	return 1;
}

/* --- For people -------------------------------------------------------------- */

struct context {
	const struct options *opt;
	const struct layout *layout;	/* or NULL */
	bool all;			/* architectures */
};

static void print_label(const struct context *c, const char *label)
{
	printf("%s%-*s%s", c->opt->color ? "\033[1m" : "", INDENT, label,
	       c->opt->color ? "\033[0m" : "");
}

static void print_paragraph(const struct context *c, const char *label, const char *text)
{
	print_label(c, label);
	print_wrapped(stdout, INDENT, c->opt->width < MAX_LINE ? c->opt->width : MAX_LINE, text);
}

/* Calls for each word of a list that spaces part. */
static void each_word(const char *list, void (*call)(const char *word, void *data), void *data)
{
	size_t length;
	const char *word;

	while ((word = next_word(&list, &length))) {
		char *copy = text_printf("%.*s", (int)length, word);

		call(copy, data);
		free(copy);
	}
}

/* A growing list: "a, b, c". */
struct list {
	char *text;		/* NULL: empty */
};

static void list_add(const char *word, void *data)
{
	struct list *list = data;
	char *longer = list->text ? text_printf("%s, %s", list->text, word) :
				    text_printf("%s", word);

	free(list->text);
	list->text = longer;
}

/* The same, each word once. */
static void list_add_new(const char *word, void *data)
{
	struct list *list = data;
	const char *place = list->text ? strstr(list->text, word) : NULL;
	size_t length = strlen(word);

	for (; place; place = strstr(place + length, word)) {
		if ((place == list->text || place[-1] == ' ') &&
		    (!place[length] || place[length] == ','))
			return;
	}
	list_add(word, data);
}

/* Does anything say where it is on this architecture, or what decides it? */
static bool has_place_on(const struct explanation *e, const char *arch)
{
	for (const struct paragraph *p = e->paragraphs; p->section; p++)
		if ((p->section == SECTION_PLACE || p->section == SECTION_OPTIONS) &&
		    paragraph_is_for(p, arch))
			return true;
	return false;
}

/* Other architectures are left out, unless there is nothing else to say. */
static bool is_shown(const struct context *c, const struct explanation *e,
		     const struct paragraph *p)
{
	return c->all || !c->layout || paragraph_is_for(p, c->layout->arch) ||
	       !has_place_on(e, c->layout->arch);
}

/* The text with its architectures before it; to be freed. */
static char *labelled(const struct context *c, const struct paragraph *p)
{
	struct list archs = { 0 };
	char *text;

	if (!p->archs)
		return text_printf("%s", p->text);
	if (!c->all && c->layout && paragraph_is_for(p, c->layout->arch))
		list_add(c->layout->arch, &archs);
	else
		each_word(p->archs, list_add, &archs);
	text = text_printf("On %s: %s", archs.text, p->text);
	free(archs.text);
	return text;
}

/* Paragraphs of this machine's architecture come before those of others. */
static void print_section(const struct context *c, const struct explanation *e,
			  enum text_section section)
{
	const char *label = sections[section].label;

	for (int turn = 0; turn < 2; turn++) {
		for (const struct paragraph *p = e->paragraphs; p->section; p++) {
			bool ours = !p->archs || (c->layout && paragraph_is_for(p, c->layout->arch));
			char *text;

			if (p->section != section || ours == turn || !is_shown(c, e, p))
				continue;
			text = labelled(c, p);
			print_paragraph(c, label, text);
			label = "";
			free(text);
		}
	}
}

/* Where the region is in this layout, or why it is not. */
static char *region_here(const struct options *opt, const struct layout *l,
			 const struct region *r)
{
	int digits = (int)l->bits / 4;
	/* A range is broken at its dash only where it is wider than the line. */
	bool narrow = opt->width < INDENT + 2 * (2 + l->bits / 4) + strlen("-,");
	char *size, *text;

	if (r->absent)
		return text_printf("not on Linux %s: %s", l->release, r->absent);
	size = size_human(r->end - r->start);
	text = text_printf("0x%0*" PRIx64 "-%s0x%0*" PRIx64 ", %s, on Linux %s%s%s",
			   digits, r->start, narrow ? " " : "", digits, r->end, size, l->release,
			   r->note ? "; " : "", r->note ? r->note : "");
	free(size);
	return text;
}

static char *fact_here(const struct layout *l, const struct fact *f)
{
	static const char *const named_units[] = { "bits", "levels" };
	uint64_t number;

	if (f->absent)
		return text_printf("not on Linux %s: %s", l->release, f->absent);
	if (f->unit && strcmp(f->unit, "bytes") == 0 && fact_number(f, &number) && number) {
		char *size = size_human(number - 1);
		char *text = text_printf("%s (%s bytes), on Linux %s", size, f->value, l->release);

		free(size);
		return text;
	}
	for (size_t i = 0; i < ARRAY_SIZE(named_units); i++)
		if (f->unit && strcmp(f->unit, named_units[i]) == 0)
			return text_printf("%s %s, on Linux %s", f->value, f->unit, l->release);
	return text_printf("%s, on Linux %s", f->value, l->release);
}

static char *witness_here(const struct layout *l, const struct witness *w)
{
	if (w->absent)
		return text_printf("not on Linux %s: %s", l->release, w->absent);
	return text_printf("0x%0*" PRIx64 ", on Linux %s", (int)l->bits / 4, w->addr, l->release);
}

/* NULL where the layout has nothing of this name; to be freed. */
static char *here_text(const struct context *c, const struct explanation *e)
{
	const struct layout *l = c->layout;
	const struct region *r = l ? layout_region(l, e->name) : NULL;
	const struct fact *f = l ? layout_fact(l, e->name) : NULL;
	const struct witness *w = l ? layout_witness(l, e->name) : NULL;

	if (r)
		return region_here(c->opt, l, r);
	if (f)
		return fact_here(l, f);
	return w ? witness_here(l, w) : NULL;
}

static void print_aliases(const struct context *c, const struct explanation *e)
{
	struct list words = { 0 };

	for (const char *const *alias = e->aliases; *alias; alias++)
		list_add(*alias, &words);
	if (words.text)
		print_paragraph(c, "Other words", words.text);
	free(words.text);
}

/* Of which architectures --all would tell, besides. */
static void print_others(const struct context *c, const struct explanation *e)
{
	struct list archs = { 0 };
	char *text;

	for (const struct paragraph *p = e->paragraphs; p->section; p++)
		if (p->archs && !is_shown(c, e, p))
			each_word(p->archs, list_add_new, &archs);
	if (!archs.text)
		return;
	text = text_printf("'kvas explain --all %s' tells of %s, too.", e->name, archs.text);
	print_paragraph(c, "Elsewhere", text);
	free(text);
	free(archs.text);
}

static void print_title(const struct context *c, const char *name, const char *text)
{
	bool narrow = strlen(name) + strlen(": ") + strlen(text) > c->opt->width;

	printf("%s%s%s:%s%s\n\n", c->opt->color ? "\033[1m" : "", name,
	       c->opt->color ? "\033[0m" : "", narrow ? "\n  " : " ", text);
}

static void print_explanation(const struct context *c, const struct explanation *e,
			      const char *word)
{
	char *here = here_text(c, e);

	if (strcmp(word, e->name) != 0)
		printf("%s: see %s\n\n", word, e->name);
	print_title(c, e->name, e->purpose);
	for (size_t s = SECTION_WHAT; s < ARRAY_SIZE(sections); s++)
		print_section(c, e, s);
	if (here)
		print_paragraph(c, "Here", here);
	print_aliases(c, e);
	print_others(c, e);
	free(here);
}

static void print_option(const struct context *c, const char *option)
{
	const struct fact *f = c->layout ? layout_config(c->layout, option) : NULL;
	struct list names = { 0 };

	for (size_t i = 0; explanation_at(i); i++)
		if (names_option(explanation_at(i), option))
			list_add(explanation_at(i)->name, &names);
	print_title(c, option, "an option of the kernel's configuration");
	print_paragraph(c, "See", names.text);
	if (f) {
		char *here = fact_here(c->layout, f);

		print_paragraph(c, "Here", here);
		free(here);
	}
	free(names.text);
}

static void list_kind(const struct context *c, const char *title, enum explanation_kind first,
		      enum explanation_kind last)
{
	printf("%s:\n", title);
	for (size_t i = 0; explanation_at(i); i++) {
		const struct explanation *e = explanation_at(i);

		if (e->kind < first || e->kind > last)
			continue;
		printf("%-*s", NAME_WIDTH, e->name);
		print_wrapped(stdout, NAME_WIDTH, c->opt->width, e->purpose);
	}
	putchar('\n');
}

static void list_names(const struct context *c)
{
	struct list words = { 0 };
	char *text;

	list_kind(c, "Regions, and sections of the kernel image", EXPLAINS_REGION, EXPLAINS_SECTION);
	list_kind(c, "Facts", EXPLAINS_FACT, EXPLAINS_FACT);
	list_kind(c, "Witnesses, live objects", EXPLAINS_WITNESS, EXPLAINS_WITNESS);
	list_kind(c, "Words", EXPLAINS_WORD, EXPLAINS_WORD);
	for (size_t i = 0; explanation_at(i); i++)
		for (const char *const *alias = explanation_at(i)->aliases; *alias; alias++)
			list_add(*alias, &words);
	text = text_printf("'kvas explain NAME' tells more. It also knows options (CONFIG_...) and %s.",
			   words.text);
	print_wrapped(stdout, 0, c->opt->width, text);
	free(text);
	free(words.text);
}

/* --- For programs ------------------------------------------------------------ */

static void add_to_array(const char *word, void *array)
{
	json_element(array, json_text(word));
}

/* null: it is true of all. */
static json_t *json_archs(const struct paragraph *p)
{
	json_t *array = p->archs ? json_array() : json_null();

	if (p->archs)
		each_word(p->archs, add_to_array, array);
	return array;
}

/* Each section is an array of paragraphs. */
static void json_sections(json_t *object, const struct explanation *e)
{
	for (size_t s = SECTION_WHAT; s < ARRAY_SIZE(sections); s++) {
		json_t *array = json_array();

		for (const struct paragraph *p = e->paragraphs; p->section; p++) {
			json_t *paragraph;

			if (p->section != s)
				continue;
			paragraph = json_object();
			json_member(paragraph, "archs", json_archs(p));
			json_member(paragraph, "text", json_text(p->text));
			json_element(array, paragraph);
		}
		json_member(object, sections[s].key, array);
	}
}

json_t *json_explanation(const struct explanation *e, const struct layout *l)
{
	static const char *const kinds[] = {
		[EXPLAINS_REGION] = "region", [EXPLAINS_SECTION] = "section", [EXPLAINS_FACT] = "fact",
		[EXPLAINS_WITNESS] = "witness", [EXPLAINS_WORD] = "word",
	};
	const struct region *here = l ? layout_region(l, e->name) : NULL;
	json_t *object = json_object(), *aliases = json_array();

	for (const char *const *alias = e->aliases; *alias; alias++)
		json_element(aliases, json_text(*alias));
	json_member(object, "name", json_text(e->name));
	json_member(object, "kind", json_text(kinds[e->kind]));
	json_member(object, "purpose", json_text(e->purpose));
	json_member(object, "aliases", aliases);
	json_sections(object, e);
	if (here && !here->absent) {
		json_member(object, "start", json_address(l, here->start));
		json_member(object, "end", json_address(l, here->end));
		json_member(object, "size", json_size(here->end - here->start));
	} else if (here) {
		json_member(object, "absent", json_text(here->absent));
	}
	return object;
}

static json_t *json_option(const char *option)
{
	json_t *object = json_object(), *names = json_array();

	for (size_t i = 0; explanation_at(i); i++)
		if (names_option(explanation_at(i), option))
			json_element(names, json_text(explanation_at(i)->name));
	json_member(object, "name", json_text(option));
	json_member(object, "kind", json_text("option"));
	json_member(object, "see", names);
	return object;
}

static void print_json(const struct query *queries, size_t n, const struct layout *l)
{
	json_t *document = json_document("explain", l), *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_element(array, queries[i].explanation ? json_explanation(queries[i].explanation, l) :
							 json_option(queries[i].word));
	for (size_t i = 0; n == 0 && explanation_at(i); i++)
		json_element(array, json_explanation(explanation_at(i), l));
	json_member(document, "explain", array);
	json_print(stdout, document);
}

/* --- The command ------------------------------------------------------------- */

static int run(const struct options *opt, int argc, char **argv)
{
	struct context c = { .opt = opt };
	struct query *queries = zalloc_array((size_t)argc, sizeof(*queries));
	struct layout *layout;
	size_t n = 0;
	int i = 1;

	for (; strcmp(argv[i], "--") != 0; i++)
		c.all = true;	/* the only option of its own */
	for (i++; i < argc;)
		i += ask(&queries[n++], argv + i, argc - i);
	layout = load_layout_if_any(opt);
	c.layout = layout;
	if (opt->json) {
		print_json(queries, n, c.layout);
	} else if (n == 0) {
		list_names(&c);
	} else {
		for (size_t k = 0; k < n; k++) {
			if (k)
				putchar('\n');
			if (queries[k].explanation)
				print_explanation(&c, queries[k].explanation, queries[k].word);
			else
				print_option(&c, queries[k].word);
		}
	}
	layout_free(layout);
	for (size_t k = 0; k < n; k++)
		free(queries[k].word);
	free(queries);
	return KVAS_OK;
}

static const struct option own_options[] = {
	{ "all", no_argument, NULL, 0 },
	{ 0 },
};

const struct command cmd_explain = {
	.name = "explain", .run = run,
	.takes = ALWAYS_TAKEN "J",
	.own = own_options,
	.own_help = " --all                   of every architecture, not only that of the capture\n",
	.synopsis = "[options] [--all] [WORD...]",
	.summary = "what a region, a fact or a word is, and what decides it",
};
