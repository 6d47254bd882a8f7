/* SPDX-License-Identifier: MIT */
/* What the files of the test of the heap's debug layer share (heap_debug.c, heap_damage.c). */
#ifndef HOST_HEAP_DEBUG_H
#define HOST_HEAP_DEBUG_H

#include <lib/types.h>

/* Starts the machine and its heap, the first time. */
void heap_start(void);

/* Many small ones, some larger than a page, a few much larger. */
size_t heap_random_size(void);

#endif
