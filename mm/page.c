/* SPDX-License-Identifier: MIT */
/*
 * Pages: the way in and out. Single pages come from an array that each CPU has and go back there,
 * with nothing but interrupts masked; the array is filled from the zones and emptied into them by
 * batches. Of each of the next orders a CPU keeps the run that came back last, so that what is
 * taken and given back again and again is not cut and joined each time. All else goes to the
 * policy, under the lock of its zone, the highest zone first, so that low memory is left for those
 * who need it. A run of any number of pages is the next power of two, of which the rest goes back
 * at once.
 *
 * When there is no memory: what this CPU keeps goes back, so that it can become runs; then whoever
 * holds memory that it can do without is asked for it (page_set_reclaim()), and other CPUs give
 * back what they keep; then the caller gets NULL.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <kernel/cpu.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/fault_inject.h>

#include "page_core.h"

#define BATCH_ORDER	4
static_assert(PAGE_CACHE_BATCH == 1 << BATCH_ORDER, "a batch can be one run");

struct page_pool page_pool;

static struct page_cpu page_cpu PER_CPU;

void page_cpu_init(void)
{
	struct page_cpu *cpu = this_cpu(page_cpu);

	cpu->next = page_pool.cpus;
	while (!atomic_cas_acq_rel(&page_pool.cpus, &cpu->next, cpu))
		;
}

void page_set_reclaim(void (*reclaim)(void))
{
	atomic_store_release(&page_pool.reclaim, reclaim);
}

struct page_zone *page_zone_of(const struct page *page)
{
	for (unsigned int i = 0; i < page_pool.zones; i++)
		if ((size_t)(page - page_pool.zone[i].first) <
		    atomic_load_relaxed(&page_pool.zone[i].pages))
			return &page_pool.zone[i];
	return NULL;
}

/*
 * --- Between the zones and a CPU: interrupts masked -------------------------------------------
 */

/*
 * Up to a batch of single pages from one zone, by runs of several where those lie ahead: these are
 * the pages that the policy would give one by one. Returns how many. Zone's lock held.
 */
static size_t take_singles(struct page_zone *zone, struct page **page)
{
	unsigned int order = 0;
	struct page *run;
	size_t n = 0;

	while (n < PAGE_CACHE_BATCH) {
		/* whatever is shorter has been taken */
		while (order < BATCH_ORDER && !zone->count[order])
			order++;
		while (1UL << order > PAGE_CACHE_BATCH - n)
			order--;
		run = page_policy_alloc(zone, order);
		while (!run && order)
			run = page_policy_alloc(zone, --order);
		if (!run)
			break;
		for (size_t i = 0; i < 1UL << order; i++)
			page[n++] = run + i;
	}
	return n;
}

/* Takes one run from a zone, or a batch of single pages. Returns how many there were. */
static size_t take(unsigned int order, struct page **run)
{
	struct page_zone *zone = page_pool.zone + page_pool.zones;
	size_t n = 0;

	while (!n && zone-- != page_pool.zone) {
		spin_lock(&zone->lock);
		do {
			if (order)
				n = (run[0] = page_policy_alloc(zone, order)) != NULL;
			else
				n = take_singles(zone, run);
		} while (unlikely(!n) && page_grow(zone));
		zone->free -= n << order;
		spin_unlock(&zone->lock);
	}
	return n;
}

/* Gives one run back. */
static void give(struct page *page, unsigned int order)
{
	struct page_zone *zone = page_zone_of(page);

	*page_state_of(page) = 0;
	spin_lock(&zone->lock);
	page_policy_free(zone, page, order);
	zone->free += 1UL << order;
	spin_unlock(&zone->lock);
}

/* Gives the single pages back, but for the @keep that came last. */
static void drain_pages(struct page_cpu *cpu, size_t keep)
{
	size_t n = cpu->cached - keep;

	for (size_t i = 0; i < n; i++)
		give(cpu->page[i], 0);
	memmove(cpu->page, cpu->page + n, keep * sizeof(cpu->page[0]));
	cpu->cached = keep;
}

