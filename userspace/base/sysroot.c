// SPDX-License-Identifier: GPL-2.0-only
/* sysroot.c - see sysroot.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysroot.h"
#include "text.h"
#include "util.h"

enum {
	MAX_DEPTH = 64,		/* directories below the sysroot */
	MAX_LINKS = 40,		/* as the kernel has it */
};

/*
 * A walk below a sysroot.  The kernel would follow a link to where it leads on
 * this machine; here / is the sysroot, and .. ends there.  openat2() can do so,
 * too, but not on every kernel that kvas runs on, and it does not tell which
 * link led out.
 */
struct walk {
	const char *sysroot, *path;	/* for messages */
	int dirs[MAX_DEPTH + 1];	/* the sysroot, and those below it, O_PATH */
	size_t depth;
	char rest[2 * PATH_MAX];	/* of the path, still to be walked */
	char link[NAME_MAX + 1], target[PATH_MAX];	/* the last that was followed */
	unsigned int links;
};

static void go_to_root(struct walk *w)
{
	while (w->depth)
		close(w->dirs[w->depth--]);
}

static void refuse_to_leave(const struct walk *w)
{
	die("%s%s: its link %s -> %s leads out of %s, and nothing outside is read",
	    w->sysroot, w->path, w->link, w->target, w->sysroot);
}

/* Puts the target of a link before the rest of the path. */
static bool follow(struct walk *w, const char *name)
{
	char rest[2 * PATH_MAX];
	ssize_t n = readlinkat(w->dirs[w->depth], name, w->target, sizeof(w->target) - 1);

	if (n < 0)
		return false;
	w->target[n] = '\0';
	snprintf(w->link, sizeof(w->link), "%s", name);
	if (++w->links > MAX_LINKS) {
		errno = ELOOP;
		return false;
	}
	if (snprintf(rest, sizeof(rest), "%s/%s", w->target, w->rest) >= (int)sizeof(rest)) {
		errno = ENAMETOOLONG;
		return false;
	}
	strcpy(w->rest, rest);
	if (*w->target == '/')
		go_to_root(w);
	return true;
}

/* The next name of the path, or false at its end. */
static bool next_name(struct walk *w, char *name)
{
	const char *start = w->rest + strspn(w->rest, "/");
	size_t n = strcspn(start, "/");

	if (!n || n > NAME_MAX)
		return false;
	memcpy(name, start, n);
	name[n] = '\0';
	memmove(w->rest, start + n, strlen(start + n) + 1);
	return true;
}

/* The kernel's links in /proc/PID lead to files of its machine, of which not all were saved. */
static bool is_of_process(const struct walk *w)
{
	const char *path = w->path;

	return skip(&path, "/proc/") && *path >= '0' && *path <= '9';
}

/* Enters a directory, follows a link, or opens what ends the path. */
static bool step(struct walk *w, const char *name, int flags, int *file)
{
	struct stat st;
	int fd;

	if (!strcmp(name, "."))
		return true;
	if (!strcmp(name, "..")) {
		if (!w->depth)
			refuse_to_leave(w);
		close(w->dirs[w->depth--]);
		return true;
	}
	fd = openat(w->dirs[w->depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && *w->target == '/' && !is_of_process(w))
		refuse_to_leave(w);
	if (fd < 0 || fstat(fd, &st))
		return false;
	if (S_ISDIR(st.st_mode) && w->depth < MAX_DEPTH) {
		w->dirs[++w->depth] = fd;
		return true;
	}
	close(fd);
	if (S_ISLNK(st.st_mode))
		return follow(w, name);
	*file = openat(w->dirs[w->depth], name, flags | O_NOFOLLOW);
	return *file >= 0;
}

/* A file or a directory below a sysroot. */
static int open_below(const char *sysroot, const char *path, int flags)
{
	struct walk w = { .sysroot = sysroot, .path = path };
	char name[NAME_MAX + 1];
	bool goes_on = true;
	int file = -1, error;

	w.dirs[0] = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.dirs[0] < 0)
		return -1;
	snprintf(w.rest, sizeof(w.rest), "%s", path);
	while (goes_on && file < 0 && next_name(&w, name))
		goes_on = step(&w, name, flags, &file);
	if (goes_on && file < 0)
		file = openat(w.dirs[w.depth], ".", flags);
	error = errno;
	if (file >= 0 && w.rest[strspn(w.rest, "/")]) {
		close(file);
		file = -1;
		error = ENOTDIR;
	}
	go_to_root(&w);
	close(w.dirs[0]);
	errno = error;
	return file;
}

static int open_path(const char *sysroot, const char *path, int flags)
{
	return sysroot ? open_below(sysroot, path, flags) : open(path, flags);
}

/* For reading, what is open with O_PATH: its name may lead to a device by now. */
static int reopen(int fd)
{
	char *path = text_printf("/proc/self/fd/%d", fd);
	int file = open(path, O_RDONLY | O_CLOEXEC);

	free(path);
	return file;
}

/* Opening alone can wait for a pipe's writer, or rewind a tape: O_PATH opens nothing. */
int sysroot_open(const char *sysroot, const char *path)
{
	int fd = open_path(sysroot, path, O_PATH | O_CLOEXEC), file = -1, error;
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st)) {
		if (S_ISREG(st.st_mode))
			file = reopen(fd);
		else
			errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	}
	error = errno;
	close(fd);
	errno = error;
	return file;
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
	int fd = open_path(sysroot, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (fd >= 0 && !dir) {
		int err = errno;

		close(fd);
		errno = err;
	}
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

char *sysroot_cmdline(const char *sysroot)
{
	size_t size;
	char *text = sysroot_slurp(sysroot, "/proc/cmdline", 1 << 16, &size);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}
