/* SPDX-License-Identifier: MIT */
/*
 * Tests of the page allocator on the machine as it is, with either policy; tests/host/page.c plays
 * through other machines. Everything goes back, so they may run again and again.
 */
#include <arch/mmu.h>
#include <arch/sections.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/page.h>

#define KERNEL		PAGE_USE_KERNEL
#define PAGE_WORDS	(PAGE_SIZE / sizeof(u64))

/* Every page of the run is filled with what tells it from others. */
static void fill(struct page *page, size_t pages, u64 value)
{
	for (size_t i = 0; i < pages; i++)
		for (size_t at = 0; at < PAGE_WORDS; at += PAGE_WORDS / 4)
			((u64 *)page_to_virt(page + i))[at] = value + i;
}

static bool is_filled(struct page *page, size_t pages, u64 value)
{
	for (size_t i = 0; i < pages; i++)
		for (size_t at = 0; at < PAGE_WORDS; at += PAGE_WORDS / 4)
			if (((u64 *)page_to_virt(page + i))[at] != value + i)
				return false;
	return true;
}

static void a_run_is_aligned_and_ours(void)
{
	struct page *run[11];
	/* what is used: a zone that grows takes of what is free */
	u64 used = page_bytes_total() - page_bytes_free();
	unsigned int orders = 0;
	struct page_stats s;

	/* as many as the machine surely has */
	page_stats_get(&s);
	while (orders < ARRAY_SIZE(run) && 2UL << orders <= s.largest)
		orders++;
	TEST(orders);
	for (unsigned int order = 0; order < orders; order++) {
		run[order] = page_alloc(order, KERNEL);
		if (!TEST(run[order]))
			continue;
		TEST(IS_ALIGNED(page_to_phys(run[order]), PAGE_SIZE << order));
		TEST_EQ(run[order]->refs, 1);
		TEST_EQ(run[order]->order, order);
		TEST_EQ(run[order]->use, KERNEL);
		TEST_EQ(run[order]->owner, NULL);
		TEST_EQ(run[order]->index, 0);
		fill(run[order], 1UL << order, (u64)order << 32);
	}
	TEST_EQ(page_bytes_total() - page_bytes_free(), used + (PAGE_SIZE << orders) - PAGE_SIZE);
	for (unsigned int order = 0; order < orders; order++) {
		if (!run[order])
			continue;
		TEST(is_filled(run[order], 1UL << order, (u64)order << 32));
		page_free(run[order]);
	}
	TEST_EQ(page_bytes_total() - page_bytes_free(), used);
}

static void zeroes_come_on_request(void)
{
	for (unsigned int order = 0; order < 5; order++) {
		struct page *page = page_alloc(order, KERNEL);
		const u8 *p;

		if (!TEST(page))
			return;
		memset(page_to_virt(page), 0xa5, PAGE_SIZE << order);
		page_free(page);
		page = page_alloc(order, KERNEL | PAGE_ZERO);
		if (!TEST(page))
			return;
		p = page_to_virt(page);
		TEST(!p[0] && !memcmp(p, p + 1, (PAGE_SIZE << order) - 1));
		page_free(page);
	}
}

static void odd_counts_cost_what_they_say(void)
{
	static const size_t counts[] = { 1, 2, 3, 5, 31, 33, 64, 65, 100, 127, 129, 200 };
	u64 free = page_bytes_free();

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct page *run = page_alloc_run(counts[i], KERNEL | PAGE_ZERO);
		struct page *other = page_alloc(0, KERNEL);

		if (!TEST(run && other)) {
			if (run)
				page_free_run(run, counts[i]);
			if (other)
				page_free(other);
			continue;
		}
		TEST(other < run || other >= run + counts[i]);
		TEST_EQ(page_bytes_free(), free - (counts[i] + 1) * PAGE_SIZE);
		TEST(!memcmp(page_to_virt(run + counts[i] - 1), page_to_virt(run), PAGE_SIZE));
		page_free(other);
		page_free_run(run, counts[i]);
		TEST_EQ(page_bytes_free(), free);
	}
}

static void the_last_holder_frees(void)
{
	u64 free = page_bytes_free();
	struct page *page = page_alloc(1, KERNEL);

	if (!TEST(page))
		return;
	page_get(page);
	TEST_EQ(page->refs, 2);
	page_put(page);
	TEST_EQ(page->refs, 1);
	TEST_EQ(page_bytes_free(), free - 2 * PAGE_SIZE);
	page_put(page);
	TEST_EQ(page->refs, 0);
	TEST_EQ(page_bytes_free(), free);
}

static void any_address_can_be_looked_up(void)
{
	static const paddr_t odd[] = {
		0, 1, PAGE_SIZE, 1UL << 47, 1UL << 63, ~0UL - PAGE_SIZE, ~0UL,
	};
	struct page *page = page_alloc(3, KERNEL), *found;
	const struct boot_mem_range *bank;

	if (!TEST(page))
		return;
	for (unsigned int i = 0; i < 8; i++) {
		found = page_lookup(page_to_phys(page + i) + 5);
		TEST_EQ(found, page + i);
		TEST_EQ(found->refs, !i);
	}
	page_free(page);
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		(void)page_lookup(odd[i]);
	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++) {
		TEST_EQ(page_lookup(bank->base - 1), NULL);
		TEST_EQ(page_lookup(bank->base + bank->size), NULL);
	}
}

