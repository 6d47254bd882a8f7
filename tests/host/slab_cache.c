/* SPDX-License-Identifier: MIT */
/*
 * The slab heap's named caches with their constructors, objects that have pages to themselves,
 * memory that is out, and how much is held for 100,000 objects of mixed sizes.
 */
#include <mm/cache.h>
#include <uapi/errno.h>

#include "slab_host.h"

/*
 * --- Named caches -----------------------------------------------------------------------------
 */

#define STAMP		0x5eed5eed5eed5eedUL

struct thing {
	u64 stamp;		/* as the constructor left it, whenever nobody has it */
	u64 number;
	unsigned char rest[19];
};

static u64 constructed;
static struct cache *things;

static void construct(void *object)
{
	struct thing *thing = object;

	thing->stamp = STAMP;
	thing->number = constructed++;
	memset(thing->rest, 0x77, sizeof(thing->rest));
}

static void check_thing(const struct thing *thing)
{
	CHECK_EQ(thing->stamp, STAMP);
	CHECK(thing->number < constructed);
	for (size_t i = 0; i < sizeof(thing->rest); i++)
		CHECK_EQ(thing->rest[i], 0x77);
}

static void find_things(const struct heap_class *row, void *arg)
{
	if (row->name && !strcmp(row->name, "things"))
		*(struct heap_class *)arg = *row;
}

/* Objects are constructed once, with their slab, and stay so however often they come and go. */
static bool things_play(void)
{
	static struct thing *p[5000];
	struct heap_class row = { 0 };
	unsigned int n = 0;
	u64 before, slabs;

	slab_start(64);
	before = page_bytes_free();
	things = cache_create("things", sizeof(struct thing), 0, construct);
	CHECK(things && constructed == 0);
	for (u64 step = host_effort(100000); step && slab_good; step--) {
		if (n < ARRAY_SIZE(p) && host_random_below(100) < 55) {
			p[n] = cache_alloc(things);
			check_thing(p[n]);
			p[n++]->stamp = 0;
		} else if (n) {
			size_t i = host_random_below(n);

			p[i]->stamp = STAMP;
			cache_free(things, p[i]);
			p[i] = p[--n];
		}
	}
	heap_policy_classes(find_things, &row);
	slabs = row.pages / things->pages;
	CHECK_EQ(row.live, n);
	CHECK_EQ(row.live + row.free, slabs * things->objects);
	CHECK(row.cached <= row.free && constructed >= slabs * things->objects);
	CHECK(row.size >= sizeof(struct thing) + 2 && row.size < sizeof(struct thing) + 18);
	CHECK_EQ(cache_destroy(things), n ? -EBUSY : 0);
	while (n--) {
		p[n]->stamp = STAMP;
		cache_free(things, p[n]);
	}
	/* while the first slab lives nothing is made anew */
	constructed = 0;
	cache_free(things, cache_alloc(things));
	CHECK_EQ(constructed, 0);
	CHECK_EQ(cache_destroy(things), 0);
	slab_check_empty(before);
	return slab_good;
}

static void objects_stay_constructed(void)
{
	TEST(apart(things_play));
}

static void free_thing(void *p)
{
	cache_free(things, p);
}

static void free_one(void *p)
{
	heap_policy_free(p);
}

/* An object goes back to its own cache only, and only by cache_free(). */
static bool strangers_play(void)
{
	struct cache *other;
	char *p, *q, *r;

	slab_start(64);
	things = cache_create("things", 100, 0, NULL);
	other = cache_create("other", 100, 0, NULL);
	p = cache_alloc(things);
	q = cache_alloc(other);
	r = heap_policy_alloc(100);
	CHECK(slab_refused(free_thing, q) && slab_refused(free_thing, r));
	CHECK(slab_refused(free_one, p) && slab_refused(free_one, q));
	CHECK(slab_refused(free_thing, NULL) && slab_refused(free_thing, &p));
	for (unsigned int i = 1; i < 112; i++)
		CHECK(slab_refused(free_thing, p + i));
	/* behind the last object of a slab, where another one would begin */
	CHECK(slab_refused(free_thing, (char *)page_to_virt(virt_to_page(p)) + things->bytes));
	CHECK_EQ(heap_policy_size(p), 112);
	cache_free(things, p);
	cache_free(other, q);
	heap_policy_free(r);
	CHECK_EQ(cache_destroy(other), 0);
	CHECK_EQ(cache_destroy(things), 0);
	CHECK_EQ(slab_live(), 0);
	return slab_good;
}

