// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processes that know where their pages are: a parent and its child touch pages in
 * every way, ask /proc/self/pagemap for the frames of what they have, and sleep.
 *
 *   touched DIRECTORY [DISK]
 *
 * With a disk, whose middle is free, there are a page that is swapped out to it, and pages
 * of hugetlb.  They
 * leave DIRECTORY/touched-parent and touched-child: "pid N", "page NAME ADDRESS ENTRY"
 * with the entry as pagemap has it, and "frame N" for each page of the whole process.
 * When DIRECTORY/touched-ready is there, all of it is.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <linux/blkpg.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT		21
#endif

#define SWAP_AT	(128 << 20)
#define SWAP	(32 << 20)
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

/* --- Pages that are elsewhere, or in huge ones ---------------------------------------- */

/* A partition in the middle of the disk, with the head of a swap area (mkswap(8)). */
static void start_swap(const char *disk)
{
	struct blkpg_partition part = { .start = SWAP_AT, .length = SWAP, .pno = 1 };
	struct blkpg_ioctl_arg ask = {
		.op = BLKPG_ADD_PARTITION, .datalen = sizeof(part), .data = &part,
	};
	char name[64], *head = calloc(1, page);
	uint32_t version_and_last[2] = { 1, SWAP / page - 1 };
	int fd = open(disk, O_RDWR);

	if (fd < 0 || !head || ioctl(fd, BLKPG, &ask))
		fail(disk);
	snprintf(name, sizeof(name), "%s1", disk);
	for (int tries = 0; (fd = open(name, O_RDWR)) < 0 && tries < 1000; tries++)
		usleep(10000);
	memcpy(head + 1024, version_and_last, sizeof(version_and_last));
	memcpy(head + page - 10, "SWAPSPACE2", 10);
	if (fd < 0 || write(fd, head, page) != page || fsync(fd) || swapon(name, 0))
		fail(name);
	close(fd);
	free(head);
}

static uint64_t entry_now(const void *address)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, 8, (off_t)((uintptr_t)address / page) * 8) != 8)
		fail("pagemap");
	close(fd);
	return entry;
}

static void swap_out(void)
{
	char *out = map(page, MAP_PRIVATE);

	for (int tries = 0; entry_now(out) & PRESENT || !tries; tries++) {
		*out = 1;
		if (tries == 1000 || madvise(out, page, MADV_PAGEOUT))
			fail("MADV_PAGEOUT");
		usleep(10000);
	}
	note("swapped", out);
}

static void take_huge_pages(void)
{
	size_t size = 0;
	char line[128], *huge, *none;
	FILE *file = fopen("/proc/sys/vm/nr_hugepages", "w");

	if (!file || fputs("4", file) < 0 || fclose(file))
		fail("nr_hugepages");
	file = fopen("/proc/meminfo", "r");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Hugepagesize: %zu", &size);
	fclose(file);
	size <<= 10;
	huge = map(2 * size, MAP_PRIVATE | MAP_HUGETLB);
	none = map(size, MAP_PRIVATE | MAP_HUGETLB);
	*huge = *none = 1;
	if (mprotect(none, size, PROT_NONE))
		fail("mprotect");
	note("hugetlb", huge);
	note("hugetlb_inside", huge + size / 2 + 3 * page + 5);
	note("hugetlb_untouched", huge + size);
	note("hugetlb_none", none + size / 2);
}

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
	if (argc < 2 || chdir(argv[1]) || pipe(ready))
		fail("which directory?");
	touch();
	if (argc > 2) {
		take_huge_pages();
		start_swap(argv[2]);
		swap_out();
	}
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
