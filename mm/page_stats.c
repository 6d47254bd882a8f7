/* SPDX-License-Identifier: MIT */
/*
 * Pages: the figures, and the words when there are none. But for the free runs of a zone, figures
 * are read without stopping anybody, so they need not agree with each other to the last page. Of
 * what a zone does not know yet (page_grow.c) the runs are those that it will get.
 */
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/log.h>

#include "page_core.h"

static const struct page_cpu *first_cpu(void)
{
	return atomic_load_acquire(&page_pool.cpus);
}

static size_t cached(void)
{
	size_t sum = 0;

	for (const struct page_cpu *cpu = first_cpu(); cpu; cpu = cpu->next) {
		sum += atomic_load_relaxed(&cpu->cached);
		for (unsigned int order = 1; order < PAGE_KEPT_ORDERS; order++)
			if (atomic_load_relaxed(&cpu->run[order]))
				sum += 1UL << order;
	}
	return sum;
}

u64 page_bytes_total(void)
{
	return (u64)atomic_load_relaxed(&page_pool.total) << PAGE_SHIFT;
}

size_t page_bytes_known(unsigned int bank)
{
	return atomic_load_acquire(&page_pool.zone[bank].pages) << PAGE_SHIFT;
}

u64 page_bytes_free(void)
{
	size_t sum = cached();

	for (unsigned int i = 0; i < page_pool.zones; i++)
		sum += atomic_load_relaxed(&page_pool.zone[i].free);
	return (u64)sum << PAGE_SHIFT;
}

static void count_range(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved,
			void *arg)
{
	size_t *runs = arg, number = start >> PAGE_SHIFT, last = end >> PAGE_SHIFT;

	(void)zone;
	while (!reserved && number < last) {
		unsigned int order = page_run_order(number, last - number);

		runs[order]++;
		number += 1UL << order;
	}
}

/* Returns the pages in the longest run of what the zone does not know yet. */
static size_t count_runs_locked(struct page_zone *zone, size_t *runs)
{
	size_t further[PAGE_ORDERS] = { 0 }, largest = 0;
	/* two pointers that belong together */
	size_t rest = (size_t)(zone->end - zone->next);

	assert(spin_is_locked(&zone->lock));
	for (unsigned int order = 0; order < PAGE_ORDERS; order++)
		runs[order] += zone->count[order];
	if (rest)
		runs[MIN(63U - (unsigned int)__builtin_clzl(rest), PAGE_ORDER_MAX + 0U)]++;
	spin_lock(&page_ranges_lock);
	page_ranges(zone, page_zone_reach(zone), page_zone_end(zone), count_range, further);
	spin_unlock(&page_ranges_lock);
	for (unsigned int order = 0; order < PAGE_ORDERS; order++) {
		runs[order] += further[order];
		if (further[order])
			largest = 1UL << order;
	}
	return largest;
}

void page_stats_get(struct page_stats *stats)
{
	*stats = (struct page_stats){
		.total = atomic_load_relaxed(&page_pool.total),
		.free = page_bytes_free() >> PAGE_SHIFT,
		.cached = cached(),
		.failed = atomic_load_relaxed(&page_pool.failed),
	};
	for (unsigned int i = 0; i < page_pool.zones; i++) {
		struct page_zone *zone = &page_pool.zone[i];
		unsigned long state = spin_lock_irqsave(&zone->lock);

		size_t further = count_runs_locked(zone, stats->runs);

		stats->largest = MAX(stats->largest, page_policy_largest(zone));
		stats->largest = MAX(stats->largest, further);
		spin_unlock_irqrestore(&zone->lock, state);
	}
	for (const struct page_cpu *cpu = first_cpu(); cpu; cpu = cpu->next)
		for (unsigned int use = 0; use < PAGE_USES; use++)
			stats->used[use] += atomic_load_relaxed(&cpu->used[use]);
}

const char *page_use_name(unsigned int use)
{
	static const char names[][8] = {
		[PAGE_USE_NONE] = "none",   [PAGE_USE_KERNEL] = "kernel",
		[PAGE_USE_HEAP] = "heap",   [PAGE_USE_STACK] = "stack",
		[PAGE_USE_TABLE] = "table", [PAGE_USE_FILE] = "file",
		[PAGE_USE_PROCESS] = "process",
	};

	static_assert(ARRAY_SIZE(names) == PAGE_USES, "every use has a name");
	return use < PAGE_USES ? names[use] : "unknown";
}

void page_out_of_memory(const void *caller, size_t bytes, unsigned int use)
{
	static struct log_limit said;
	size_t runs[PAGE_ORDERS] = { 0 };
	char text[160] = "";
	size_t length = 0;

	atomic_add_relaxed(&page_pool.failed, 1);
	if (!log_may(&said, time_now()))
		return;
	for (unsigned int i = 0; i < page_pool.zones; i++) {
		unsigned long state = spin_lock_irqsave(&page_pool.zone[i].lock);

		count_runs_locked(&page_pool.zone[i], runs);
		spin_unlock_irqrestore(&page_pool.zone[i].lock, state);
	}
	for (unsigned int order = 0; order < PAGE_ORDERS; order++)
		if (runs[order] && length < sizeof(text))
			length += (size_t)snprintf(text + length, sizeof(text) - length,
						   " %zux2^%u", runs[order], order);
	log_err("page: %lu of %lu KiB free, in runs of pages:%s", page_bytes_free() / 1024,
		page_bytes_total() / 1024, length ? text : " none");
	log_err("out of memory: %zu bytes for %pS (%s)", bytes, caller, page_use_name(use));
}
