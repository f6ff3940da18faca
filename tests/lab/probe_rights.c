// SPDX-License-Identifier: GPL-2.0-only
/* probe_rights.c - who may read the file, and what settings of the kernel say of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define SETTING		"/proc/sys/kernel/kptr_restrict"
#define NOBODY		65534

/* --- privileges -------------------------------------------------------- */

/* Keep these capabilities and no others, as this user. */
static void become(uid_t uid, unsigned long long keep)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ (unsigned int)keep, (unsigned int)keep, 0 },
		{ (unsigned int)(keep >> 32), (unsigned int)(keep >> 32), 0 },
	};

	prctl(PR_SET_KEEPCAPS, 1);
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid) ||
	    syscall(SYS_capset, &head, data)) {
		printf("not ok become: %s\n", strerror(errno));
		exit(1);
	}
}

#define CAP(name)	(1ULL << CAP_##name)

struct right {
	const char *name;
	uid_t uid;
	unsigned long long caps;
	bool new_user_ns;
	int error;
};

static const struct right rights[] = {
	{ "root_may_open", 0, ~0ULL >> 23, false, 0 },
	{ "root_with_syslog_only_may_open", 0, CAP(SYSLOG), false, 0 },
	{ "no_syslog_no_open", 0, (~0ULL >> 23) & ~CAP(SYSLOG), false, EPERM },
	{ "bare_root_no_open", 0, 0, false, EPERM },
	{ "nobody_no_open", NOBODY, 0, false, EACCES },
	{ "nobody_with_syslog_no_open", NOBODY, CAP(SYSLOG), false, EACCES },
	{ "nobody_past_the_mode_no_open", NOBODY, CAP(DAC_READ_SEARCH), false, EPERM },
	{ "nobody_with_both_may_open", NOBODY, CAP(DAC_READ_SEARCH) | CAP(SYSLOG), false, 0 },
	{ "root_of_a_namespace_no_open", 0, ~0ULL >> 23, true, EPERM },
};

/* As of /proc/kcore, which shows the same and more. */
static const struct right table_rights[] = {
	{ "root_may_open", 0, ~0ULL >> 23, false, 0 },
	{ "root_with_two_may_open", 0, CAP(SYSLOG) | CAP(SYS_RAWIO), false, 0 },
	{ "no_rawio_no_open", 0, (~0ULL >> 23) & ~CAP(SYS_RAWIO), false, EPERM },
	{ "no_syslog_no_open", 0, (~0ULL >> 23) & ~CAP(SYSLOG), false, EPERM },
	{ "bare_root_no_open", 0, 0, false, EPERM },
	{ "nobody_no_open", NOBODY, 0, false, EACCES },
	{ "nobody_past_the_mode_no_open", NOBODY, CAP(DAC_READ_SEARCH), false, EPERM },
	{ "nobody_with_all_may_open", NOBODY, CAP(DAC_READ_SEARCH) | CAP(SYSLOG) | CAP(SYS_RAWIO),
	  false, 0 },
	{ "root_of_a_namespace_no_open", 0, ~0ULL >> 23, true, EPERM },
};

/* As of those, and of looking into any process. */
static const struct right thread_rights[] = {
	{ "root_may_open", 0, ~0ULL >> 23, false, 0 },
	{ "root_with_three_may_open", 0, CAP(SYSLOG) | CAP(SYS_RAWIO) | CAP(SYS_PTRACE), false, 0 },
	{ "no_ptrace_no_open", 0, (~0ULL >> 23) & ~CAP(SYS_PTRACE), false, EPERM },
	{ "no_rawio_no_open", 0, (~0ULL >> 23) & ~CAP(SYS_RAWIO), false, EPERM },
	{ "no_syslog_no_open", 0, (~0ULL >> 23) & ~CAP(SYSLOG), false, EPERM },
	{ "nobody_no_open", NOBODY, 0, false, EACCES },
	{ "root_of_a_namespace_no_open", 0, ~0ULL >> 23, true, EPERM },
};

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0) {
		printf("not ok put %s %s: %s\n", path, value, strerror(errno));
		exit(1);
	}
	close(fd);
}

/* As root there as here, so that only the capability's name space differs. */
static void enter_user_ns(void)
{
	int go[2];
	char path[64];
	pid_t parent = getpid();

	if (pipe(go))
		exit(1);
	if (!fork()) {
		char c;

		if (read(go[0], &c, 1) != 1)
			exit(1);
		snprintf(path, sizeof(path), "/proc/%d/uid_map", parent);
		put(path, "0 0 1");
		snprintf(path, sizeof(path), "/proc/%d/gid_map", parent);
		put(path, "0 0 1");
		exit(0);
	}
	if (unshare(CLONE_NEWUSER) || write(go[1], "x", 1) != 1) {
		printf("not ok unshare: %s\n", strerror(errno));
		exit(1);
	}
	wait(NULL);
}

