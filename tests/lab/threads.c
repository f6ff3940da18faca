// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where kernel stacks are: a thread that gets here tells the address of a local
 * variable of its own.
 *
 * A thread that writes to /sys/module/threads/parameters/here is noted; reading it
 * gives a line "TID ADDRESS" for each.  Two kernel threads are noted, too: one that
 * sleeps, and one that has borrowed the memory of the process which loads this module.
 * Both stay until it is unloaded.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>

#define MOST		32
#define PATIENCE	(10 * HZ)

struct place {
	pid_t tid;
	unsigned long local;
};

static DEFINE_SPINLOCK(lock);
static struct place places[MOST];
static unsigned int n_places;

/* Not inlined, so that the variable is in this call's own frame. */
static noinline void note_place(void)
{
	struct place here = { .tid = task_pid_nr(current) };

	here.local = (unsigned long)&here;
	barrier();
	spin_lock(&lock);
	if (n_places < MOST)
		places[n_places++] = here;
	spin_unlock(&lock);
}

static int set_here(const char *value, const struct kernel_param *param)
{
	note_place();
	return 0;
}

static int get_here(char *text, const struct kernel_param *param)
{
	unsigned int n;
	int length = 0;

	spin_lock(&lock);
	for (n = 0; n < n_places; n++)
		length += scnprintf(text + length, PAGE_SIZE - length, "%d 0x%lx\n",
				    places[n].tid, places[n].local);
	spin_unlock(&lock);
	return length;
}

static const struct kernel_param_ops here_ops = { .set = set_here, .get = get_here };
module_param_cb(here, &here_ops, NULL, 0600);

static struct task_struct *sleeper, *borrower;
static struct mm_struct *lender;
static DECLARE_COMPLETION(noted);

static void wait_to_stop(void)
{
	note_place();
	complete(&noted);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule_timeout(HZ);
		__set_current_state(TASK_RUNNING);
	}
}

static int sleep_until_stopped(void *unused)
{
	wait_to_stop();
	return 0;
}

static int borrow_until_stopped(void *unused)
{
	kthread_use_mm(lender);
	wait_to_stop();
	kthread_unuse_mm(lender);
	return 0;
}

static struct task_struct *start(int (*function)(void *), const char *name)
{
	struct task_struct *task = kthread_run(function, NULL, "%s", name);

	if (!IS_ERR(task))
		wait_for_completion_timeout(&noted, PATIENCE);
	return task;
}

static void stop_all(void)
{
	if (!IS_ERR_OR_NULL(sleeper))
		kthread_stop(sleeper);
	if (!IS_ERR_OR_NULL(borrower))
		kthread_stop(borrower);
	mmput(lender);
}

static int __init threads_init(void)
{
	lender = current->mm;
	mmget(lender);
	note_place();
	sleeper = start(sleep_until_stopped, "lab-sleeper");
	borrower = start(borrow_until_stopped, "lab-borrower");
	if (IS_ERR(sleeper) || IS_ERR(borrower)) {
		stop_all();
		return -ENOMEM;
	}
	return 0;
}

static void __exit threads_exit(void)
{
	stop_all();
}

module_init(threads_init);
module_exit(threads_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Notes where the kernel stacks of threads are");
