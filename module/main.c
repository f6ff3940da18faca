// SPDX-License-Identifier: GPL-2.0-only
/* kvas.ko: what lies where in the kernel's virtual address space. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "arch/arch.h"
#include "kvas.h"
#include "policy.h"
#include "stacks.h"
#include "symbols.h"
#include "tables.h"

char kvas_build_id[41];

static int __init kvas_init(void)
{
	int error;

	kvas_vmcoreinfo("BUILD-ID=", kvas_build_id, sizeof(kvas_build_id));
	kvas_policy_init();
	kvas_percpu_init();
	kvas_execmem_init();
	kvas_arch.init();
	kvas_stacks_init();
	kvas_tables_init();
	error = kvas_debugfs_init();
	if (error) {
		pr_err("no debugfs file (%d)%s\n", error,
		       error == -EPERM || error == -ENODEV ? ": debugfs is off" : "");
		kvas_tables_exit();
	}
	return error;
}

static void __exit kvas_exit(void)
{
	kvas_debugfs_exit();
	kvas_tables_exit();
}

module_init(kvas_init);
module_exit(kvas_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kvas developers");
MODULE_DESCRIPTION("Publishes the layout of the kernel's virtual address space in debugfs");
MODULE_VERSION(KVAS_VERSION);
