// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest checks about an open kvas file that needs system calls of its
 * own: odd reads, privileges, concurrency, unloading.
 *
 *   probe GROUP...    prints "ok NAME" or "not ok NAME: why" for every check
 *
 * Each group runs in a child, so that what it gives up or breaks stays there.
 * The last line is "done N", so that a group that died is noticed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

static int checks;

void verdict(bool good, const char *name, const char *why, ...)
{
	va_list args;

	checks++;
	printf("%s %s", good ? "ok" : "not ok", name);
	if (!good) {
		printf(": ");
		va_start(args, why);
		vprintf(why, args);
		va_end(args);
	}
	printf("\n");
	fflush(stdout);
}

int must_open(void)
{
	int fd = open(FILE_PATH, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		printf("not ok open: %s\n", strerror(errno));
		exit(1);
	}
	return fd;
}

ssize_t drain(int fd, char *into, size_t step)
{
	ssize_t got, total = 0;

	while ((got = read(fd, into + total, step)) > 0)
		if ((total += got) > ROOM - (ssize_t)step)
			return -1;
	return got < 0 ? -1 : total;
}

static bool complete(const char *text, ssize_t length)
{
	return length > 64 && !strncmp(text, "kvas 1\n", 7) &&
	       memmem(text + length - 40, 40, "\nend ", 5) && text[length - 1] == '\n';
}

char *reference(int fd, ssize_t *length)
{
	char *text = malloc(ROOM);

	*length = drain(fd, text, 65536);
	if (!complete(text, *length)) {
		printf("not ok reference: %zd bytes\n", *length);
		exit(1);
	}
	return text;
}

static long unload(void)
{
	return syscall(SYS_delete_module, "kvas", O_NONBLOCK);
}

long load(void)
{
	int fd = open(MODULE_PATH, O_RDONLY | O_CLOEXEC);
	long result = syscall(SYS_finit_module, fd, "", 0);

	close(fd);
	return result;
}

/* --- reads ------------------------------------------------------------- */

static void short_reads(int fd, const char *text, ssize_t length)
{
	static const size_t steps[] = { 1, 7, 511, 4095, 4096, 4097, 65536 };
	char *again = malloc(ROOM), name[32];

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		ssize_t got;

		lseek(fd, 0, SEEK_SET);
		got = drain(fd, again, steps[i]);
		snprintf(name, sizeof(name), "reads_of_%zu", steps[i]);
		verdict(got == length && !memcmp(text, again, length), name,
			"%zd bytes, not the %zd of one cat, or other ones", got, length);
	}
	free(again);
}

/* No more than was asked for may be written into the reader's buffer. */
static void overrun(int fd)
{
	char buffer[64];

	memset(buffer, '#', sizeof(buffer));
	verdict(pread(fd, buffer, 10, 3) == 10 && buffer[10] == '#',
		"no_overrun", "a read of 10 bytes wrote more");
}

static void preads(int fd, const char *text, ssize_t length)
{
	char buffer[5000];
	int wrong = 0;

	srand(1);
	for (int i = 0; i < 3000; i++) {
		off_t at = rand() % (length + 50);
		size_t want = 1 + rand() % (i % 2 ? 16 : sizeof(buffer));
		ssize_t left = at < length ? length - at : 0;
		ssize_t got = pread(fd, buffer, want, at);

		/* A short read is allowed, an empty one only at the end. */
		if (got < 0 || got > left || (left && !got) ||
		    got > (ssize_t)want || memcmp(buffer, text + at, got))
			wrong++;
	}
	verdict(!wrong, "preads_anywhere", "%d of 3000 differ from one cat", wrong);
	verdict(pread(fd, buffer, 10, length) == 0, "pread_at_the_end", "not empty");
	verdict(pread(fd, buffer, 10, (off_t)1 << 40) == 0, "pread_far_beyond", "not empty");
}

static void seeks(int fd, const char *text, ssize_t length)
{
	char buffer[100];
	int wrong = 0;

	for (int i = 0; i < 300; i++) {
		off_t at = rand() % (length - 100);

		if (lseek(fd, at, SEEK_SET) != at ||
		    read(fd, buffer, 50) != 50 || memcmp(buffer, text + at, 50) ||
		    lseek(fd, -20, SEEK_CUR) != at + 30 ||
		    read(fd, buffer, 50) != 50 || memcmp(buffer, text + at + 30, 50))
			wrong++;
	}
	verdict(!wrong, "seeks", "%d of 300 differ from one cat", wrong);
	verdict(lseek(fd, -1, SEEK_SET) < 0, "no_negative_seek", "allowed");
}

static void not_to_be_changed(int fd)
{
	int writer = open(FILE_PATH, O_RDWR);

	verdict(writer < 0 || write(writer, "x", 1) < 0, "no_write", "written");
	if (writer >= 0)
		close(writer);
	verdict(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED,
		"no_mmap", "mapped");
}

