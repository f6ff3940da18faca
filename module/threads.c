// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file kvas_threads: every thread's kernel stack, saved user stack pointer and
 * page tables.
 *
 * It is written thread by thread, by number, in constant memory: no lock is held
 * between two threads.  Threads come, go and exec meanwhile.  What is written of one is
 * read first, and then its number, memory and name are looked at again: if any is
 * another by now, all is read again.  The idle threads have no numbers, and no records.
 */
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/threads.h>

#include "arch/arch.h"
#include "compat.h"
#include "files.h"
#include "format.h"
#include "half.h"
#include "kvas_format.h"
#include "stacks.h"
#include "tables.h"

/* A thread that takes another name all the time is not waited for. */
#define MOST_NAMES	8

/*
 * Positions: the head, the stacks, and from there on each thread at its number, and the
 * end.
 */
#define HEAD_AT		0
#define END_AT(f)	((f)->n_stacks + PID_MAX_LIMIT + 1)

/**
 * struct thread - what is known of a thread
 * @tid:		its number
 * @pid:		of its process
 * @kind:		a word of kvas_format.h
 * @comm:		its name
 * @running:		it was on a processor
 * @stack:		first byte of its kernel stack; 0 if it has none any more
 * @sp:			saved user stack pointer
 * @sp_absent:		why it is not known, or NULL
 * @mm:			of a process, with a reference; else NULL
 */
struct thread {
	pid_t tid;
	pid_t pid;
	const char *kind;
	char comm[TASK_COMM_LEN];
	bool running;
	unsigned long stack;
	unsigned long sp;
	const char *sp_absent;
	struct mm_struct *mm;
};

/**
 * struct threads - an open file
 * @ns:		whose threads, and by whose numbers
 * @task:	the thread in hand, with a reference
 * @tid:	its number
 * @n_stacks:	records of stacks, at the positions after the head
 * @records:	how many were written before those of the last show()
 * @shown:	how many that wrote, which may have been too many for the buffer
 * @layout:	in which regions there are stacks
 * @memory:	for the layout
 * @halves:	the tables in hand
 */
struct threads {
	struct pid_namespace *ns;
	struct task_struct *task;
	pid_t tid;
	unsigned int n_stacks;
	unsigned int records;
	unsigned int shown;
	struct kvas_layout layout;
	struct kvas_memory memory;
	struct kvas_halves halves;
};

/* --- A thread ------------------------------------------------------------------- */

/* The kernel may change the name while it is copied. */
static void copy_comm(char *comm, const struct task_struct *task)
{
	char again[TASK_COMM_LEN];
	unsigned int tries = 0;

	do {
		memcpy(comm, task->comm, TASK_COMM_LEN);
		/* Two copies, or the compiler makes one of them. */
		barrier();
		memcpy(again, task->comm, TASK_COMM_LEN);
	} while (memcmp(comm, again, TASK_COMM_LEN) && ++tries < 8);
	comm[TASK_COMM_LEN - 1] = '\0';
}

#ifdef CONFIG_SMP
static bool is_running(const struct task_struct *task)
{
	return READ_ONCE(task->on_cpu);
}
#else
static bool is_running(const struct task_struct *task)
{
	return task == current;
}
#endif

static unsigned long stack_of(const struct task_struct *task)
{
	return (unsigned long)kvas_untagged(READ_ONCE(task->stack));
}

#if KVAS_HAS_USER_STACK_POINTER
/* The stack may be given back, and be something else, at any time. */
static const char *read_sp(unsigned long *sp, const struct task_struct *task,
			   unsigned long stack)
{
	const struct pt_regs *saved = task_pt_regs(task);
	struct pt_regs regs;

	if ((unsigned long)kvas_untagged(saved) - stack > THREAD_SIZE - sizeof(regs))
		return "its registers are not saved on its stack";
	if (!kvas_read(&regs, saved, sizeof(regs)))
		return "its stack cannot be read";
	/* After the registers, or it would prove nothing of them. */
	smp_rmb();
	if (stack_of(task) != stack)
		return "its stack was given back meanwhile";
	*sp = user_stack_pointer(&regs);
	return *sp ? NULL : "it is 0, as before the thread first runs in user mode";
}
#else
static const char *read_sp(unsigned long *sp, const struct task_struct *task,
			   unsigned long stack)
{
	return "kvas has no rule for the saved registers of this architecture";
}
#endif

