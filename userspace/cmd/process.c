// SPDX-License-Identifier: GPL-2.0-only
/* process.c - see process.h */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/util.h"
#include "load.h"
#include "process.h"

#define MOST_BYTES	(512u << 20)

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

bool names_saved_process(const char *operand)
{
	char head[16];
	struct stat st;
	ssize_t n = 0;
	int fd;

	if (strcmp(operand, "-") == 0 || strchr(operand, '/'))
		return true;
	if (is_number(operand) || strcmp(operand, "self") == 0 ||
	    stat(operand, &st) || !S_ISREG(st.st_mode))
		return false;
	fd = open(operand, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		n = read(fd, head, sizeof(head));
		close(fd);
	}
	return n > 0 && is_saved_process(head, (size_t)n);
}

static struct process *load_saved(const char *file)
{
	struct parse_error error;
	struct process *p;
	const char *name;
	size_t size;
	char *text = load_operand(file, MOST_BYTES, "saved process", &size, &name);

	p = process_parse(text, size, &error);
	if (!p)
		parse_refuse(name, &error);
	free(text);
	return p;
}

uint64_t process_number(const struct options *opt, const char *operand)
{
	const char *end = operand;
	char *why = NULL;
	uint64_t pid;

	if (strcmp(operand, "self") == 0)
		pid = process_self(opt->sysroot, &why);
	else if (!is_number(operand))
		pid = process_named(opt->sysroot, operand, &why);
	else if (!scan_number(&end, 10, &pid) || !pid || pid > INT32_MAX)
		die("%s is no number of a process: they go from 1 to %d", operand, INT32_MAX);
	if (why)
		die("%s", why);
	return pid;
}

struct process *load_process(const struct options *opt, const char *operand)
{
	struct process *p;
	char *why = NULL;

	if (names_saved_process(operand))
		return load_saved(operand);
	p = process_gather(opt->sysroot, process_number(opt, operand), &why);
	if (!p)
		die("%s", why);
	return p;
}
