// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens a file again and again, from several processes, while another program
 * creates and removes it.
 *
 *   opener FILE STOP     until STOP exists; prints what became of the opens:
 *
 *   opened   the file was there
 *   absent   it was not, or the module was just going
 *   late     it was there before the open began, and gone when it ended, and the
 *            kernel took longer than it takes to find no file
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 3
#define POLL_US 500
#define HOLD_OFF_US (300 * 1000)
#define LATE_NS (3 * 1000 * 1000L)

static long now(void)
{
	struct timespec t;

	/* Of this process alone: another one may run in between. */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void try(const char *file, const char *stop)
{
	long opened = 0, absent = 0, late = 0, other = 0;
	char buffer[64];

	while (access(stop, F_OK)) {
		const bool there = !access(file, F_OK);
		const long begin = now();
		const int fd = open(file, O_RDONLY);

		if (fd >= 0) {
			opened++;
			if (read(fd, buffer, sizeof(buffer)) != sizeof(buffer))
				other++;
			close(fd);
			/* The module cannot go while somebody has the file open. */
			usleep(HOLD_OFF_US);
		} else if (errno == ENOENT) {
			if (there && now() - begin > LATE_NS)
				late++;
			else
				absent++;
			usleep(POLL_US);
		} else if (errno == ENXIO) {
			absent++;
		} else {
			other++;
		}
	}
	printf("opened=%ld absent=%ld late=%ld other=%ld\n", opened, absent, late, other);
}

int main(int argc, char **argv)
{
	int status, failed = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: opener FILE STOP\n");
		return 2;
	}
	for (int i = 0; i < PROCESSES; i++) {
		const pid_t child = fork();

		if (child < 0) {
			perror("fork");
			return 1;
		}
		if (!child) {
			try(argv[1], argv[2]);
			exit(fflush(stdout) ? 1 : 0);
		}
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}
