// SPDX-License-Identifier: GPL-2.0-only
/* process_tables.c - see process_tables.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "process.h"
#include "process_tables.h"

#define LIVE_THREADS	"/sys/kernel/debug/" KVAS_THREADS_NAME

/* --- The file -------------------------------------------------------------------------- */

static const char *refusal(const struct options *opt, struct pool *pool, int error)
{
	const char *root = opt->sysroot ? opt->sysroot : "";

	if (error == ENOENT)
		return pool_printf(pool, "there is no %s%s, which tells where the process's tables are: load the module that belongs to this program",
				   root, LIVE_THREADS);
	return pool_printf(pool, "%s%s cannot be read: %s; it needs root, and no lockdown for confidentiality",
			   root, LIVE_THREADS, strerror(error));
}

struct threads *process_threads(const struct options *opt, struct pool *pool, const char **why)
{
	struct parse_error error;
	struct threads *threads;
	size_t size;
	char *text = sysroot_slurp(opt->sysroot, LIVE_THREADS, THREADS_MOST_BYTES, &size);

	if (!text) {
		*why = refusal(opt, pool, errno);
		return NULL;
	}
	threads = threads_parse(text, size, &error);
	free(text);
	if (!threads)
		parse_refuse(LIVE_THREADS, &error);
	return threads;
}

/* --- The process ----------------------------------------------------------------------- */

unsigned int process_of(const struct options *opt, const char *operand)
{
	if (names_saved_process(operand))
		die("'%s' names a saved process, which has no page tables: expected the number or the name of a process, or self",
		    operand);
	return (unsigned int)process_number(opt, operand);
}

const struct thread *thread_with_tables(const struct threads *threads, unsigned int pid)
{
	const struct thread *leader = threads_find(threads, pid);

	if (leader && leader->kind == THREAD_PROCESS)
		return leader;
	if (leader && leader->kind == THREAD_KERNEL)
		die("%u (%s) is a kernel thread: it has no user half, and runs on the tables that the processor happens to have",
		    pid, leader->comm);
	for (size_t i = 0; i < threads->n_threads; i++) {
		const struct thread *t = &threads->threads[i];

		if (t->pid == pid && t->kind == THREAD_PROCESS)
			return t;
	}
	if (leader)
		die("process %u (%s) has ended and is a zombie: it has given back its user half",
		    pid, leader->comm);
	die("there is no process %u in " LIVE_THREADS, pid);
}

/* --- Its tables ------------------------------------------------------------------------ */

void process_tables(struct process_tables *p, const struct threads *threads,
		    const struct thread *thread, const struct tables *kernel)
{
	bool apart = thread->half == HALF_ROOT || thread->half == HALF_SPACE;
	struct process_half half = {
		.root = thread->root, .split = apart ? 0 : (unsigned int)threads->first,
	};

	*p = (struct process_tables){ .user = *kernel, .kernel = *kernel };
	p->is_space = thread->half == HALF_SPACE;
	if (!kernel->why && !thread->has_root)
		p->user.why = "kvas_threads does not tell the root of this process's tables";
	if (!kernel->why && !thread->has_root && !apart)
		p->kernel.why = p->user.why;
	if (p->user.why)
		return;
	p->kernel_is_own = !apart;
	if (!apart)
		p->kernel = tables_of_process(kernel, &half);
	half.user = true;
	/* With page-table isolation user mode runs on a table with the same user half. */
	if (!apart && thread->has_user_root)
		half.root = thread->user_root;
	p->user = tables_of_process(kernel, &half);
}
