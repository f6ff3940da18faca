// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where kernel stacks are: a thread that gets here tells the address of a local
 * variable of its own.
 *
 * A thread that writes to /sys/module/threads/parameters/here is noted; reading it
 * gives a line "TID ADDRESS" for each.  Two kernel threads are noted, too: one that
 * sleeps, and one that has borrowed the memory of the process which loads this module.
 * Both stay until it is unloaded.
 *
 * Reading .../interrupts interrupts each processor a few times, and gives a line
 * "CPU hard|soft ADDRESS" for each time, of an interrupt and of a softirq.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

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

/* --- Interrupts --------------------------------------------------------------------- */

#define TIMES		5

struct interrupt {
	unsigned long hard, soft;	/* addresses of local variables; 0: it did not happen */
	struct completion over;
	struct timer_list timer;
#ifdef CONFIG_IRQ_WORK
	struct irq_work work;
#endif
};

/* Allocated: s390x reaches no variable of a module's own. */
static struct interrupt __percpu *interrupts;

static noinline unsigned long place_in_frame(void)
{
	unsigned long local = 0;

	local = (unsigned long)&local;
	barrier();
	return local;
}

static void note_soft(struct timer_list *unused)
{
	struct interrupt *here = this_cpu_ptr(interrupts);

	here->soft = place_in_frame();
	complete(&here->over);
}

#ifdef CONFIG_IRQ_WORK
static void note_hard(struct irq_work *unused)
{
	this_cpu_ptr(interrupts)->hard = place_in_frame();
}

static void ask_for_hard(void *unused)
{
	struct interrupt *here = this_cpu_ptr(interrupts);

	init_irq_work(&here->work, note_hard);
	irq_work_queue(&here->work);
}
#else
static void ask_for_hard(void *unused)
{
}
#endif

static int interrupt(unsigned int cpu, char *text, int room)
{
	struct interrupt *there = per_cpu_ptr(interrupts, cpu);
	int length = 0;

	there->hard = there->soft = 0;
	init_completion(&there->over);
	timer_setup(&there->timer, note_soft, TIMER_PINNED);
	there->timer.expires = jiffies + 2;
	add_timer_on(&there->timer, cpu);
	smp_call_function_single(cpu, ask_for_hard, NULL, 1);
	wait_for_completion(&there->over);
	msleep(20);
	if (there->hard)
		length += scnprintf(text, room, "%u hard 0x%lx\n", cpu, there->hard);
	length += scnprintf(text + length, room - length, "%u soft 0x%lx\n", cpu, there->soft);
	return length;
}

static int get_interrupts(char *text, const struct kernel_param *param)
{
	unsigned int cpu, times;
	int length = 0;

	cpus_read_lock();
	for (times = 0; times < TIMES; times++) {
		for_each_online_cpu(cpu)
			length += interrupt(cpu, text + length, PAGE_SIZE - length);
	}
	cpus_read_unlock();
	return length;
}

static const struct kernel_param_ops interrupts_ops = { .get = get_interrupts };
module_param_cb(interrupts, &interrupts_ops, NULL, 0400);

/* --- Kernel threads ------------------------------------------------------------------ */

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
	free_percpu(interrupts);
}

static int __init threads_init(void)
{
	interrupts = alloc_percpu(struct interrupt);
	if (!interrupts)
		return -ENOMEM;
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
