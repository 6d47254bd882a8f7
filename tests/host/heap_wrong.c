/* SPDX-License-Identifier: MIT */
/*
 * What the heap makes of nonsense, whichever its policy: sizes and alignments that cannot be, and
 * addresses that are no objects. The latter end the run, so each does that in a process of its own.
 * The machine is the program's own: suites with other machines come before this one.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <mm/cache.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
#include <mm/page.h>
#include <uapi/errno.h>

#include "apart.h"
#include "heap.h"
#include "host.h"
#include "machine/machine.h"

static void start(void)
{
	static bool started;

	machine_now += 2000000000;	/* log lines come one second at a time */
	host_log_lines();
	if (started)
		return;
	started = true;
	host_log_quiet = true;
	machine_start_simple(16);
	heap_init();
	/* there are objects before those of the test, and free ones */
	for (size_t size = 16; size < 5 * PAGE_SIZE; size += size / 2) {
		void *p = kmalloc(size);

		TEST(kmalloc(size));
		kfree(p);
	}
}

static bool nothing_changed(const struct heap_stats *before)
{
	struct heap_stats now;

	heap_stats_get(&now);
	return TEST_EQ(now.live, before->live) && TEST_EQ(now.lost, before->lost);
}

/*
 * --- Sizes and alignments ---------------------------------------------------------------------
 */

static void nothing_is_asked_for_in_silence(void)
{
	start();
	TEST(!kmalloc(0) && !kzalloc(0) && !kcalloc(0, 8) && !kcalloc(8, 0) && !kcalloc(0, 0));
	TEST(!kmalloc_aligned(0, 16) && !kmalloc_aligned(0, 4096) && !krealloc(NULL, 0));
	TEST_EQ(ksize(NULL), 0);
	kfree(NULL);
	TEST_EQ(host_log_lines(), 0);
}

static void impossible_sizes_are_refused(void)
{
	struct heap_stats before;

	start();
	heap_stats_get(&before);
	for (unsigned int bit = 25; bit < 64; bit++) {
		size_t size = 1UL << bit;

		TEST(!kmalloc(size) && !kmalloc(size - 1) && !kmalloc(-size));
		TEST(!kmalloc_aligned(size, 65536) && !kmalloc_aligned(-size, 64));
		TEST(!kzalloc(size + 1) && !kcalloc(size, 1) && !kcalloc(2, size));
	}
	for (size_t less = 1; less < 300; less++)
		TEST(!kmalloc(-less) && !kmalloc_aligned(-less, 32));
	TEST(!kcalloc(SIZE_MAX, SIZE_MAX) && !kcalloc(1UL << 32, 1UL << 32));
	TEST(!kcalloc((1UL << 63) + 1, 2));
	TEST(host_log_lines() > 0);
	nothing_changed(&before);
}

static void a_failed_krealloc_leaves_the_object(void)
{
	u8 *p;

	start();
	p = kmalloc(100);
	memset(p, 7, 100);
	TEST(!krealloc(p, SIZE_MAX) && !krealloc(p, 1UL << 40));
	TEST(ksize(p) >= 100 && p[0] == 7 && p[99] == 7);
	TEST(!krealloc(p, 0));
}

static void alignments_are_powers_of_two(void)
{
	static const size_t bad[] = {
		0, 3, 24, 48, 100, 65535, 65537, 131072, SIZE_MAX, 1UL << 63,
	};
	struct heap_stats before;

	start();
	heap_stats_get(&before);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		TEST(!kmalloc_aligned(100, bad[i]));
	TEST(host_log_lines() > 0);
	nothing_changed(&before);
}

static void every_alignment_is_kept(void)
{
	static const size_t sizes[] = { 1, 15, 16, 17, 100, 2047, 2048, 2049, 4096, 5000, 70000 };

	start();
	for (size_t align = 1; align <= 65536; align *= 2)
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			u8 *p = kmalloc_aligned(sizes[i], align);
			u8 *next = kmalloc_aligned(sizes[i], align);

			if (!TEST(p && next))
				return;
			TEST(IS_ALIGNED((vaddr_t)p, align) && IS_ALIGNED((vaddr_t)next, align));
			TEST(ksize(p) >= sizes[i]);
			memset(p, 1, ksize(p));
			memset(next, 2, ksize(next));
			TEST(p[0] == 1 && p[sizes[i] - 1] == 1);
			kfree(next);
			kfree(p);
		}
}

static void impossible_caches_are_refused(void)
{
	struct heap_stats before;

	start();
	heap_stats_get(&before);
	TEST(!cache_create("test", 0, 0, NULL) && !cache_create("test", PAGE_SIZE + 1, 0, NULL));
	TEST(!cache_create("test", SIZE_MAX, 16, NULL) && !cache_create("test", 8, 24, NULL));
	TEST(!cache_create("test", 8, 2 * PAGE_SIZE, NULL));
	nothing_changed(&before);
}

/*
 * --- Addresses that are no objects ------------------------------------------------------------
 */

static u8 *object;	/* of the test */

