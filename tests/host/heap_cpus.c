/* SPDX-License-Identifier: MIT */
/*
 * Several CPUs use the heap at once, each a thread: objects of all sizes come and go, half of them
 * freed by another CPU than the one that asked for them. What an object holds says whose it is; it
 * is looked at before the object goes. In the end nothing is left.
 */
#include <arch/atomic.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/cache.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
#include <mm/page.h>

#include <pthread.h>

#include "apart.h"
#include "heap.h"
#include "host.h"
#include "machine/machine.h"

#define CPUS	3
#define STEPS	8000
#define OWN	200
#define SHARED	64
#define MIB_RAM	256

/* The first bytes of an object; the rest is the size's low byte. */
struct object {
	size_t size;
	bool cached;
	u8 rest[];
};

static struct cache *cache;
static struct object *shared[SHARED];	/* atomic: for whoever comes along */
static u64 seeds[CPUS];
static unsigned int bad;		/* atomic */

static u64 draw(u64 *seed, u64 limit)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return (*seed >> 33) % limit;
}

static struct object *make(u64 *seed)
{
	size_t size = sizeof(struct object) + 1;
	struct object *o;
	bool cached = draw(seed, 8) == 0;

	size += draw(seed, draw(seed, 50) ? 400 : 3 * PAGE_SIZE);
	if (cached)
		size = 100;
	o = cached ? cache_alloc(cache) : kmalloc(size);
	if (!o)
		return NULL;
	o->size = size;
	o->cached = cached;
	memset(o->rest, (int)size, size - sizeof(*o));
	return o;
}

static void drop(struct object *o)
{
	bool cached = o->cached;

	for (size_t i = 0; i < o->size - sizeof(*o); i++)
		if (o->rest[i] != (u8)o->size) {
			atomic_add_relaxed(&bad, 1);
			break;
		}
	if (cached)
		cache_free(cache, o);
	else
		kfree(o);
}

static void *cpu(void *arg)
{
	u64 *seed = arg;
	struct object *own[OWN] = { NULL };
	struct object *o;

	if (seed != seeds)
		machine_cpu_start();
	for (u64 i = host_effort(STEPS); i > 0; i--) {
		struct object **at = &own[draw(seed, OWN)];

		if (!*at) {
			*at = make(seed);
			continue;
		}
		o = *at;
		*at = NULL;
		/* another one's comes back for ours, or nothing */
		if (draw(seed, 2))
			o = __atomic_exchange_n(&shared[draw(seed, SHARED)], o, __ATOMIC_ACQ_REL);
		if (o)
			drop(o);
		if (draw(seed, 1000) == 0)
			heap_policy_shrink();
	}
	for (unsigned int i = 0; i < OWN; i++)
		if (own[i])
			drop(own[i]);
	return NULL;
}

static bool play(void)
{
	pthread_t thread[CPUS];
	struct heap_stats stats;
	bool good = true;

	machine_start_simple(MIB_RAM);
	heap_init();
	cache = cache_create("test", 100, 0, NULL);
	for (unsigned int i = 0; i < CPUS; i++)
		seeds[i] = host_random();
	for (unsigned int i = 1; i < CPUS; i++)
		good &= TEST_EQ(pthread_create(&thread[i], NULL, cpu, &seeds[i]), 0);
	cpu(&seeds[0]);
	for (unsigned int i = 1; i < CPUS; i++)
		pthread_join(thread[i], NULL);
	for (unsigned int i = 0; i < SHARED; i++)
		if (shared[i])
			drop(shared[i]);
	good &= TEST_EQ(bad, 0);
	good &= TEST_EQ(cache_destroy(cache), 0);
	heap_stats_get(&stats);
	good &= TEST_EQ(stats.live, 0);
	heap_policy_shrink();
	heap_stats_get(&stats);
	/* what other CPUs have kept for themselves may be out of reach */
	good &= HEAP_LOSES || TEST(stats.held <= (HEAP_FORGETS ? 512 * PAGE_SIZE : 0));
	return good;
}

static void several_cpus(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		TEST(apart(play));
		host_random();
	}
}

static const struct test_case cases[] = {
	TEST_CASE(several_cpus),
};

static const struct test_suite heap_cpus_suite = TEST_SUITE_OF("heap_cpus", cases);
TEST_SUITE(heap_cpus_suite);