static void what_it_is(int fd)
{
	struct stat s;
	struct statfs where;

	fstat(fd, &s);
	verdict(S_ISREG(s.st_mode), "regular_file", "mode 0%o", s.st_mode);
	verdict((s.st_mode & 07777) == 0400, "mode_0400", "mode 0%o", s.st_mode);
	verdict(!s.st_uid && !s.st_gid, "owned_by_root", "%u:%u", s.st_uid, s.st_gid);
	fstatfs(fd, &where);
	verdict(where.f_type == 0x64626720, "in_debugfs", "type %#lx", (long)where.f_type);
}

static void group_reads(void)
{
	int fd = must_open();
	ssize_t length;
	char *text = reference(fd, &length);

	what_it_is(fd);
	short_reads(fd, text, length);
	overrun(fd);
	preads(fd, text, length);
	seeks(fd, text, length);
	not_to_be_changed(fd);
}

/* --- concurrency ------------------------------------------------------- */

struct crowd {
	int fd;
	const char *text;
	ssize_t length;
	int wrong;
};

static void *read_with_others(void *arg)
{
	struct crowd *c = arg;
	unsigned int seed = (unsigned int)(size_t)&seed;
	char buffer[3000];

	for (int i = 0; i < 400; i++) {
		off_t at = rand_r(&seed) % (c->length - 1);
		ssize_t got = pread(c->fd, buffer, sizeof(buffer), at);

		if (got <= 0 || memcmp(buffer, c->text + at, got))
			__atomic_fetch_add(&c->wrong, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void one_file_many_threads(void)
{
	struct crowd c = { .fd = must_open() };
	pthread_t threads[6];

	c.text = reference(c.fd, &c.length);
	for (int i = 0; i < 6; i++)
		pthread_create(&threads[i], NULL, read_with_others, &c);
	for (int i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	verdict(!c.wrong, "threads_share_a_file", "%d of 2400 reads differ", c.wrong);
}

static void open_and_read(int times)
{
	char *text = malloc(ROOM);

	while (times--) {
		int fd = open(FILE_PATH, O_RDONLY);
		ssize_t got = fd < 0 ? -1 : drain(fd, text, 1000 + 100 * times);

		if (!complete(text, got))
			exit(1);
		close(fd);
	}
	exit(0);
}

static int crowd_of(int processes, int times)
{
	int status, bad = 0;
	pid_t pids[16];

	for (int i = 0; i < processes; i++)
		if (!(pids[i] = fork()))
			open_and_read(times);
	for (int i = 0; i < processes; i++) {
		waitpid(pids[i], &status, 0);
		bad += status != 0;
	}
	return bad;
}

static void group_crowd(void)
{
	int bad;

	one_file_many_threads();
	bad = crowd_of(6, 25);
	verdict(!bad, "many_open_at_once", "%d of 6 processes read something broken", bad);
}

/* --- loading ----------------------------------------------------------- */

static void group_busy(void)
{
	int fd = must_open();
	ssize_t length, again;
	char *text = reference(fd, &length);

	verdict(unload() < 0 && (errno == EAGAIN || errno == EBUSY), "unload_refused_while_open",
		"%s", strerror(errno));
	lseek(fd, 0, SEEK_SET);
	again = drain(fd, text, 4096);
	verdict(again == length, "readable_after_that", "%zd of %zd bytes", again, length);
	close(fd);
	verdict(unload() == 0, "unload", "%s", strerror(errno));
	verdict(access(FILE_PATH, F_OK) < 0, "file_gone", "still there");
	verdict(load() == 0, "load_again", "%s", strerror(errno));
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* A reader that takes what it can get while the module comes and goes. */
static void chase(unsigned int seed)
{
	char *text = malloc(ROOM);

	for (;;) {
		double start = now();
		int fd = open(FILE_PATH, O_RDONLY);
		ssize_t got = fd < 0 ? 0 : drain(fd, text, 4096);

		if (got > 0 && !complete(text, got))
			exit(1);
		if (fd >= 0)
			close(fd);
		/* Longer than it was open, or the module could never be unloaded. */
		usleep((now() - start) * 1e6 * (2 + rand_r(&seed) % 8));
	}
}

static void group_reload(void)
{
	int status, bad = 0, cycles = 0;
	time_t until = time(NULL) + 60;
	pid_t pids[3];

	for (int i = 0; i < 3; i++)
		if (!(pids[i] = fork()))
			chase(i);
	while (cycles < 20 && time(NULL) < until) {
		if (unload()) {
			usleep(100);
			continue;
		}
		if (load()) {
			verdict(false, "reload", "%s", strerror(errno));
			return;
		}
		cycles++;
	}
	for (int i = 0; i < 3; i++) {
		bad += waitpid(pids[i], &status, WNOHANG) != 0;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], &status, 0);
	}
	verdict(cycles >= 10, "reload_under_readers", "%d cycles in 60 s", cycles);
	verdict(!bad, "readers_of_a_reloaded_module", "%d of 3 saw a broken file", bad);
}

/* --- mounts ------------------------------------------------------------ */

/* debugfs is gone and back, or seen in two places: the file is the same. */
static void group_mounts(void)
{
	static const char other[] = "/tmp/debugfs";
	struct stat here, there;
	int fd = must_open();
	ssize_t length;
	char *text = reference(fd, &length), *again = malloc(ROOM);

	verdict(!umount2("/sys/kernel/debug", MNT_DETACH), "unmount", "%s", strerror(errno));
	lseek(fd, 0, SEEK_SET);
	verdict(drain(fd, again, 4096) == length && !memcmp(text, again, length),
		"readable_when_unmounted", "other bytes");
	verdict(access(FILE_PATH, F_OK) < 0, "out_of_sight", "still there");
	verdict(!mount("debugfs", "/sys/kernel/debug", "debugfs", 0, ""), "mount_again",
		"%s", strerror(errno));
	mkdir(other, 0700);
	verdict(!mount("debugfs", other, "debugfs", 0, "") && !stat(FILE_PATH, &here) &&
		!stat("/tmp/debugfs/kvas", &there) && here.st_ino == there.st_ino &&
		there.st_mode == here.st_mode, "same_file_elsewhere", "%s", strerror(errno));
	umount2(other, MNT_DETACH);
	close(fd);
	fd = must_open();
	verdict(complete(again, drain(fd, again, 65536)), "complete_after_all", "broken");
}

/* --- memory ------------------------------------------------------------ */

/* Lines of /proc/vmallocinfo that name a function of kvas as the allocator. */
static int areas_of_kvas(void)
{
	char line[512];
	int n = 0;
	FILE *f = fopen("/proc/vmallocinfo", "r");

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, "[kvas]") != NULL;
	if (f)
		fclose(f);
	return f ? n : -1;
}

static long free_kilobytes(void)
{
	char line[128];
	long value = -1;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "MemFree: %ld", &value);
	if (f)
		fclose(f);
	return value;
}

struct slabs {
	int n;
	long objects[256];
	char name[256][64];
};

/* How many objects the caches behind kmalloc() hold. */
static void count_objects(struct slabs *s)
{
	char line[512];
	FILE *f = fopen("/proc/slabinfo", "r");

	s->n = 0;
	while (f && s->n < 256 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %ld", s->name[s->n], &s->objects[s->n]) == 2 &&
		    !strncmp(s->name[s->n], "kmalloc-", 8))
			s->n++;
	if (f)
		fclose(f);
}

/* The largest growth, and which cache grew so. */
static long growth(const struct slabs *before, const struct slabs *after, const char **which)
{
	long most = 0;

	for (int i = 0; i < before->n; i++) {
		long more = after->objects[i] - before->objects[i];

		if (more > most) {
			most = more;
			*which = after->name[i];
		}
	}
	return most;
}

static void read_times(int times)
{
	static char text[ROOM];

	while (times--) {
		int fd = must_open();

		drain(fd, text, 65536);
		close(fd);
	}
}

static void nothing_grows(void)
{
	static struct slabs before, after;
	const char *which = "none";
	long more, before_kb, after_kb;

	read_times(50);
	count_objects(&before);
	before_kb = free_kilobytes();
	read_times(1000);
	after_kb = free_kilobytes();
	count_objects(&after);
	more = growth(&before, &after, &which);
	verdict(before.n > 8 && more < 500, "reading_keeps_no_object",
		"%d caches, %s grew by %ld objects in 1000 reads", before.n, which, more);
	verdict(before_kb - after_kb < 2000, "reading_keeps_no_page",
		"%ld kB fewer are free after 1000 reads", before_kb - after_kb);
}

static void group_memory(void)
{
	int fd = must_open(), open_areas = areas_of_kvas(), left;

	close(fd);
	left = areas_of_kvas();
	verdict(open_areas > 0 && !left, "vmalloc_freed_at_close",
		"%d areas while open, %d after", open_areas, left);
	nothing_grows();
}

/* ----------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{ "reads", group_reads },
	{ "crowd", group_crowd },
	{ "tables", group_tables },
	{ "rights", group_rights },
	{ "passed", group_passed },
	{ "kptr_restrict", group_kptr_restrict },
	{ "mounts", group_mounts },
	{ "memory", group_memory },
	{ "busy", group_busy },
	{ "reload", group_reload },
	{ "lockdown", group_lockdown },
};

static bool run(const char *name)
{
	int status;
	pid_t pid;

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		if (strcmp(groups[i].name, name))
			continue;
		fflush(stdout);
		pid = fork();
		if (!pid) {
			groups[i].run();
			printf("done %s %d\n", name, checks);
			exit(0);
		}
		waitpid(pid, &status, 0);
		return !status;
	}
	fprintf(stderr, "probe: no group %s\n", name);
	return false;
}

int main(int argc, char **argv)
{
	bool good = argc > 1;

	for (int i = 1; i < argc; i++)
		good &= run(argv[i]);
	return !good;
}