/* Gives all back. False when there was nothing. */
static bool drain(struct page_cpu *cpu)
{
	bool any = cpu->cached;

	drain_pages(cpu, 0);
	for (unsigned int order = 1; order < PAGE_KEPT_ORDERS; order++) {
		if (!cpu->run[order])
			continue;
		any = true;
		give(cpu->run[order], order);
		cpu->run[order] = NULL;
	}
	return any;
}

/* Interrupts masked. */
static void drain_here(void *arg __unused)
{
	drain(this_cpu(page_cpu));
}

static struct page *take_one(struct page_cpu *cpu, unsigned int order)
{
	struct page *page = NULL;

	if (order) {
		take(order, &page);
		return page;
	}
	/* the cache may have been filled by an interrupt meanwhile */
	if (!cpu->cached)
		cpu->cached = take(0, cpu->page);
	return cpu->cached ? cpu->page[--cpu->cached] : NULL;
}

static void count(unsigned int use, size_t pages)
{
	unsigned long state = arch_irq_save();

	this_cpu(page_cpu)->used[use] += pages;
	arch_irq_restore(state);
}

/*
 * --- Allocation -------------------------------------------------------------------------------
 */

/* Never inline: the way without it needs no stack frame then. */
static __noinline struct page *clear(struct page *page, size_t pages)
{
	memset(page_to_virt(page), 0, pages << PAGE_SHIFT);
	return page;
}

/* What a run becomes for its holder. */
static struct page *begin(struct page *page, unsigned int order, unsigned int use)
{
	page->owner = NULL;
	*page_state_of(page) = PAGE_STATE(1, order, use, 0);
	return page;
}

/* A run that is in nobody's hands, when the first look found none. */
static __noinline struct page *find_again(unsigned int order)
{
	unsigned long state = arch_irq_save();
	struct page *page = drain(this_cpu(page_cpu)) ? take_one(this_cpu(page_cpu), order) : NULL;
	void (*reclaim)(void);

	arch_irq_restore(state);
	if (page)
		return page;
	/* whoever masks interrupts may hold a lock that reclaiming takes */
	reclaim = atomic_load_acquire(&page_pool.reclaim);
	if (!reclaim || arch_irqs_disabled())
		return NULL;
	reclaim();
	cpu_others(drain_here, NULL);
	state = arch_irq_save();
	page = take_one(this_cpu(page_cpu), order);
	if (!page && drain(this_cpu(page_cpu)))
		page = take_one(this_cpu(page_cpu), order);
	arch_irq_restore(state);
	return page;
}

static struct page *find(unsigned int order)
{
	unsigned long state = arch_irq_save();
	struct page_cpu *cpu = this_cpu(page_cpu);
	struct page *page;

	if (order > 0 && order < PAGE_KEPT_ORDERS && cpu->run[order]) {
		page = cpu->run[order];
		cpu->run[order] = NULL;
	} else {
		page = take_one(cpu, order);
	}
	arch_irq_restore(state);
	return likely(page) ? page : find_again(order);
}

/* For the log: what nobody has that much of counts as all there could be. */
static size_t bytes_of(size_t pages)
{
	return pages > SIZE_MAX >> PAGE_SHIFT ? SIZE_MAX : pages << PAGE_SHIFT;
}

static struct page *fail(size_t pages, unsigned int flags, const void *caller)
{
	if (!(flags & PAGE_QUIET))
		page_out_of_memory(caller, bytes_of(pages), flags & PAGE_USE_MASK);
	return NULL;
}

/* Whether this request is to fail (failmem=). The heap's own do not count, its objects do. */
static inline bool unlucky(size_t pages, unsigned int use, const void *caller)
{
	return use != PAGE_USE_HEAP && fault_inject("pages", bytes_of(pages), caller);
}

