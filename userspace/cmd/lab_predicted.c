// SPDX-License-Identifier: GPL-2.0-only
/* lab_predicted.c - see lab.h: what a machine's configuration would give with some changes. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "lab.h"
#include "machine/machine.h"
#include "rules/predict.h"

/* The configuration with one option that has another value: "CONFIG_X=y". */
static const char *with_option(struct pool *pool, const char *config, const char *change,
			       size_t length)
{
	size_t name = strcspn(change, "=");
	const char *option = pool_copy(pool, change, name), *result = "";
	const char *unset = pool_printf(pool, "# %s is not set", option);

	for (const char *line = config; line && *line; ) {
		const char *next = next_line(line);
		size_t n = next ? (size_t)(next - line) : strlen(line);

		if ((strncmp(line, option, name) == 0 && line[name] == '=') ||
		    strncmp(line, unset, strlen(unset)) == 0) {
			result = pool_printf(pool, "%.*s%s", (int)(line - config), config,
					     next ? next : "");
			config = result;
			break;
		}
		line += n;
	}
	if (length > name + 1 && change[name + 1] == 'n' && length == name + 2)
		return pool_printf(pool, "%s\n%s\n", config, unset);
	return pool_printf(pool, "%s\n%.*s\n", config, (int)length, change);
}

/* Where a term's number is predicted; "page_size" is a fact, "vmalloc.start" of a region. */
static const struct prediction *find_prediction(const struct predictions *p, struct pool *pool,
						const char *term)
{
	const char *dot = strrchr(term, '.');
	const char *name = dot ? pool_copy(pool, term, (size_t)(dot - term)) : term;
	const struct prediction *found;

	if (!dot)
		return prediction_of(p, RECORD_FACT, term, "value");
	if (strcmp(name, "lowmem") == 0)
		name = "direct_map";
	found = prediction_of(p, RECORD_REGION, name, dot + 1);
	return found ? found : prediction_of(p, RECORD_SECTION, name, dot + 1);
}

static unsigned int number_of_fact(const struct layout *l, const char *name)
{
	const struct fact *f = layout_fact(l, name);
	uint64_t n;

	return f && fact_number(f, &n) ? (unsigned int)n : 0;
}

static bool of_known(const struct prediction *found, const char *term, struct lab_value *v)
{
	bool is_size = strstr(term, ".size") != NULL;

	if (!found || (found->known.kind != NUMBER && found->known.kind != WORD))
		return false;
	if (found->known.kind == WORD)
		*v = lab_word(found->known.word);
	else
		*v = lab_number(is_size ? LOOK_SIZE : strchr(term, '.') ? LOOK_ADDRESS : LOOK_NUMBER,
				found->known.number);
	return true;
}

bool lab_predicted(struct lab_machine *m, const char *changes, const char *term,
		   struct lab_value *v, const char **why)
{
	const struct layout *l = m->world.layout;
	struct circumstances c = { .arch = l->arch, .release = l->release };
	struct machine *machine;
	struct pool *pool = &m->lab->pool;
	struct predictions p;
	const char *word;
	bool known;
	size_t n;

	*why = "the layout of such a configuration is not predicted";
	if (m->opt.file || !can_predict(l->arch) || release_number(l->release) < OLDEST_PREDICTED ||
	    release_number(l->release) > NEWEST_PREDICTED)
		return false;
	machine = machine_new(m->opt.sysroot, NULL);
	c.config = machine_config_file(machine, why);
	c.cmdline = machine_line(machine, "/proc/cmdline", why);
	c.cmdline = c.cmdline ? pool_copy(pool, c.cmdline, strlen(c.cmdline)) : "";
	c.va_bits = number_of_fact(l, "va_bits");
	c.pa_bits = number_of_fact(l, "pa_bits");
	while (c.config && (word = next_word(&changes, &n))) {
		if (strncmp(word, "CONFIG_", strlen("CONFIG_")) == 0)
			c.config = with_option(pool, c.config, word, n);
		else
			c.cmdline = pool_printf(pool, "%s %.*s", c.cmdline, (int)n, word);
	}
	if (!c.config) {
		machine_free(machine);
		return false;
	}
	predict(&c, &p);
	known = of_known(find_prediction(&p, pool, term), term, v);
	if (known && v->kind == LAB_WORD)
		v->word = pool_copy(pool, v->word, strlen(v->word));
	*why = pool_printf(pool, "%s is not predicted exactly", term);
	predictions_free(&p);
	machine_free(machine);
	return known;
}
