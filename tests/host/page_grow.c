/* SPDX-License-Identifier: MIT */
/*
 * Zones that grow (mm/page_grow.c): random machines with much more memory than is known at boot.
 * All of it can be had, by runs of every length, each page once; what is reserved and what the
 * array is in is never among it. Figures stay right, before a zone has grown and after, and
 * reservations can be handed over in either part of a bank.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/page_policy.h>

#include "apart.h"
#include "host.h"
#include "machine/machine.h"

#define ROUNDS		20
#define UNIT		8192UL			/* pages that a zone grows by at least */
#define SPAN		(24 * UNIT)		/* pages that the banks lie in */
#define BASE		GIB(8)
#define USE		PAGE_USE_FILE

static bool good = true;	/* no check has failed in this process */

#define CHECK(cond)	(good &= TEST(cond))
#define CHECK_EQ(a, b)	(good &= TEST_EQ(a, b))

enum { NO_RAM, FREE, TAKEN };

static u8 state[SPAN + 1];

static size_t number_of(paddr_t pa)
{
	return (pa - BASE) >> PAGE_SHIFT;
}

/* What is free according to boot memory; returns how many pages. */
static size_t look(void)
{
	const struct boot_mem_range *r;
	size_t count = 0;

	memset(state, NO_RAM, sizeof(state));
	for (unsigned int i = 0; (r = boot_mem_bank(i)); i++)
		memset(state + number_of(r->base), FREE, r->size >> PAGE_SHIFT);
	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++)
		memset(state + number_of(r->base), NO_RAM, r->size >> PAGE_SHIFT);
	for (size_t i = 0; i < SPAN; i++)
		count += state[i] == FREE;
	return count;
}

/* Pages of the array that was made since boot, when there were @total for all. */
static size_t grown(size_t total)
{
	return total - (page_bytes_total() >> PAGE_SHIFT);
}

/* The sum of the free runs is what is free. Bump's have any length. */
static void figures_agree(size_t free)
{
	struct page_stats s;
	size_t sum = 0;

	page_stats_get(&s);
	CHECK_EQ(s.free, free);
	CHECK_EQ(page_bytes_free() >> PAGE_SHIFT, free);
	for (unsigned int order = 0; order < PAGE_ORDERS; order++)
		sum += s.runs[order] << order;
	if (IS_ENABLED(CONFIG_PAGE_ALLOC_BUDDY))
		CHECK_EQ(sum + s.cached, free);
	CHECK(s.largest <= free);
	CHECK(!free || s.largest);
}

/* Takes one run; false when there is none. */
static bool take(unsigned int order, struct list *runs)
{
	struct page *page = page_alloc(order, USE | PAGE_QUIET);
	size_t first;

	if (!page)
		return false;
	first = number_of(page_to_phys(page));
	for (size_t i = first; i < first + (1UL << order); i++) {
		if (!CHECK(i < SPAN) || !CHECK_EQ(state[i], FREE))
			return false;
		state[i] = TAKEN;
		*(u64 *)page_to_virt(phys_to_page(BASE + (i << PAGE_SHIFT))) = i;
	}
	CHECK_EQ(page_lookup(page_to_phys(page)), page);
	list_add(runs, &page->link);
	return true;
}

/* Takes all that there is, from the longest runs on. Returns how many pages. */
static size_t take_all(struct list *runs, size_t *count)
{
	for (unsigned int order = PAGE_ORDERS; order--;)
		while (good && take(order, runs))
			*count += 1UL << order;
	return *count;
}

static void give_all(struct list *runs)
{
	while (!list_empty(runs)) {
		struct page *page = list_entry(runs->next, struct page, link);

		list_del(&page->link);
		page_free(page);
	}
}

/* Random pages of a reservation are handed over; those that were reserved once. */
static size_t release(const struct boot_mem_range *r)
{
	paddr_t at = r->base + ALIGN_DOWN(host_random_below(r->size), PAGE_SIZE);
	u64 before = page_bytes_free(), total = page_bytes_total(), more;
	u64 size = PAGE_SIZE << host_random_below(8);

	/* what lies behind it may be boot's: the array is */
	page_release(at, MIN(size, r->base + r->size - at));
	more = page_bytes_free() - before;
	CHECK_EQ(page_bytes_total() - total, more);
	return more >> PAGE_SHIFT;
}

