/* SPDX-License-Identifier: MIT */
/*
 * What the page allocator does beside handing out pages (page_model.c): interrupts, other CPUs in
 * between, machines of 64 MiB and 8 GiB, words when memory is out, and panics.
 */
#include <lib/log.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/page_policy.h>

#include <pthread.h>

#include "apart.h"
#include "host.h"
#include "machine/machine.h"

#define KERNEL		PAGE_USE_KERNEL
#define GARBAGE		0xa5a5a5a5a5a5a5a5	/* what machine.c fills memory with */

static bool good = true;	/* no check has failed in this process */

#define CHECK(cond)	(good &= TEST(cond))
#define CHECK_EQ(a, b)	(good &= TEST_EQ(a, b))

/* An interrupt that takes and gives pages, wherever one may come. */
static void interrupt(void)
{
	static struct page *held[8];
	static bool inside;
	struct page **p = &held[host_random_below(8)];

	if (inside || host_random_below(4))
		return;
	inside = true;
	if (*p) {
		page_free(*p);
		*p = NULL;
	} else {
		*p = page_alloc((unsigned int)host_random_below(4), KERNEL | PAGE_QUIET);
	}
	inside = false;
}

static bool play_interrupts(void)
{
	struct page *held[100] = { NULL };
	struct page_stats s;

	machine_start_simple(4 * PAGE_SIZE / 4096);
	machine_interrupt = interrupt;
	for (unsigned int i = 0; i < 20000; i++) {
		struct page **p = &held[host_random_below(100)];

		if (*p) {
			CHECK_EQ((*p)->owner, p);
			page_free(*p);
			*p = NULL;
		} else {
			*p = page_alloc((unsigned int)host_random_below(4), KERNEL | PAGE_QUIET);
			if (*p)
				(*p)->owner = p;
		}
	}
	machine_interrupt = NULL;
	page_stats_get(&s);
	CHECK_EQ(s.free + s.used[KERNEL], s.total);
	return good;
}

static void interrupts_may_come_anywhere(void)
{
	TEST(apart_repeat(play_interrupts, 4));
}

/*
 * --- Several CPUs -----------------------------------------------------------------------------
 */

#define CPUS	4

static u64 seeds[CPUS];

/* Takes and gives runs whose contents say whose they are. Returns how often that was not so. */
static void *cpu_main(void *arg)
{
	u64 random = *(u64 *)arg, bad = 0;
	struct page *held[32] = { NULL };

	if (arg != &seeds[0])
		machine_cpu_start();
	for (unsigned int i = 0; i < 5000; i++) {
		struct page **p = &held[(random = random * 6364136223846793005 + 1) >> 59];

		if (*p) {
			bad += (*p)->owner != arg || *(void **)page_to_virt(*p) != arg;
			page_put(*p);
			*p = NULL;
		} else {
			*p = page_alloc((random >> 40) % 6, KERNEL | PAGE_QUIET);
			if (*p) {
				(*p)->owner = arg;
				*(void **)page_to_virt(*p) = arg;
			}
		}
	}
	for (unsigned int i = 0; i < 32; i++)
		if (held[i])
			page_free(held[i]);
	return (void *)bad;
}

static bool play_cpus(void)
{
	pthread_t thread[CPUS];
	struct page_stats s;
	void *bad;

	machine_start_simple(16 * PAGE_SIZE / 4096);
	for (unsigned int i = 0; i < CPUS; i++) {
		seeds[i] = host_random();
		if (i)
			CHECK_EQ(pthread_create(&thread[i], NULL, cpu_main, &seeds[i]), 0);
	}
	CHECK_EQ(cpu_main(&seeds[0]), NULL);
	for (unsigned int i = 1; i < CPUS; i++) {
		pthread_join(thread[i], &bad);
		CHECK_EQ(bad, NULL);
	}
	page_stats_get(&s);
	CHECK_EQ(s.free, s.total);
	CHECK_EQ(s.used[KERNEL], 0);
	CHECK(s.cached > 0);
	return good;
}

static void cpus_do_not_disturb_each_other(void)
{
	TEST(apart_repeat(play_cpus, 2));
}

