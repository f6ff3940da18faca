// SPDX-License-Identifier: GPL-2.0-only
/* threads_load.c - find the file of threads, read it, parse it; see threads.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "load.h"
#include "threads.h"

__attribute__((noreturn))
static void refuse_live(const struct options *opt, int error)
{
	const char *root = opt->sysroot ? opt->sysroot : "";
	struct refusal r;

	if (error == ENOENT && opt->sysroot)
		die("%s holds no %s: it was saved from an older module, or with --shareable",
		    root, KVAS_LIVE_THREADS);
	if (error == ENOENT)
		die("there is no %s: the module that is loaded is older than this program; build and load the one beside it",
		    KVAS_LIVE_THREADS);
	if (opt->sysroot || (error != EPERM && error != EACCES))
		die("cannot read %s%s: %s", root, KVAS_LIVE_THREADS, strerror(error));
	refusal_investigate(&r, NULL, error);
	die("cannot read %s: %s", KVAS_LIVE_THREADS, refusal_threads_advice(&r));
}

/* NULL with errno set on failure. */
static char *read_live(const struct options *opt, size_t *size)
{
	int error, fd = sysroot_open(opt->sysroot, KVAS_LIVE_THREADS);
	char *text;

	if (fd < 0)
		return NULL;
	text = slurp_fd(fd, THREADS_MOST_BYTES, size);
	error = errno;
	close(fd);
	errno = error;
	return text;
}

static struct threads *parse(const char *name, const char *text, size_t size,
			     const struct layout *l)
{
	struct parse_error error;
	struct threads *t = threads_parse(text, size, &error);

	if (!t)
		parse_refuse(name, &error);
	if (l && strcmp(l->arch, t->arch) != 0)
		die("%s has threads of %s, and the capture is of %s: both must be of one machine",
		    name, t->arch, l->arch);
	if (l && t->n_threads && l->bits != t->bits)
		die("%s has addresses of %u bits, and the capture has %u: both must be of one machine",
		    name, t->bits, l->bits);
	return t;
}

static struct threads *parse_live(const struct options *opt, char *text, size_t size,
				  const struct layout *l)
{
	char *name = text_printf("%s%s", opt->sysroot ? opt->sysroot : "", KVAS_LIVE_THREADS);
	struct threads *t = parse(name, text, size, l);

	free(name);
	free(text);
	return t;
}

struct threads *threads_load_if_any(const struct options *opt, const struct layout *l)
{
	size_t size;
	char *text = read_live(opt, &size);

	return text ? parse_live(opt, text, size, l) : NULL;
}

struct threads *threads_load(const struct options *opt, const char *file,
			     const struct layout *l)
{
	const char *name;
	size_t size;
	char *text;
	struct threads *t;

	if (file) {
		text = load_operand(file, THREADS_MOST_BYTES, "list of threads", &size, &name);
		t = parse(name, text, size, l);
		free(text);
		return t;
	}
	text = read_live(opt, &size);
	if (!text)
		refuse_live(opt, errno);
	return parse_live(opt, text, size, l);
}
