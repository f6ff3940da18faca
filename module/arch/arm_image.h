/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel image on Arm, of 32 bits and of 64. */
#ifndef KVAS_ARM_IMAGE_H
#define KVAS_ARM_IMAGE_H

#include "arch.h"

struct kvas_bound kvas_arm_text_start(void);
void kvas_arm_find_image(const struct kvas_image *image, struct kvas_bound first,
			 struct kvas_bound stext);

#endif /* KVAS_ARM_IMAGE_H */
