// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times in a guest, one line each: "NAME NANOSECONDS BYTES".
 *
 * What is compared is measured in turns, so that a slow moment of the machine
 * meets all alike; the median is printed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS		101
#define PROCESS_ROUNDS	21
#define SHORTEST_ROUNDS	31
#define SHORTEST_NS	20000000000LL
#define MODULE_PATH	"/lab/kvas.ko"

extern char **environ;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int ascending(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void print_median(const char *name, long long *times, int n, long bytes)
{
	qsort(times, n, sizeof(*times), ascending);
	printf("%s %lld %ld\n", name, times[n / 2], bytes);
}

/* Open, read to the end, close. */
static long read_file(const char *path)
{
	static char buffer[1 << 20];
	ssize_t got, total = 0;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		total += got;
	if (got < 0)
		die(path);
	close(fd);
	return total;
}

static void files(int n, char **paths)
{
	static long long times[8][ROUNDS];
	long bytes[8];

	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < n; i++) {
			long long start = now();

			bytes[i] = read_file(paths[i]);
			times[i][round] = now() - start;
		}
	for (int i = 0; i < n; i++)
		print_median(paths[i], times[i], ROUNDS, bytes[i]);
}

/* Of files that take long: as many rounds as there is time for, at least three. */
static void shortest(int n, char **paths)
{
	long long times[8], begin = now();
	long bytes[8];

	for (int round = 0; round < 3 ||
	     (round < SHORTEST_ROUNDS && now() - begin < SHORTEST_NS); round++)
		for (int i = 0; i < n; i++) {
			long long start = now();

			bytes[i] = read_file(paths[i]);
			start = now() - start;
			if (!round || start < times[i])
				times[i] = start;
		}
	for (int i = 0; i < n; i++)
		printf("%s %lld %ld\n", paths[i], times[i], bytes[i]);
}

/* A program, or a command of a few words. */
static void process(const char *command)
{
	char words[128], *argv[8] = { NULL }, *rest = words;
	posix_spawn_file_actions_t quiet;
	int status;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", command);
	for (int n = 0; n < 7 && rest; n++)
		argv[n] = strsep(&rest, " ");
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ))
		die(command);
	waitpid(pid, &status, 0);
	if (status)
		die(command);
	posix_spawn_file_actions_destroy(&quiet);
}

/*
 * At addresses that are the same in each round.  An emulator translates code anew wherever
 * it lies, which took two thirds of each time; a processor has no such cost.
 */
static void processes(int n, char **commands)
{
	static long long times[8][PROCESS_ROUNDS];

	if (personality(ADDR_NO_RANDOMIZE) < 0)
		die("personality");
	for (int round = 0; round < PROCESS_ROUNDS; round++)
		for (int i = 0; i < n; i++) {
			long long start = now();

			process(commands[i]);
			times[i][round] = now() - start;
		}
	for (int i = 0; i < n; i++)
		print_median(commands[i], times[i], PROCESS_ROUNDS, 0);
}

/* The module is loaded before and after. */
static void loading(void)
{
	long long times[PROCESS_ROUNDS];

	for (int round = 0; round < PROCESS_ROUNDS; round++) {
		int fd = open(MODULE_PATH, O_RDONLY);
		long long start;

		if (fd < 0 || syscall(SYS_delete_module, "kvas", 0))
			die("rmmod");
		start = now();
		if (syscall(SYS_finit_module, fd, "", 0))
			die("insmod");
		times[round] = now() - start;
		close(fd);
	}
	print_median("insmod", times, PROCESS_ROUNDS, 0);
}

int main(int argc, char **argv)
{
	if (argc > 2 && argc < 11 && !strcmp(argv[1], "files"))
		files(argc - 2, argv + 2);
	else if (argc > 2 && argc < 11 && !strcmp(argv[1], "shortest"))
		shortest(argc - 2, argv + 2);
	else if (argc > 2 && argc < 11 && !strcmp(argv[1], "processes"))
		processes(argc - 2, argv + 2);
	else if (argc == 2 && !strcmp(argv[1], "loading"))
		loading();
	else
		return 2;
	return 0;
}
