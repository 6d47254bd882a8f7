/* SPDX-License-Identifier: MIT */
/*
 * The page allocator against a plain model: who holds each page. Random machines (banks, holes, odd
 * sizes, overlapping reservations) see random operations, and after each the model must agree: no
 * overlap, alignment, contents, figures. In the end everything goes back, and with the buddy policy
 * the free runs must be the largest there can be. A program has one policy and one granule.
 */
#include <lib/log.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/page_policy.h>

#include "apart.h"
#include "host.h"
#include "machine/machine.h"

/*
 * A million operations; larger pages are slower to look through: 250,000 with those of 16 KiB,
 * 50,000 with those of 64 KiB.
 */
#define ROUNDS		(PAGE_SHIFT == 12 ? 40 : 10)
#define STEPS		(PAGE_SHIFT < 16 ? 25000U : 5000U)
#define SPAN		8192UL		/* pages that the random banks lie in */
#define LIVE_MAX	600
#define KERNEL		PAGE_USE_KERNEL

static bool good = true;	/* no check has failed in this process */

#define CHECK(cond)	(good &= TEST(cond))
#define CHECK_EQ(a, b)	(good &= TEST_EQ(a, b))

/*
 * --- The model --------------------------------------------------------------------------------
 */

enum { NO_RAM, RESERVED, FREE, TAKEN };

static u8 state[SPAN + 1];	/* of each page, from model_first on; one more, which is no RAM */
static struct page *model_first;
static size_t model_pages, model_free;

/* Runs that are handed out. */
static struct run {
	struct page *page;
	size_t pages;
	bool exact;		/* by page_alloc_run() */
	u32 refs;
	u64 tag;		/* in its contents */
} live[LIVE_MAX];
static unsigned int live_count;
static u64 next_tag;

static size_t number_of(const struct page *page)
{
	return (size_t)(page - model_first);
}

/* How many reservations hold @pa. */
static unsigned int holders(paddr_t pa, bool *no_map)
{
	const struct boot_mem_range *r;
	unsigned int count = 0;

	*no_map = false;
	for (unsigned int i = 0; (r = boot_mem_reserved(i)) != NULL; i++)
		if (pa - r->base < r->size) {
			count++;
			*no_map |= r->no_map;
		}
	return count;
}

static void model_init(void)
{
	const struct boot_mem_range *r = boot_mem_bank(0);
	bool no_map;

	model_first = phys_to_page(r->base);
	memset(state, NO_RAM, sizeof(state));
	for (unsigned int i = 0; (r = boot_mem_bank(i)) != NULL; i++)
		for (paddr_t pa = r->base; pa < r->base + r->size; pa += PAGE_SIZE) {
			size_t n = number_of(phys_to_page(pa));

			state[n] = holders(pa, &no_map) ? RESERVED : FREE;
			model_pages = n + 1;
			model_free += state[n] == FREE;
		}
	CHECK_EQ(page_bytes_total(), model_free * PAGE_SIZE);
	CHECK_EQ(page_bytes_free(), model_free * PAGE_SIZE);
}

/* The order of the largest free run that begins at page @n and cannot be part of a larger one. */
static unsigned int model_order(size_t n, size_t count)
{
	size_t pfn = page_to_phys(model_first + n) >> PAGE_SHIFT;
	unsigned int order = 0;

	while (order < PAGE_ORDER_MAX && !(pfn & (1UL << order)) && (2UL << order) <= count)
		order++;
	return order;
}

/* Free runs by order, each as large as it can be. */
static void model_runs(size_t *runs)
{
	memset(runs, 0, PAGE_ORDERS * sizeof(*runs));
	for (size_t n = 0, end; n < model_pages; n = end) {
		for (end = n; state[end] == FREE; end++)
			;
		while (n < end) {
			unsigned int order = model_order(n, end - n);

			runs[order]++;
			n += 1UL << order;
		}
		end++;
	}
}

static bool model_has_run(unsigned int order)
{
	size_t runs[PAGE_ORDERS];

	model_runs(runs);
	for (; order < PAGE_ORDERS; order++)
		if (runs[order])
			return true;
	return false;
}

/* Every page begins and ends with the run's tag and its own number. */
static void tag_write(const struct run *r)
{
	for (size_t i = 0; i < r->pages; i++) {
		u64 *p = page_to_virt(r->page + i);

		p[0] = p[PAGE_SIZE / 8 - 1] = r->tag + i;
	}
}

