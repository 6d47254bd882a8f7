/* SPDX-License-Identifier: MIT */
/*
 * The heap's debug layer (CONFIG_DEBUG_HEAP), between mm/heap.c and the policy: every object has a
 * header, red zones and an owner, and freed ones are poisoned and kept for a while. Whoever calls
 * is named by @caller, a code address. What is wrong ends the run: a panic that names the damage,
 * after log lines with those who allocated and freed. Without the option nothing here is called:
 * callers ask IS_ENABLED(CONFIG_DEBUG_HEAP).
 */
#ifndef MM_HEAP_DEBUG_H
#define MM_HEAP_DEBUG_H

#include <lib/types.h>

/* Boot CPU, once, after the policy's own init. */
void heap_debug_init(void);

/*
 * mm/heap.c's ways through the layer, and those of named caches; @size is at least 1, @align a
 * power of two that the policy can serve. heap_debug_alloc() is silent. Any context.
 */
void *heap_debug_alloc(size_t size, size_t align, const void *caller);
void heap_debug_free(void *p, const void *caller);

/* The bytes that were asked for at @p, which must be the start of a live object. */
size_t heap_debug_size(const void *p, const void *caller);

/* Empties the quarantine, then lets the policy give back what is empty. Thread context. */
void heap_debug_shrink(void);

/*
 * Looks at every object, freed ones in the quarantine included: panics at the first that is
 * damaged. Returns how many there were. Interrupts are off meanwhile. Any context.
 */
size_t heap_check(void);

/* From now on: objects that are allocated later count as left over in heap_debug_leaks(). */
void heap_debug_mark(void);

/*
 * Prints who allocated objects since heap_debug_mark() and has not freed them, one line a caller,
 * most bytes first; "memleak: nothing left" when there are none. Thread context.
 */
void heap_debug_leaks(void);

/* At the end of a run, before its last line: heap_check(), and the leaks when `memleak` asks. */
void heap_debug_off(void);

#endif
