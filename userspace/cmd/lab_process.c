// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_process.c - see lab.h: the process that exercises ask about.
 *
 * On the live machine the lab runs one that sleeps, until the lab ends.  A saved machine
 * may have one in the file kvas.process.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "lab.h"
#include "process/parts.h"
#include "threads.h"

#define SAVED_PROCESS	"/kvas.process"
#define MOST_BYTES	((size_t)64 << 20)

struct lab_process {
	pid_t child;			/* or 0 */
	struct process *process;	/* NULL: why */
	struct parts parts;
	const char *operand;		/* of kvas user */
	struct threads *threads;	/* NULL: no_threads */
	const char *why, *no_threads;
	struct pool pool;
};

/* A process that sleeps and ends with this one; 0 if there is none. */
static pid_t start_child(void)
{
	pid_t parent = getpid(), child = fork();

	if (child != 0)
		return child < 0 ? 0 : child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent) {
		int null = open("/dev/null", O_RDWR);

		for (int fd = 0; null >= 0 && fd < 3; fd++)
			dup2(null, fd);
		execlp("sleep", "sleep", "1000000", (char *)NULL);
	}
	_exit(127);
}

/* Has it begun to sleep, and is not this program's copy any more? */
static struct process *gather(struct lab_process *p)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };

	for (unsigned int i = 0; i < 500; i++) {
		char *why = NULL;
		struct process *found = process_gather(NULL, (uint64_t)p->child, &why);

		if (found && strcmp(found->comm, "sleep") == 0 && found->n_threads &&
		    found->threads[0].state == 'S')
			return found;
		if (found)
			process_free(found);
		if (why)
			p->why = pool_copy(&p->pool, why, strlen(why));
		free(why);
		if (waitpid(p->child, NULL, WNOHANG) != 0) {
			p->child = 0;
			p->why = "'sleep' cannot be run";
			return NULL;
		}
		nanosleep(&moment, NULL);
	}
	if (!p->why)
		p->why = "'sleep' does not begin to sleep";
	return NULL;
}

static struct process *load_saved(struct lab_process *p, const char *sysroot)
{
	struct parse_error error;
	struct process *found;
	size_t size;
	char *text = sysroot_slurp(sysroot, SAVED_PROCESS, MOST_BYTES, &size);

	p->why = "no process was saved with this machine";
	if (!text)
		return NULL;
	found = process_parse(text, size, &error);
	if (!found)
		p->why = pool_printf(&p->pool, "%s%s: %s", sysroot, SAVED_PROCESS, error.message);
	free(text);
	p->operand = pool_printf(&p->pool, "%s%s", sysroot, SAVED_PROCESS);
	return found;
}

static void open_process(struct lab_machine *m, struct lab_process *p)
{
	if (m->opt.file) {
		p->why = "a capture alone has no processes";
		return;
	}
	if (m->opt.sysroot) {
		p->process = load_saved(p, m->opt.sysroot);
	} else {
		p->child = start_child();
		p->why = p->child ? NULL : "no process can be started";
		p->process = p->child ? gather(p) : NULL;
		p->operand = pool_printf(&p->pool, "%d", (int)p->child);
	}
	if (p->process)
		parts_find(&p->parts, p->process);
}

/* Reading is refused where the module is older, or without the rights. */
static void open_threads(struct lab_machine *m, struct lab_process *p)
{
	int fd = m->opt.file ? -1 : sysroot_open(m->opt.sysroot, KVAS_LIVE_THREADS);

	if (fd < 0) {
		p->no_threads = m->opt.file ? "a capture alone has no threads" :
				pool_printf(&p->pool, "%s cannot be read: %s", KVAS_LIVE_THREADS, strerror(errno));
		return;
	}
	close(fd);
	p->threads = threads_load_if_any(&m->opt, m->world.layout);
	if (!p->threads)
		p->no_threads = "its threads cannot be read";
}

void lab_process_close(struct lab_process *p)
{
	if (!p)
		return;
	if (p->child) {
		kill(p->child, SIGKILL);
		waitpid(p->child, NULL, 0);
	}
	if (p->process) {
		parts_free(&p->parts);
		process_free(p->process);
	}
	if (p->threads)
		threads_free(p->threads);
	pool_free(&p->pool);
	free(p);
}

static bool give(struct lab_value *v, enum lab_look look, uint64_t n)
{
	*v = lab_number(look, n);
	return true;
}

static bool lacks(struct lab_process *p, const char **why, const char *format, const char *key)
{
	*why = pool_printf(&p->pool, format, key);
	return false;
}

/* --- The process ------------------------------------------------------------------------- */

