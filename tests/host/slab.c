/* SPDX-License-Identifier: MIT */
/*
 * What the slab heap makes of sizes and of addresses: the arithmetic of classes for every size, the
 * test of an object's start for every offset, and addresses that are nothing of its own. The cases
 * that every heap must pass are elsewhere; slab_cpu.c and slab_cache.c have those
 * of magazines and of caches.
 */
#include <setjmp.h>

#include "slab_host.h"

/*
 * --- In place of mm/heap.c, and what slab_host.h promises -------------------------------------
 */

bool slab_good = true;
unsigned int slab_out_of_memory;
static jmp_buf *caught;

void heap_bad_free(const void *p, const char *why)
{
	if (caught)
		longjmp(*caught, 1);
	panic("bad free of %p: %s", p, why);
}

void *heap_out_of_memory(size_t size)
{
	slab_out_of_memory += size != 0;
	return NULL;
}

bool slab_refused(void (*give_back)(void *p), void *p)
{
	jmp_buf here;

	if (setjmp(here)) {
		caught = NULL;
		return true;
	}
	caught = &here;
	give_back(p);
	caught = NULL;
	return false;
}

static struct heap_stats figures(void)
{
	struct heap_stats stats;

	heap_policy_stats(&stats);
	return stats;
}

u64 slab_held(void)
{
	return figures().held;
}

u64 slab_live(void)
{
	return figures().live;
}

void slab_start(size_t mib)
{
	machine_start_simple(mib);
	heap_policy_init();
}

void slab_check_empty(u64 free_at_first)
{
	CHECK_EQ(slab_live(), 0);
	heap_policy_shrink();
	CHECK_EQ(slab_held(), 0);
	CHECK_EQ(page_bytes_free(), free_at_first);
}

/*
 * --- Arithmetic -------------------------------------------------------------------------------
 */

/* The class of a size that is a multiple of @align is one as well. */
static bool alignments_agree(size_t size)
{
	for (size_t align = HEAP_ALIGN; align <= PAGE_SIZE; align *= 2)
		if (slab_class_size(slab_class(ALIGN_UP(size, align) - 1)) % align)
			return false;
	return true;
}

static void every_size_has_the_least_class(void)
{
	TEST_EQ(slab_class_size(0), HEAP_ALIGN);
	TEST_EQ(slab_class_size(SLAB_CLASSES - 1), SLAB_MAX);
	TEST(SLAB_CLASSES <= SLAB_TAGS && SLAB_TAGS <= PAGE_SIZE);
	for (size_t size = 1; size <= SLAB_MAX; size++) {
		size_t n = slab_class(size - 1), rounded = slab_class_size(n);

		if (!TEST(n < SLAB_CLASSES && rounded >= size) ||
		    !TEST(n == 0 || slab_class_size(n - 1) < size) ||
		    !TEST(IS_ALIGNED(rounded, HEAP_ALIGN)) ||
		    !TEST(rounded - size < MAX(size / 4, 16UL)) ||
		    !TEST(alignments_agree(size))) {
			printf("# size %zu, n %zu of %zu bytes\n", size, n, rounded);
			return;
		}
	}
}

/* As cache_create() would; in a place of its own, no heap has begun yet. */
static const struct cache *make_cache(size_t size)
{
	static struct cache copies[SLAB_CPUS];

	list_init(&slab_heap.caches);
	memset(copies, 0, sizeof(copies));
	slab_cache_init(copies, size, 0);
	return copies;
}

/* Every offset of a slab and a bit more, and what wraps around. */
static bool offsets_agree(const struct cache *cache)
{
	size_t end = ((size_t)cache->pages << PAGE_SHIFT) + 2 * cache->size;

	for (size_t offset = 0; offset < end; offset++) {
		bool is = offset % cache->size == 0 && offset < cache->bytes;
		u64 index = (u64)((unsigned __int128)offset * cache->reciprocal >> 64);

		if (slab_starts_object(cache, offset) != is || index != offset / cache->size ||
		    slab_starts_object(cache, -offset) != (offset == 0) ||
		    slab_starts_object(cache, offset + BIT(32)) ||
		    slab_starts_object(cache, offset + BIT(63))) {
			printf("# %u bytes, offset %zu\n", cache->size, offset);
			return false;
		}
	}
	return true;
}

static void starts_are_told_from_all_other_offsets(void)
{
	for (size_t n = 0; n < SLAB_CLASSES; n++)
		TEST(offsets_agree(make_cache(slab_class_size(n))));
	/* of named caches any multiple of 16 */
	for (size_t size = 16; size <= PAGE_SIZE; size += 16 * (1 + size / 512))
		if (!TEST(offsets_agree(make_cache(size))))
			return;
}

