/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel image of MIPS and of LoongArch, whose port was made from it. */
#ifndef KVAS_MIPS_IMAGE_H
#define KVAS_MIPS_IMAGE_H

#include "arch.h"

void kvas_mips_find_image(const struct kvas_image *image, struct kvas_bound end);

#endif /* KVAS_MIPS_IMAGE_H */
