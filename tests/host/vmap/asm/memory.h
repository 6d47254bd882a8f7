/* SPDX-License-Identifier: MIT */
/*
 * <asm/memory.h> for the test of the vmap area: the area is four of the granule's blocks, so that
 * it can be used up, and struct pages lie in an array of the test's.
 */
#ifndef HOST_VMAP_MEMORY_H
#define HOST_VMAP_MEMORY_H

#include_next <asm/memory.h>

#undef ARCH_VMAP_END
#define ARCH_VMAP_END	(ARCH_VMAP_START + 4 * (PAGE_SIZE << (PAGE_SHIFT - 3)))

struct page;
extern struct page *const host_memmap;

#undef ARCH_MEMMAP_START
#define ARCH_MEMMAP_START	((vaddr_t)host_memmap)

#endif
