/* SPDX-License-Identifier: MIT */
/*
 * Tests of the slab heap on the machine as it is, of what no other heap does: which address is an
 * object's, named caches that keep their objects constructed, and that what is empty goes back.
 * tests/host/slab*.c play through other machines. Everything goes back, so they may run again.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <mm/cache.h>
#include <mm/heap_policy.h>
#include <mm/page.h>
#include <uapi/errno.h>

#define OBJECTS	200

static u64 held(void)
{
	struct heap_stats stats;

	heap_policy_stats(&stats);
	return stats.held;
}

static void find(const struct heap_class *c, void *arg)
{
	struct heap_class *wanted = arg;

	if (wanted->name ? c->name && !strcmp(c->name, wanted->name) :
			   !c->name && c->size == wanted->size)
		*wanted = *c;
}

static struct heap_class row_of(const char *name, size_t size)
{
	struct heap_class row = { .name = name, .size = size };

	heap_policy_classes(find, &row);
	return row;
}

/* Memory may have been out, which the case has said already. */
static void free_if(void *p)
{
	if (p)
		heap_policy_free(p);
}

static void an_object_has_its_own_size(void)
{
	/* all classes are a multiple of 16, with steps of a quarter at most */
	for (size_t size = 1; size <= 2 * PAGE_SIZE; size += 1 + size / 7) {
		u8 *p = heap_policy_alloc(size);
		size_t room = heap_policy_size(p);

		if (!TEST(p && room >= size && room < size + MAX(size / 4, 16UL)))
			return;
		TEST(IS_ALIGNED((vaddr_t)p | room, HEAP_ALIGN));
		for (size_t i = 1; i < room; i += 1 + i / 16)
			TEST_EQ(heap_policy_size(p + i), 0);
		heap_policy_free(p);
	}
}

static void what_is_no_object_has_no_size(void)
{
	static const char constant[64] __aligned(16) = "";
	struct page *page = page_alloc(0, PAGE_USE_KERNEL);
	void *large = heap_policy_alloc(5 * PAGE_SIZE);

	TEST_EQ(heap_policy_size(NULL), 0);
	TEST_EQ(heap_policy_size((void *)~(vaddr_t)15), 0);
	TEST_EQ(heap_policy_size(&page), 0);
	TEST_EQ(heap_policy_size(constant), 0);
	TEST_EQ(heap_policy_size((void *)(vaddr_t)an_object_has_its_own_size), 0);
	TEST_EQ(heap_policy_size((void *)(ARCH_LINEAR_START + 8)), 0);
	TEST_EQ(heap_policy_size((void *)(ARCH_LINEAR_START + ARCH_LINEAR_SIZE - 16)), 0);
	TEST_EQ(heap_policy_size((void *)ARCH_MEMMAP_START), 0);
	if (TEST(page)) {
		TEST_EQ(heap_policy_size(page_to_virt(page)), 0);
		page_free(page);
	}
	if (TEST(large)) {
		TEST_EQ(heap_policy_size(large), 5 * PAGE_SIZE);
		TEST_EQ(heap_policy_size((u8 *)large + PAGE_SIZE), 0);
		heap_policy_free(large);
		TEST_EQ(heap_policy_size(large), 0);
	}
}

static void figures_are_exact(void)
{
	struct heap_class before = row_of(NULL, 448), row;
	void *p[OBJECTS];

	for (size_t i = 0; i < OBJECTS; i++) {
		p[i] = heap_policy_alloc(448 - i % 64);
		TEST(p[i]);
	}
	row = row_of(NULL, 448);
	TEST_EQ(row.live, before.live + OBJECTS);
	TEST(row.cached <= row.free);
	TEST(row.pages * PAGE_SIZE >= (row.live + row.free) * 448);
	for (size_t i = 0; i < OBJECTS; i++)
		free_if(p[i]);
	TEST_EQ(row_of(NULL, 448).live, before.live);
}

