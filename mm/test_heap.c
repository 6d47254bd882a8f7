/* SPDX-License-Identifier: MIT */
/*
 * Tests of the heap on the machine as it is, whichever its policy: sizes and alignments, objects
 * that come and go, figures, addresses that are no objects, memory that runs out, many objects of a
 * named cache. What kmalloc() and its relatives promise is test_kmalloc.c's business; tests/host/
 * heap_*.c play through other machines. Everything goes back, but for what the bump heap loses.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <mm/cache.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
#include <mm/page.h>
#include <uapi/errno.h>

static bool is_filled(const u8 *p, u8 byte, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != byte)
			return false;
	return true;
}

static struct heap_stats stats(void)
{
	struct heap_stats now;

	heap_policy_stats(&now);
	return now;
}

/*
 * --- Objects ----------------------------------------------------------------------------------
 */

static void every_size(void)
{
	u8 *before = NULL;
	size_t length = 0;

	/* two at a time, so that one that is too short reaches into another one */
	for (size_t size = 1; size <= 3 * PAGE_SIZE; size += 1 + size / 32) {
		u8 *p = kmalloc(size);

		if (!TEST(p))
			break;
		TEST(IS_ALIGNED((vaddr_t)p, HEAP_ALIGN) && ksize(p) >= size);
		memset(p, (u8)size, size);
		TEST(!before || is_filled(before, (u8)length, length));
		kfree(before);
		before = p;
		length = size;
	}
	kfree(before);
}

static void every_size_with_every_alignment(void)
{
	for (size_t align = 1; align <= KIB(64); align *= 2)
		for (size_t size = 1; size <= 3 * PAGE_SIZE; size = size * 3 / 2 + 1) {
			u8 *p = kmalloc_aligned(size, align);

			if (!TEST(p))
				return;
			TEST(IS_ALIGNED((vaddr_t)p, MAX(align, HEAP_ALIGN + 0UL)));
			TEST(ksize(p) >= size);
			p[0] = p[size - 1] = 1;
			kfree(p);
		}
}

#define SLOTS	64
#define STEPS	2000

static u64 seed;

static u64 draw(u64 limit)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (seed >> 33) % limit;
}

static void objects_come_and_go(void)
{
	static struct { u8 *p; size_t size; } slot[SLOTS];
	size_t most = IS_ENABLED(CONFIG_HEAP_BUMP) ? 200 : 2 * PAGE_SIZE;

	seed = 1;
	for (unsigned int i = 0; i < STEPS; i++) {
		unsigned int n = (unsigned int)draw(SLOTS);
		size_t size = 1 + draw(draw(4) ? 200 : most);
		u8 *p = slot[n].p;

		if (p && !TEST(is_filled(p, (u8)n, slot[n].size)))
			break;
		if (!p) {
			p = kmalloc(size);
		} else if (draw(3)) {
			kfree(p);
			slot[n].p = NULL;
			continue;
		} else {
			p = krealloc(p, size);
			TEST(!p || is_filled(p, (u8)n, MIN(size, slot[n].size)));
		}
		if (!TEST(p))
			continue;
		slot[n].p = p;
		slot[n].size = size;
		memset(p, (int)n, size);
	}
	for (unsigned int n = 0; n < SLOTS; n++) {
		kfree(slot[n].p);
		slot[n].p = NULL;
	}
}

/*
 * --- Figures ----------------------------------------------------------------------------------
 */

static void figures_follow(void)
{
	for (size_t size = 1; size <= 10 * PAGE_SIZE; size = size * 5 / 2 + 1) {
		struct heap_stats before = stats(), with;
		void *p = heap_policy_alloc(size);

		if (!TEST(p))
			return;
		with = stats();
		TEST(with.live >= before.live + size);
		TEST(with.live <= before.live + MAX(2 * size, PAGE_SIZE + size) + 32);
		TEST(with.live + with.lost <= with.held && with.held >= before.held);
		heap_policy_free(p);
		TEST_EQ(stats().live, before.live);
	}
}

static void sum_up(const struct heap_class *c, void *arg)
{
	struct heap_stats *sum = arg;

	TEST(c->size && c->cached <= c->free);
	sum->live += c->size * c->live;
	sum->held += c->pages * PAGE_SIZE;
}

static void classes_add_up(void)
{
	struct heap_stats sum = { 0 };

	heap_policy_classes(sum_up, &sum);
	if (IS_ENABLED(CONFIG_HEAP_BUMP)) {
		TEST_EQ(sum.held, 0);
		return;
	}
	TEST_EQ(sum.live, stats().live);
	TEST_EQ(sum.held, stats().held);
}