/* errno of an open with these rights, 0 if it succeeds and reads. */
static int try_right(const struct right *r, const char *path)
{
	int status, fd;
	char text[4096];
	pid_t pid = fork();

	if (!pid) {
		if (r->new_user_ns)
			enter_user_ns();
		else
			become(r->uid, r->caps);
		fd = open(path, O_RDONLY);
		exit(fd < 0 ? errno : read(fd, text, sizeof(text)) > 0 ? 0 : EIO);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void try_rights(const struct right *list, size_t n, const char *path, const char *prefix)
{
	char name[64];

	for (size_t i = 0; i < n; i++) {
		int error = try_right(&list[i], path);

		snprintf(name, sizeof(name), "%s%s", prefix, list[i].name);
		verdict(error == list[i].error, name, "open gave %s, not %s",
			strerror(error), strerror(list[i].error));
	}
}

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

void group_rights(void)
{
	/* debugfs itself keeps others out; here it is the file's turn. */
	if (chmod("/sys/kernel/debug", 0755))
		exit(1);
	try_rights(rights, COUNT(rights), FILE_PATH, "");
	try_rights(table_rights, COUNT(table_rights), MAPPINGS_PATH, "mappings_");
	try_rights(table_rights, COUNT(table_rights), WALK_PATH, "walk_");
	try_rights(thread_rights, COUNT(thread_rights), THREADS_PATH, "threads_");
	chmod("/sys/kernel/debug", 0700);
}

/* Send the open file over a socket to a process that may not open it. */
static void send_fd(int socket, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	if (sendmsg(socket, &m, 0) != 1)
		exit(1);
}

static int receive_fd(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(socket, &m, 0) == 1 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	return fd;
}

void group_passed(void)
{
	int pair[2], status, fd = must_open();
	ssize_t length;
	char *text = reference(fd, &length), *again = malloc(ROOM);
	pid_t pid;

	lseek(fd, 0, SEEK_SET);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		exit(1);
	pid = fork();
	if (!pid) {
		close(fd);
		become(NOBODY, 0);
		fd = receive_fd(pair[1]);
		exit(drain(fd, again, 4096) != length || memcmp(text, again, length));
	}
	send_fd(pair[0], fd);
	waitpid(pid, &status, 0);
	verdict(!status, "passed_to_nobody", "not readable, or other bytes");
}

/* --- settings of the running kernel ------------------------------------ */

/* errno of an open, 0 if it succeeds. */
static int open_error(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Of each file, of which those of page tables may have another result. */
static void expect_open(const char *name, int expected, int expected_of_tables)
{
	static const char *const paths[] = { FILE_PATH, MAPPINGS_PATH, WALK_PATH, THREADS_PATH };

	for (size_t i = 0; i < COUNT(paths); i++) {
		int error = open_error(paths[i]), wanted = i ? expected_of_tables : expected;
		char full[96];

		snprintf(full, sizeof(full), "%s%s", name, paths[i] + strlen(FILE_PATH));
		verdict(error == wanted, full, "open gave %s", strerror(error));
	}
}

void group_kptr_restrict(void)
{
	char byte;
	int fd = must_open();

	put(SETTING, "0");
	expect_open("kptr_restrict_0", 0, 0);
	put(SETTING, "1");
	expect_open("kptr_restrict_1", 0, 0);
	put(SETTING, "2");
	expect_open("kptr_restrict_2_refused", EPERM, EPERM);
	verdict(pread(fd, &byte, 1, 0) == 1, "kptr_restrict_2_open_before",
		"%s", strerror(errno));
	put(SETTING, "1");
}

static void lockdown(const char *level, int error_of_tables)
{
	char name[64];

	put("/sys/kernel/security/lockdown", level);
	snprintf(name, sizeof(name), "lockdown_%s_open", level);
	expect_open(name, 0, error_of_tables);
}

/*
 * There is no way back from lockdown but to boot.  A module without a signature
 * is refused before it is found to be loaded already (EEXIST).
 */
void group_lockdown(void)
{
	char byte;
	int fd = must_open();

	verdict(load() < 0 && errno == EEXIST, "lockdown_was_off", "%s", strerror(errno));
	lockdown("integrity", 0);
	verdict(pread(fd, &byte, 1, 0) == 1, "lockdown_open_before", "%s", strerror(errno));
	lockdown("confidentiality", EPERM);
	verdict(load() < 0 && errno == EPERM, "lockdown_is_real", "%s", strerror(errno));
}