/* A kernel thread may have borrowed a process's memory. */
static struct mm_struct *own_mm(const struct task_struct *task)
{
	return task->flags & PF_KTHREAD ? NULL : task->mm;
}

/* A thread that prepares to run its first program has no memory yet. */
static const char *kind_of(const struct thread *thread, const struct task_struct *task)
{
	if (thread->mm)
		return "process";
	return task->exit_state || task->flags & PF_EXITING ? "exited" : "kernel";
}

static const char *find_sp(struct thread *thread, const struct task_struct *task)
{
	if (!thread->mm)
		return NULL;
	if (task->flags & KVAS_PF_NEVER_USER)
		return "it never runs in user mode";
	if (!thread->stack)
		return "it has given back its stack";
	return read_sp(&thread->sp, task, thread->stack);
}

/*
 * After all else was read.  If not, the thread has exited or runs another program, or
 * another one has the number, and what was read may belong to no moment.
 */
static bool is_unchanged(const struct thread *thread, struct threads *f, bool by_name)
{
	struct task_struct *task = f->task;
	bool same;

	task_lock(task);
	same = own_mm(task) == thread->mm && !strcmp(kind_of(thread, task), thread->kind) &&
	       (!by_name || !strncmp(task->comm, thread->comm, TASK_COMM_LEN));
	task_unlock(task);
	return same && thread->pid && task_pid_nr_ns(task, f->ns) == f->tid;
}

/* Returns whether all that was read is of one moment. */
static bool look_at(struct thread *thread, struct threads *f, bool by_name)
{
	struct task_struct *task = f->task;

	/* The thread does not give back its memory while this is held. */
	task_lock(task);
	thread->mm = own_mm(task);
	if (thread->mm)
		mmgrab(thread->mm);
	thread->kind = kind_of(thread, task);
	copy_comm(thread->comm, task);
	task_unlock(task);

	thread->tid = f->tid;
	thread->pid = task_tgid_nr_ns(task, f->ns);
	thread->running = is_running(task);
	thread->stack = stack_of(task);
	thread->sp_absent = find_sp(thread, task);
	return is_unchanged(thread, f, by_name);
}

/* --- The records ---------------------------------------------------------------- */

static void write_tables(struct kvas_writer *w)
{
	const struct kvas_pagetable *t = &kvas_tables.t;

	kvas_begin_record(w, "tables");
	kvas_put_text(w, "arch", kvas_arch.name);
	if (kvas_tables.absent) {
		kvas_put_text(w, "absent", kvas_tables.absent);
		kvas_end_record(w);
		return;
	}
	kvas_put_number(w, "levels", t->levels);
	kvas_put_physical(w, "root", kvas_tables.root);
	kvas_put_number(w, "first", kvas_tables.sharing.first);
	kvas_put_number(w, "entries", 1ULL << t->level[t->levels].bits);
	if (kvas_tables.sharing.user_root)
		kvas_put_physical(w, "user_root", kvas_tables.sharing.user_root);
	if (kvas_tables.sharing.user_root_absent)
		kvas_put_text(w, "user_root_absent", kvas_tables.sharing.user_root_absent);
	kvas_end_record(w);
}

static void write_stack(struct kvas_writer *w, const struct threads *f,
			const struct thread *thread)
{
	const struct kvas_area *area;

	if (!thread->stack) {
		kvas_put_text(w, "stack_absent", "it has given back its stack");
		return;
	}
	kvas_put_range(w, thread->stack, thread->stack + THREAD_SIZE - 1);
	area = kvas_layout_find(&f->layout, thread->stack);
	if (area)
		kvas_put_text(w, "region", kvas_area_names[area->row.id]);
}