/*
 * --- Sizes ------------------------------------------------------------------------------------
 */

/* Struct pages of [base, base + size) that are not as they were before boot. */
static size_t written(paddr_t base, u64 size)
{
	struct page *page = phys_to_page(base);
	size_t count = 0;

	for (u64 i = 0; i < MIN(size, page_bytes_known(0)) >> PAGE_SHIFT; i++)
		count += page[i].index != PAGE_INDEX_FREE ||
			 (uintptr_t)page[i].link.next != GARBAGE;
	return count;
}

/* What the CPU keeps goes back before a request fails. */
static void empty_cpu(void)
{
	struct page *page[8];
	unsigned int n = 0;

	while ((page[n] = page_alloc(PAGE_ORDER_MAX, KERNEL | PAGE_QUIET)))
		n++;
	while (n--)
		page_free(page[n]);
}

/* All of it by the largest runs, and back; then, when @singly, page for page. */
static void take_all(bool singly)
{
	struct page_stats before, after;
	struct list runs;
	struct page *page;

	/* the array takes its part at first */
	empty_cpu();
	page_stats_get(&before);
	for (unsigned int from = PAGE_ORDER_MAX + 1; from--; from = MIN(from, singly)) {
		list_init(&runs);
		for (unsigned int order = from + 1; order--;)
			while ((page = page_alloc(order, KERNEL | PAGE_QUIET)))
				list_add(&runs, &page->link);
		CHECK_EQ(page_bytes_free(), 0);
		while (!list_empty(&runs)) {
			page = list_entry(runs.next, struct page, link);
			list_del(&page->link);
			page_free(page);
		}
		empty_cpu();
		page_stats_get(&after);
		CHECK_EQ(after.free, before.free);
		for (unsigned int order = 0; order < PAGE_ORDERS; order++)
			if (IS_ENABLED(CONFIG_PAGE_ALLOC_BUDDY))
				CHECK_EQ(after.runs[order], before.runs[order]);
	}
}

static bool play_size(size_t mib)
{
	machine_start_simple(mib);
	CHECK(written(GIB(1), MIB(mib)) < 3000);
	CHECK_EQ(page_bytes_total(), MIB(mib) - boot_mem_used());
	take_all(mib <= 64);
	return good;
}

static bool small(void)
{
	return play_size(64);
}

static bool large(void)
{
	return play_size(8192);
}

static void small_and_large_machines(void)
{
	TEST(apart(small));
	TEST(apart(large));
}

/*
 * --- Words ------------------------------------------------------------------------------------
 */

static unsigned int reclaims;
static struct page *spare;

static void reclaim(void)
{
	CHECK(!machine_irqs_off);
	reclaims++;
	if (spare)
		page_free(spare);
	spare = NULL;
}

static void take_rest(void)
{
	for (unsigned int order = PAGE_ORDERS; order--;)
		while (page_alloc(order, KERNEL | PAGE_QUIET))
			;
}

static bool play_failure(void)
{
	struct page_stats s;

	machine_start_simple(16);
	host_log_lines();
	spare = page_alloc(2, KERNEL);
	take_rest();
	CHECK_EQ(host_log_lines(), 0);
	page_stats_get(&s);
	CHECK_EQ(s.failed, 0);
	/* who asked for what, and what there is */
	machine_now += 1000000000;
	CHECK_EQ(page_alloc(3, PAGE_USE_STACK), NULL);
	CHECK_EQ(host_log_lines(), 2);
	CHECK(strstr(host_log_last(), "out of memory: ") == host_log_last());
	CHECK(strstr(host_log_last(), "(stack)"));
	/* five times a second, that is enough */
	for (unsigned int i = 0; i < 10; i++)
		CHECK_EQ(page_alloc(0, PAGE_USE_STACK), NULL);
	CHECK_EQ(host_log_lines(), 8);
	page_stats_get(&s);
	CHECK_EQ(s.failed, 11);
	machine_now += 1000000000;
	CHECK_EQ(page_alloc_run(5, PAGE_USE_STACK), NULL);
	CHECK_EQ(page_alloc_run(SIZE_MAX, PAGE_USE_STACK), NULL);
	CHECK(strstr(host_log_last(), ": 18446744073709551615 bytes for "));
	CHECK_EQ(page_alloc(~0U, PAGE_USE_STACK), NULL);
	CHECK(strstr(host_log_last(), ": 18446744073709551615 bytes for "));
	CHECK_EQ(host_log_lines(), 6);
	/* whoever has something to spare is asked, but not by those who mask interrupts */
	page_set_reclaim(reclaim);
	machine_irqs_off = true;
	CHECK_EQ(page_alloc(0, KERNEL | PAGE_QUIET), NULL);
	CHECK_EQ(reclaims, 0);
	machine_irqs_off = false;
	CHECK(page_alloc(1, KERNEL | PAGE_QUIET));
	CHECK_EQ(reclaims, 1);
	take_rest();
	CHECK(reclaims > 1);
	return good;
}