static void little_of_a_slab_is_left_over(void)
{
	for (size_t n = 0; n < SLAB_CLASSES; n++) {
		const struct cache *cache = make_cache(slab_class_size(n));
		size_t bytes = (size_t)cache->pages << PAGE_SHIFT;

		TEST(cache->objects > 0 && cache->objects < SLAB_NONE && cache->pages <= 8);
		TEST_EQ(cache->bytes, (size_t)cache->objects * cache->size);
		TEST(bytes - cache->bytes <= bytes / 32);
		TEST(cache->batch > 0 && cache->bottom >= SLAB_SLOT_BIT);
		for (unsigned int i = 0; i < SLAB_CPUS; i++)
			TEST_EQ(cache[i].top, cache->bottom);
	}
}

/*
 * --- Addresses --------------------------------------------------------------------------------
 */

/* Frees at every offset of the slab that @p begins are refused, but for those of objects. */
static void check_slab(char *p, size_t size)
{
	struct page *page = virt_to_page(p), *first = page - page->index;
	const struct cache *cache = slab_cache_of(page);
	char *begin = page_to_virt(first);

	CHECK_EQ(cache->size, size);
	for (size_t i = 0; i < (size_t)cache->pages << PAGE_SHIFT && slab_good; i++) {
		bool is = slab_starts_object(cache, i);

		CHECK_EQ(heap_policy_size(begin + i), is ? size : 0);
		/* slower: near the starts, and here and there */
		if (!is && (i % size < 17 || i % 61 == 0) && (size < 4096 || i % 7 == 0))
			CHECK(slab_refused(heap_policy_free, begin + i));
	}
}

static bool offsets_play(void)
{
	slab_start(64);
	for (size_t n = 0; n < SLAB_CLASSES; n++) {
		size_t size = slab_class_size(n);
		char *p = heap_policy_alloc(size);

		CHECK(p != NULL);
		if (slab_good)
			check_slab(p, size);
		heap_policy_free(p);
	}
	return slab_good;
}

static void every_other_offset_is_refused(void)
{
	TEST(apart(offsets_play));
}

/* A machine with holes, and pages of all kinds, on which no address may fault or be believed. */
static void machine_of_holes(void)
{
	const struct boot_mem_range banks[] = {
		{ .base = GIB(1), .size = MIB(16) + PAGE_SIZE },
		{ .base = GIB(1) + MIB(64), .size = MIB(8) },
		{ .base = GIB(7), .size = MIB(32) - PAGE_SIZE },
	};
	const struct boot_mem_range reserved[] = {
		/* not at the start: the very first page of the linear map can be had */
		{ .base = GIB(1) + MIB(1), .size = MIB(1), .name = "kernel" },
		{ .base = GIB(7), .size = MIB(4), .name = "firmware", .no_map = true },
	};

	machine_start(banks, ARRAY_SIZE(banks), reserved, ARRAY_SIZE(reserved));
	heap_policy_init();
}

/* Pages of others, whose owners are pointers to anything. */
static void take_pages(void)
{
	static struct page *runs[64];
	void *const owners[] = { NULL, slab_cpu.class, &slab_cpu.class[3], runs, &slab_heap };

	for (unsigned int i = 0; i < ARRAY_SIZE(runs); i++) {
		runs[i] = page_alloc(i % 3, PAGE_USE_KERNEL);
		if (!CHECK(runs[i] != NULL))
			return;
		for (unsigned int n = 0; n < 1U << i % 3; n++) {
			runs[i][n].owner = i % 2 ? page_to_virt(runs[i]) : owners[i / 2 % 5];
			runs[i][n].index = (u16)host_random();
		}
	}
}

static void *random_address(void)
{
	static const paddr_t bases[] = { GIB(1), GIB(1) + MIB(64), GIB(7) };
	u64 r = host_random();

	switch (host_random_below(6)) {
	case 0:
		return (void *)(uintptr_t)r;
	case 1:
		return (void *)(ARCH_LINEAR_START + r % ARCH_LINEAR_SIZE);
	case 2:
		return (void *)(ARCH_MEMMAP_START + r % ARCH_MEMMAP_SIZE);
	case 3:
		return (char *)__builtin_frame_address(0) + r % 4096;
	case 4:
		return (void *)(uintptr_t)(1UL << r % 64);
	default:
		return (char *)phys_to_virt(bases[r % 3]) + host_random_below(MIB(40));
	}
}