static bool tag_is_there(const struct run *r)
{
	for (size_t i = 0; i < r->pages; i++) {
		const u64 *p = page_to_virt(r->page + i);

		if (p[0] != r->tag + i || p[PAGE_SIZE / 8 - 1] != r->tag + i)
			return false;
	}
	return true;
}

/*
 * --- Steps ------------------------------------------------------------------------------------
 */

static bool is_zero(struct page *page, size_t pages)
{
	const u8 *p = page_to_virt(page);

	return p[0] == 0 && memcmp(p, p + 1, (pages << PAGE_SHIFT) - 1) == 0;
}

static unsigned int order_up(size_t pages)
{
	unsigned int order = 0;

	while (1UL << order < pages)
		order++;
	return order;
}

static void taken(struct page *page, size_t pages, bool exact, unsigned int flags)
{
	struct run *r = &live[live_count++];
	unsigned int order = order_up(pages);

	CHECK(IS_ALIGNED(page_to_phys(page), PAGE_SIZE << order));
	CHECK_EQ(page->refs, 1);
	CHECK_EQ(page->order, pages == 1UL << order ? order : PAGE_ORDER_NONE);
	CHECK_EQ(page->use, flags & PAGE_USE_MASK);
	CHECK_EQ(page->index, 0);
	CHECK_EQ(page->owner, NULL);
	CHECK_EQ(page_lookup(page_to_phys(page) + PAGE_SIZE - 1), page);
	if (!CHECK(number_of(page) + pages <= model_pages))
		return;
	for (size_t i = 0; i < pages; i++) {
		CHECK_EQ(state[number_of(page) + i], FREE);
		state[number_of(page) + i] = TAKEN;
		if (i && pages < 128)
			CHECK_EQ(page_lookup(page_to_phys(page + i)), page + i);
		if (i && page_lookup(page_to_phys(page + i)))
			CHECK(page[i].refs == 0 && page[i].use == PAGE_USE_NONE &&
			      page[i].index == 0);
	}
	model_free -= pages;
	if (flags & PAGE_ZERO)
		CHECK(is_zero(page, pages));
	*r = (struct run){ page, pages, exact, 1, next_tag += 1UL << 32 };
	tag_write(r);
}

static unsigned int random_flags(void)
{
	return (1 + (unsigned int)host_random_below(PAGE_USES - 1)) | PAGE_QUIET |
	       (host_random_below(16) ? 0 : PAGE_ZERO);
}

static void allocate(void)
{
	unsigned int order = (unsigned int)host_random_below(host_random_below(4) ? 3 : 12);
	unsigned int flags = random_flags();
	bool exact = host_random_below(3) == 0;
	size_t pages = exact ? 1 + host_random_below(2UL << order) : 1UL << order;
	struct page *page;

	if (live_count == LIVE_MAX)
		return;
	page = exact ? page_alloc_run(pages, flags) : page_alloc(order, flags);
	if (page)
		taken(page, pages, exact, flags);
	else if (order_up(pages) == 0)
		CHECK_EQ(model_free, 0);
	else if (IS_ENABLED(CONFIG_PAGE_ALLOC_BUDDY))
		CHECK(!model_has_run(order_up(pages)));
}

static void give_back(unsigned int i)
{
	struct run r = live[i];

	CHECK(tag_is_there(&r));
	CHECK_EQ(r.page->refs, r.refs);
	for (; r.refs > 1; r.refs--)
		page_put(r.page);
	for (size_t n = 0; n < r.pages; n++)
		state[number_of(r.page) + n] = FREE;
	model_free += r.pages;
	live[i] = live[--live_count];
	if (r.exact)
		page_free_run(r.page, r.pages);
	else if (host_random_below(2))
		page_free(r.page);
	else
		page_put(r.page);
	CHECK_EQ(r.page->refs, 0);
	CHECK_EQ(r.page->use, PAGE_USE_NONE);
}

static void hold(void)
{
	struct run *r = &live[host_random_below(live_count)];

	page_get(r->page);
	CHECK_EQ(r->page->refs, ++r->refs);
}

