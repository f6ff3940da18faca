// SPDX-License-Identifier: GPL-2.0-only
/* tasks.c - the threads of a process, by /proc/PID/task; see internal.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "internal.h"

enum { MAX_SYSCALL = 1 << 10 };

/*
 * "running", or the number of the system call, six arguments if it is one, the stack
 * pointer and the program counter (fs/proc/base.c).
 */
static bool parse_syscall(const char *text, uint64_t *sp)
{
	const char *words[16], *word;
	size_t n = 0, length;

	while (n < ARRAY_SIZE(words) && (word = next_word(&text, &length)))
		words[n++] = word;
	return n >= 3 && skip(&words[n - 2], "0x") && scan_number(&words[n - 2], 16, sp);
}

static void read_sp(const struct gathering *g, const char *dir, struct process_thread *t)
{
	char *path = text_printf("%s/syscall", dir);
	size_t size;
	char *text = sysroot_slurp(g->sysroot, path, MAX_SYSCALL, &size);

	if (!text && errno == ENOENT)
		t->no_sp = "this kernel shows no stack pointers in /proc";
	else if (!text)
		t->no_sp = errno == EPERM || errno == EACCES ? "no right to trace it" :
			   pool_printf(&g->p->pool, "its stack pointer cannot be read: %s",
				       strerror(errno));
	else if (strncmp(text, "running", strlen("running")) == 0)
		t->no_sp = "it is running";
	else if (!parse_syscall(text, &t->sp))
		t->no_sp = "/proc shows its stack pointer in a form that is not known";
	else if (!t->sp)
		t->no_sp = "it never runs in user mode";
	t->has_sp = !t->no_sp;
	free(text);
	free(path);
}

/* False if it ended meanwhile. */
static bool read_thread(const struct gathering *g, const char *dir, struct process_thread *t)
{
	struct stat_line s;

	if (!stat_read(&g->p->pool, g->sysroot, dir, &s))
		return false;
	*t = (struct process_thread){ .tid = s.pid, .comm = s.comm, .state = s.state };
	if (s.state == 'Z' || s.state == 'X')
		t->no_sp = "it has exited";
	else
		read_sp(g, dir, t);
	return true;
}

static int compare_tids(const void *a, const void *b)
{
	const struct process_thread *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

void tasks_read(struct gathering *g)
{
	char *path = text_printf("/proc/%" PRIu64 "/task", g->p->pid);
	DIR *tasks = sysroot_opendir(g->sysroot, path);
	struct process_thread *threads = NULL;
	size_t n = 0, room = 0;
	struct dirent *e;

	while (tasks && (e = readdir(tasks))) {
		char *dir;

		if (*e->d_name == '.')
			continue;
		if (n == room) {
			room = room ? room * 2 : 64;
			threads = realloc(threads, room * sizeof(*threads));
			if (!threads)
				die("not enough memory");
		}
		dir = text_printf("%s/%s", path, e->d_name);
		n += read_thread(g, dir, &threads[n]);
		free(dir);
	}
	if (n)
		qsort(threads, n, sizeof(*threads), compare_tids);
	g->p->threads = pool_alloc(&g->p->pool, (n + 1) * sizeof(*threads));
	if (n)
		memcpy(g->p->threads, threads, n * sizeof(*threads));
	g->p->n_threads = n;
	free(threads);
	if (tasks)
		closedir(tasks);
	free(path);
}