static void failure_has_its_words(void)
{
	TEST(apart(play_failure));
}

static struct page *one(unsigned int order)
{
	machine_start_simple(16);
	return page_alloc(order, KERNEL);
}

static void free_twice(void)
{
	struct page *page = one(0);

	page_free(page);
	page_free(page);
}

static void free_run_twice(void)
{
	struct page *page = one(6);

	page_free(page);
	page_free(page);
}

static void free_inner(void)
{
	page_free(one(3) + 1);
}

static void free_held(void)
{
	struct page *page = one(2);

	page_get(page);
	page_free(page);
}

static void get_free(void)
{
	struct page *page = one(0);

	page_free(page);
	page_get(page);
}

static void put_free(void)
{
	struct page *page = one(0);

	page_put(page);
	page_put(page);
}

static void free_odd_run(void)
{
	one(0);
	page_free(page_alloc_run(3, KERNEL));
}

static void free_run_of_other_length(void)
{
	page_free_run(one(2), 8);
}

static void free_odd_run_as_even(void)
{
	one(0);
	page_free_run(page_alloc_run(3, KERNEL), 4);
}

static void split_page(void)
{
	page_split(one(0));
}

static void split_odd_run(void)
{
	one(0);
	page_split(page_alloc_run(3, KERNEL));
}

static void split_held(void)
{
	struct page *page = one(2);

	page_get(page);
	page_split(page);
}

static void boot_memory_is_over(void)
{
	one(0);
	boot_mem_alloc_phys(1, PAGE_SIZE, "late");
}

static void broken_invariants_panic(void)
{
	TEST(panics(free_twice, ": order 0, refs 0, use 0"));
	TEST(panics(free_run_twice, "page_free() of page 0x4"));
	TEST(panics(free_inner, "page_free() of page 0x4"));
	TEST(panics(free_held, ": order 2, refs 2, use 1"));
	TEST(panics(get_free, "page_get() of page 0x4"));
	TEST(panics(get_free, ": order 0, refs 0, use 0"));
	TEST(panics(put_free, "page_put() of page 0x4"));
	TEST(panics(put_free, ": order 0, refs 0, use 0"));
	TEST(panics(free_odd_run, ": order 255, refs 1, use 1"));
	TEST(panics(free_run_of_other_length, "page_free_run() of page 0x4"));
	TEST(panics(free_odd_run_as_even, "page_free_run() of page 0x4"));
	TEST(panics(split_page, ": order 0, refs 1, use 1"));
	TEST(panics(split_odd_run, ": order 255, refs 1, use 1"));
	TEST(panics(split_held, ": order 2, refs 2, use 1"));
	TEST(panics(boot_memory_is_over, "boot memory is closed: "));
}

static const struct test_case cases[] = {
	TEST_CASE(interrupts_may_come_anywhere),
	TEST_CASE(cpus_do_not_disturb_each_other),
	TEST_CASE(small_and_large_machines),
	TEST_CASE(failure_has_its_words),
	TEST_CASE(broken_invariants_panic),
};

static const struct test_suite page_suite = TEST_SUITE_OF("page", cases);
TEST_SUITE(page_suite);