/* Of the program where libraries have such a part, too. */
static const struct part *part_named(const struct parts *parts, const char *name, size_t length)
{
	const struct part *other = NULL;

	for (size_t i = 0; i < parts->n; i++) {
		const struct part *part = &parts->parts[i];

		if (strlen(part_name(part->kind)) != length ||
		    strncmp(part_name(part->kind), name, length) != 0)
			continue;
		if (!part->image || part->image->is_program)
			return part;
		if (!other)
			other = part;
	}
	return other;
}

static bool key_of_part(struct lab_process *p, const char *key, struct lab_value *v,
			const char **why)
{
	const char *dot = strrchr(key, '.');
	const struct part *part = dot ? part_named(&p->parts, key, (size_t)(dot - key)) : NULL;

	if (!dot)
		return lacks(p, why, "process() takes pid, sp, operand or PART.KEY, not '%s'", key);
	if (!part)
		return lacks(p, why, "the process has no part for %s", key);
	if (strcmp(dot, ".start") == 0)
		return give(v, LOOK_ADDRESS, part->start);
	if (strcmp(dot, ".end") == 0)
		return give(v, LOOK_ADDRESS, part->end);
	if (strcmp(dot, ".size") == 0)
		return give(v, LOOK_SIZE, part->end - part->start + 1);
	return lacks(p, why, "a part of a process has a start, an end and a size, and no %s", dot + 1);
}

static bool process_key(struct lab_process *p, const char *key, struct pool *pool,
			struct lab_value *v, const char **why)
{
	*why = p->why;
	if (!p->process)
		return false;
	if (strcmp(key, "pid") == 0)
		return give(v, LOOK_NUMBER, p->process->pid);
	if (strcmp(key, "sp") == 0) {
		if (p->process->n_threads && p->process->threads[0].has_sp)
			return give(v, LOOK_ADDRESS, p->process->threads[0].sp);
		return lacks(p, why, "its stack pointer is not known%s", "");
	}
	if (strcmp(key, "operand") == 0) {
		*v = lab_word(pool_copy(pool, p->operand, strlen(p->operand)));
		return true;
	}
	return key_of_part(p, key, v, why);
}

/* --- Its thread -------------------------------------------------------------------------- */

/* That of the process; of a saved machine without one, the first that has a user half. */
static const struct thread *thread_of(const struct lab_process *p)
{
	const struct thread *found = p->process ? threads_find(p->threads, p->process->pid) : NULL;

	for (size_t i = 0; i < p->threads->n_threads && !found && !p->child; i++)
		if (p->threads->threads[i].kind == THREAD_PROCESS)
			found = &p->threads->threads[i];
	return found;
}

static bool thread_key(struct lab_process *p, const char *key, struct pool *pool,
		       struct lab_value *v, const char **why)
{
	const struct thread *t = p->threads ? thread_of(p) : NULL;

	*why = p->no_threads;
	if (!p->threads)
		return false;
	if (!t)
		return lacks(p, why, "there is no thread of it in %s", KVAS_LIVE_THREADS);
	if (strcmp(key, "tid") == 0)
		return give(v, LOOK_NUMBER, t->tid);
	if (strcmp(key, "comm") == 0) {
		*v = lab_word(pool_copy(pool, t->comm, strlen(t->comm)));
		return true;
	}
	if (t->stack.known && strcmp(key, "start") == 0)
		return give(v, LOOK_ADDRESS, t->stack.start);
	if (t->stack.known && strcmp(key, "end") == 0)
		return give(v, LOOK_ADDRESS, t->stack.end);
	if (t->stack.known && strcmp(key, "size") == 0)
		return give(v, LOOK_SIZE, t->stack.end - t->stack.start + 1);
	if (t->has_sp && strcmp(key, "sp") == 0)
		return give(v, LOOK_ADDRESS, t->sp);
	if (t->has_root && strcmp(key, "root") == 0)
		return give(v, LOOK_ADDRESS, t->root);
	return lacks(p, why, "of the thread no '%s' is known: expected start, end, size, sp, root, tid or comm",
		     key);
}

bool lab_process_key(struct lab_machine *m, struct lab_process **process, bool thread,
		     const char *key, struct pool *pool, struct lab_value *v, const char **why)
{
	struct lab_process *p = *process;

	if (!p) {
		p = *process = zalloc_array(1, sizeof(*p));
		open_process(m, p);
	}
	if (!thread)
		return process_key(p, key, pool, v, why);
	if (!p->threads && !p->no_threads)
		open_threads(m, p);
	return thread_key(p, key, pool, v, why);
}
