// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes of unusual kinds, to be looked at.
 *
 *   unusual zombie           a process that has exited
 *   unusual leaderless       two threads live, the main thread has exited
 *   unusual vfork            a child in its parent's memory; the parent waits for it
 *   unusual clone            a process with another's memory, which is not its thread
 *   unusual namespace        a process in a PID namespace of its own
 *   unusual user UID         a process of this user
 *   unusual mappings N       a process with at least so many mappings
 *   unusual threads N        a process with so many threads
 *   unusual brief USEC       a process that lives so long
 *   unusual moving ROUND     maps, forks, moves mappings, executes itself anew
 *   unusual as UID COMMAND   runs a command as this user
 *
 * They print "process NAME PID TID" of each, with a thread that lives; "ready"; and sleep until
 * they are killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFETIME	600	/* seconds; whoever looks at us may hang */
#define STACK		(64 << 10)
#define PRIVATE		(MAP_PRIVATE | MAP_ANONYMOUS)

static void fail(const char *what)
{
	printf("failed %s: %s\n", what, strerror(errno));
	exit(1);
}

static void process(const char *name, pid_t pid)
{
	printf("process %s %ld %ld\n", name, (long)pid, (long)pid);
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

static void ready(void)
{
	printf("ready\n");
	fflush(stdout);
	sleep_for_ever();
}

/* A child that ends with us. */
static pid_t child(void)
{
	const pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void zombie(const char *argument)
{
	const pid_t pid = child();
	siginfo_t info;

	(void)argument;
	if (!pid)
		_exit(0);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	process("zombie", pid);
	ready();
}

/* --- threads -------------------------------------------------------------------------- */

static char state_of(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		fail(path);
	fclose(f);
	return state;
}

static void *tell_when_leaderless(void *unused)
{
	while (state_of(getpid()) != 'Z')
		usleep(10000);
	printf("process leaderless %ld %ld\n", (long)getpid(), (long)syscall(SYS_gettid));
	ready();
	return unused;
}

static void *sleep_in_thread(void *unused)
{
	sleep_for_ever();
	return unused;
}

static void start_thread(void *(*run)(void *))
{
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	errno = pthread_create(&thread, &small, run, NULL);
	if (errno)
		fail("pthread_create");
}

static void leaderless(const char *argument)
{
	(void)argument;
	start_thread(sleep_in_thread);
	start_thread(tell_when_leaderless);
	pthread_exit(NULL);
}

static void threads(const char *number)
{
	for (int n = atoi(number); n > 1; n--)
		start_thread(sleep_in_thread);
	process("threads", getpid());
	ready();
}

/* --- memory in common ----------------------------------------------------------------- */

static void in_common_by_vfork(const char *argument)
{
	const pid_t parent = getpid(), pid = vfork();

	(void)argument;
	if (pid < 0)
		fail("vfork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		process("vfork_parent", parent);
		process("vfork_child", getpid());
		ready();
	}
}

static int sleep_in_clone(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sleep_for_ever();
	return 0;
}

static void in_common_by_clone(const char *argument)
{
	char *const stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
	pid_t pid;

	(void)argument;
	if (stack == MAP_FAILED)
		fail("mmap");
	pid = clone(sleep_in_clone, stack + STACK, CLONE_VM | SIGCHLD, NULL);
	if (pid < 0)
		fail("clone");
	process("clone_parent", getpid());
	process("clone_child", pid);
	ready();
}

/* --- others --------------------------------------------------------------------------- */

static void namespace(const char *argument)
{
	pid_t pid;

	(void)argument;
	if (unshare(CLONE_NEWPID))
		fail("unshare");
	pid = child();
	if (!pid)
		sleep_for_ever();
	process("namespace", pid);
	ready();
}

static void become(const char *uid)
{
	const uid_t id = atoi(uid);

	if (setresgid(id, id, id) || setresuid(id, id, id))
		fail("setresuid");
}

static void user(const char *uid)
{
	become(uid);
	/* Without this, one's own process could not be read either. */
	prctl(PR_SET_DUMPABLE, 1);
	process("user", getpid());
	ready();
}

/* Neighbours of which every second one has other rights. */
static void map_many(int number)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	char *const at = mmap(NULL, number * page, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	for (int n = 0; n < number; n += 2) {
		at[n * page] = 1;
		if (mprotect(at + n * page, page, PROT_READ))
			fail("mprotect");
	}
}

static void mappings(const char *number)
{
	map_many(atoi(number));
	process("mappings", getpid());
	ready();
}

static void brief(const char *microseconds)
{
	usleep(atoi(microseconds));
}

/* --- one that does not stand still ---------------------------------------------------- */

#define PLACES	200	/* so many mappings lie between the two places of the marker */

/* At any moment the marker is mapped once, at one of two places. */
static void move_marker(int times, unsigned int *seed)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	const int fd = memfd_create("marker", MFD_CLOEXEC);
	char *const first = mmap(NULL, 3 * page, PROT_NONE, PRIVATE, -1, 0);
	char *at, *second;

	map_many(PLACES);
	second = mmap(NULL, 3 * page, PROT_NONE, PRIVATE, -1, 0);
	if (fd < 0 || ftruncate(fd, page) || first == MAP_FAILED || second == MAP_FAILED)
		fail("marker");
	at = mmap(first + page, page, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	for (int n = 0; n < times && at != MAP_FAILED; n++) {
		at = mremap(at, page, page, MREMAP_MAYMOVE | MREMAP_FIXED,
			    n % 2 ? first + page : second + page);
		usleep(rand_r(seed) % 20000);
	}
}

static void moving(const char *round)
{
	unsigned int seed = atoi(round);
	char next[16];

	alarm(LIFETIME);
	signal(SIGCHLD, SIG_IGN);
	if (!seed) {
		process("moving", getpid());
		printf("ready\n");
		fflush(stdout);
	}
	snprintf(next, sizeof(next), "%u", seed + 1);
	if (!child())
		_exit(0);
	move_marker(rand_r(&seed) % 20, &seed);
	if (!child())
		_exit(0);
	execl("/proc/self/exe", "unusual", "moving", next, NULL);
	fail("exec");
}

static const struct {
	const char *name;
	void (*run)(const char *argument);
} kinds[] = {
	{ "zombie", zombie }, { "leaderless", leaderless }, { "vfork", in_common_by_vfork },
	{ "clone", in_common_by_clone }, { "namespace", namespace }, { "user", user },
	{ "mappings", mappings }, { "threads", threads }, { "brief", brief }, { "moving", moving },
};

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "as")) {
		become(argv[2]);
		execvp(argv[3], argv + 3);
		fail(argv[3]);
	}
	alarm(LIFETIME);
	for (size_t n = 0; argc > 1 && n < sizeof(kinds) / sizeof(*kinds); n++)
		if (!strcmp(argv[1], kinds[n].name))
			kinds[n].run(argc > 2 ? argv[2] : "0");
	return argc < 2;
}
