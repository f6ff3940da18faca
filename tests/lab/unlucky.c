// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads kvas again and again while the kernel refuses memory, and keeps what the
 * file then says.
 *
 *   unlucky each MODULE DIR          the first allocation fails, the second, ...
 *   unlucky random MODULE DIR COUNT  each may fail, as the fault's files have it
 *
 * Each load gives a line "N load=ERROR open=ERROR", and if both are 0 a file
 * DIR/N.  The last of "each" is one of which no allocation failed; it is DIR/none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILE_NAME "/sys/kernel/debug/kvas"
#define MOST 5000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Of a file that was opened before: to open one takes allocations, too. */
static void set(int file, unsigned long value)
{
	char text[24];
	const int length = snprintf(text, sizeof(text), "%lu", value);

	if (pwrite(file, text, length, 0) != length)
		die("the kernel's switch");
}

static unsigned long get(int file)
{
	char text[24] = "";

	if (pread(file, text, sizeof(text) - 1, 0) < 0)
		die("the kernel's switch");
	return strtoul(text, NULL, 10);
}

/* Copies the file; what it says was decided when it was loaded and opened. */
static void keep(int from, const char *directory, const char *name)
{
	static char buffer[65536];
	char path[256];
	ssize_t n;
	int to;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (to < 0)
		die(path);
	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		if (write(to, buffer, n) != n)
			die(path);
	if (n < 0)
		die(FILE_NAME);
	close(to);
}

static void unload(void)
{
	while (syscall(SYS_delete_module, "kvas", O_NONBLOCK)) {
		if (errno != EAGAIN && errno != EBUSY)
			die("delete_module");
		usleep(1000);
	}
}

/*
 * Loads, opens, keeps, unloads.  The switch makes this process' allocations fail
 * while it is on.  Returns what is left of it.
 */
static unsigned long try(int module, const char *directory, const char *name,
			 int file, unsigned long value)
{
	unsigned long left;
	int load, error = 0, fd = -1;

	set(file, value);
	load = syscall(SYS_finit_module, module, "", 0) ? errno : 0;
	if (!load) {
		fd = open(FILE_NAME, O_RDONLY);
		if (fd < 0)
			error = errno;
	}
	left = get(file);
	set(file, 0);
	printf("%s load=%d open=%d\n", name, load, error);
	if (fd >= 0) {
		keep(fd, directory, name);
		close(fd);
	}
	if (!load)
		unload();
	return left;
}

int main(int argc, char **argv)
{
	const bool each = argc == 4 && !strcmp(argv[1], "each");
	const bool some = argc == 5 && !strcmp(argv[1], "random");
	const int module = each || some ? open(argv[2], O_RDONLY) : -1;
	int file;
	char name[24];

	if (!each && !some) {
		fprintf(stderr, "usage: unlucky each|random MODULE DIR [COUNT]\n");
		return 2;
	}
	file = open(each ? "/proc/self/fail-nth" : "/proc/self/make-it-fail", O_RDWR);
	if (module < 0 || file < 0)
		die("open");
	for (int n = 1; n <= (each ? MOST : atoi(argv[4])); n++) {
		snprintf(name, sizeof(name), "%d", n);
		if (some) {
			try(module, argv[3], name, file, 1);
		} else if (try(module, argv[3], name, file, n)) {
			/* Fewer were asked for: this was a load like any other. */
			if (chdir(argv[3]) || rename(name, "none"))
				die(name);
			return fflush(stdout) ? 1 : 0;
		}
	}
	return fflush(stdout) ? 1 : 0;
}
