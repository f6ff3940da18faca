// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does nothing.  It is loaded and unloaded so that its code, its constants and its data
 * come and go, each with its own permissions.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>

static const char constants[4 * PAGE_SIZE] = { 1 };
static char data[4 * PAGE_SIZE];

static int __init visitor_init(void)
{
	WRITE_ONCE(data[0], READ_ONCE(constants[0]));
	return 0;
}

static void __exit visitor_exit(void)
{
	WRITE_ONCE(data[0], 0);
}

module_init(visitor_init);
module_exit(visitor_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Comes and goes");
