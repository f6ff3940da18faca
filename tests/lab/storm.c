// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads and processes come and go as fast as they can, while kvas_threads is read.
 *
 *   storm SECONDS DIRECTORY		all of this
 *   storm				exits: what others exec
 *   storm stay			a thread of it execs the same, and so on
 *
 * Each thread that is made names itself after its numbers, "s<tid>.<pid>", so that a
 * record which mixes two threads shows it.  Who makes a thread marks its number: a
 * record of a number that nobody marked is of a thread that never was.  Two readers look
 * at each record, one of them by reads of a few bytes.  A second storm, named "t...",
 * goes on in a PID namespace of its own, with a reader that must see nothing else.
 * One process keeps its number all the time, while its threads exec: it is never lost.
 * Some exec from a stack at an address of this program's choice, under a name which says
 * so: a record that mixes two programs has another stack pointer.  Some dump core into a
 * program, which the kernel starts: it has no stack pointer yet when it is first seen.
 *
 * DIRECTORY/outside and DIRECTORY/inside get strange records and then the sums:
 *
 *   made=N passes=N records=N ours=N away=N strange=N broken=N unknown=N lost=N
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PATH		"/sys/kernel/debug/kvas_threads"
#define SELF		"/proc/self/exe"
#define MOST		(1 << 22)	/* PID_MAX_LIMIT */
#define ROOM		(1 << 20)
#define THREADS		3
#define SHOWN		20
#define STAYS		"stays"		/* name of the threads that nobody marks */
#define AWAY		"away"		/* after the letter: the stack is at AWAY_AT */
#define AWAY_AT		0x20000000UL
#define AWAY_SIZE	0x20000UL
#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"

/* Shared by all processes of a storm. */
struct shared {
	unsigned char made[MOST];	/* numbers of threads of this storm */
	unsigned char seen[MOST];	/* those of which a record was read */
	unsigned long passes, records, ours, away, strange, broken, lost;
	pid_t stays;			/* a process that is there all the time */
};

static struct shared *shared;
static char letter;		/* of this storm's names */
static char base_name[16];	/* of all that has not yet named itself */
static bool alone;		/* it has a PID namespace of its own */
static FILE *report;
static time_t end;

