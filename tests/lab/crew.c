// SPDX-License-Identifier: GPL-2.0-only
/*
 * A crew of processes and threads that stand still, and what the kernel says of each
 * thread beside kvas_threads.
 *
 *   crew DIRECTORY
 *
 * writes DIRECTORY/crew, a line for each thread of the crew:
 *
 *   ROLE PID TID NAME LOCAL WORD VALUE
 *
 * where NAME is in hexadecimal, LOCAL is the address of a variable on its user stack,
 * and the long at WORD holds VALUE; of a thread that cannot tell, they are 0.  Then it
 * writes copies of kvas_threads, and before and after it of what is in /proc, and of
 * kvas_threads as a process in a PID namespace of its own has it: threads, before, after,
 * vmallocinfo, here, interrupts, inside.  Each line of before and after is
 *
 *   PID TID FLAGS STATE NAME SYSCALL
 *
 * The crew stays; the last file to be there is DIRECTORY/settled.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS	"/sys/kernel/debug/kvas_threads"
#define HERE	"/sys/module/threads/parameters/here"
#define INTERRUPTS	"/sys/module/threads/parameters/interrupts"

static const char *const names[] = {
	"plain", "a b\n\t\"\\x", "\x01\x7f\x80\xff\xc3\xa9", "fifteen letters", "\\x20", "", "tid=1 pid=1",
};
#define N_NAMES	(sizeof(names) / sizeof(*names))

static FILE *crew;
static pthread_barrier_t *told;	/* shared by all processes of the crew */
/* In BSS, and thus in a page of each process's own once it is written. */
static volatile unsigned long words[16];

static void fail(const char *what)
{
	fprintf(stderr, "crew: %s: %s\n", what, strerror(errno));
	exit(1);
}

static pid_t tid_of_mine(void)
{
	return (pid_t)syscall(SYS_gettid);
}

static void put_hex(FILE *out, const char *bytes, size_t length)
{
	if (!length)
		fputc('-', out);
	while (length--)
		fprintf(out, "%02x", (unsigned char)*bytes++);
}

/* Lets lab/threads.c know where this thread's kernel stack is, if it is loaded. */
static void go_there(void)
{
	int fd = open(HERE, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		fail(HERE);
	close(fd);
}

static void tell(const char *role, const char *name, const void *local, volatile unsigned long *word)
{
	flockfile(crew);
	fprintf(crew, "%s %d %d ", role, (int)getpid(), (int)tid_of_mine());
	put_hex(crew, name, strlen(name));
	fprintf(crew, " %#lx %#lx %#lx\n", (unsigned long)(uintptr_t)local,
		(unsigned long)(uintptr_t)word, word ? *word : 0);
	fflush(crew);
	funlockfile(crew);
}

static void rest(void)
{
	for (;;)
		pause();
}

/* Names itself, tells of itself, and sleeps. */
static void stand(const char *role, unsigned int n)
{
	volatile int local = 0;

	words[n] = 0x6b766173UL * 2 + n + (unsigned long)getpid() * 65536;
	prctl(PR_SET_NAME, names[n % N_NAMES]);
	go_there();
	tell(role, names[n % N_NAMES], (const void *)&local, &words[n]);
	pthread_barrier_wait(told);
	rest();
}

static void *thread(void *n)
{
	stand("thread", (unsigned int)(uintptr_t)n);
	return NULL;
}

static void start_thread(unsigned int n)
{
	pthread_t id;

	errno = pthread_create(&id, NULL, thread, (void *)(uintptr_t)n);
	if (errno)
		fail("pthread_create");
}

static void be_process(void)
{
	unsigned int n;

	for (n = 1; n < N_NAMES; n++)
		start_thread(n);
	stand("process", 0);
}

/* The main thread exits, another one lives. */
static void be_headless(void)
{
	prctl(PR_SET_NAME, "headless");
	tell("headless", "headless", NULL, NULL);
	start_thread(0);
	syscall(SYS_exit, 0);
}

static void be_zombie(void)
{
	prctl(PR_SET_NAME, "zombie");
	tell("zombie", "zombie", NULL, NULL);
	_exit(0);
}

static pid_t start(void (*be)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid) {
		be();
		_exit(1);
	}
	return pid;
}