static void impossible_requests_get_null(void)
{
	struct page_stats before, after;
	static const size_t counts[] = { SIZE_MAX, SIZE_MAX / 2 + 2, (1UL << PAGE_ORDER_MAX) + 1 };

	page_stats_get(&before);
	TEST_EQ(page_alloc(PAGE_ORDER_MAX + 1, KERNEL | PAGE_QUIET), NULL);
	TEST_EQ(page_alloc(64, KERNEL | PAGE_QUIET), NULL);
	TEST_EQ(page_alloc(~0U, KERNEL | PAGE_QUIET), NULL);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		TEST_EQ(page_alloc_run(counts[i], KERNEL | PAGE_QUIET), NULL);
	TEST_EQ(page_alloc_run(0, KERNEL), NULL);
	page_stats_get(&after);
	TEST_EQ(after.failed, before.failed);	/* whoever asks quietly can do without */
	TEST_EQ(after.free, before.free);
}

/*
 * What is neither free nor would be when the heap gave it back: it is asked to when memory is out.
 * Nor is it ours. All of it is less then by the array of pages.
 */
static size_t others(const struct page_stats *s)
{
	return s->total - s->free - s->used[PAGE_USE_HEAP] - s->used[KERNEL];
}

/* Takes all there is, largest first, and gives it back. */
static void memory_can_run_out(void)
{
	struct page_stats before, after;
	struct list runs;

	page_stats_get(&before);
	list_init(&runs);
	for (unsigned int order = PAGE_ORDERS; order--;) {
		struct page *page;

		while ((page = page_alloc(order, KERNEL | PAGE_QUIET)))
			list_add(&runs, &page->link);
	}
	TEST_EQ(page_bytes_free(), 0);
	page_stats_get(&after);
	TEST_EQ(others(&after), others(&before));
	TEST_EQ(after.largest, 0);
	/* tests/boot/test_pages.py looks at what this says */
	TEST_EQ(page_alloc_run(3, PAGE_USE_STACK), NULL);
	while (!list_empty(&runs)) {
		struct page *page = list_entry(runs.next, struct page, link);

		list_del(&page->link);
		page_free(page);
	}
	page_stats_get(&after);
	TEST_EQ(others(&after), others(&before));
	TEST_EQ(after.used[KERNEL], before.used[KERNEL]);
	TEST(after.largest);
}

/*
 * Each half is a run of its own; they go back in any order and become one again. A machine with
 * little memory, or much of it cut up, has the shorter runs only.
 */
static void runs_can_be_split(void)
{
	static const unsigned int orders[] = { 1, 5, 6, 7, 9 };
	u64 free = page_bytes_free();
	struct page_stats stats;

	page_stats_get(&stats);
	for (size_t i = 0; i < ARRAY_SIZE(orders) && stats.largest >> orders[i]; i++) {
		struct page *page = page_alloc(orders[i], KERNEL), *upper, *quarter = NULL;

		if (!TEST(page))
			return;
		fill(page, 1UL << orders[i], i);
		upper = page_split(page);
		TEST_EQ(upper, page + (1UL << (orders[i] - 1)));
		TEST(page->order == orders[i] - 1 && page->refs == 1 && page->use == KERNEL);
		TEST(upper->order == orders[i] - 1 && upper->refs == 1 && upper->use == KERNEL);
		TEST_EQ(page_lookup(page_to_phys(upper)), upper);
		if (upper->order)
			quarter = page_split(upper);
		page_free(page);
		TEST(is_filled(upper, 1UL << upper->order, i + (1UL << (orders[i] - 1))));
		page_free(upper);
		if (quarter)
			page_free(quarter);
		TEST_EQ(page_bytes_free(), free);
	}
}

static void figures_add_up(void)
{
	struct page_stats s;
	size_t used = 0;

	page_stats_get(&s);
	for (unsigned int use = 0; use < PAGE_USES; use++)
		used += s.used[use];
	TEST_EQ(s.used[PAGE_USE_NONE], 0);
	TEST_EQ(used + s.free, s.total);
	TEST_EQ(page_bytes_total(), (u64)s.total << PAGE_SHIFT);
	TEST_EQ(page_bytes_free(), (u64)s.free << PAGE_SHIFT);
	TEST(s.cached <= s.free && s.largest <= s.free);
	TEST(page_bytes_total() <= boot_mem_total());
	TEST_STR(page_use_name(PAGE_USE_HEAP), "heap");
	TEST_STR(page_use_name(PAGE_USES), "unknown");
}

static const struct test_case cases[] = {
	TEST_CASE(a_run_is_aligned_and_ours),	  TEST_CASE(zeroes_come_on_request),
	TEST_CASE(odd_counts_cost_what_they_say), TEST_CASE(the_last_holder_frees),
	TEST_CASE(any_address_can_be_looked_up),  TEST_CASE(impossible_requests_get_null),
	TEST_CASE(memory_can_run_out),		  TEST_CASE(runs_can_be_split),
	TEST_CASE(figures_add_up),
};

static const struct test_suite page_suite = TEST_SUITE_OF("page", cases);
TEST_SUITE(page_suite);
