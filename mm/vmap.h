/* SPDX-License-Identifier: MIT */
/* The vmap area, between mm's own files. */
#ifndef MM_PRIVATE_VMAP_H
#define MM_PRIVATE_VMAP_H

#include <arch/mmu.h>
#include <lib/types.h>

/* From here on up to ARCH_VMAP_END there are stacks only. */
#define VMAP_STACKS_START \
	ALIGN_DOWN(ARCH_VMAP_END - (ARCH_VMAP_END - ARCH_VMAP_START) / 4, 2 * STACK_SIZE)

/*
 * A stack of zeroed pages, its lower end; NULL when memory or space is out, which the caller says.
 * vfree() takes it back.
 */
void *vmap_stack(void);

/* The lock that guards the kernel's tables; it gives what map_unlock() takes. Any context. */
unsigned long map_lock(void);
void map_unlock(unsigned long state);

#endif