static void what_is_empty_goes_back(void)
{
	static const size_t sizes[] = { 16, 96, 1792, 2 * PAGE_SIZE };
	static void *p[OBJECTS];
	u64 free, least;

	heap_policy_shrink();
	least = held();
	free = page_bytes_free();
	for (size_t n = 0; n < ARRAY_SIZE(sizes); n++) {
		for (size_t i = 0; i < OBJECTS; i++)
			p[i] = heap_policy_alloc(sizes[n]);
		TEST(row_of(NULL, sizes[n]).pages * PAGE_SIZE >= OBJECTS * sizes[n]);
		for (size_t i = 0; i < OBJECTS; i++)
			free_if(p[i]);
	}
	heap_policy_shrink();
	TEST_EQ(held(), least);
	TEST_EQ(page_bytes_free(), free);
}

/*
 * --- Named caches -----------------------------------------------------------------------------
 */

struct thing {
	u64 stamp;
	u8 rest[40];
};

static unsigned int constructed;

static void construct(void *object)
{
	struct thing *thing = object;

	constructed++;
	thing->stamp = 0x5eed;
	memset(thing->rest, 0x77, sizeof(thing->rest));
}

static bool is_constructed(const struct thing *thing)
{
	for (size_t i = 0; i < sizeof(thing->rest); i++)
		if (thing->rest[i] != 0x77)
			return false;
	return thing->stamp == 0x5eed;
}

static void objects_stay_constructed(void)
{
	struct cache *cache = cache_create("test", sizeof(struct thing), 0, construct);
	struct thing *p[OBJECTS];
	unsigned int made;

	if (!TEST(cache))
		return;
	/* with heap checks others make the caches, so that the checks see each object */
	if (IS_ENABLED(CONFIG_HEAP_CACHE_GENERIC)) {
		cache_destroy(cache);
		return;
	}
	constructed = 0;
	for (size_t i = 0; i < OBJECTS; i++) {
		p[i] = cache_alloc(cache);
		TEST(p[i] && is_constructed(p[i]));
	}
	made = constructed;
	TEST(made >= OBJECTS);
	TEST_EQ(row_of("test", 0).live, OBJECTS);
	TEST_EQ(cache_destroy(cache), -EBUSY);
	for (size_t i = 0; i < OBJECTS / 2; i++)
		cache_free(cache, p[i]);
	for (size_t i = 0; i < OBJECTS / 2; i++) {
		p[i] = cache_alloc(cache);
		TEST(p[i] && is_constructed(p[i]));
	}
	TEST_EQ(constructed, made);
	for (size_t i = 0; i < OBJECTS; i++)
		cache_free(cache, p[i]);
	TEST_EQ(row_of("test", 0).live, 0);
	TEST_EQ(cache_destroy(cache), 0);
	TEST_EQ(row_of("test", 0).pages, 0);
}

static void caches_are_aligned(void)
{
	for (size_t align = 16; align <= PAGE_SIZE; align *= 4) {
		struct cache *cache = cache_create("test", sizeof(struct thing), align,
						   align & 0x50 ? construct : NULL);
		void *p = cache ? cache_alloc(cache) : NULL, *q = p ? cache_alloc(cache) : NULL;

		TEST(p && q && p != q);
		TEST(IS_ALIGNED((vaddr_t)p | (vaddr_t)q, align));
		if (p)
			cache_free(cache, p);
		if (q)
			cache_free(cache, q);
		if (cache)
			TEST_EQ(cache_destroy(cache), 0);
	}
}

static const struct test_case cases[] = {
	TEST_CASE(an_object_has_its_own_size),
	TEST_CASE(what_is_no_object_has_no_size),
	TEST_CASE(figures_are_exact),
	TEST_CASE(what_is_empty_goes_back),
	TEST_CASE(objects_stay_constructed),
	TEST_CASE(caches_are_aligned),
};

static const struct test_suite slab_suite = TEST_SUITE_OF("slab", cases);
TEST_SUITE(slab_suite);
