/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the heap share: what they know of the policy, and a shadow of RAM. Which policy
 * it is, and how many operations are played, say the flags of the build (test_heap.py).
 */
#ifndef HOST_HEAP_H
#define HOST_HEAP_H

#include <lib/types.h>

/* What is freed may be lost for good. */
#ifdef CONFIG_HEAP_BUMP
#define HEAP_LOSES	1
/* An address is read from before it is known to be memory. */
#define HEAP_LOOKS_FIRST	1
#else
#define HEAP_LOSES	0
#define HEAP_LOOKS_FIRST	0
#endif

#ifdef CONFIG_HEAP_SLAB
/* An address that was an object may be taken for one. */
#define HEAP_FORGETS	1
/* Pages in a row that an object of up to two pages may need. */
#define HEAP_RUN	8
#else
#define HEAP_FORGETS	0
#define HEAP_RUN	1
#endif

/* The layer that marks and checks objects is between. */
#define HEAP_DEBUG	IS_ENABLED(CONFIG_DEBUG_HEAP)

#ifndef HEAP_STEPS
#define HEAP_STEPS	1000000
#endif

/* A machine with one or two banks, something reserved in the first one, a heap and its shadow. */
void world_start(void);

/* Has the heap give back all that is nobody's. */
void world_shrink(void);

/* The shadow of the machine's RAM, which begins at @start; nothing is taken. */
void shadow_start(const void *start, size_t size);

/* [@p, @p + @room) is an object from now on; false when some of it is another one's, or no RAM. */
bool shadow_take(const void *p, size_t room);
void shadow_give(const void *p, size_t room);

/* Whether @p is in RAM, in an object, the start of one. */
bool shadow_has(const void *p);
bool shadow_holds(const void *p);
bool shadow_begins(const void *p);

/* Any address in RAM. */
u8 *shadow_any(void);

/* Bytes in objects, each rounded up to 16. */
u64 shadow_sum(void);

#endif
