// SPDX-License-Identifier: GPL-2.0-only
/*
 * One mistake of each kind that the checked kernel is there to notice.  Were
 * one of them to go unnoticed, a clean log would say nothing about kvas.
 *
 *   insmod faults.ko fault=NAME
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

static char *fault = "";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "which mistake to make");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);
static volatile int ten = 10;

static void use_after_free(void)
{
	volatile char *p = kmalloc(32, GFP_KERNEL);

	kfree((void *)p);
	p[3] = 1;
}

static void read_behind(void)
{
	volatile char *p = vmalloc(4000);

	if (p[4000])
		pr_info("behind the area lies something\n");
	vfree((void *)p);
}

static void index_too_large(void)
{
	static volatile int table[8];

	table[ten] = 1;
}

static void sleep_with_a_spinlock(void)
{
	spin_lock(&spin);
	might_sleep();
	spin_unlock(&spin);
}

static void locks_in_both_orders(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void lose_memory(void)
{
	void *p;
	int i;

	/* Pointers to some of them are left on stacks, and in the allocator's lists. */
	for (i = 0; i < 512; i++) {
		p = kmalloc(48, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(p);
	}
}

static void print_an_address(void)
{
	pr_info("an address: %px\n", &first);
}

static void warn(void)
{
	WARN_ON(ten);
}

static int warn_not(void)
{
	return ten;
}

/* Only a kernel with CFI minds, and ends the process. */
static void call_by_another_type(void)
{
	long (*volatile call)(long) = (long (*)(long))(void *)warn_not;

	call(ten);
}

static const struct {
	const char *name;
	void (*make)(void);
} faults[] = {
	{ "use_after_free", use_after_free },
	{ "read_behind", read_behind },
	{ "index_too_large", index_too_large },
	{ "sleep_with_a_spinlock", sleep_with_a_spinlock },
	{ "lose_memory", lose_memory },
	{ "print_an_address", print_an_address },
	{ "warn", warn },
	{ "call_by_another_type", call_by_another_type },
	/* Last: lockdep looks no further after what it finds. */
	{ "locks_in_both_orders", locks_in_both_orders },
};

static int __init faults_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(fault, faults[i].name))
			continue;
		pr_info("making: %s\n", fault);
		faults[i].make();
		return 0;
	}
	return -EINVAL;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Mistakes that a checked kernel must notice");
