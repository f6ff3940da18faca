// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processes that know where their pages are: a parent and its child touch pages in
 * every way, ask /proc/self/pagemap for the frames of what they have, and sleep.
 *
 *   touched DIRECTORY
 *
 * leaves DIRECTORY/touched-parent and touched-child: "pid N", "page NAME ADDRESS ENTRY"
 * with the entry as pagemap has it, and "frame N" for each page of the whole process.
 * When DIRECTORY/touched-ready is there, all of it is.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif

#define LARGE	(8 << 20)
#define BATCH	1024
#define PRESENT	(UINT64_C(1) << 63)
#define FRAME	((UINT64_C(1) << 55) - 1)

static long page;
static int pagemap;
static char text[1 << 20];
static size_t length;
static int initialised = 1, bss[4096];

static struct { const char *name; uintptr_t address; } pages[32];
static size_t n_pages;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void *map(size_t size, int flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fail("mmap");
	return p;
}

static void note(const char *name, const void *address)
{
	pages[n_pages].name = name;
	pages[n_pages++].address = (uintptr_t)address;
}

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	length += vsnprintf(text + length, sizeof(text) - length, format, args);
	va_end(args);
}

static uint64_t entry_of(uintptr_t address)
{
	uint64_t entry;

	if (pread(pagemap, &entry, 8, (off_t)(address / page) * 8) != 8)
		return 0;
	return entry;
}

static void say_frames(uintptr_t start, uintptr_t end)
{
	static uint64_t entries[BATCH];

	for (uintptr_t at = start; at < end; ) {
		size_t n = (end - at) / page < BATCH ? (end - at) / page : BATCH;
		ssize_t got = pread(pagemap, entries, n * 8, (off_t)(at / page) * 8);

		if (got < 8)
			return;
		for (ssize_t i = 0; i < got / 8; i++)
			if (entries[i] & PRESENT)
				say("frame 0x%" PRIx64 "\n", entries[i] & FRAME);
		at += got / 8 * page;
	}
}

static void say_all(void)
{
	static char maps[1 << 20];
	int fd = open("/proc/self/maps", O_RDONLY);
	size_t size = 0;
	ssize_t got;

	while (fd >= 0 && (got = read(fd, maps + size, sizeof(maps) - 1 - size)) > 0)
		size += got;
	close(fd);
	maps[size] = '\0';
	length = 0;
	say("pid %d\n", getpid());
	for (size_t i = 0; i < n_pages; i++)
		say("page %s 0x%" PRIxPTR " 0x%" PRIx64 "\n", pages[i].name, pages[i].address,
		    entry_of(pages[i].address));
	for (char *line = maps; *line; line = strchr(line, '\n') + 1) {
		char *end;
		unsigned long long start = strtoull(line, &end, 16);

		say_frames(start, strtoull(end + 1, NULL, 16));
	}
}

/* The first time for what telling itself touches. */
static void tell(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0644);

	pagemap = open("/proc/self/pagemap", O_RDONLY);
	if (fd < 0 || pagemap < 0)
		fail(name);
	memset(text, 1, sizeof(text));
	usleep(1000);
	for (int i = 0; i < 3; i++) {
		say_all();
		if (pwrite(fd, text, length, 0) != (ssize_t)length || ftruncate(fd, length))
			fail("write");
	}
}

int main(int argc, char **argv);

static void touch(void)
{
	char *anon = map(page, MAP_PRIVATE), *shared = map(page, MAP_SHARED);
	char *zero = map(page, MAP_PRIVATE), *none = map(page, MAP_PRIVATE);
	char *large = map(LARGE, MAP_PRIVATE), *untouched = map(page, MAP_PRIVATE);
	char *guard = map(page, MAP_PRIVATE), *hole = map(page, MAP_PRIVATE);
	char *own = map(page, MAP_PRIVATE);
	volatile char read_only;

	madvise(large, LARGE, MADV_HUGEPAGE);
	memset(large, 1, LARGE);
	*anon = *shared = *none = *own = 1;
	read_only = *zero;
	(void)read_only;
	bss[2048] = initialised++;
	if (mprotect(none, page, PROT_NONE) || munmap(hole, page))
		fail("mprotect");
	note("text", main);
	note("data", &initialised);
	note("bss", &bss[2048]);
	note("stack", &own);
	note("anon", anon);
	note("shared", shared);
	note("zero", zero);
	note("none", none);
	note("large", large + LARGE / 2 + 123);
	note("untouched", untouched);
	note("hole", hole);
	note("own", own);
	if (!madvise(guard, page, MADV_GUARD_INSTALL))
		note("guard", guard);
}

int main(int argc, char **argv)
{
	int ready[2];
	char *own;
	char byte = 0;

	page = sysconf(_SC_PAGESIZE);
	if (argc != 2 || chdir(argv[1]) || pipe(ready))
		fail("which directory?");
	touch();
	own = (char *)pages[11].address;
	if (!fork()) {
		*own = 2;
		tell("touched-child");
		if (write(ready[1], &byte, 1) != 1)
			fail("pipe");
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		fail("pipe");
	tell("touched-parent");
	close(open("touched-ready", O_WRONLY | O_CREAT, 0644));
	for (;;)
		pause();
}
