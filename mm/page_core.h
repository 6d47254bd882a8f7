/* SPDX-License-Identifier: MIT */
/* What the files of the page allocator's core (page.c, page_init.c, page_stats.c) share. */
#ifndef MM_PAGE_CORE_H
#define MM_PAGE_CORE_H

#include <mm/page_policy.h>

/* How many single pages a CPU keeps at most, and how many come and go at once. */
#define PAGE_CACHE_MAX		32
#define PAGE_CACHE_BATCH	16

/* Below this order a CPU keeps one run of each. */
#define PAGE_KEPT_ORDERS	5

/* Of one CPU; written by it alone, interrupts masked. */
struct page_cpu {
	struct page *page[PAGE_CACHE_MAX];	/* first: that saves an instruction */
	size_t cached;
	struct page *run[PAGE_KEPT_ORDERS];	/* by order; the one of order 0 is not used */
	struct page_cpu *next;
	size_t used[PAGE_USES];	/* pages taken less pages given back: the sum of all CPUs counts */
};

extern struct page_pool {
	/* set at boot, then constant: */
	struct page_zone *zone;		/* in the order of their addresses */
	unsigned int zones;
	/* atomic: */
	struct page_cpu *cpus;		/* those that have started; they join in front */
	void (*reclaim)(void);
	size_t total;			/* pages that were handed over */
	u64 failed;
} page_pool;

/* The zone that @page is in; NULL where no bank is. */
struct page_zone *page_zone_of(const struct page *page);

#endif