/* Makes two runs of one. */
static void halve(void)
{
	struct run *r = &live[host_random_below(live_count)], *upper = &live[live_count];
	size_t half = r->pages / 2;

	if (live_count == LIVE_MAX || r->exact || r->refs > 1 || half == 0)
		return;
	*upper = (struct run){ page_split(r->page), half, false, 1, r->tag + half };
	live_count++;
	r->pages = half;
	CHECK_EQ(upper->page, r->page + half);
	CHECK_EQ(1UL << r->page->order, half);
	CHECK_EQ(upper->page->order, r->page->order);
	CHECK_EQ(upper->page->use, r->page->use);
	CHECK(upper->page->refs == 1 && upper->page->index == 0 && upper->page->owner == NULL);
	CHECK_EQ(page_lookup(page_to_phys(upper->page)), upper->page);
}

/* Hands [start, end) over; what one reservation alone held must be free then. */
static void release_pages(paddr_t start, paddr_t end)
{
	bool lone[SPAN], no_map;

	for (size_t n = 0; n < model_pages; n++) {
		paddr_t pa = page_to_phys(model_first + n);

		lone[n] = state[n] == RESERVED && pa >= start && pa + PAGE_SIZE <= end &&
			  holders(pa, &no_map) == 1 && !no_map;
	}
	page_release(start, end - start);
	for (size_t n = 0; n < model_pages; n++) {
		unsigned int held = holders(page_to_phys(model_first + n), &no_map);

		if (state[n] == RESERVED && CHECK_EQ(held == 0, lone[n]) && lone[n]) {
			state[n] = FREE;
			model_free++;
		}
	}
}

/* Some part of what a reservation holds is handed over, with odd ends. */
static void release(void)
{
	const struct boot_mem_range *r;
	unsigned int i = 0;
	paddr_t start;

	while (boot_mem_reserved(i) != NULL)
		i++;
	r = boot_mem_reserved((unsigned int)host_random_below(i));
	/* what page_init() took has no end */
	if (strcmp(r->name, "pages") == 0)
		return;
	start = r->base + host_random_below(r->size);
	release_pages(start, start + host_random_below(r->base + r->size - start));
}

static void look_up(void)
{
	paddr_t pa = host_random() >> host_random_below(64);
	struct page *page;

	if (host_random_below(2))
		pa = page_to_phys(model_first) + host_random_below(model_pages << PAGE_SHIFT);
	page = page_lookup(pa);
	if (!page)
		return;
	CHECK_EQ(page, phys_to_page(pa));
	if (CHECK(number_of(page) < model_pages) && CHECK(state[number_of(page)] != NO_RAM) &&
	    state[number_of(page)] != TAKEN)
		CHECK(page->refs == 0 && page->use == PAGE_USE_NONE);
}

static void figures_agree(void)
{
	size_t used = 0, runs = 0;
	struct page_stats s;

	page_stats_get(&s);
	for (unsigned int use = 0; use < PAGE_USES; use++)
		used += s.used[use];
	for (unsigned int order = 0; order < PAGE_ORDERS; order++)
		runs += s.runs[order];
	CHECK_EQ(s.free, model_free);
	CHECK_EQ(s.total, s.free + used);
	CHECK_EQ(page_bytes_free(), model_free << PAGE_SHIFT);
	CHECK(s.largest + s.cached <= s.free && !s.largest == !(s.free - s.cached));
	CHECK(!runs == !s.largest);
}

/* @takes: percent of the steps that allocate. */
static void step(u64 takes)
{
	u64 what = host_random_below(100);

	if (what < takes)
		allocate();
	else if (what < 90 && live_count)
		give_back((unsigned int)host_random_below(live_count));
	else if (what < 93 && live_count)
		hold();
	else if (what < 95 && live_count)
		halve();
	else if (what < 98)
		look_up();
	else if (what < 99)
		figures_agree();
	else if (host_random_below(8) == 0)
		release();
}

/* Everything back, also what the CPU has: a request that nothing can serve sees to that. */
static void finish(void)
{
	size_t expected[PAGE_ORDERS];
	struct page_stats s;

	while (live_count && good)
		give_back(live_count - 1);
	while (page_alloc_run(SPAN, KERNEL | PAGE_QUIET))
		;
	figures_agree();
	page_stats_get(&s);
	for (unsigned int use = 0; use < PAGE_USES; use++)
		CHECK_EQ(s.used[use], 0);
	CHECK_EQ(s.cached, 0);
	model_runs(expected);
	if (IS_ENABLED(CONFIG_PAGE_ALLOC_BUDDY))
		for (unsigned int order = 0; order < PAGE_ORDERS; order++)
			CHECK_EQ(s.runs[order], expected[order]);
}

/*
 * --- Random machines --------------------------------------------------------------------------
 */