static void other_addresses_have_no_size(void)
{
	static const u64 constant[8] __aligned(16) = { 1 };
	u64 stack[8] __aligned(16) = { 0 };
	u8 *small = heap_policy_alloc(200), *large = heap_policy_alloc(5 * PAGE_SIZE);
	const void *wrong[] = {
		NULL, (void *)16UL, (void *)~(vaddr_t)15, stack + 4, constant + 4,
		(void *)(ARCH_LINEAR_START + 8),
		(void *)(ARCH_LINEAR_START + ARCH_LINEAR_SIZE - 16),
		(void *)ARCH_MEMMAP_START, (void *)ARCH_VMAP_START,
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		TEST_EQ(heap_policy_size(wrong[i]), 0);
	if (TEST(small && large)) {
		memset(small, 0, 200);
		memset(large, 0, 5 * PAGE_SIZE);
		TEST(heap_policy_size(small) >= 200 && heap_policy_size(large) >= 5 * PAGE_SIZE);
		for (size_t at = 1; at < 200; at++)
			TEST_EQ(heap_policy_size(small + at), 0);
		for (size_t at = 16; at < 5 * PAGE_SIZE; at += 528)
			TEST_EQ(heap_policy_size(large + at), 0);
	}
	if (large)
		heap_policy_free(large);
	if (small)
		heap_policy_free(small);
}

/*
 * --- Without memory ---------------------------------------------------------------------------
 */

struct hog {
	struct hog *next;
};

/* Takes objects of @size bytes until there are none, @most at the most. */
static size_t take_all(struct hog **hogs, size_t size, size_t most)
{
	struct hog *hog;
	size_t n;

	for (n = 0; n < most && (hog = heap_policy_alloc(size)); n++) {
		hog->next = *hogs;
		*hogs = hog;
	}
	return n;
}

/* Of the bump heap not all: it would not come back. */
static void memory_runs_out_and_comes_back(void)
{
	bool bump = IS_ENABLED(CONFIG_HEAP_BUMP);
	struct hog *hogs = NULL, *next;
	struct page_stats pages;
	u64 held, free, used;
	size_t size;

	heap_policy_shrink();
	held = stats().held;
	free = page_bytes_free();
	used = page_bytes_total() - free;
	page_stats_get(&pages);
	size = bump ? KIB(256) : pages.largest << PAGE_SHIFT;
	TEST(!heap_policy_alloc(free + 1) && !heap_policy_alloc(SIZE_MAX / 2));
	TEST(take_all(&hogs, size, 1));
	for (; size >= PAGE_SIZE; size /= 2)
		take_all(&hogs, size, bump ? 1 : SIZE_MAX);
	if (!bump) {
		TEST_EQ(page_bytes_free(), 0);
		TEST(take_all(&hogs, 64, SIZE_MAX) < 64 * PAGE_SIZE);
		TEST(!heap_policy_alloc(64) && !heap_policy_alloc(PAGE_SIZE));
	}
	for (; hogs; hogs = next) {
		next = hogs->next;
		heap_policy_free(hogs);
	}
	heap_policy_shrink();
	/* the heap checks have given back what they had kept as well */
	if (!bump)
		TEST(stats().held <= held && page_bytes_total() - page_bytes_free() <= used);
}

/*
 * --- Named caches -----------------------------------------------------------------------------
 */

#define OBJECTS	150

static void construct(void *object)
{
	memset(object, 0x3c, 100);
}

static void caches_of_many_objects(void)
{
	struct cache *cache = cache_create("test", 100, 64, construct);
	static u8 *p[OBJECTS];
	size_t n;

	if (!TEST(cache))
		return;
	for (n = 0; n < OBJECTS; n++) {
		p[n] = cache_alloc(cache);
		if (!TEST(p[n]))
			break;
		TEST(IS_ALIGNED((vaddr_t)p[n], 64) && is_filled(p[n], 0x3c, 100));
		memset(p[n], (int)n, 100);
	}
	TEST(!n || cache_destroy(cache) == -EBUSY);
	while (n--) {
		TEST(is_filled(p[n], (u8)n, 100));
		construct(p[n]);
		cache_free(cache, p[n]);
	}
	TEST_EQ(cache_destroy(cache), 0);
}

static void caches_that_cannot_be(void)
{
	TEST(!cache_create("test", 0, 0, NULL) && !cache_create("test", PAGE_SIZE + 1, 0, NULL));
	TEST(!cache_create("test", 8, 24, NULL) && !cache_create("test", 8, 2 * PAGE_SIZE, NULL));
}

static const struct test_case cases[] = {
	TEST_CASE(every_size),
	TEST_CASE(every_size_with_every_alignment),
	TEST_CASE(objects_come_and_go),
	TEST_CASE(figures_follow),
	TEST_CASE(classes_add_up),
	TEST_CASE(other_addresses_have_no_size),
	TEST_CASE(memory_runs_out_and_comes_back),
	TEST_CASE(caches_of_many_objects),
	TEST_CASE(caches_that_cannot_be),
};

static const struct test_suite heap_suite = TEST_SUITE_OF("heap", cases);
TEST_SUITE(heap_suite);
