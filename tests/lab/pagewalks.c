// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the files of page tables and then sleeps, so that its own tables and its
 * kernel stack are still there when the guest's memory is looked at.
 *
 *   pagewalks DIRECTORY <ADDRESSES
 *
 * leaves DIRECTORY/mappings, and in DIRECTORY/walks the walk of each address, of
 * some of its own, and of one of its own that nothing is mapped at.  When
 * DIRECTORY/walked is there, all of it is.  The mappings are read first, into
 * memory, so that what is written changes nothing that they show.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAPPINGS	"/sys/kernel/debug/kvas_mappings"
#define WALK		"/sys/kernel/debug/kvas_walk"
#define ROOM		(16 << 20)
#define LARGE		(4 << 20)

static char text[ROOM];

static void fail(const char *what)
{
	fprintf(stderr, "pagewalks: %s: %s\n", what, strerror(errno));
	exit(1);
}

static size_t read_whole(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got;

	if (fd < 0)
		fail(path);
	while ((got = read(fd, text + length, ROOM - length)) > 0)
		length += got;
	if (got < 0)
		fail(path);
	close(fd);
	return length;
}

static FILE *create(const char *name)
{
	FILE *f = fopen(name, "we");

	if (!f)
		fail(name);
	return f;
}

static void save(const char *name, size_t length)
{
	FILE *f = create(name);

	if (fwrite(text, 1, length, f) != length || fclose(f))
		fail(name);
}

static void walk(int fd, uint64_t address, FILE *to)
{
	static char one[4096];
	ssize_t got = pread(fd, one, sizeof(one), address / sysconf(_SC_PAGESIZE));

	if (got > 0)
		fwrite(one, 1, got, to);
	else
		fprintf(to, "error address=0x%" PRIx64 " errno=%d\n", address, got ? errno : 0);
}

int main(int argc, char **argv);

static void walk_my_own(int fd, FILE *to)
{
	char *large = mmap(NULL, 2 * LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	char *fenced = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (large == MAP_FAILED || fenced == MAP_FAILED)
		fail("mmap");
	/* The kernel may take a large page for it. */
	madvise(large, 2 * LARGE, MADV_HUGEPAGE);
	memset(large, 1, 2 * LARGE);
	*fenced = 1;
	mprotect(fenced, 4096, PROT_NONE);
	walk(fd, (uintptr_t)main, to);
	walk(fd, (uintptr_t)text, to);
	walk(fd, (uintptr_t)&large, to);
	walk(fd, (uintptr_t)large + LARGE, to);
	walk(fd, (uintptr_t)fenced, to);
	walk(fd, 0, to);
}

int main(int argc, char **argv)
{
	char line[64];
	FILE *to;
	int fd;

	if (argc != 2 || chdir(argv[1]))
		fail("which directory?");
	save("mappings", read_whole(MAPPINGS));
	to = create("walks");
	fd = open(WALK, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(WALK);
	while (fgets(line, sizeof(line), stdin))
		walk(fd, strtoull(line, NULL, 0), to);
	walk_my_own(fd, to);
	if (fclose(to))
		fail("walks");
	fclose(create("walked"));
	for (;;)
		pause();
}
