// SPDX-License-Identifier: GPL-2.0-only
/*
 * Put before the C library (LD_PRELOAD): what happens between the reading of a process and
 * the question what it maps at an address (PROCMAP_QUERY).
 *
 * PROCMAPS=none	the kernel has no such call
 * PROCMAPS=other	each answer is of another mapping
 * MOVER="PID FILE"	before the first question a process gets SIGUSR1, and the kernel is
 *			asked once FILE is there
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ASK	_IOC(_IOC_READ | _IOC_WRITE, 'f', 17, 104)

static void move_once(void)
{
	static int done;
	const char *mover = getenv("MOVER");
	char file[256];
	int pid;

	if (done++ || !mover || sscanf(mover, "%d %255s", &pid, file) != 2)
		return;
	kill(pid, SIGUSR1);
	while (access(file, F_OK))
		usleep(1000);
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int, unsigned long, ...) = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	const char *what = getenv("PROCMAPS");
	uint64_t *query;
	va_list args;
	int status;

	va_start(args, request);
	query = va_arg(args, void *);
	va_end(args);
	if (request != ASK)
		return next(fd, request, query);
	if (what && strcmp(what, "none") == 0) {
		errno = ENOTTY;
		return -1;
	}
	move_once();
	status = next(fd, request, query);
	if (!status && what)
		query[3] += 4096;	/* the start */
	return status;
}
