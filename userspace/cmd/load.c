// SPDX-License-Identifier: GPL-2.0-only
/* load.c - find the capture or the live file, read it, parse it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "layout/parse.h"
#include "load.h"

/* A live file has some 10 KiB. */
enum { MAX_CAPTURE = 4 << 20 };

/* What messages call the capture; the caller frees it. */
static char *capture_name(const struct options *opt)
{
	if (!opt->file)
		return text_printf("%s%s", opt->sysroot ? opt->sysroot : "",
				   KVAS_LIVE_FILE);
	return text_printf("%s", strcmp(opt->file, "-") ? opt->file : "standard input");
}

__attribute__((noreturn))
static void load_failed(const struct options *opt, int error)
{
	char *name = capture_name(opt);

	if (!opt->file) {
		struct refusal r;

		refusal_investigate(&r, opt->sysroot, error);
		if (r.is_machine)
			die("cannot read %s: %s", name, refusal_advice(&r));
	}
	if (!opt->file && (error == ENOENT || error == ENOTDIR))
		die("%s holds no saved machine (there is no %s): make one with 'kvas save --all %s'",
		    opt->sysroot, name, opt->sysroot);
	if (error == EISDIR)
		die("%s is a directory: a machine that 'kvas save --all' saved is read with --sysroot", name);
	if (error == EINVAL)
		die("%s is no regular file: a saved machine holds nothing else", name);
	if (error == EFBIG)
		die("%s is larger than %d MiB: it is not a capture of kvas", name, MAX_CAPTURE >> 20);
	die("cannot read %s: %s", name, strerror(error));
}

static int open_capture(const struct options *opt)
{
	if (!opt->file)
		return sysroot_open(opt->sysroot, KVAS_LIVE_FILE);
	if (strcmp(opt->file, "-") == 0)
		return dup(STDIN_FILENO);
	return open(opt->file, O_RDONLY | O_CLOEXEC);
}

static char *load_text(const struct options *opt, size_t *size, int *fd)
{
	char *text;
	int error;

	*fd = open_capture(opt);
	if (*fd < 0)
		return NULL;
	text = slurp_fd(*fd, MAX_CAPTURE, size);
	if (!text) {
		error = errno;
		close(*fd);
		*fd = -1;
		errno = error;
	}
	return text;
}

static struct layout *load_parsed(const struct options *opt, const char *text,
			   size_t size)
{
	struct parse_error error;
	struct layout *l = layout_parse(text, size, &error);
	char *name = capture_name(opt);

	if (!l)
		parse_refuse(name, &error);
	free(name);
	return l;
}

struct layout *load_layout_if_any(const struct options *opt)
{
	struct layout *l;
	size_t size;
	int fd;
	char *text = load_text(opt, &size, &fd);

	if (!text && (opt->file || opt->sysroot))
		load_failed(opt, errno);
	if (!text)
		return NULL;
	l = load_parsed(opt, text, size);
	free(text);
	close(fd);
	return l;
}

bool may_have_layout(const struct options *opt)
{
	int fd;

	if (opt->file || !opt->sysroot)
		return true;
	fd = sysroot_open(opt->sysroot, KVAS_LIVE_FILE);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

struct layout *load_layout(const struct options *opt)
{
	struct layout *l = load_layout_if_any(opt);

	if (!l)
		load_failed(opt, errno);
	return l;
}

char *load_operand(const char *file, size_t limit, const char *kind, size_t *size,
		   const char **name)
{
	bool input = strcmp(file, "-") == 0;
	int fd = input ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : slurp_fd(fd, limit, size);

	*name = input ? "standard input" : file;
	if (!text && errno == EFBIG)
		die("%s is larger than %zu KiB: it is not a %s", *name, limit >> 10, kind);
	if (!text)
		die("cannot read %s: %s", *name, strerror(errno));
	close(fd);
	return text;
}

void capture_open(struct capture *c, const struct options *opt)
{
	*c = (struct capture) { .fd = -1 };
	c->text = load_text(opt, &c->size, &c->fd);
	if (!c->text)
		load_failed(opt, errno);
	c->layout = load_parsed(opt, c->text, c->size);
}

void capture_close(struct capture *c)
{
	layout_free(c->layout);
	free(c->text);
	if (c->fd >= 0)
		close(c->fd);
}