static void write_sp(struct kvas_writer *w, const struct thread *thread)
{
	if (thread->sp_absent)
		kvas_put_text(w, "sp_absent", thread->sp_absent);
	else if (thread->mm)
		kvas_put_address(w, "sp", thread->sp);
}

static void write_counts(struct kvas_writer *w, const char *const keys[4],
			 const struct kvas_half *half)
{
	kvas_put_number(w, keys[0], half->same);
	kvas_put_number(w, keys[1], half->copied);
	kvas_put_number(w, keys[2], half->missing);
	kvas_put_number(w, keys[3], half->own);
}

/* How the entries of one of a process's top tables compare with the kernel's. */
static bool compare_root(struct kvas_half *half, struct threads *f, __u64 root)
{
	f->halves.process = root;
	kvas_compare_halves(&f->halves, half);
	return !half->unreadable;
}

static void write_entries(struct kvas_writer *w, struct threads *f, __u64 root)
{
	static const char *const keys[] = { "same", "copied", "missing", "own" };
	struct kvas_half half;

	if (!compare_root(&half, f, root)) {
		kvas_put_text(w, "unsettled", "y");
		return;
	}
	kvas_put_text(w, "kernel_half", kvas_half_kind(&half));
	write_counts(w, keys, &half);
	if (*half.other)
		kvas_put_text(w, "other", half.other);
}

static void write_user_root(struct kvas_writer *w, struct threads *f, __u64 root)
{
	static const char *const keys[] = {
		"user_same", "user_copied", "user_missing", "user_own"
	};
	struct kvas_half half;

	kvas_put_physical(w, "user_root", root);
	if (compare_root(&half, f, root))
		write_counts(w, keys, &half);
	else
		kvas_put_text(w, "user_unsettled", "y");
}

static void write_roots(struct kvas_writer *w, struct threads *f, const struct mm_struct *mm)
{
	const struct kvas_sharing *sharing = &kvas_tables.sharing;
	const __u64 root = __pa(READ_ONCE(mm->pgd));

	kvas_put_physical(w, "root", root);
	switch (sharing->place) {
	case KVAS_HALF_AT_ROOT:
		kvas_put_text(w, "kernel_half", "root");
		break;
	case KVAS_HALF_IN_SPACE:
		kvas_put_text(w, "kernel_half", "space");
		break;
	case KVAS_HALF_IN_ENTRIES:
		write_entries(w, f, root);
		if (sharing->user_root_offset)
			write_user_root(w, f, root + sharing->user_root_offset);
		break;
	}
}

static void write_thread(struct kvas_writer *w, struct threads *f,
			 const struct thread *thread)
{
	kvas_begin_record(w, "thread");
	kvas_put_number(w, "tid", thread->tid);
	kvas_put_number(w, "pid", thread->pid);
	kvas_put_text(w, "kind", thread->kind);
	write_stack(w, f, thread);
	kvas_put_escaped(w, "comm", thread->comm);
	if (thread->running)
		kvas_put_text(w, "running", "y");
	write_sp(w, thread);
	if (thread->mm && !kvas_tables.absent)
		write_roots(w, f, thread->mm);
	kvas_end_record(w);
}

/* --- The file ------------------------------------------------------------------- */

static void put_task(struct threads *f)
{
	if (f->task)
		put_task_struct(f->task);
	f->task = NULL;
}

/* The thread with that number, or with the lowest above it. */
static bool find_thread(struct threads *f, pid_t tid)
{
	int number = tid;
	struct pid *pid;

	put_task(f);
	rcu_read_lock();
	for (; (pid = idr_get_next(&f->ns->idr, &number)); number++) {
		/* It may be the number of a group or a session alone. */
		f->task = pid_task(pid, PIDTYPE_PID);
		if (f->task) {
			get_task_struct(f->task);
			f->tid = number;
			break;
		}
	}
	rcu_read_unlock();
	return f->task;
}