static void fail(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool time_is_up(void)
{
	return time(NULL) >= end;
}

static void mark(pid_t tid)
{
	if (tid > 0 && tid < MOST)
		shared->made[tid] = 1;
}

/* --- The storm --------------------------------------------------------------- */

static void name_oneself(void)
{
	char name[16];
	pid_t tid = (pid_t)syscall(SYS_gettid);

	mark(tid);
	snprintf(name, sizeof(name), "%c%d.%d", letter, (int)tid, (int)getpid());
	prctl(PR_SET_NAME, name);
}

static void do_exec(void)
{
	execl(SELF, "storm", (char *)NULL);
	_exit(1);
}

static void exec_away(void)
{
	char name[16];

	snprintf(name, sizeof(name), "%c" AWAY, letter);
	prctl(PR_SET_NAME, name);
	do_exec();
}

static void go_away(void)
{
	static ucontext_t there;

	if (getcontext(&there))
		_exit(1);
	there.uc_stack.ss_sp = mmap((void *)AWAY_AT, AWAY_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	there.uc_stack.ss_size = AWAY_SIZE;
	makecontext(&there, exec_away, 0);
	setcontext(&there);
	_exit(1);
}

static unsigned int named;	/* of a child's threads: those that have marked themselves */

/* An exec ends the others, so it waits for them. */
static void *thread(void *execs)
{
	name_oneself();
	__atomic_add_fetch(&named, 1, __ATOMIC_RELEASE);
	if (execs) {
		while (__atomic_load_n(&named, __ATOMIC_ACQUIRE) < THREADS)
			sched_yield();
		do_exec();
	}
	return NULL;
}

/* Of what a child does: exit, dump core, exec, have threads, or let one of them exec. */
static void be_child(unsigned int n)
{
	pthread_t ids[THREADS];
	unsigned int i, made;

	name_oneself();
	if (n % 32 == 0)
		abort();
	if (n % 8 == 1)
		go_away();
	if (n % 4 == 1)
		do_exec();
	for (made = 0; n % 4 >= 2 && made < THREADS; made++) {
		if (pthread_create(&ids[made], NULL, thread, (void *)(uintptr_t)(n % 4 == 3 && made == THREADS - 1)))
			break;
	}
	for (i = 0; i < made; i++)
		pthread_join(ids[i], NULL);
	_exit(0);
}

static void work(void)
{
	unsigned int n = (unsigned int)getpid();
	pid_t pid;

	while (!time_is_up()) {
		pid = fork();
		if (!pid)
			be_child(n);
		mark(pid);
		/* Now and then some are zombies for a while. */
		if (n++ % 8 == 0) {
			usleep(1000);
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		} else if (pid > 0 && n % 2) {
			waitpid(pid, NULL, 0);
		}
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	_exit(0);
}

static void *stay(void *unused)
{
	execl(SELF, "storm", "stay", (char *)NULL);
	return unused;
}

/* The thread that execs gets the number of the process. */
static int be_there(void)
{
	pthread_t id;

	prctl(PR_SET_NAME, STAYS);
	if (pthread_create(&id, NULL, stay, NULL))
		return 1;
	pthread_join(id, NULL);
	return 1;
}

/* --- The readers ------------------------------------------------------------- */

static void show(const char *line)
{
	if (__atomic_add_fetch(&shared->strange, 1, __ATOMIC_RELAXED) <= SHOWN)
		fprintf(report, "%s\n", line);
	fflush(report);
}

static bool number_after(const char *line, const char *key, long *number)
{
	const char *at = strstr(line, key);

	return at && sscanf(at + strlen(key), "%ld", number) == 1;
}

/*
 * A thread has the name of its maker at first.  One that execs takes the number of its
 * process before it has another name.
 */
static bool is_own_name(const char *comm, long tid, long pid)
{
	int own_tid, own_pid;

	return sscanf(comm + 1, "%d.%d ", &own_tid, &own_pid) == 2 && own_pid == pid &&
	       (own_tid == tid || own_tid == pid || tid == pid);
}

static bool has_sp_within(const char *comm, unsigned long start, unsigned long size)
{
	const char *sp = strstr(comm, " sp=");
	unsigned long value = sp ? strtoul(sp + strlen(" sp="), NULL, 16) : 0;

	return value > start && value <= start + size;
}

/* A process that has given back its stack is none any more. */
static bool is_whole(const char *line, const char *comm)
{
	const bool process = strstr(line, " kind=process ");

	if (!strstr(line, " start=") && (process || !strstr(line, " stack_absent=")))
		return false;
	if (strstr(line, " unsettled=") || strstr(comm, "given back"))
		return false;
	if (strstr(comm, " sp=") && !has_sp_within(comm, 0, -1UL))
		return false;
	return !process || ((strstr(comm, " sp=") || strstr(comm, " sp_absent=")) &&
			    strstr(comm, " root=") && strstr(comm, " kernel_half=same "));
}

/* One that exits has none.  A rest of the last name may follow, see below. */
static bool is_away(const char *line, const char *comm)
{
	return !strstr(line, " kind=process ") || has_sp_within(comm, AWAY_AT, AWAY_SIZE);
}

static void look_at(const char *line, long *last)
{
	const char *comm = strstr(line, " comm=");
	long tid, pid;

	if (!comm || !number_after(line, " tid=", &tid) || !number_after(line, " pid=", &pid) ||
	    tid <= *last || tid >= MOST || !is_whole(line, comm)) {
		show(line);
		return;
	}
	*last = tid;
	comm += strlen(" comm=");
	if (*comm == letter && isdigit((unsigned char)comm[1])) {
		shared->ours++;
		if (!is_own_name(comm, tid, pid))
			show(line);
	} else if (*comm == letter && !strncmp(comm + 1, AWAY, strlen(AWAY))) {
		shared->away++;
		if (!is_away(line, comm))
			show(line);
	} else if (!strncmp(comm, STAYS, strlen(STAYS))) {
		return;
	} else if (strncmp(comm, base_name, strlen(base_name))) {
		/*
		 * In its namespace there is nothing else but what it execs.  A rest of the
		 * last name may follow: kernels copy the new one without a lock since 6.13.
		 */
		if (alone && strncmp(comm, "exe", 3))
			show(line);
		if (!alone)
			return;
	}
	shared->seen[tid] = 1;
}

static void look_at_all(char *text)
{
	char *line, *rest = text;
	long last = 0, records = -1, told = -1;
	bool first = true, ended = false, stays = false;

	while ((line = strsep(&rest, "\n")) && *line) {
		if (first && strcmp(line, "kvas_threads 1"))
			show(line);
		first = false;
		records++;
		if (!strncmp(line, "thread ", 7)) {
			look_at(line, &last);
			stays |= last == shared->stays;
		} else if (!strncmp(line, "end ", 4)) {
			ended = number_after(line, " records=", &told);
		}
	}
	if (!ended || told != records - 1) {
		shared->broken++;
		fprintf(report, "broken: %ld records of %ld\n", records - 1, told);
	}
	shared->lost += !stays;
	shared->passes++;
	shared->records += records > 0 ? (unsigned long)records : 0;
}

static void read_it(char *text, size_t step)
{
	int fd = open(PATH, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got;

	if (fd < 0)
		fail(PATH);
	while ((got = read(fd, text + length, length + step < ROOM ? step : ROOM - 1 - length)) > 0)
		length += (size_t)got;
	if (got < 0)
		fail("read");
	close(fd);
	text[length] = '\0';
}

static void be_reader(size_t step)
{
	char *text = malloc(ROOM);

	if (!text)
		fail("malloc");
	while (!time_is_up()) {
		read_it(text, step);
		look_at_all(text);
	}
	_exit(0);
}

/* --- All of it --------------------------------------------------------------- */

static void start_reader(size_t step)
{
	pid_t pid = fork();

	if (!pid)
		be_reader(step);
	mark(pid);
}

static void start_worker(void)
{
	pid_t pid = fork();

	if (!pid)
		work();
	mark(pid);
}

static void start_stayer(void)
{
	pid_t pid = fork();

	if (!pid)
		exit(be_there());
	if (pid < 0)
		fail("fork");
	shared->stays = pid;
	mark(pid);
}

/* A kernel without core dumps has no such file. */
static void dump_into_a_program(void)
{
	char path[256] = "|";
	ssize_t length = readlink(SELF, path + 1, sizeof(path) - 1);
	int fd = open(CORE_PATTERN, O_WRONLY | O_CLOEXEC);

	if (length < 0 || (fd < 0 && errno != ENOENT))
		fail(CORE_PATTERN);
	if (fd >= 0 && write(fd, path, (size_t)length + 1) < 0)
		fail(CORE_PATTERN);
	close(fd);
}

/* The one that stays ends when all others have. */
static int wait_for(unsigned int children)
{
	int status, bad = 0;

	for (; children && wait(&status) > 0; children--)
		bad |= status;
	kill(shared->stays, SIGKILL);
	wait(&status);
	return bad;
}

static void run(const char *directory, char name, const char *file)
{
	char path[256];
	unsigned long made = 0, unknown = 0;
	int tid, bad;

	letter = name;
	alone = getpid() == 1;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(path, sizeof(path), "%s/%s", directory, file);
	report = fopen(path, "ae");
	if (shared == MAP_FAILED || !report)
		fail(path);
	snprintf(base_name, sizeof(base_name), "%c-storm", letter);
	prctl(PR_SET_NAME, base_name);
	mark(getpid());
	start_stayer();
	start_worker();
	start_worker();
	start_reader(65536);
	if (!alone)
		start_reader(97);
	bad = wait_for(alone ? 3 : 4);
	for (tid = 0; tid < MOST; tid++) {
		made += shared->made[tid];
		unknown += shared->seen[tid] && !shared->made[tid];
	}
	fprintf(report, "made=%lu passes=%lu records=%lu ours=%lu away=%lu strange=%lu broken=%lu unknown=%lu lost=%lu\n",
		made, shared->passes, shared->records, shared->ours, shared->away, shared->strange, shared->broken,
		unknown, shared->lost);
	fclose(report);
	if (bad)
		exit(1);
}

int main(int argc, char **argv)
{
	pid_t inside = 0;
	int status = 0;

	if (argc == 1)
		return 0;
	if (argc == 2 && !strcmp(argv[1], "stay"))
		return be_there();
	if (argc != 3)
		return 2;
	end = time(NULL) + atoi(argv[1]);
	dump_into_a_program();
	/* A kernel may have no such namespaces. */
	if (!unshare(CLONE_NEWPID)) {
		inside = fork();
		if (!inside) {
			run(argv[2], 't', "inside");
			exit(0);
		}
		/* Further children would be in there, too. */
		if (setns(open("/proc/1/ns/pid", O_RDONLY | O_CLOEXEC), CLONE_NEWPID))
			fail("setns");
	}
	run(argv[2], 's', "outside");
	if (inside)
		waitpid(inside, &status, 0);
	return status ? 1 : 0;
}