static bool play(void)
{
	unsigned int banks = 1 + (unsigned int)host_random_below(3);
	struct boot_mem_range bank[3], reserved[9] = { 0 };
	unsigned int reserves = (unsigned int)host_random_below(ARRAY_SIZE(reserved));
	size_t free, known = 0, count = 0, at = host_random_below(300);
	struct list runs;

	list_init(&runs);
	for (unsigned int i = 0; i < banks; i++) {
		size_t pages = 2000 + host_random_below((SPAN - 1000 - at) / (banks - i) - 2000);

		bank[i] = (struct boot_mem_range){ .base = BASE + (at << PAGE_SHIFT),
						   .size = pages << PAGE_SHIFT };
		at += pages + 1 + host_random_below(100);
	}
	for (unsigned int i = 0; i < reserves; i++) {
		const struct boot_mem_range *b = &bank[host_random_below(banks)];
		u64 most = host_random_below(2) ? 100 : 2 * UNIT, left;

		reserved[i] = (struct boot_mem_range){
			b->base + ALIGN_DOWN(host_random_below(b->size), PAGE_SIZE),
			(1 + host_random_below(most)) << PAGE_SHIFT, "firmware", false,
		};
		left = b->base + b->size - reserved[i].base;
		/* the end of the last bank is boot's own */
		reserved[i].size = MIN(reserved[i].size, left / 2 + PAGE_SIZE) & PAGE_MASK;
	}
	machine_start(bank, banks, reserved, reserves);
	free = look();
	CHECK_EQ(page_bytes_total() >> PAGE_SHIFT, free);
	figures_agree(free);
	for (unsigned int i = 0; i < reserves; i++)
		free += release(&reserved[i]);
	CHECK_EQ(look(), free);
	figures_agree(free);
	while (count < free / 4 && take((unsigned int)host_random_below(6), &runs))
		count = (page_bytes_total() - page_bytes_free()) >> PAGE_SHIFT;
	for (unsigned int i = 0; i < reserves && good; i++) {
		size_t before = free;

		free += release(&reserved[i]);
		/* they are seen as free, but what is taken already is not */
		for (size_t n = 0; before != free && n < SPAN; n++)
			if (state[n] == NO_RAM) {
				const struct boot_mem_range *r;
				paddr_t pa = BASE + (n << PAGE_SHIFT);
				bool ram = false;

				for (unsigned int b = 0; (r = boot_mem_bank(b)); b++)
					ram |= pa - r->base < r->size;
				for (unsigned int b = 0; (r = boot_mem_reserved(b)); b++)
					ram &= pa - r->base >= r->size;
				state[n] = ram ? FREE : NO_RAM;
			}
	}
	figures_agree(free - grown(free) - count);
	take_all(&runs, &count);
	/* a rest of which nearly all is reserved may be left out */
	CHECK_EQ(page_bytes_free(), 0);
	CHECK_EQ(count << PAGE_SHIFT, page_bytes_total());
	CHECK(grown(free) <= free / 100 + 16 * UNIT / 128);
	figures_agree(0);
	for (unsigned int i = 0; i < banks; i++)
		known += page_bytes_known(i) == boot_mem_bank(i)->size;
	CHECK(known);
	CHECK(machine_array_is_intact());
	give_all(&runs);
	figures_agree(count);
	return good;
}

static void all_of_a_bank_can_be_had(void)
{
	TEST(apart_repeat(play, ROUNDS));
}

/* As long as little is used, little is known: what boot takes does not depend on the machine. */
static bool play_little(void)
{
	struct page *page;
	size_t total;

	machine_start_simple(4096);
	CHECK_EQ(page_bytes_known(0), UNIT << PAGE_SHIFT);
	total = page_bytes_total() >> PAGE_SHIFT;
	CHECK(boot_mem_used() <= MIB(1) + UNIT * sizeof(struct page) + 3 * PAGE_SIZE);
	CHECK_EQ(page_lookup(GIB(1) + (UNIT << PAGE_SHIFT)), NULL);
	/* bump joins nothing, and soon has no longer runs */
	for (unsigned int i = 0; i < 1000; i++)
		page_free(page_alloc(IS_ENABLED(CONFIG_PAGE_ALLOC_BUDDY) ? i % 8 : 0, USE));
	CHECK_EQ(page_bytes_known(0), UNIT << PAGE_SHIFT);
	CHECK_EQ(grown(total), 0);
	/* a run that is longer than all of that; the largest one that there is */
	page = page_alloc_run(2 * UNIT, USE);
	CHECK(page && grown(total));
	CHECK_EQ(page_bytes_total(), boot_mem_total() - boot_mem_used());
	if (page)
		page_free_run(page, 2 * UNIT);
	CHECK(page_bytes_known(0) < MIB(4096));
	return good;
}

static void little_is_known_at_boot(void)
{
	if (MIB(4096) >> PAGE_SHIFT > 8 * UNIT)
		TEST(apart(play_little));
}

static const struct test_case cases[] = {
	TEST_CASE(all_of_a_bank_can_be_had),
	TEST_CASE(little_is_known_at_boot),
};

static const struct test_suite page_grow_suite = TEST_SUITE_OF("page_grow", cases);
TEST_SUITE(page_grow_suite);
