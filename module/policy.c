// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may see kernel addresses: an opener with CAP_SYSLOG, and nobody while
 * the administrator has set kptr_restrict to 2.
 *
 * The setting is not exported.  Where kallsyms knows it, its value decides.
 * Elsewhere %pK tells, which obeys it, unless a later release drops %pK.
 * If nothing tells, the opener is refused.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/security.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <linux/version.h>

#include "policy.h"
#include "symbols.h"

static const int *kptr_restrict_setting;	/* NULL: not found */

/**
 * kvas_policy_init() - look for the setting kptr_restrict
 */
void __init kvas_policy_init(void)
{
	struct kvas_symbol symbol = kvas_symbol("kptr_restrict", 0);

	if (!symbol.absent && symbol.size >= sizeof(*kptr_restrict_setting))
		kptr_restrict_setting = (const int *)symbol.addr;
}

/**
 * kvas_pointer_text_allows() - whether a pointer printed by %pK may be shown
 * @printed:	what %pK made of it
 * @plain:	its address, as hexadecimal digits
 * @obeys:	whether this release's %pK is known to obey kptr_restrict
 *
 * %pK prints zeros if the setting is 2, or is 1 and the task lacks CAP_SYSLOG.
 * It prints the address if the setting is 1.  Otherwise it prints a hash, as
 * the setting is 0; but so would a %pK that no longer obeys any setting.
 *
 * Return: whether the administrator allows addresses to be shown.
 */
bool kvas_pointer_text_allows(const char *printed, const char *plain, bool obeys)
{
	if (strspn(printed, "0") == strlen(printed))
		return false;
	return obeys || !strcmp(printed, plain);
}

/* lib/vsprintf.c was read up to this release. */
#define PK_OBEYS	(LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0))

static bool printing_allows(void)
{
	char printed[2 * sizeof(void *) + 1], plain[2 * sizeof(void *) + 1];

	snprintf(printed, sizeof(printed), "%pK", &iomem_resource);
	snprintf(plain, sizeof(plain), "%0*lx", (int)(2 * sizeof(void *)),
		 (unsigned long)&iomem_resource);
	return kvas_pointer_text_allows(printed, plain, PK_OBEYS);
}

static bool setting_allows(void)
{
	int setting;

	if (!kptr_restrict_setting)
		return printing_allows();
	return kvas_read(&setting, kptr_restrict_setting, sizeof(setting)) && setting < 2;
}

/**
 * kvas_policy_check() - whether an opener may see kernel addresses
 * @filp:	the file that is being opened
 *
 * The right is that of the task that opens; it stays with the open file.
 *
 * Return: 0 or -EPERM.
 */
int kvas_policy_check(const struct file *filp)
{
	if (!file_ns_capable(filp, &init_user_ns, CAP_SYSLOG) || !setting_allows())
		return -EPERM;
	return 0;
}

/**
 * kvas_policy_check_tables() - whether an opener may see what page tables hold
 * @filp:	the file that is being opened
 *
 * As for addresses, and besides what /proc/kcore asks, which shows the same.
 *
 * Return: 0 or -EPERM.
 */
int kvas_policy_check_tables(const struct file *filp)
{
	int error = kvas_policy_check(filp);

	if (error)
		return error;
	if (!file_ns_capable(filp, &init_user_ns, CAP_SYS_RAWIO))
		return -EPERM;
	return security_locked_down(LOCKDOWN_KCORE);
}

/**
 * kvas_policy_check_threads() - whether an opener may see all threads
 * @filp:	the file that is being opened
 *
 * As for tables, and besides what looking into another user's process asks.
 *
 * Return: 0 or -EPERM.
 */
int kvas_policy_check_threads(const struct file *filp)
{
	if (!file_ns_capable(filp, &init_user_ns, CAP_SYS_PTRACE))
		return -EPERM;
	return kvas_policy_check_tables(filp);
}
