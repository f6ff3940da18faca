// SPDX-License-Identifier: GPL-2.0-only
/* lab_machine.c - see lab.h: the machines that exercises are about. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "lab.h"
#include "layout/parse.h"

/* A word of a shell's command line. */
static const char *quoted(struct pool *pool, const char *word)
{
	const char *text = "'";

	if (!word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+:,@=-")])
		return word;
	for (const char *s = word; *s; s++)
		text = *s == '\'' ? pool_printf(pool, "%s'\\''", text) : pool_printf(pool, "%s%c", text, *s);
	return pool_printf(pool, "%s'", text);
}

/* A machine that an exercise is about, beside another one, belongs into the result. */
static void note_machine(struct lab *lab, const struct lab_machine *m)
{
	struct observation one = { .query = "release", .known = true };

	if (!lab->notes)
		return;
	one.machine = session_machine(&lab->session, &m->who);
	one.value = lab_word(m->world.layout->release);
	if (!observations_find(lab->notes, one.machine, one.query))
		observations_add(lab->notes, &lab->session.pool, one);
}

static const struct world *other_world(void *data, const char *name, const char **why)
{
	const struct lab_machine *here = data;
	struct lab *lab = here->lab;

	for (size_t i = 0; i < lab->files.n_machines; i++) {
		const char *slash = strrchr(lab->files.machines[i], '/');

		if (strcmp(slash + 1, name) == 0) {
			note_machine(lab, lab_saved_machine(lab, i));
			return &lab_saved_machine(lab, i)->world;
		}
	}
	*why = "it is not installed";
	return NULL;
}

/* What the layout lacks is asked of the configuration, and noted. */
static const char *option_value(void *data, const char *option, const char **why)
{
	struct lab_machine *m = data;
	struct lab_value v;

	if (lab_observe(m, option, &m->lab->pool, &v, why) && v.kind == LAB_WORD)
		return v.word;
	return NULL;
}

static struct lab_machine *open_machine(struct lab *lab, const struct options *opt,
					const char *name, const char *path)
{
	struct lab_machine *m = pool_alloc(&lab->pool, sizeof(*m));
	const char *command = "kvas";

	m->lab = lab;
	m->opt = *opt;
	m->opt.process = NULL;
	capture_open(&m->capture, &m->opt);
	if (opt->file)
		command = pool_printf(&lab->pool, "kvas -f %s", quoted(&lab->pool, opt->file));
	else if (opt->sysroot)
		command = pool_printf(&lab->pool, "kvas --sysroot %s", quoted(&lab->pool, opt->sysroot));
	m->who = (struct session_machine){ .name = name, .path = path, .command = command,
					   .capture = m->capture.text };
	m->options = (struct option_source){ .value = option_value, .data = m };
	m->world = (struct world){ .name = name, .layout = m->capture.layout, .options = &m->options,
				   .command = command, .observe = lab_observe, .other = other_world,
				   .data = m };
	return m;
}

void lab_open_here(struct lab *lab)
{
	const struct options *opt = lab->opt;
	struct refusal r;
	int fd, error;

	if (!opt->file && !opt->sysroot) {
		fd = sysroot_open(NULL, KVAS_LIVE_FILE);
		error = errno;
		if (fd < 0) {
			char *advice;

			refusal_investigate(&r, NULL, error);
			advice = refusal_advice(&r);
			lab->here_why = pool_copy(&lab->pool, advice, strlen(advice));
			free(advice);
			refusal_free(&r);
			return;
		}
		close(fd);
	}
	lab->here = open_machine(lab, opt, "this machine", opt->sysroot ? opt->sysroot : opt->file);
}

struct lab_machine *lab_saved_machine(struct lab *lab, size_t i)
{
	const char *path = lab->files.machines[i];
	struct options opt = *lab->opt;

	if (!lab->saved)
		lab->saved = pool_alloc(&lab->pool, (lab->files.n_machines + 1) * sizeof(*lab->saved));
	if (lab->saved[i])
		return lab->saved[i];
	opt.file = NULL;
	opt.sysroot = path;
	lab->saved[i] = open_machine(lab, &opt, strrchr(path, '/') + 1, path);
	return lab->saved[i];
}

static void close_machine(struct lab_machine *m)
{
	lab_observer_close(m);
	capture_close(&m->capture);
}

void lab_close_machines(struct lab *lab)
{
	if (lab->here)
		close_machine(lab->here);
	for (size_t i = 0; lab->saved && i < lab->files.n_machines; i++)
		if (lab->saved[i])
			close_machine(lab->saved[i]);
}
