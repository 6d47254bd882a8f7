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

#define HEAP_ALIGN	16

/* Makes the heap usable. Boot CPU, once, after page_init(). */
void heap_init(void);

/*
 * @size bytes, or NULL: for 0 bytes silently, when memory is out with a line in the log that
 * says who asked. kzalloc() clears them.
 */
void *kmalloc(size_t size);
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

/*
 * What the heap holds, in bytes. Objects are counted with what they were rounded up to.
 */
struct heap_stats {
	u64 held;		/* taken from the page allocator */
	u64 live;		/* in objects that are handed out */
	u64 lost;		/* freed, but never to be used again */
};

void heap_stats_get(struct heap_stats *stats);

/* The policy's name, as in its Kconfig prompt: "slab". */
extern const char heap_policy_name[];

#endif
