/* SPDX-License-Identifier: MIT */
/*
 * The vmap area: device registers, single pages that shall look contiguous, and kernel stacks.
 * Every mapping has an unmapped page before it and one behind it, is never executable, and is
 * made whole or not at all. Any context: the lock masks interrupts, and nothing here waits.
 */
#ifndef MM_VMAP_H
#define MM_VMAP_H

#include <arch/mmu.h>
#include <lib/types.h>

struct page;

/*
 * Maps @count pages one behind the other, in the order of @pages: writable when @flags is
 * MMU_WRITE, else (0) read-only. The pages stay the caller's, who also finds them in the linear
 * map. NULL when there are none, with other flags, and when space or memory is out.
 */
void *vmap(struct page *const *pages, size_t count, unsigned int flags);

/*
 * Takes back what vmap() returned; NULL is fine. Later uses of the addresses fault. What is no
 * mapping's start is a broken invariant.
 */
void vunmap(void *p);

/*
 * @size bytes, rounded up to pages, of memory that is contiguous for the CPU only; writable, not
 * cleared. NULL for 0 bytes, and, with a line in the log, when memory or space is out.
 */
void *vmalloc(size_t size);

/* Gives back what vmalloc() returned, pages and addresses; NULL is fine. */
void vfree(void *p);

#endif
