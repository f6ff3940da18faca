// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a word of the kernel's memory overwritten as long as it is loaded.  The
 * kernel is booted with rodata=off, so that what is read-only after boot can be
 * written, too.
 */
#include <linux/module.h>
#include <linux/string.h>

static unsigned long at;
module_param(at, ulong, 0);

static unsigned int size;	/* of the variable, in bytes: at most a word */
module_param(size, uint, 0);

static unsigned long value;	/* the machine is little-endian */
module_param(value, ulong, 0);

static unsigned long was;

static int __init poke_init(void)
{
	if (!at || !size || size > sizeof(value))
		return -EINVAL;
	memcpy(&was, (void *)at, size);
	memcpy((void *)at, &value, size);
	return 0;
}

static void __exit poke_exit(void)
{
	memcpy((void *)at, &was, size);
}

module_init(poke_init);
module_exit(poke_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test only: overwrites a word of the kernel's memory");
