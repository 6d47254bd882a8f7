/* SPDX-License-Identifier: MIT */
/*
 * What a heap policy has to bring: one file in mm/heap/, chosen by linking. mm/heap.c and
 * mm/heap_debug.c are the callers; the policy locks for itself, because per-CPU parts need no
 * lock, only masked interrupts. Any context; nothing here waits, logs or prints. It gets its
 * memory from <mm/page.h> with PAGE_USE_HEAP | PAGE_QUIET.
 *
 * A policy also brings <mm/cache.h>'s functions, or links mm/heap/cache_generic.c, which
 * makes them from the functions here (Kconfig: select HEAP_CACHE_GENERIC).
 */
#ifndef MM_HEAP_POLICY_H
#define MM_HEAP_POLICY_H

#include <lib/types.h>

#define HEAP_ALIGN	16
#define HEAP_SIZE_MAX	(SIZE_MAX / 4)	/* of an object; what checks add may double it */

/*
 * What the heap holds, in bytes. Objects are counted with what they were rounded up to.
 */
struct heap_stats {
	u64 held;		/* taken from the page allocator */
	u64 live;		/* in objects that are handed out */
	u64 lost;		/* freed, but never to be used again */
};

/* The policy's name, as in its Kconfig prompt: "slab". */
extern const char heap_policy_name[];

/* Makes the heap usable. Boot CPU, once. */
void heap_policy_init(void);

/* @size bytes, 1 to SIZE_MAX / 2, aligned to HEAP_ALIGN. NULL when memory is out. */
void *heap_policy_alloc(size_t size);

/* The same aligned to @align, a power of two > HEAP_ALIGN, up to MAX(PAGE_SIZE, 64 KiB). */
void *heap_policy_alloc_aligned(size_t size, size_t align);

/* Takes an object back. What is not the start of a live one goes to heap_bad_free(). */
void heap_policy_free(void *p);

/*
 * Usable bytes of the object that starts at @p; 0 when no live object of this heap does, as far
 * as the policy can tell. @p may have any value; it must not fault.
 */
size_t heap_policy_size(const void *p);

void heap_policy_stats(struct heap_stats *stats);

/* Calls @row for each size class or order that exists, from the smallest on. */
struct heap_class {
	const char *name;	/* of a named cache, else NULL */
	size_t size;		/* bytes of an object */
	size_t live;		/* objects handed out */
	size_t free;		/* objects that could be without further pages, cached ones too */
	size_t cached;		/* of free: in the CPUs' caches */
	size_t pages;		/* held */
};
void heap_policy_classes(void (*row)(const struct heap_class *c, void *arg), void *arg);

/*
 * Gives back what is empty, what lies in the calling CPU's caches included; other CPUs' are left
 * alone. Whoever asks for pages in vain calls it, with interrupts on and no lock held.
 */
void heap_policy_shrink(void);

/*
 * mm/heap.c: the line in the log for a request that gets NULL, which it returns: `return
 * heap_out_of_memory(size);`, so that, as a tail call, it finds who has asked its caller. Silent
 * for 0 bytes, and where there are too many lines.
 */
void *heap_out_of_memory(size_t size) __cold;

/* mm/heap.c: says what is wrong with freeing @p, e.g. "not the start of an object", and panics. */
__noreturn void heap_bad_free(const void *p, const char *why);

#endif