static void strangers_are_refused(void)
{
	TEST(apart(strangers_play));
}

static bool alignment_play(void)
{
	static char *p[64];
	u64 before;

	slab_start(64);
	before = page_bytes_free();
	for (size_t size = 1; size <= PAGE_SIZE; size = size * 3 / 2 + 1)
		for (size_t align = 1; align <= PAGE_SIZE; align *= 2) {
			struct cache *cache = cache_create("aligned", size, align,
							   size >= sizeof(struct thing) &&
							   align & 0x555 ? construct : NULL);

			for (unsigned int i = 0; i < ARRAY_SIZE(p); i++) {
				p[i] = cache_alloc(cache);
				if (!p[i])
					break;
				CHECK(IS_ALIGNED((vaddr_t)p[i], MAX(align, 16UL)));
				memset(p[i], (int)i, size);
			}
			CHECK(p[0] != NULL);
			for (unsigned int i = 0; i < ARRAY_SIZE(p) && p[i]; i++) {
				CHECK(p[i][0] == (char)i && p[i][size - 1] == (char)i);
				cache_free(cache, p[i]);
			}
			CHECK_EQ(cache_destroy(cache), 0);
		}
	slab_check_empty(before);
	return slab_good;
}

static void caches_of_every_size_and_alignment(void)
{
	TEST(apart(alignment_play));
}

static bool senseless_play(void)
{
	slab_start(64);
	host_log_lines();
	CHECK(!cache_create("a", 0, 0, NULL) && host_log_lines() == 1);
	CHECK(!cache_create("a", PAGE_SIZE + 1, 0, NULL) && host_log_lines() == 1);
	CHECK(!cache_create("a", SIZE_MAX, 0, NULL) && host_log_lines() == 1);
	CHECK(!cache_create("a", 16, 24, NULL) && host_log_lines() == 1);
	CHECK(!cache_create("a", 16, 2 * PAGE_SIZE, NULL) && host_log_lines() == 1);
	CHECK(!cache_create(NULL, 16, 0, NULL) && host_log_lines() == 1);
	CHECK_EQ(slab_held(), 0);
	CHECK_EQ(slab_out_of_memory, 0);
	return slab_good;
}

static void senseless_caches_are_refused(void)
{
	TEST(apart(senseless_play));
}

/*
 * --- Memory that is out, and overhead ---------------------------------------------------------
 */

static bool out_play(void)
{
	static void *p[300000];
	struct page *page, *pages = NULL;
	unsigned int n = 0;
	u64 before;

	slab_start(16);
	before = page_bytes_free();
	things = cache_create("things", sizeof(struct thing), 0, construct);
	while (n < ARRAY_SIZE(p) && (p[n] = heap_policy_alloc(1 + host_random_below(3000))))
		n++;
	CHECK(n < ARRAY_SIZE(p));
	/* and the pages that were too few for the last one */
	while ((page = page_alloc(0, PAGE_USE_KERNEL | PAGE_QUIET))) {
		page->owner = pages;
		pages = page;
	}
	CHECK(!cache_alloc(things) && slab_out_of_memory == 1);
	CHECK(!heap_policy_alloc(PAGE_SIZE * 3) && !heap_policy_alloc(SIZE_MAX));
	CHECK(!heap_policy_alloc_aligned(16, MAX(PAGE_SIZE, KIB(64))));
	while (pages) {
		page = pages;
		pages = page->owner;
		page_free(page);
	}
	CHECK_EQ(cache_destroy(things), 0);
	while (n--)
		heap_policy_free(p[n]);
	slab_check_empty(before);
	return slab_good;
}

static void memory_that_is_out(void)
{
	TEST(apart(out_play));
}

