/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the slab heap share. It stands on the real page allocator and a machine with
 * RAM; slab.c takes the place of mm/heap.c. Each case has a machine, hence a process, of its own.
 */
#ifndef HOST_SLAB_HOST_H
#define HOST_SLAB_HOST_H

#include <lib/string.h>
#include <lib/test.h>
#include <mm/heap_policy.h>

#include "../../mm/heap/slab.h"
#include "apart.h"
#include "host.h"
#include "machine/machine.h"

/* No check has failed in this process. */
extern bool slab_good;

#define CHECK(cond)	(slab_good &= TEST(cond))
#define CHECK_EQ(a, b)	(slab_good &= TEST_EQ(a, b))

/* A machine of @mib MiB with a heap. */
void slab_start(size_t mib);

/* Whether @give_back(@p) is refused by heap_bad_free(). */
bool slab_refused(void (*give_back)(void *p), void *p);

/* How often memory was out. */
extern unsigned int slab_out_of_memory;

/* The heap's figures. */
u64 slab_held(void);
u64 slab_live(void);

/* Objects in the magazines of the n-th class. */
static inline size_t slab_class_cached(size_t n)
{
	return slab_cached(&slab_cpu.class[n]);
}

/* After everything went back: nothing is left behind of what was free at first. */
void slab_check_empty(u64 free_at_first);

#endif