static void copy_file(const char *directory, const char *name, const char *from)
{
	static char bytes[65536];
	char path[256];
	ssize_t got;
	int in = open(from, O_RDONLY | O_CLOEXEC), out;

	if (in < 0 && errno == ENOENT)
		return;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (in < 0 || out < 0)
		fail(in < 0 ? from : path);
	while ((got = read(in, bytes, sizeof(bytes))) > 0) {
		if (write(out, bytes, (size_t)got) != got)
			fail(path);
	}
	if (got < 0)
		fail(from);
	close(in);
	close(out);
}

static size_t read_file(char *bytes, size_t room, const char *pattern, const char *process, const char *task)
{
	char path[600];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), pattern, process, task);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, bytes, room - 1);
	if (fd >= 0)
		close(fd);
	bytes[got < 0 ? 0 : got] = '\0';
	return got < 0 ? 0 : (size_t)got;
}

static void list_task(FILE *out, const char *process, const char *task)
{
	char stat[1024], name[64], system[256];
	size_t length = read_file(name, sizeof(name), "/proc/%s/task/%s/comm", process, task);
	char *after, state;
	unsigned int flags;

	read_file(stat, sizeof(stat), "/proc/%s/task/%s/stat", process, task);
	read_file(system, sizeof(system), "/proc/%s/task/%s/syscall", process, task);
	after = strrchr(stat, ')');
	if (!after || sscanf(after, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
		return;
	system[strcspn(system, "\n")] = '\0';
	fprintf(out, "%s %s %#x %c ", process, task, flags, state);
	put_hex(out, name, length ? length - 1 : 0);
	fprintf(out, " %s\n", system);
}

static void list_tasks(FILE *out, const char *process)
{
	char path[300];
	struct dirent *task;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%s/task", process);
	tasks = opendir(path);
	while (tasks && (task = readdir(tasks))) {
		if (task->d_name[0] != '.')
			list_task(out, process, task->d_name);
	}
	if (tasks)
		closedir(tasks);
}

static void list_all(const char *directory, const char *name)
{
	char path[256];
	struct dirent *process;
	DIR *proc = opendir("/proc");
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = fopen(path, "we");
	if (!proc || !out)
		fail(path);
	while ((process = readdir(proc))) {
		if (strspn(process->d_name, "0123456789") == strlen(process->d_name))
			list_tasks(out, process->d_name);
	}
	closedir(proc);
	fclose(out);
}

/* The first process of a PID namespace, which has one child. */
static void look_from_inside(const char *directory)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID) < 0)
		return;
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid) {
		waitpid(pid, &status, 0);
		return;
	}
	prctl(PR_SET_NAME, "inside");
	pid = fork();
	if (!pid)
		rest();
	copy_file(directory, "inside", THREADS);
	_exit(0);
}

static void wait_until_dead(pid_t pid)
{
	siginfo_t info;

	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

static void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

int main(int argc, char **argv)
{
	const char *directory = argv[1];
	pthread_barrierattr_t attributes;
	char path[256];

	if (argc != 2)
		return 2;
	snprintf(path, sizeof(path), "%s/crew", directory);
	crew = fopen(path, "ae");
	if (!crew)
		fail(path);
	told = shared(sizeof(*told));
	pthread_barrierattr_init(&attributes);
	pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	/* All that stand, and this one. */
	pthread_barrier_init(told, &attributes, N_NAMES + 1 + 1);

	start(be_process);
	start(be_headless);
	wait_until_dead(start(be_zombie));
	pthread_barrier_wait(told);
	usleep(200000);		/* until they sleep */

	look_from_inside(directory);
	list_all(directory, "before");
	copy_file(directory, "threads", THREADS);
	list_all(directory, "after");
	copy_file(directory, "vmallocinfo", "/proc/vmallocinfo");
	copy_file(directory, "here", HERE);
	copy_file(directory, "interrupts", INTERRUPTS);
	tell("main", "crew", path, NULL);
	copy_file(directory, "settled", "/proc/uptime");
	rest();
}