/* Banks with small and large holes between; the last one has room for the array. */
static unsigned int random_banks(struct boot_mem_range *bank, paddr_t base)
{
	unsigned int count = 1 + (unsigned int)host_random_below(5);
	size_t at = 0;

	for (unsigned int i = 0; i < count; i++) {
		size_t left = (SPAN - 1000 - at) / (count - i);
		size_t pages = 1 + host_random_below(left - left / 4);

		if (host_random_below(3) == 0)
			pages = 1 + host_random_below(100);
		bank[i] = (struct boot_mem_range){ .base = base + (at << PAGE_SHIFT),
						   .size = pages << PAGE_SHIFT };
		at += pages + 1 + host_random_below(host_random_below(2) ? 20 : left / 4);
	}
	bank[count - 1].size += 700 << PAGE_SHIFT;
	return count;
}

static bool play(void)
{
	static const paddr_t bases[] = { 0, 0x40000000, 0x80000000, 0x880000000, 0x123450000 };
	static const char *const names[] = { "kernel", "initrd", "firmware" };
	paddr_t base = bases[host_random_below(ARRAY_SIZE(bases))];
	unsigned int banks, reserves = (unsigned int)host_random_below(12);
	struct boot_mem_range bank[5], reserved[12];
	u64 takes = 0;

	base = ALIGN_UP(base, PAGE_SIZE) + (host_random_below(200) << PAGE_SHIFT);
	banks = random_banks(bank, base);
	for (unsigned int i = 0; i < reserves; i++) {
		struct boot_mem_range *b = &bank[host_random_below(banks)];
		u64 off = host_random_below(b->size);
		paddr_t limit = bank[banks - 1].base + bank[banks - 1].size -
				(500 << PAGE_SHIFT);
		u64 most = host_random_below(2) ? 40 * PAGE_SIZE : SPAN / 4 * PAGE_SIZE;

		reserved[i] = (struct boot_mem_range){
			MIN(b->base + off, limit), 1 + host_random_below(most),
			names[host_random_below(ARRAY_SIZE(names))], host_random_below(5) == 0,
		};
		reserved[i].size = MIN(reserved[i].size, limit - reserved[i].base);
	}
	machine_start(bank, banks, reserved, reserves);
	model_init();
	for (unsigned int i = 0; i < STEPS && good; i++) {
		/* it fills up and empties again */
		if (i % 1000 == 0)
			takes = 30 + host_random_below(30);
		step(takes);
	}
	if (good)
		finish();
	return good;
}

static void random_machines(void)
{
	TEST(apart_repeat(play, ROUNDS));
}

/* Large reservations are handed over in pieces; what is free is as it would be without them. */
static bool play_release(void)
{
	const struct boot_mem_range bank = { .base = 0x40000000, .size = SPAN << PAGE_SHIFT };
	struct boot_mem_range reserved[3];
	size_t expected[PAGE_ORDERS];
	struct page_stats s;

	for (unsigned int i = 0; i < 3; i++)
		reserved[i] = (struct boot_mem_range){
			bank.base + (ALIGN_DOWN(i * SPAN / 3 + host_random_below(500),
						1UL << host_random_below(10)) << PAGE_SHIFT),
			(500 + host_random_below(1500)) << PAGE_SHIFT, "firmware", false,
		};
	machine_start(&bank, 1, reserved, 3);
	model_init();
	for (unsigned int i = 0; i < 60 && good; i++) {
		const struct boot_mem_range *r = &reserved[host_random_below(3)];
		size_t align = PAGE_SIZE << host_random_below(9);
		paddr_t start = ALIGN_DOWN(r->base + host_random_below(r->size), align);

		release_pages(start, start + align * (1 + host_random_below(7)));
		page_stats_get(&s);
		model_runs(expected);
		CHECK_EQ(s.free, model_free);
		for (unsigned int order = 0; order < PAGE_ORDERS; order++)
			if (IS_ENABLED(CONFIG_PAGE_ALLOC_BUDDY))
				CHECK_EQ(s.runs[order], expected[order]);
	}
	return good;
}

static void reservations_are_handed_over(void)
{
	TEST(apart_repeat(play_release, ROUNDS / 2));
}

static const struct test_case cases[] = {
	TEST_CASE(random_machines),
	TEST_CASE(reservations_are_handed_over),
};

static const struct test_suite page_model_suite = TEST_SUITE_OF("page_model", cases);
TEST_SUITE(page_model_suite);
