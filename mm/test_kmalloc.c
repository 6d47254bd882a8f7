/* SPDX-License-Identifier: MIT */
/*
 * Tests of kmalloc() and its relatives over whichever policy is linked: what each promises, and
 * what makes no sense. How well the policy uses memory is its own test's business.
 */
#include <kernel/printk.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/cache.h>
#include <mm/heap.h>
#include <mm/page.h>

#define ALIGN_MAX	KIB(64)

static bool is_filled(const u8 *p, u8 byte, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != byte)
			return false;
	return true;
}

static bool is_aligned(const void *p, size_t align)
{
	return IS_ALIGNED((vaddr_t)p, align);
}

static const size_t sizes[] = {
	1,   7,	  8,	16,   17,   32,	  33,	64,   100,  128,  200,	 256,	500,
	512, 1000, 1024, 2000, 2048, 3000, 4096, 5000, 8192, 16384, 30000, 65536, 100000,
};

static void objects_have_room(void)
{
	u8 *p[ARRAY_SIZE(sizes)];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		p[i] = kmalloc(sizes[i]);
		if (!TEST(p[i]))
			continue;
		TEST(is_aligned(p[i], HEAP_ALIGN) && ksize(p[i]) >= sizes[i]);
		memset(p[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		TEST(!p[i] || is_filled(p[i], (u8)(i + 1), sizes[i]));
		kfree(p[i]);
	}
}

static void cleared_objects(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *p = kmalloc(sizes[i]);

		if (TEST(p))
			memset(p, 0x55, sizes[i]);
		kfree(p);
		p = i % 2 ? kzalloc(sizes[i]) : kcalloc(1, sizes[i]);
		TEST(p && is_filled(p, 0, sizes[i]));
		kfree(p);
	}
}

static void alignments(void)
{
	for (size_t align = 1; align <= ALIGN_MAX; align *= 2) {
		u8 *small = kmalloc_aligned(24, align), *large = kmalloc_aligned(5000, align);

		TEST(small && is_aligned(small, align) && is_aligned(small, HEAP_ALIGN));
		TEST(large && is_aligned(large, align));
		if (small)
			memset(small, 1, 24);
		if (large)
			memset(large, 2, 5000);
		TEST(!small || is_filled(small, 1, 24));
		kfree(small);
		kfree(large);
	}
}

static void resizing_keeps_contents(void)
{
	static const size_t steps[] = { 10, 100, 50, 1000, 20000, 300, 1 };
	u8 *p = krealloc(NULL, 5);
	size_t kept = 5;

	if (!TEST(p))
		return;
	memset(p, 0x77, kept);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		u8 *new = krealloc(p, steps[i]);

		/* without memory it stays as it was */
		if (TEST(new))
			p = new;
		kept = MIN(kept, steps[i]);
		TEST(is_filled(p, 0x77, kept));
		if (new) {
			kept = steps[i];
			memset(p, 0x77, kept);
		}
	}
	TEST(!krealloc(p, 0));
}

static void copies(void)
{
	static const char text[] = "a text";
	char *copy = kstrdup(text), *part = kmemdup(text, 3), *empty = kstrdup("");

	TEST(copy && copy != text);
	TEST_STR(copy, text);
	TEST(part && !memcmp(part, text, 3));
	TEST_STR(empty, "");
	kfree(copy);
	kfree(part);
	kfree(empty);
}

static void sizes_that_make_no_sense(void)
{
	static const size_t wrong[] = { 0, 3, 24, 48, SIZE_MAX, ALIGN_MAX + 1, 1UL << 63 };

	TEST(!kmalloc(0) && !kzalloc(0) && !kcalloc(0, 8) && !kcalloc(8, 0) && !krealloc(NULL, 0));
	TEST(!kmalloc_aligned(0, 64));
	TEST(!kmalloc(SIZE_MAX) && !kmalloc(SIZE_MAX - PAGE_SIZE) && !kmalloc(SIZE_MAX / 2));
	TEST(!kzalloc(SIZE_MAX - 15) && !kmalloc_aligned(SIZE_MAX - 15, PAGE_SIZE));
	TEST(!kcalloc(SIZE_MAX, 2) && !kcalloc(1UL << 32, 1UL << 32) && !kcalloc(3, SIZE_MAX / 2));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		TEST(!kmalloc_aligned(16, wrong[i]));
	TEST(!kmalloc_aligned(16, 2 * ALIGN_MAX));
	kfree(NULL);
	TEST_EQ(ksize(NULL), 0);
}

/* The log's last line. */
static bool last_line_has(const char *a, const char *b)
{
	static struct log_record record;
	u64 from = 0;

	record.len = 0;
	while (log_read(from, &record))
		from = record.sequence + 1;
	record.text[MIN(record.len, sizeof(record.text) - 1)] = 0;
	return strstr(record.text, a) && strstr(record.text, b);
}

/* An image without symbols says the address. */
static __noinline const char *me(void)
{
	return IS_ENABLED(CONFIG_KALLSYMS) ? "for too_large_is_said+" : "for 0xffffffff";
}

/* There are no more than a few lines a second: perhaps this is the next one's first. */
static void too_large_is_said(void)
{
	TEST(!kmalloc(GIB(1024)));
	if (!last_line_has("out of memory: 1099511627776 bytes", me())) {
		time_sleep_until((time_now() / NS_PER_SEC + 1) * NS_PER_SEC);
		TEST(!kmalloc(GIB(1024)));
		TEST(last_line_has("out of memory: 1099511627776 bytes", me()));
	}
}

static void constructed(void *object)
{
	memset(object, 0x33, 40);
}

static void caches(void)
{
	struct cache *cache = cache_create("test", 40, 0, constructed);
	u8 *a, *b;

	if (!TEST(cache))
		return;
	a = cache_alloc(cache);
	b = cache_alloc(cache);
	TEST(a && is_filled(a, 0x33, 40));
	TEST(b && is_filled(b, 0x33, 40) && a != b);
	if (a || b)
		TEST(cache_destroy(cache) < 0);
	if (a)
		cache_free(cache, a);
	if (b)
		cache_free(cache, b);
	a = cache_alloc(cache);
	TEST(a && is_filled(a, 0x33, 40));
	if (a)
		cache_free(cache, a);
	TEST_EQ(cache_destroy(cache), 0);
}

static const struct test_case cases[] = {
	TEST_CASE(too_large_is_said),
	TEST_CASE(objects_have_room),
	TEST_CASE(cleared_objects),
	TEST_CASE(alignments),
	TEST_CASE(resizing_keeps_contents),
	TEST_CASE(copies),
	TEST_CASE(sizes_that_make_no_sense),
	TEST_CASE(caches),
};

static const struct test_suite kmalloc_suite = TEST_SUITE_OF("kmalloc", cases);
TEST_SUITE(kmalloc_suite);
