/* SPDX-License-Identifier: GPL-2.0-only */
/* Long descriptors: arm64's, and LPAE's on arm. */
#ifndef KVAS_LONG_DESCRIPTOR_H
#define KVAS_LONG_DESCRIPTOR_H

#include "../pagetable.h"

/* No address: the access flag (10) and software's bits (55 to 58) do not count. */
#define KVAS_LONG_ATTRIBUTES	(GENMASK_ULL(63, 59) | GENMASK_ULL(54, 50) | \
				 BIT_ULL(11) | GENMASK_ULL(9, 0))

struct kvas_entry kvas_decode_long(const struct kvas_pagetable *t, unsigned int level,
				   __u64 value, __u64 phys);
void kvas_limit_long(unsigned int level, __u64 value, struct kvas_limits *limits);

#endif /* KVAS_LONG_DESCRIPTOR_H */