/* On exec a thread takes the number of the main one, which exits: that is looked at, too. */
static void show_task(struct kvas_writer *w, struct threads *f)
{
	const pid_t tid = f->tid;
	unsigned int looks = 0;
	struct thread thread;
	bool same;

	do {
		cond_resched();
		same = look_at(&thread, f, ++looks <= MOST_NAMES);
		if (same)
			write_thread(w, f, &thread);
		if (thread.mm)
			mmdrop(thread.mm);
	} while (!same && find_thread(f, tid) && f->tid == tid);
}

static void *at_position(struct threads *f, loff_t *pos)
{
	if (*pos > END_AT(f))
		return NULL;
	if (*pos > f->n_stacks) {
		if (*pos < END_AT(f) && find_thread(f, *pos - f->n_stacks))
			*pos = f->n_stacks + f->tid;
		else
			*pos = END_AT(f);
	}
	return f;
}

static void *start_record(struct seq_file *s, loff_t *pos)
{
	struct threads *f = s->private;

	/* What the last show() wrote did not fit, and is written again. */
	f->shown = 0;
	if (*pos == HEAD_AT)
		f->records = 0;
	return at_position(f, pos);
}

static void *next_record(struct seq_file *s, void *unused, loff_t *pos)
{
	struct threads *f = s->private;

	/* A seek lets seq_file pass over all records before the position at once. */
	cond_resched();
	f->records += f->shown;
	f->shown = 0;
	++*pos;
	return at_position(f, pos);
}

static void stop_record(struct seq_file *s, void *unused)
{
	put_task(s->private);
}

static int show_record(struct seq_file *s, void *unused)
{
	struct threads *f = s->private;
	struct kvas_writer w = { s };

	if (s->index == HEAD_AT) {
		kvas_begin_file(&w, KVAS_THREADS_NAME, KVAS_THREADS_VERSION);
		write_tables(&w);
	} else if (s->index <= f->n_stacks) {
		kvas_stacks_write(&w, s->index - 1);
	} else if (s->index < END_AT(f)) {
		show_task(&w, f);
	} else {
		w.records = f->records;
		kvas_end_file(&w);
		return 0;
	}
	f->shown = w.records;
	return w.records ? 0 : SEQ_SKIP;
}

static const struct seq_operations operations = {
	.start = start_record,
	.next = next_record,
	.stop = stop_record,
	.show = show_record,
};

static bool read_in_order(void *unused, void *to, __u64 phys, size_t size)
{
	/* The kernel's entries are read before and after the process's, see read_chunk(). */
	smp_rmb();
	return kvas_read_table(unused, to, phys, size);
}

static struct threads *new_threads(void)
{
	struct threads *f = kvzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);

	if (!f)
		return NULL;
	f->ns = get_pid_ns(task_active_pid_ns(current));
	kvas_layout_take(&f->layout, &f->memory);
	f->n_stacks = kvas_stacks_count();
	f->halves.t = &kvas_tables.t;
	f->halves.first = kvas_tables.sharing.first;
	f->halves.ignored = kvas_tables.sharing.ignored;
	f->halves.has_copies = kvas_tables.sharing.has_copies;
	f->halves.read = read_in_order;
	f->halves.kernel = kvas_tables.root;
	return f;
}

static void free_threads(struct threads *f)
{
	put_pid_ns(f->ns);
	kvfree(f);
}

/**
 * kvas_open_threads() - open kvas_threads, for the opener's PID namespace
 * @inode:	unused
 * @filp:	the file
 *
 * Context: process; allocates.
 * Return: 0 or -ENOMEM.
 */
int kvas_open_threads(struct inode *inode, struct file *filp)
{
	struct threads *f = new_threads();
	int error;

	if (!f)
		return -ENOMEM;
	error = kvas_open_records(filp, &operations, f);
	if (error)
		free_threads(f);
	return error;
}

/**
 * kvas_release_threads() - close kvas_threads
 * @inode:	unused
 * @filp:	the file
 *
 * Return: 0.
 */
int kvas_release_threads(struct inode *inode, struct file *filp)
{
	struct seq_file *s = filp->private_data;

	free_threads(s->private);
	return seq_release(inode, filp);
}
