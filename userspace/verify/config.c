// SPDX-License-Identifier: GPL-2.0-only
/*
 * config.c - the configuration file of the kernel's package, and what follows
 * from it for the layout.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "situation.h"

struct config {
	struct situation situation;
	const char *kfence_interval;
};

static const void *load(struct machine *m)
{
	struct config *c = pool_alloc(machine_pool(m), sizeof(*c));

	c->kfence_interval = machine_line(m, "/sys/module/kfence/parameters/sample_interval", NULL);
	situation_of_machine(&c->situation, m, NULL);
	return c;
}

/* "n" for what is not set, and for what this kernel does not know. */
static const char *value_in(const struct config *c, const char *name)
{
	const char *value = kernel_option(c->situation.options, name);

	return value ? value : "n";
}

static bool has_options(const struct config *c)
{
	return c->situation.options && !kernel_options_empty(c->situation.options);
}

/* What is built as a module is not built in. */
static void check_option(const struct config *c, struct verification *v,
			 const struct fact *f)
{
	const struct value *value = value_of(v, RECORD_CONFIG, f->name, "value");
	const char *is;

	if (!has_options(c)) {
		report(v, value, CANNOT_SAY, "%s", c->situation.options ?
		       "the configuration file is empty" : c->situation.why_no_options);
		return;
	}
	is = value_in(c, f->name);
	if (!strcmp(is, "m"))
		is = "n";
	expect_value(v, value, word(is, "the configuration file"));
}

/* absent="CONFIG_X is not set": whether it is not. */
static void check_reason(const struct config *c, struct verification *v,
			 const struct value *value)
{
	size_t n = strcspn(value->text, " ");
	char name[64];

	if (strcmp(value->key, "absent") || strncmp(value->text, "CONFIG_", 7) ||
	    strcmp(value->text + n, " is not set") || n >= sizeof(name))
		return;
	memcpy(name, value->text, n);
	name[n] = '\0';
	if (has_options(c))
		report(v, value, has_option(&c->situation, name) ? DISAGREES : AGREES, "%s=%s",
		       name, value_in(c, name));
}

/*
 * A pool that samples at no time was most likely not set up at boot.  It may
 * have been turned off since.
 */
static void check_kfence(const struct config *c, struct verification *v)
{
	const struct value *absent = value_of(v, RECORD_REGION, "kfence", "absent");

	if (c->kfence_interval && !strcmp(c->kfence_interval, "0"))
		report(v, absent, ALLOWS, "the module parameter kfence.sample_interval is 0");
}

static void check(const void *evidence, struct verification *v)
{
	const struct config *c = evidence;
	const struct value *bits = value_of(v, RECORD_FACT, "va_bits", "value");
	struct situation s = c->situation;
	struct expected_list e = { 0 };

	s.arch = arch_by_name(v->layout->arch);
	if (bits && bits->is_number)
		s.va_bits = leaning(number(bits->number, "as published"));
	rules_of_options(&s, v->layout->arch, &e);
	compare_with_rules(v, &e);
	expected_free(&e);
	check_kfence(c, v);
	for (size_t i = 0; i < v->layout->n_configs; i++)
		check_option(c, v, &v->layout->configs[i]);
	for (size_t i = 0; i < v->n_values; i++)
		check_reason(c, v, &v->values[i]);
}

const struct source source_config = {
	.name = "config",
	.title = "the configuration file of the kernel's package",
	.load = load,
	.check = check,
};