static bool wild_play(void)
{
	void *const fixed[] = {
		NULL, (void *)1, (void *)~0UL, (void *)~15UL, &slab_good,
		(void *)(uintptr_t)wild_play,
		(void *)(ARCH_LINEAR_START - 16), phys_to_virt(ARCH_LINEAR_SIZE),
		phys_to_virt(GIB(7) - 16), phys_to_virt(GIB(7) + MIB(32)),
		phys_to_virt(GIB(1) + MIB(1)),
	};
	void *p[1000];
	u64 before;

	machine_of_holes();
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = heap_policy_alloc(1 + host_random_below(i % 10 ? 2048 :
								       SLAB_MAX + 3 * PAGE_SIZE));
	take_pages();
	before = slab_live();
	for (unsigned int i = 0; i < ARRAY_SIZE(fixed); i++) {
		CHECK(slab_refused(heap_policy_free, fixed[i]));
		CHECK_EQ(heap_policy_size(fixed[i]), 0);
	}
	for (u64 n = host_effort(300000); n && slab_good; n--) {
		void *wild = random_address();

		if (heap_policy_size(wild))
			continue;	/* it is an object */
		CHECK(slab_refused(heap_policy_free, wild));
		if (!slab_good)
			printf("# address %p\n", wild);
	}
	CHECK_EQ(slab_live(), before);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		heap_policy_free(p[i]);
	return slab_good;
}

static void wild_addresses_are_refused(void)
{
	TEST(apart(wild_play));
}

/* Objects of all banks are found and taken back, also where the quick way does not lead. */
static bool banks_play(void)
{
	static void *p[40000];
	unsigned int n = 0;
	bool seen[4] = { false };
	u64 before;

	machine_of_holes();
	before = page_bytes_free();
	while (n < ARRAY_SIZE(p) && (p[n] = heap_policy_alloc(2048)) != NULL) {
		paddr_t pa = virt_to_phys(p[n]);

		seen[pa < GIB(1) + MIB(64) ? 0 : pa < GIB(7) ? 1 : 2] = true;
		seen[3] |= pa == GIB(1);
		CHECK_EQ(heap_policy_size(p[n]), 2048);
		n++;
	}
	CHECK(seen[0] && seen[1] && seen[2] && seen[3] && n < ARRAY_SIZE(p));
	CHECK(page_bytes_free() < MAX(64 * PAGE_SIZE, MIB(1)));
	for (unsigned int i = 0; i < n; i++)
		heap_policy_free(p[i]);
	slab_check_empty(before);
	return slab_good;
}

static void objects_come_from_every_bank(void)
{
	TEST(apart(banks_play));
}

/* A slab that has gone back leaves nothing behind that would be believed. */
static bool stale_play(void)
{
	char *p[600];

	slab_start(256);
	for (size_t n = 0; n < SLAB_CLASSES; n++) {
		size_t size = slab_class_size(n);

		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			p[i] = heap_policy_alloc(size);
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			heap_policy_free(p[i]);
		heap_policy_shrink();
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			CHECK(!heap_policy_size(p[i]) && slab_refused(heap_policy_free, p[i]));
	}
	CHECK_EQ(slab_held(), 0);
	return slab_good;
}

static void slabs_that_have_gone_are_forgotten(void)
{
	TEST(apart(stale_play));
}

static void free_again(void)
{
	void *p, *q;

	slab_start(64);
	p = heap_policy_alloc(64);
	q = heap_policy_alloc(64);
	heap_policy_free(p);
	heap_policy_free(q);
	heap_policy_free(q);
	heap_policy_shrink();
}

static void free_never_taken(void)
{
	char *p;

	slab_start(64);
	p = heap_policy_alloc(PAGE_SIZE / 2);
	heap_policy_free((char *)ALIGN_DOWN((vaddr_t)p, PAGE_SIZE));
	heap_policy_free((char *)ALIGN_DOWN((vaddr_t)p, PAGE_SIZE) + PAGE_SIZE / 2);
	heap_policy_shrink();
}

static void write_after_free(void)
{
	void *p[100];

	slab_start(64);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = heap_policy_alloc(32);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		heap_policy_free(p[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		memset(p[i], 0xee, 32);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		heap_policy_alloc(32);
}

static void what_a_slab_notices(void)
{
	TEST(panics(free_again, "it is free already"));
	TEST(panics(free_never_taken, "it is free already"));
	TEST(panics(write_after_free, "of 32 bytes was written to: link 61166 of"));
}

static const struct test_case cases[] = {
	TEST_CASE(every_size_has_the_least_class),
	TEST_CASE(starts_are_told_from_all_other_offsets),
	TEST_CASE(little_of_a_slab_is_left_over),
	TEST_CASE(every_other_offset_is_refused),
	TEST_CASE(wild_addresses_are_refused),
	TEST_CASE(objects_come_from_every_bank),
	TEST_CASE(slabs_that_have_gone_are_forgotten),
	TEST_CASE(what_a_slab_notices),
};

static const struct test_suite slab_suite = TEST_SUITE_OF("slab", cases);
TEST_SUITE(slab_suite);