static bool large_play(void)
{
	u64 before;

	slab_start(256);
	before = page_bytes_free();
	for (unsigned int i = 0; i < 200; i++) {
		size_t size = SLAB_MAX + 1 + host_random_below(20 * PAGE_SIZE);
		size_t align = 32UL << host_random_below(12);
		char *p = heap_policy_alloc(size);
		char *q = heap_policy_alloc_aligned(size, MIN(align, MAX(PAGE_SIZE, KIB(64))));

		/* exactly as many pages as it takes */
		CHECK_EQ(heap_policy_size(p), ALIGN_UP(size, PAGE_SIZE));
		CHECK(heap_policy_size(q) >= size && IS_ALIGNED((vaddr_t)q, MIN(align, KIB(64))));
		CHECK(slab_refused(free_one, p + 16) && slab_refused(free_one, p + PAGE_SIZE));
		memset(p, 0, size);
		memset(q, 0, size);
		CHECK_EQ(slab_live(), heap_policy_size(p) + heap_policy_size(q));
		heap_policy_free(p);
		CHECK(slab_refused(free_one, p));
		heap_policy_free(q);
	}
	slab_check_empty(before);
	return slab_good;
}

static void large_objects_are_whole_pages(void)
{
	TEST(apart(large_play));
}

#define OBJECTS		100000

enum mix { EVEN, LOGARITHMIC, SMALL, FEW_LARGE, MIXES };

static size_t mixed_size(enum mix mix)
{
	u64 shift = host_random_below(7);

	switch (mix) {
	case EVEN:
		return 16 + host_random_below(2033);
	case LOGARITHMIC:	/* as many between 16 and 32 as between 1,024 and 2,048 */
		return ((16 + host_random_below(16)) << shift) + host_random_below(BIT(shift));
	case SMALL:
		return 16 + host_random_below(241);
	default:
		return 16 + host_random_below(host_random_below(10) ? 113 : 2033);
	}
}

static enum mix played_mix;

/* Objects come and go until 100,000 are there: what is held for them may be 15 % more, with 4K. */
static bool overhead_play(void)
{
	static const char *const names[] = { "even", "logarithmic", "small", "few large" };
	static void *p[OBJECTS];
	static size_t size[OBJECTS];
	/* the last slab of each class is half empty, which only large pages let one see */
	u64 spare = PAGE_SIZE > KIB(4) ? slab_class(2047) * PAGE_SIZE / 2 : 0;
	u64 asked = 0, more, rounded;

	slab_start(512);
	for (unsigned int n = 0; n < OBJECTS; n++) {
		if (n % 4 == 3) {
			size_t i = host_random_below(n);

			heap_policy_free(p[i]);
			asked -= size[i];
			size[i] = mixed_size(played_mix);
			p[i] = heap_policy_alloc(size[i]);
			asked += size[i];
		}
		size[n] = mixed_size(played_mix);
		p[n] = heap_policy_alloc(size[n]);
		asked += size[n];
		CHECK(p[n] != NULL);
	}
	CHECK(slab_held() >= slab_live() && slab_live() >= asked);
	more = slab_held() * 1000 / asked - 1000;
	rounded = slab_live() * 1000 / asked - 1000;
	printf("# %s: %lu bytes asked for, %lu.%lu %% more held, %lu.%lu %% in objects\n",
	       names[played_mix], asked, more / 10, more % 10, rounded / 10, rounded % 10);
	CHECK(slab_held() * 100 <= asked * 115 + spare * 100);
	return slab_good;
}

static void overhead_is_at_most_15_percent(void)
{
	for (played_mix = 0; played_mix < MIXES; played_mix++)
		TEST(apart(overhead_play));
}

static const struct test_case cases[] = {
	TEST_CASE(objects_stay_constructed),
	TEST_CASE(strangers_are_refused),
	TEST_CASE(caches_of_every_size_and_alignment),
	TEST_CASE(senseless_caches_are_refused),
	TEST_CASE(memory_that_is_out),
	TEST_CASE(large_objects_are_whole_pages),
	TEST_CASE(overhead_is_at_most_15_percent),
};

static const struct test_suite slab_cache_suite = TEST_SUITE_OF("slab_cache", cases);
TEST_SUITE(slab_cache_suite);
