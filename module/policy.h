/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may see kernel addresses. */
#ifndef KVAS_POLICY_H
#define KVAS_POLICY_H

#include <linux/types.h>

struct file;

void kvas_policy_init(void);
int kvas_policy_check(const struct file *filp);
int kvas_policy_check_tables(const struct file *filp);
int kvas_policy_check_threads(const struct file *filp);
bool kvas_pointer_text_allows(const char *printed, const char *plain, bool obeys);

#endif /* KVAS_POLICY_H */
