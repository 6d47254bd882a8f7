/* SPDX-License-Identifier: MIT */
/*
 * The slab heap's magazines: what they keep, several CPUs, and interrupts that come at any time.
 */
#include <arch/cpu.h>
#include <mm/cache.h>
#include <uapi/errno.h>

#include <pthread.h>

#include "slab_host.h"

/*
 * --- Magazines --------------------------------------------------------------------------------
 */

/* What was freed last comes first, out of the magazine; more than it holds goes back by batches. */
static bool lifo_play(void)
{
	void *p[64];

	slab_start(64);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = heap_policy_alloc(64);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++) {
		heap_policy_free(p[i]);
		CHECK(slab_class_cached(3) >= 1 && slab_class_cached(3) <= SLAB_SLOTS);
		CHECK_EQ(slab_live(), 64 * (63 - i));
	}
	for (unsigned int i = 0; i < 4; i++)
		CHECK_EQ(heap_policy_alloc(64), p[63 - i]);
	CHECK_EQ(slab_live(), 4 * 64);
	heap_policy_shrink();
	CHECK_EQ(slab_class_cached(3), 0);
	return slab_good;
}

static void the_last_freed_comes_first(void)
{
	TEST(apart(lifo_play));
}

/* Large objects do not pile up in magazines. */
static bool little_play(void)
{
	void *p[64];
	u64 most = 0;

	slab_start(256);
	for (size_t n = 0; n < SLAB_CLASSES; n++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			p[i] = heap_policy_alloc(slab_class_size(n));
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			heap_policy_free(p[i]);
		CHECK(slab_class_cached(n) * slab_class_size(n) <= MAX(KIB(8), 2 * SLAB_MAX));
		/* what the magazine holds on to, and one empty slab */
		most += (slab_class_cached(n) + 1) * slab_cpu.class[n].pages * PAGE_SIZE;
		CHECK(slab_held() <= most);
	}
	CHECK_EQ(slab_live(), 0);
	heap_policy_shrink();
	CHECK_EQ(slab_held(), 0);
	return slab_good;
}

static void little_is_kept(void)
{
	TEST(apart(little_play));
}

/* Of three slabs of which all is free, two stay: the magazine has objects of the last one. */
static bool kept_play(void)
{
	static void *p[3 * 4096];
	size_t n;

	slab_start(64);
	for (size_t i = 0; i < 12; i += 3) {
		const struct cache *cache = &slab_cpu.class[i];
		u64 free;

		for (n = 0; n < 3UL * cache->objects; n++)
			p[n] = heap_policy_alloc(cache->size);
		CHECK_EQ(cache->slabs, 3);
		while (n--)
			heap_policy_free(p[n]);
		CHECK_EQ(cache->slabs, 2);
		CHECK(cache->empty != NULL);
		/* and it is used before there is a new one */
		free = page_bytes_free();
		for (n = 0; n < 2UL * cache->objects; n++)
			p[n] = heap_policy_alloc(cache->size);
		CHECK_EQ(page_bytes_free(), free);
		CHECK(cache->slabs == 2 && !cache->empty);
	}
	return slab_good;
}

static void one_empty_slab_is_kept(void)
{
	TEST(apart(kept_play));
}

#define CPUS		(SLAB_CPUS > 1 ? SLAB_CPUS : 1)
#define ROOMS		256

static struct {
	struct spinlock lock;
	unsigned char *p;
	size_t size;
	unsigned char tag;
} rooms[ROOMS];
static struct cache *shared;
static bool broken;

/* One object more or less in a room that all CPUs use: a slab_good part is freed on another one. */
static void visit(u64 *random, bool fresh_only)
{
	u64 r = *random = *random * 6364136223846793005 + 1442695040888963407;
	size_t room = r >> 33 & (ROOMS - 1), size;

	spin_lock(&rooms[room].lock);
	size = rooms[room].size;
	if (rooms[room].p) {
		for (size_t i = 0; i < size; i++)
			broken |= rooms[room].p[i] != rooms[room].tag;
		if (room % 8 == 0)
			cache_free(shared, rooms[room].p);
		else
			heap_policy_free(rooms[room].p);
		rooms[room].p = NULL;
	} else if (!fresh_only) {
		size = room % 8 == 0 ? 48 : 1 + (r >> 41) % (r & 1 << 20 ? 200 : 3000);
		rooms[room].p = room % 8 == 0 ? cache_alloc(shared) : heap_policy_alloc(size);
		rooms[room].size = size;
		rooms[room].tag = (unsigned char)(r >> 50);
		broken |= !rooms[room].p;
		if (rooms[room].p)
			memset(rooms[room].p, rooms[room].tag, size);
	}
	spin_unlock(&rooms[room].lock);
}

static void *cpu_main(void *arg)
{
	u64 random = (uintptr_t)arg;

	if (random)
		machine_cpu_start();
	random += host_random_state;
	for (u64 n = host_effort(60000); n; n--)
		visit(&random, false);
	/* other CPUs' magazines are emptied by themselves */
	heap_policy_shrink();
	return NULL;
}

