// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies what /proc says of a process.
 *
 *   procfiles PID DIRECTORY
 *
 * leaves there the files maps, smaps, smaps_rollup, stat, status, auxv, comm; and
 *
 *   syscall      TID and the content of the thread's file, a line each
 *   pagecounts   START PRESENT SWAPPED of each mapping that is not too large, pages in decimal
 *   guards       START of each page in them that MADV_GUARD_INSTALL guards
 *
 * What cannot be read is not there.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRESENT	(UINT64_C(1) << 63)
#define SWAPPED	(UINT64_C(1) << 62)
#define GUARD	(UINT64_C(1) << 58)	/* Linux 6.15; such a page has SWAPPED, too */
#define LARGEST	(UINT64_C(256) << 20)

static const char *const files[] = {
	"maps", "smaps", "smaps_rollup", "stat", "status", "auxv", "comm",
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static FILE *create(const char *directory, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "we");
	if (!f)
		fail(path);
	return f;
}

/* False if not all of it could be read. */
static bool copy(const char *path, FILE *to)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buffer[65536];
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, buffer, sizeof(buffer))) > 0)
		fwrite(buffer, 1, got, to);
	if (fd >= 0)
		close(fd);
	return got == 0;
}

static void copy_file(const char *pid, const char *name, const char *directory)
{
	FILE *const to = create(directory, name);
	char path[512];

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	if (!copy(path, to)) {
		snprintf(path, sizeof(path), "%s/%s", directory, name);
		unlink(path);
	}
	if (fclose(to))
		fail(name);
}

static void copy_threads(const char *pid, FILE *to)
{
	char path[512];
	struct dirent *e;
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	threads = opendir(path);
	if (!threads)
		fail(path);
	while ((e = readdir(threads))) {
		if (e->d_name[0] == '.')
			continue;
		fprintf(to, "%s ", e->d_name);
		snprintf(path, sizeof(path), "/proc/%s/task/%s/syscall", pid, e->d_name);
		if (!copy(path, to))
			fputc('\n', to);
	}
	closedir(threads);
	if (fclose(to))
		fail("syscall");
}

/* False if the mapping is beyond the end of the file, as x86's vsyscall and arm's vectors. */
static bool count(int fd, uint64_t start, uint64_t end, FILE *to, FILE *guards)
{
	const long page = sysconf(_SC_PAGESIZE);
	unsigned long present = 0, swapped = 0;
	uint64_t entries[512];

	for (uint64_t at = start; at < end;) {
		uint64_t wanted = (end - at) / page;

		if (wanted > sizeof(entries) / sizeof(*entries))
			wanted = sizeof(entries) / sizeof(*entries);

		const ssize_t got = pread(fd, entries, wanted * 8, at / page * 8);

		if (got <= 0)
			return false;
		for (ssize_t i = 0; i < got / 8; i++) {
			present += !!(entries[i] & PRESENT);
			swapped += (entries[i] & SWAPPED) && !(entries[i] & GUARD);
			if (entries[i] & GUARD)
				fprintf(guards, "0x%" PRIx64 "\n", at + i * page);
		}
		at += got / 8 * page;
	}
	fprintf(to, "0x%" PRIx64 " %lu %lu\n", start, present, swapped);
	return true;
}

static void count_pages(const char *pid, FILE *to, FILE *guards)
{
	char path[64], line[8192];
	uint64_t start, end;
	FILE *maps;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	maps = fopen(path, "re");
	if (fd < 0 || !maps)
		fail(path);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) != 2)
			fail(line);
		if (end - start <= LARGEST && !count(fd, start, end, to, guards) && !strstr(line, "[v"))
			fail("pagemap");
	}
	fclose(maps);
	close(fd);
	if (fclose(to) || fclose(guards))
		fail("pagecounts");
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	for (size_t n = 0; n < sizeof(files) / sizeof(*files); n++)
		copy_file(argv[1], files[n], argv[2]);
	copy_threads(argv[1], create(argv[2], "syscall"));
	count_pages(argv[1], create(argv[2], "pagecounts"), create(argv[2], "guards"));
	return 0;
}
