/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kvas.ko share, beside the layout. */
#ifndef KVAS_H
#define KVAS_H

#include <linux/kernel.h>
#include <linux/types.h>

#include "layout.h"

/* main.c */
extern char kvas_build_id[];	/* hexadecimal; empty if not known */

/* debugfs.c */
int kvas_debugfs_init(void);
void kvas_debugfs_exit(void);

/* percpu.c */
void kvas_percpu_init(void);
void kvas_percpu_add(struct kvas_layout *l);

/* execmem.c */
void kvas_execmem_init(void);
void kvas_execmem_add(struct kvas_layout *l);

#endif /* KVAS_H */
