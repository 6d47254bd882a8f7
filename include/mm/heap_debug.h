/* SPDX-License-Identifier: MIT */
/*
 * The heap's debug layer (CONFIG_DEBUG_HEAP), between mm/heap.c and the policy: every object has a
 * header, red zones and an owner, and freed ones are poisoned and kept for a while. Whoever calls
 * is named by @caller, a code address. What is wrong ends the run: a panic that names the damage,
 * after log lines with those who allocated and freed.
 */
#ifndef MM_HEAP_DEBUG_H
#define MM_HEAP_DEBUG_H

#include <lib/types.h>

/* Boot CPU, once, after the policy's own init. */
void heap_debug_init(void);

/* mm/heap.c's ways through the layer; @size is at least 1. Any context. */
void *heap_debug_alloc(size_t size, size_t align, const void *caller);
void heap_debug_free(void *p, const void *caller);

/* The bytes that were asked for at @p, which must be the start of a live object. */
size_t heap_debug_size(const void *p, const void *caller);

#endif
