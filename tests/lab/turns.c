// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads two files by turns, in one process, so that no stack comes and goes in
 * between.
 *
 *   turns ROUNDS DIRECTORY FIRST SECOND
 *
 * leaves DIRECTORY/first.N and DIRECTORY/second.N, one more of the first, and in
 * DIRECTORY/times how long each took, in nanoseconds.  FIRST stays open, so that
 * its buffer is the same in all rounds; SECOND is opened each time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROOM	(4 << 20)
#define MOST	16

struct text {
	char *bytes;
	ssize_t length;
	long long ns;
};

static void fail(const char *what)
{
	fprintf(stderr, "turns: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail(path);
	return fd;
}

static void read_whole(int fd, struct text *t)
{
	ssize_t got;

	t->length = 0;
	while ((got = read(fd, t->bytes + t->length, ROOM - t->length)) > 0)
		t->length += got;
	if (got < 0)
		fail("read");
}

static void save(const char *name, int n, const struct text *t)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s.%d", name, n);
	f = fopen(path, "we");
	if (!f || fwrite(t->bytes, 1, t->length, f) != (size_t)t->length || fclose(f))
		fail(path);
}

static void save_times(const struct text *first, const struct text *second, int rounds)
{
	FILE *f = fopen("times", "we");

	if (!f)
		fail("times");
	for (int n = 0; n < rounds; n++)
		fprintf(f, "%lld %lld\n", first[n].ns, second[n].ns);
	fclose(f);
}

int main(int argc, char **argv)
{
	static struct text first[MOST + 1], second[MOST];
	int rounds = argc == 5 ? atoi(argv[1]) : 0, kept;

	if (rounds < 1 || rounds > MOST || chdir(argv[2]))
		fail("how often, and where?");
	for (int n = 0; n <= rounds; n++) {
		first[n].bytes = malloc(ROOM);
		second[n % rounds].bytes = malloc(ROOM);
		/* Their pages are there before anything is read. */
		memset(first[n].bytes, 1, ROOM);
		memset(second[n % rounds].bytes, 1, ROOM);
	}
	kept = open_file(argv[3]);
	for (int n = 0; n <= rounds; n++) {
		long long start = now();
		int fd;

		lseek(kept, 0, SEEK_SET);
		read_whole(kept, &first[n]);
		first[n].ns = now() - start;
		if (n == rounds)
			break;
		start = now();
		fd = open_file(argv[4]);
		read_whole(fd, &second[n]);
		close(fd);
		second[n].ns = now() - start;
	}
	for (int n = 0; n <= rounds; n++) {
		save("first", n, &first[n]);
		if (n < rounds)
			save("second", n, &second[n]);
	}
	save_times(first, second, rounds);
	return 0;
}
