// SPDX-License-Identifier: GPL-2.0-only
/* write.c - see write.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"
#include "write.h"

bool write_fd(int fd, const void *data, size_t size)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		size -= (size_t)n;
	}
	return true;
}

/* What is not a regular file keeps its name: a pipe, a terminal, /dev/full. */
static void write_special(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || !write_fd(fd, data, size) || close(fd))
		die("cannot write %s: %s", path, strerror(errno));
}

/* As if a shell had made the file. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static void replace_file(const char *path, mode_t mode, const void *data, size_t size)
{
	char *temporary = text_printf("%s.XXXXXX", path);
	int fd = mkstemp(temporary), error;

	if (fd < 0)
		die("cannot write %s: %s", path, strerror(errno));
	if (!write_fd(fd, data, size) || fchmod(fd, mode) || close(fd) ||
	    rename(temporary, path)) {
		error = errno;
		unlink(temporary);
		die("cannot write %s: %s", path, strerror(error));
	}
	free(temporary);
}

static void write_as(const char *path, mode_t mode, const void *data, size_t size)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;
	char *behind = exists ? realpath(path, NULL) : NULL;

	if (strcmp(path, "-") == 0)
		fwrite(data, 1, size, stdout);	/* main() looks whether it arrived */
	else if (exists && S_ISDIR(st.st_mode))
		die("%s is a directory: expected the name of a file", path);
	else if (exists && !S_ISREG(st.st_mode))
		write_special(path, data, size);
	else	/* A symbolic link stays one: the file that it names is replaced. */
		replace_file(behind ? behind : path, mode, data, size);
	free(behind);
}

void write_whole(const char *path, const void *data, size_t size)
{
	struct stat st;

	write_as(path, stat(path, &st) == 0 ? st.st_mode & 07777 : usual_mode(), data, size);
}

void write_private(const char *path, const void *data, size_t size)
{
	write_as(path, 0600, data, size);
}
