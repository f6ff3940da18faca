// SPDX-License-Identifier: GPL-2.0-only
/* sysroot.c - see sysroot.h */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysroot.h"

/* The path to hand to the C library; the caller frees it. */
static char *full_path(const char *sysroot, const char *path)
{
	char *full;

	if (!sysroot)
		return strdup(path);
	if (asprintf(&full, "%s%s", sysroot, path) < 0)
		return NULL;
	return full;
}

int sysroot_open(const char *sysroot, const char *path)
{
	char *full = full_path(sysroot, path);
	struct stat st;
	int fd, err;

	if (!full)
		return -1;
	/* O_NONBLOCK: a pipe must fail below, not wait for a writer here. */
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	err = errno;
	free(full);
	if (fd < 0) {
		errno = err;
		return -1;
	}
	st.st_mode = 0;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	return -1;
}

FILE *sysroot_fopen(const char *sysroot, const char *path)
{
	int fd = sysroot_open(sysroot, path);
	FILE *f;

	if (fd < 0)
		return NULL;
	f = fdopen(fd, "r");
	if (!f) {
		int err = errno;

		close(fd);
		errno = err;
	}
	return f;
}

DIR *sysroot_opendir(const char *sysroot, const char *path)
{
	char *full = full_path(sysroot, path);
	DIR *dir;
	int err;

	if (!full)
		return NULL;
	dir = opendir(full);
	err = errno;
	free(full);
	errno = err;
	return dir;
}

char *slurp_fd(int fd, size_t limit, size_t *size)
{
	size_t room = 0, used = 0;
	char *buf = NULL, *bigger;
	ssize_t n;

	for (;;) {
		if (used + 1 >= room) {
			room = room ? room * 2 : 65536;
			bigger = realloc(buf, room);
			if (!bigger)
				goto fail;
			buf = bigger;
		}
		n = read(fd, buf + used, room - used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			goto fail;
		if (n == 0)
			break;
		used += (size_t)n;
		if (used > limit) {
			errno = EFBIG;
			goto fail;
		}
	}
	buf[used] = '\0';
	*size = used;
	return buf;
fail:
	free(buf);
	return NULL;
}

char *sysroot_slurp(const char *sysroot, const char *path, size_t limit,
		    size_t *size)
{
	int fd = sysroot_open(sysroot, path);
	char *text;
	int err;

	if (fd < 0)
		return NULL;
	text = slurp_fd(fd, limit, size);
	err = errno;
	close(fd);
	errno = err;
	return text;
}

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

char *sysroot_cmdline(const char *sysroot)
{
	size_t size;
	char *text = sysroot_slurp(sysroot, "/proc/cmdline", 1 << 16, &size);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}