/* What tests are made of: static data, as the kernel's image has. */
static u8 data[256];

static void bad_stack(void)
{
	u8 buf[256] __aligned(16) = { 0 };

	kfree(buf + 128);
}

static void bad_data(void)
{
	kfree(data + (-(vaddr_t)data & 15) + 128);
}

static void bad_middle(void)
{
	kfree(object + 16);
}

static void bad_granule(void)
{
	kfree(object + 32);
}

static void bad_odd(void)
{
	kfree(object + 1);
}

static void bad_word(void)
{
	kfree(object + 8);
}

static void bad_before(void)
{
	kfree(object - 16);
}

static void bad_twice(void)
{
	kfree(object);
	kfree(object);
}

/* Objects that are not the last one, and so many that they are nobody's small change. */
static void bad_twice_later(void)
{
	void *p[100];

	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = kmalloc(200);
	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		kfree(p[i]);
	kfree(p[20]);
}

static void bad_page(void)
{
	kfree(page_to_virt(page_alloc(0, PAGE_USE_KERNEL | PAGE_ZERO)));
}

static void bad_page_middle(void)
{
	kfree((u8 *)page_to_virt(page_alloc(3, PAGE_USE_KERNEL | PAGE_ZERO)) + PAGE_SIZE + 64);
}

static void bad_large_middle(void)
{
	u8 *p = kzalloc(3 * PAGE_SIZE);

	kfree(p + PAGE_SIZE);
}

static void bad_large_twice(void)
{
	u8 *p = kmalloc(9 * PAGE_SIZE);

	kmalloc(1);
	kfree(p);
	kfree(p);
}

static void bad_reserved(void)
{
	kfree(phys_to_virt(GIB(1) + 8 * PAGE_SIZE));
}

static void bad_realloc(void)
{
	krealloc(object + 16, 1000);
}

static void bad_realloc_smaller(void)
{
	krealloc(data + (-(vaddr_t)data & 15) + 128, 1);
}

static void bad_cache_free(void)
{
	struct cache *cache = cache_create("test", 100, 0, NULL);

	cache_free(cache, (u8 *)cache_alloc(cache) + 16);
}

static void bad_cache_free_foreign(void)
{
	cache_free(cache_create("test", 3000, 0, NULL), object);
}

static void bad_realloc_wild(void)
{
	krealloc((void *)16UL, 1);
}

static void bad_realloc_high(void)
{
	krealloc((void *)-4096UL, 1);
}

/* Nothing is there at all, and looking at it is a fault. */
static void bad_wild(void)
{
	kfree((void *)16UL);
}

static void bad_high(void)
{
	kfree((void *)-4096UL);
}

/* How much of the list below is for which policy. */
enum { FOR_ALL = 1, KNOWS_FREED = 2, LOOKS_LATER = 4 };

static void no_object_can_be_freed(void)
{
	static const struct {
		void (*free)(void);
		unsigned int policies;
	} bad[] = {
		{ bad_stack, FOR_ALL },		{ bad_data, FOR_ALL },
		{ bad_middle, FOR_ALL },	{ bad_granule, FOR_ALL },
		{ bad_odd, FOR_ALL },		{ bad_word, FOR_ALL },
		{ bad_before, FOR_ALL },	{ bad_twice, KNOWS_FREED },
		{ bad_twice_later, KNOWS_FREED }, { bad_page, FOR_ALL },
		{ bad_page_middle, FOR_ALL },	{ bad_large_middle, FOR_ALL },
		{ bad_large_twice, FOR_ALL },	{ bad_reserved, FOR_ALL },
		{ bad_realloc, FOR_ALL },	{ bad_realloc_smaller, FOR_ALL },
		{ bad_cache_free, FOR_ALL },	{ bad_cache_free_foreign, FOR_ALL },
		{ bad_realloc_wild, FOR_ALL },	{ bad_realloc_high, FOR_ALL },
		{ bad_wild, LOOKS_LATER },	{ bad_high, LOOKS_LATER },
	};
	unsigned int this_one = FOR_ALL | (HEAP_FORGETS ? 0 : KNOWS_FREED) |
				(HEAP_LOOKS_FIRST ? 0 : LOOKS_LATER);

	start();
	object = kzalloc(100);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if ((bad[i].policies & this_one) && !TEST(panics(bad[i].free, "bad free")))
			printf("# number %zu\n", i);
	/* nothing of that was here */
	kfree(object);
}

static const struct test_case cases[] = {
	TEST_CASE(nothing_is_asked_for_in_silence),
	TEST_CASE(impossible_sizes_are_refused),
	TEST_CASE(a_failed_krealloc_leaves_the_object),
	TEST_CASE(alignments_are_powers_of_two),
	TEST_CASE(every_alignment_is_kept),
	TEST_CASE(impossible_caches_are_refused),
	TEST_CASE(no_object_can_be_freed),
};

static const struct test_suite heap_wrong_suite = TEST_SUITE_OF("heap_wrong", cases);
TEST_SUITE(heap_wrong_suite);
