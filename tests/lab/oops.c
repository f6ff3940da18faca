// SPDX-License-Identifier: GPL-2.0-only
/*
 * Oopses of each kind, in a thread each, so that the machine goes on.
 *
 *   insmod oops.ko; echo null >/sys/module/oops/parameters/fault
 *
 * What the kernel's own log says of addresses before each is what kvas is held
 * against: lines "oops: truth NAME ADDRESS SYMBOL".
 */
#define pr_fmt(fmt) "oops: " fmt

#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/poison.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

struct thing {
	long before[2];
	char member;	/* a byte: mips would emulate an unaligned access to more */
	struct list_head list;
};

/*
 * Some machines run what is in data (i386 without PAE, mips, loongarch): it must be an
 * instruction that ends there.  Nearly everywhere 0 is no instruction at all.
 */
#if defined(CONFIG_X86)
#define LAST_INSTRUCTION 0x0b0f	/* ud2 */
#elif defined(CONFIG_MIPS)
#define LAST_INSTRUCTION 0xd	/* break */
#else
#define LAST_INSTRUCTION 0
#endif

static u32 in_data[] = { LAST_INSTRUCTION, 1 };

/* Not static, so that the compiler makes no other function of them. */
void oops_null(struct thing *t);
void oops_freed(struct thing *t);
void oops_list(struct list_head *entry);
void oops_unmapped(char *p);
void oops_call(void (*function)(void));

noinline void oops_null(struct thing *t)
{
	WRITE_ONCE(t->member, 1);
}

noinline void oops_freed(struct thing *t)
{
	WRITE_ONCE(t->member, 2);
}

noinline void oops_list(struct list_head *entry)
{
	WRITE_ONCE(entry->next->prev, entry);
}

noinline void oops_unmapped(char *p)
{
	WRITE_ONCE(p[PAGE_SIZE], 3);
}

noinline void oops_call(void (*function)(void))
{
	function();
	pr_info("returned\n");
}

static int null_thread(void *unused)
{
	oops_null(NULL);
	return 0;
}

static int freed_thread(void *unused)
{
	struct thing *t;

	memset(&t, POISON_FREE, sizeof(t));
	OPTIMIZER_HIDE_VAR(t);
	oops_freed(t);
	return 0;
}

static int list_thread(void *unused)
{
	struct list_head head, entry;

	INIT_LIST_HEAD(&head);
	list_add(&entry, &head);
	list_del(&entry);
	oops_list(&entry);
	return 0;
}

/* The page after an area is never mapped. */
static int unmapped_thread(void *unused)
{
	char *p = vmalloc(PAGE_SIZE);

	pr_info("truth unmapped %px %pS\n", p + PAGE_SIZE, p + PAGE_SIZE);
	oops_unmapped(p);
	return 0;
}

/* A jump to data, which may not be run, or cannot be. */
static int call_thread(void *unused)
{
	void *p = in_data;

	OPTIMIZER_HIDE_VAR(p);
	oops_call(p);
	return 0;
}

static const struct {
	const char *name;
	int (*thread)(void *unused);
} faults[] = {
	{ "null", null_thread },
	{ "freed", freed_thread },
	{ "list", list_thread },
	{ "unmapped", unmapped_thread },
	{ "call", call_thread },
};

static int set_fault(const char *value, const struct kernel_param *kp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!sysfs_streq(value, faults[i].name))
			continue;
		pr_info("making %s\n", faults[i].name);
		return PTR_ERR_OR_ZERO(kthread_run(faults[i].thread, NULL, "oops-%s", faults[i].name));
	}
	return -EINVAL;
}

static const struct kernel_param_ops fault_ops = { .set = set_fault };

module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "which oops to make");

/* Not of init's memory, so that it has a name when the area's caller is looked up. */
static noinline void tell_the_truth(void)
{
	void *memory = kmalloc(64, GFP_KERNEL), *area = vmalloc(PAGE_SIZE);

	/* They stay allocated, so that what is said of them stays true. */
	pr_info("truth kmalloc %px %pS\n", memory, memory);
	pr_info("truth vmalloc %px %pS\n", area, area);
	pr_info("truth data %px %pS\n", in_data, in_data);
	pr_info("truth function %px %pS\n", oops_list, oops_list);
	pr_info("truth kernel %px %pS\n", schedule, schedule);
}

static int __init oopses_init(void)
{
	tell_the_truth();
	return 0;
}

module_init(oopses_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Oopses of each kind");