static bool cpus_play(void)
{
	pthread_t thread[CPUS];
	u64 before, random = 1;

	slab_start(64);
	before = page_bytes_free();
	shared = cache_create("shared", 48, 0, NULL);
	for (uintptr_t i = 1; i < CPUS; i++)
		CHECK(pthread_create(&thread[i], NULL, cpu_main, (void *)i) == 0);
	cpu_main(NULL);
	for (unsigned int i = 1; i < CPUS; i++)
		pthread_join(thread[i], NULL);
	CHECK(!broken);
	for (unsigned int i = 0; i < 100 * ROOMS; i++)
		visit(&random, true);
	CHECK_EQ(cache_destroy(shared), 0);
	/* single pages that are in other CPUs' caches are free as well */
	slab_check_empty(before);
	return slab_good;
}

static void cpus_share_a_heap(void)
{
	TEST(apart(cpus_play));
}

static void *free_elsewhere(void *p)
{
	machine_cpu_start();
	heap_policy_free(p);
	/* and what is in the first one's */
	CHECK_EQ(slab_class_cached(3), 1 + SLAB_SLOTS / 2);
	CHECK_EQ(heap_policy_alloc(64), p);
	heap_policy_free(p);
	return NULL;
}

static void *alloc_first(void *arg)
{
	machine_cpu_start();
	for (unsigned int n = 0; n < SLAB_CLASSES; n++) {
		void *p = heap_policy_alloc(slab_class_size(n));

		CHECK_EQ(heap_policy_size(p), slab_class_size(n));
		heap_policy_free(p);
	}
	return arg;
}

static void *cache_first(void *cache)
{
	void *p;

	machine_cpu_start();
	p = cache_alloc(cache);
	CHECK(p && heap_policy_size(p) == 48);
	cache_free(cache, p);
	CHECK(cache_alloc(cache) == p);
	cache_free(cache, p);
	return NULL;
}

static void run_cpu(void *(*f)(void *), void *arg)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, f, arg) == 0);
	pthread_join(thread, NULL);
}

/* A CPU's very first use of the heap may be anything, while other CPUs' magazines are full. */
static bool first_play(void)
{
	void *p[4 * SLAB_SLOTS], *own;

	slab_start(256);
	own = heap_policy_alloc(64);
	run_cpu(free_elsewhere, own);
	CHECK(heap_policy_alloc(64) != own);
	for (unsigned int n = 0; n < SLAB_CLASSES; n++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			p[i] = heap_policy_alloc(slab_class_size(n));
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			heap_policy_free(p[i]);
	}
	run_cpu(alloc_first, NULL);
	shared = cache_create("shared", 48, 0, NULL);
	own = cache_alloc(shared);
	run_cpu(cache_first, shared);
	CHECK_EQ(cache_destroy(shared), -EBUSY);
	cache_free(shared, own);
	CHECK_EQ(cache_destroy(shared), 0);
	return slab_good;
}

static void a_cpu_may_begin_with_anything(void)
{
	if (SLAB_CPUS >= 4)
		TEST(apart(first_play));
}

/* Interrupts that come wherever they can, and use the heap. */
static unsigned int depth;
static unsigned int irq_next;
static void *irq_objects[40];

static void interrupt(void)
{
	/* many at once: then what was empty is full, or the other way round */
	u64 n = host_random_below(8) ? 1 : 1 + host_random_below(ARRAY_SIZE(irq_objects));

	if (depth)
		return;
	depth++;
	for (; n; n--) {
		void **p = &irq_objects[irq_next++ % ARRAY_SIZE(irq_objects)];

		if (*p) {
			heap_policy_free(*p);
			*p = NULL;
		} else {
			*p = heap_policy_alloc(host_random_below(9) ? 64 :
								      1 + host_random_below(4096));
			slab_good &= *p != NULL;
		}
	}
	depth--;
}

static bool interrupts_play(void)
{
	static unsigned char *p[1000];
	u64 before;

	slab_start(64);
	before = page_bytes_free();
	machine_interrupt = interrupt;
	for (u64 n = host_effort(100000); n; n--) {
		size_t i = host_random_below(ARRAY_SIZE(p));

		if (p[i]) {
			CHECK_EQ(*p[i], i % 256);
			heap_policy_free(p[i]);
			p[i] = NULL;
		} else {
			p[i] = heap_policy_alloc(64);
			CHECK(p[i] != NULL);
			*p[i] = (unsigned char)i;
		}
	}
	machine_interrupt = NULL;
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		if (p[i])
			heap_policy_free(p[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(irq_objects); i++)
		if (irq_objects[i])
			heap_policy_free(irq_objects[i]);
	slab_check_empty(before);
	return slab_good;
}

static void interrupts_may_use_the_heap(void)
{
	TEST(apart(interrupts_play));
}

static const struct test_case cases[] = {
	TEST_CASE(the_last_freed_comes_first),
	TEST_CASE(little_is_kept),
	TEST_CASE(one_empty_slab_is_kept),
	TEST_CASE(cpus_share_a_heap),
	TEST_CASE(a_cpu_may_begin_with_anything),
	TEST_CASE(interrupts_may_use_the_heap),
};

static const struct test_suite slab_cpu_suite = TEST_SUITE_OF("slab_cpu", cases);
TEST_SUITE(slab_cpu_suite);
