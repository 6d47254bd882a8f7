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

/* The zone that @page, which was handed out, is in; NULL where no bank is. */
struct page_zone *page_zone_of(const struct page *page);

/*
 * --- Between page_init.c and page_grow.c ------------------------------------------------------
 */

/* Guards the list of reserved ranges from boot on, and the array's tables. Within a zone's lock. */
extern struct spinlock page_ranges_lock;

/* Where the pages of @zone end that are known, and all of its bank's. Zone's lock held, or boot. */
static inline paddr_t page_zone_reach(const struct page_zone *zone)
{
	return page_to_phys(zone->first) + ((paddr_t)zone->pages << PAGE_SHIFT);
}

static inline paddr_t page_zone_end(const struct page_zone *zone)
{
	return page_to_phys(zone->first) + ((paddr_t)zone->bank << PAGE_SHIFT);
}

/* Told of a range: never an empty one. */
typedef void page_range(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved,
			void *arg);

/*
 * Tells @tell of [start, end), which is in @zone's bank: what is reserved, and what lies between.
 * Both locks held, or boot.
 */
void page_ranges(struct page_zone *zone, paddr_t start, paddr_t end, page_range *tell, void *arg);

/* Hands a range to the policy as one that is in use; then, as runs that come back. */
void page_add_reserved(struct page_zone *zone, paddr_t start, paddr_t end);
void page_free_range(struct page_zone *zone, paddr_t start, paddr_t end);

/* Sets how many pages of @zone are known at boot, before its array is mapped. */
void page_grow_init(struct page_zone *zone);

/* Makes more of @zone's bank known: false when there is no more. Zone's lock held. */
bool page_grow(struct page_zone *zone);

#endif
