/* SPDX-License-Identifier: MIT */
/*
 * The kernel's heap: objects of any size, aligned to HEAP_ALIGN. How they are laid out is the
 * policy's business (mm/heap/, CONFIG_HEAP_*). Nothing here waits; any context. Objects are in
 * the linear map, physically contiguous. With CONFIG_DEBUG_HEAP every object has red zones and
 * an owner, and freed ones are poisoned and kept for a while (mm/heap_debug.c).
 */
#ifndef MM_HEAP_H
#define MM_HEAP_H

#include <lib/types.h>
#include <mm/heap_policy.h>

/* Makes the heap usable. Boot CPU, once, after page_init(). */
void heap_init(void);

/*
 * @size bytes, or NULL: for 0 bytes silently, when memory is out with a line in the log that
 * says who asked. kzalloc() clears them.
 */
static inline void *kmalloc(size_t size);
void *kzalloc(size_t size);

/* @count objects of @size bytes, cleared; NULL also when the product overflows. */
void *kcalloc(size_t count, size_t size);

/*
 * Aligned to @align, a power of two up to 64 KiB and a page at least; else NULL and a line in
 * the log.
 */
void *kmalloc_aligned(size_t size, size_t align);

/*
 * @p with room for @size bytes, moved where it must be, its contents kept up to the smaller of
 * both sizes. krealloc(NULL, n) allocates; krealloc(p, 0) frees and returns NULL. When memory is
 * out it returns NULL and @p stays. An alignment above HEAP_ALIGN is not kept.
 */
void *krealloc(void *p, size_t size);

/* A copy of @size bytes at @p. */
void *kmemdup(const void *p, size_t size);

/* A copy of the string @s. */
char *kstrdup(const char *s);

/*
 * Gives back what one of the above returned; NULL is fine. Anything else is a broken invariant:
 * it panics, with the address and who called, when the policy can tell.
 */
void kfree(void *p);

/* The bytes that may be used at @p, at least as many as were asked for. */
size_t ksize(const void *p);

/* What the heap holds. */
void heap_stats_get(struct heap_stats *stats);

/* kmalloc() with CONFIG_DEBUG_HEAP or CONFIG_TRACE. */
void *heap_debug_kmalloc(size_t size);

/* Without a call in between; where the size is a constant nothing is left of its check. */
static inline void *kmalloc(size_t size)
{
	void *p = NULL;

	if (IS_ENABLED(CONFIG_DEBUG_HEAP) || IS_ENABLED(CONFIG_TRACE))
		return heap_debug_kmalloc(size);
	if (likely(size - 1 < HEAP_SIZE_MAX))
		p = heap_policy_alloc(size);
	return likely(p) ? p : heap_out_of_memory(size);
}

#endif
