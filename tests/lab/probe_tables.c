// SPDX-License-Identifier: GPL-2.0-only
/* probe_tables.c - the files of page tables: reads, seeks, small buffers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

#define WALK_ROOM	4096

static int open_tables(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		printf("not ok open %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return fd;
}

static bool framed(const char *text, ssize_t length, const char *name)
{
	return length > 0 && !strncmp(text, name, strlen(name)) && text[length - 1] == '\n' &&
	       memmem(text, length, "\nend ", 5);
}

/* --- kvas_mappings ----------------------------------------------------------- */

static void short_reads_of_mappings(int fd, const char *text, ssize_t length)
{
	static const size_t steps[] = { 1, 13, 4095, 65537 };
	char *again = malloc(ROOM), name[40];

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		ssize_t got;

		lseek(fd, 0, SEEK_SET);
		got = drain(fd, again, steps[i]);
		snprintf(name, sizeof(name), "mappings_by_%zu", steps[i]);
		verdict(got == length && !memcmp(text, again, length), name,
			"%zd bytes, not %zd, or other ones", got, length);
	}
	free(again);
}

static void seeks_in_mappings(int fd, const char *text, ssize_t length)
{
	char part[64];
	off_t middle = length / 2;

	verdict(pread(fd, part, sizeof(part), middle) == sizeof(part) &&
		!memcmp(part, text + middle, sizeof(part)), "mappings_pread", "other bytes");
	verdict(lseek(fd, middle, SEEK_SET) == middle && read(fd, part, sizeof(part)) > 0 &&
		!memcmp(part, text + middle, sizeof(part)), "mappings_seek", "other bytes");
	verdict(pread(fd, part, sizeof(part), length) == 0, "mappings_end", "it goes on");
	verdict(lseek(fd, -1, SEEK_SET) < 0 && errno == EINVAL, "mappings_before_start", "allowed");
}

/* --- kvas_walk --------------------------------------------------------------- */

/* The page of this process, of which there is a table. */
static off_t my_page(void)
{
	static char mine;

	mine = 1;
	return (uintptr_t)&mine / sysconf(_SC_PAGESIZE);
}

/* The first number that is no page's. */
static off_t pages(void)
{
	return (sizeof(long) == 8 ? UINT64_MAX : UINT32_MAX) / sysconf(_SC_PAGESIZE) + 1;
}

static void one_walk_a_read(int fd, ssize_t length)
{
	char text[WALK_ROOM];

	verdict(lseek(fd, my_page(), SEEK_SET) == my_page() && read(fd, text, sizeof(text)) == length,
		"walk_by_seek", "another length than %zd", length);
	verdict(lseek(fd, 0, SEEK_CUR) == pages(), "walk_leaves_the_end", "at %lld",
		(long long)lseek(fd, 0, SEEK_CUR));
	verdict(read(fd, text, sizeof(text)) == 0, "walk_ends", "one more read gives more");
}

static void small_buffers(int fd, ssize_t length)
{
	static const char filler = '\x5a';
	static char *volatile nowhere;
	char text[WALK_ROOM];
	bool kept = true;

	memset(text, filler, sizeof(text));
	verdict(pread(fd, text, length - 1, my_page()) < 0 && errno == EINVAL, "walk_too_small",
		"a byte less is enough");
	verdict(pread(fd, text, 1, my_page()) < 0 && errno == EINVAL, "walk_of_a_byte", "allowed");
	verdict(pread(fd, text, 0, my_page()) == 0, "walk_of_nothing", "%s", strerror(errno));
	for (size_t i = 0; i < sizeof(text); i++)
		kept &= text[i] == filler;
	verdict(kept, "walk_too_small_writes_nothing", "the buffer was written to");
	verdict(lseek(fd, my_page(), SEEK_SET) == my_page() && read(fd, text, 1) < 0 &&
		lseek(fd, 0, SEEK_CUR) == my_page(), "walk_too_small_stays", "the position moved");
	verdict(pread(fd, text, length, my_page()) == length, "walk_just_fits", "%s",
		strerror(errno));
	verdict(text[length] == filler, "walk_writes_no_more", "a byte more was written");
	verdict(pread(fd, nowhere, WALK_ROOM, my_page()) < 0 && errno == EFAULT, "walk_to_nowhere",
		"%s", strerror(errno));
}

static void ends_of_walk(int fd)
{
	char text[WALK_ROOM];

	verdict(framed(text, pread(fd, text, sizeof(text), pages() - 1), "kvas_walk 1\n"),
		"walk_of_the_last_page", "%s", strerror(errno));
	verdict(pread(fd, text, sizeof(text), pages()) == 0, "walk_past_the_last_page", "it goes on");
	verdict(lseek(fd, pages() + 1, SEEK_SET) < 0 || read(fd, text, sizeof(text)) == 0,
		"walk_seek_too_far", "it goes on");
	verdict(pread(fd, text, sizeof(text), -1) < 0 && errno == EINVAL, "walk_before_start",
		"allowed");
}

/* ----------------------------------------------------------------------------- */

void group_tables(void)
{
	char *text = malloc(ROOM), one[WALK_ROOM];
	int fd = open_tables(MAPPINGS_PATH);
	ssize_t length = drain(fd, text, 65536);

	verdict(framed(text, length, "kvas_mappings 1\n"), "mappings_are_framed", "%zd bytes", length);
	short_reads_of_mappings(fd, text, length);
	seeks_in_mappings(fd, text, length);
	close(fd);

	fd = open_tables(WALK_PATH);
	length = pread(fd, one, sizeof(one), my_page());
	verdict(framed(one, length, "kvas_walk 1\n"), "walk_is_framed", "%zd bytes", length);
	one_walk_a_read(fd, length);
	small_buffers(fd, length);
	ends_of_walk(fd);
	close(fd);
}