/*
 * The long way. It is called last thing, so that it returns to the caller of the function that
 * called it: that is who is named when there is no memory.
 */
static __noinline struct page *alloc(unsigned int order, unsigned int flags)
{
	unsigned int use = flags & PAGE_USE_MASK;
	struct page *page = order > PAGE_ORDER_MAX ? NULL : find(order);

	assert(use > PAGE_USE_NONE && use < PAGE_USES);
	if (unlikely(!page))
		return fail(1UL << MIN(order, 63U), flags, __builtin_return_address(0));
	count(use, 1UL << order);
	begin(page, order, use);
	return flags & PAGE_ZERO ? clear(page, 1UL << order) : page;
}

struct page *page_alloc(unsigned int order, unsigned int flags)
{
	unsigned int use = flags & PAGE_USE_MASK;
	struct page_cpu *cpu;
	unsigned long state;
	struct page *page;
	size_t cached;

	assert(use > PAGE_USE_NONE && use < PAGE_USES);
	if (unlucky(1UL << MIN(order, 63U), use, __builtin_return_address(0)))
		return fail(1UL << MIN(order, 63U), flags, __builtin_return_address(0));
	if (unlikely(order))
		return alloc(order, flags);
	state = arch_irq_save();
	cpu = this_cpu(page_cpu);
	cached = cpu->cached;
	if (unlikely(!cached)) {
		arch_irq_restore(state);
		return alloc(0, flags);
	}
	cpu->cached = cached - 1;
	page = cpu->page[cached - 1];
	cpu->used[use]++;
	arch_irq_restore(state);
	begin(page, 0, use);
	return flags & PAGE_ZERO ? clear(page, 1) : page;
}

/*
 * Gives back what of a run of 2^@order pages lies behind its first @pages, from the end on. Each
 * cut leaves two halves: the upper one goes back, or the lower one stays whole and the upper one is
 * cut next, as a run of its own. Interrupts masked.
 */
static void trim(struct page *page, unsigned int order, size_t pages)
{
	struct page_zone *zone = page_zone_of(page);
	size_t freed = (1UL << order) - pages;

	spin_lock(&zone->lock);
	for (;;) {
		size_t half = 1UL << --order;

		if (order == PAGE_BLOCK_SHIFT - 1)
			page_block_init(zone, page);
		*page_state_of(page + half) = 0;
		if (pages <= half) {
			page_policy_free(zone, page + half, order);
			if (pages == half)
				break;
		} else {
			page += half;
			pages -= half;
		}
	}
	zone->free += freed;
	spin_unlock(&zone->lock);
}

struct page *page_alloc_run(size_t pages, unsigned int flags)
{
	unsigned int order = pages > 1 ? 64U - (unsigned int)__builtin_clzl(pages - 1) : 0;
	unsigned int use = flags & PAGE_USE_MASK;
	struct page *page = NULL;
	unsigned long state;

	assert(use > PAGE_USE_NONE && use < PAGE_USES);
	if (!pages)
		return NULL;
	if (unlucky(pages, use, __builtin_return_address(0)))
		return fail(pages, flags, __builtin_return_address(0));
	if (order <= PAGE_ORDER_MAX) {
		if (pages == 1UL << order)
			return alloc(order, flags);
		page = find(order);
	}
	if (!page)
		return fail(pages, flags, __builtin_return_address(0));
	begin(page, PAGE_ORDER_NONE, use);
	state = arch_irq_save();
	trim(page, order, pages);
	arch_irq_restore(state);
	count(use, pages);
	return flags & PAGE_ZERO ? clear(page, pages) : page;
}

/*
 * --- And back ---------------------------------------------------------------------------------
 */

/* @refs is what was seen: it may be another number by now. */
static __noreturn __noinline void bad_refs(const char *what, const struct page *page, u32 refs)
{
	panic("%s page %#lx: order %u, refs %u, use %u", what, page_to_phys(page), page->order,
	      refs, page->use);
}

