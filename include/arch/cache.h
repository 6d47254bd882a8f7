/* SPDX-License-Identifier: MIT */
/*
 * Data-cache maintenance by address, for readers that do not see this CPU's caches: devices without
 * coherency, and CPUs that start with their caches off. Any context; complete (DSB) on return.
 */
#ifndef ARCH_CACHE_H
#define ARCH_CACHE_H

#include <lib/types.h>

/* Writes dirty lines of [p, p + size) back to memory (DC CVAC). */
void arch_cache_clean(const void *p, size_t size);

/* Writes back and drops the lines of [p, p + size) (DC CIVAC). */
void arch_cache_clean_invalidate(const void *p, size_t size);

#endif
