/* SPDX-License-Identifier: MIT */
/*
 * A buffer of any size that ends where readable memory ends: the address sanitizer reports a
 * byte read beyond it in code that it built, the processor faults on one in code that it did
 * not, such as the distribution's libfdt. It begins at a multiple of 8, as boot protocols
 * promise for a device tree.
 */
#ifndef HOST_GUARD_H
#define HOST_GUARD_H

#include <lib/types.h>

/* @size bytes; the last one that was asked for is invalid from then on. At most 1 MiB. */
u8 *guarded(size_t size);

#endif