static __noreturn __noinline void bad(const char *what, const struct page *page)
{
	bad_refs(what, page, page->refs);
}

static __noinline void free_run(struct page *page)
{
	unsigned int order = page->order;
	unsigned long state;
	struct page_cpu *cpu;

	if (page->refs != 1 || order > PAGE_ORDER_MAX)
		bad("page_free() of", page);
	state = arch_irq_save();
	cpu = this_cpu(page_cpu);
	cpu->used[page->use] -= 1UL << order;
	if (order < PAGE_KEPT_ORDERS) {
		struct page *last = cpu->run[order];

		*page_state_of(page) = 0;
		cpu->run[order] = page;
		page = last;
	}
	if (page)
		give(page, order);
	arch_irq_restore(state);
}

/* Makes room among the CPU's pages first. An interrupt in between makes more of it, or less. */
static __noinline void free_crowded(struct page *page)
{
	unsigned long state = arch_irq_save();

	if (this_cpu(page_cpu)->cached == PAGE_CACHE_MAX)
		drain_pages(this_cpu(page_cpu), PAGE_CACHE_MAX - PAGE_CACHE_BATCH);
	arch_irq_restore(state);
	page_free(page);
}

/* Here and in page_alloc() every instruction counts. */
void page_free(struct page *page)
{
	u64 was = *page_state_of(page);
	struct page_cpu *cpu;
	unsigned long state;
	size_t cached;

	/* one holder, and order 0 */
	if (unlikely((was & PAGE_STATE(~0U, 0xff, 0, 0)) != PAGE_STATE(1, 0, 0, 0))) {
		free_run(page);
		return;
	}
	state = arch_irq_save();
	cpu = this_cpu(page_cpu);
	cached = cpu->cached;
	if (unlikely(cached == PAGE_CACHE_MAX)) {
		arch_irq_restore(state);
		free_crowded(page);
		return;
	}
	*page_state_of(page) = 0;
	cpu->page[cached] = page;
	cpu->cached = cached + 1;
	cpu->used[(u8)(was >> 40)]--;
	arch_irq_restore(state);
}

void page_free_run(struct page *page, size_t pages)
{
	bool even = !(pages & (pages - 1));
	struct page_zone *zone;
	unsigned long state;

	if (even && page->order <= PAGE_ORDER_MAX && pages == 1UL << page->order) {
		page_free(page);
		return;
	}
	if (even || page->refs != 1 || page->order != PAGE_ORDER_NONE)
		bad("page_free_run() of", page);
	count(page->use, -pages);
	zone = page_zone_of(page);
	state = spin_lock_irqsave(&zone->lock);
	*page_state_of(page) = 0;
	zone->free += pages;
	while (pages) {
		unsigned int order = 63U - (unsigned int)__builtin_clzl(pages);

		page_policy_free(zone, page, order);
		page += 1UL << order;
		pages -= 1UL << order;
	}
	spin_unlock_irqrestore(&zone->lock, state);
}

struct page *page_split(struct page *page)
{
	struct page_zone *zone = page_zone_of(page);
	unsigned int order = page->order - 1U;
	struct page *upper;
	unsigned long state;

	if (page->refs != 1 || order >= PAGE_ORDER_MAX)
		bad("page_split() of", page);
	upper = page + (1UL << order);
	state = spin_lock_irqsave(&zone->lock);
	page_block_init(zone, upper);
	spin_unlock_irqrestore(&zone->lock, state);
	page->order = (u8)order;
	return begin(upper, order, page->use);
}

void page_get(struct page *page)
{
	if (!atomic_add_relaxed(&page->refs, 1))
		bad_refs("page_get() of", page, 0);
}

void page_put(struct page *page)
{
	u32 refs = atomic_add_acq_rel(&page->refs, -1U);

	if (!refs)
		bad_refs("page_put() of", page, 0);
	if (refs == 1) {
		page->refs = 1;		/* ours alone: as page_free() expects it */
		page_free(page);
	}
}
