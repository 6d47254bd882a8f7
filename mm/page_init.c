/* SPDX-License-Identifier: MIT */
/*
 * Pages: from boot memory to the page allocator. Each bank becomes a zone, which knows the first
 * pages of the bank; page_grow.c brings the others. Their struct pages get memory of their own,
 * mapped at their place in the array, and are not written but for the first of each run that free
 * and reserved ranges consist of. So neither time nor memory depends on the size of RAM. What is
 * handed over after that was reserved until then; the reservation is cut, and what is left of it
 * around becomes runs of its own before the pages come to the policy.
 *
 * Each bank ends where it ends: banks that touch are one already (boot_mem_add()). Two may still
 * share a page of the array, and a block of it.
 */
#include <arch/timer.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/boot_mem.h>
#include <mm/map.h>

#include "page_core.h"
#include "vmap.h"

struct spinlock page_ranges_lock;

static u64 handover_ticks;

u64 page_handover_ns(void)
{
	return time_from_ticks(handover_ticks);
}

/* True when @block is within @zone and valid. */
static bool block_is_valid(const struct page_zone *zone, size_t block)
{
	block -= zone->first_block;
	return atomic_load_acquire(&zone->valid[block / 64]) & BIT(block % 64);
}

void page_block_clear(struct page_zone *zone, size_t n)
{
	struct page *page = (struct page *)ARCH_MEMMAP_START +
			    ((zone->first_block + n) << PAGE_BLOCK_SHIFT);
	u64 *valid = &zone->valid[n / 64];

	/* by four: boot does this some times */
	for (size_t i = 0; i < PAGE_BLOCK_PAGES; i += 4, page += 4) {
		*page_state_of(page) = 0;
		*page_state_of(page + 1) = 0;
		*page_state_of(page + 2) = 0;
		*page_state_of(page + 3) = 0;
	}
	/* page_lookup() looks without the lock */
	atomic_store_release(valid, *valid | BIT(n % 64));
}

struct page *page_lookup(paddr_t pa)
{
	for (unsigned int i = 0; i < page_pool.zones; i++) {
		const struct page_zone *zone = &page_pool.zone[i];
		size_t n = (pa - page_to_phys(zone->first)) >> PAGE_SHIFT;

		if (n < atomic_load_acquire(&zone->pages))
			return block_is_valid(zone, page_block(zone->first + n)) ?
			       zone->first + n : NULL;
	}
	return NULL;
}

/*
 * --- At boot ----------------------------------------------------------------------------------
 */

/* @size bytes, and where they are. */
static paddr_t take(size_t size, size_t align)
{
	paddr_t pa = boot_mem_alloc_phys(size, align, "pages");

	if (!pa)
		panic("no memory for the page allocator: %zu bytes, %lu of %lu KiB are reserved",
		      size, boot_mem_used() / 1024, boot_mem_total() / 1024);
	return pa;
}

/* How many words the bits of a bank's blocks take. */
static size_t valid_words(const struct boot_mem_range *bank)
{
	/* a bank may begin and end within a block, a word within neither */
	return (bank->size >> (PAGE_SHIFT + PAGE_BLOCK_SHIFT)) / 64 + 2;
}

/* The zones, in one piece with their bits, all zeroes. */
static void make_zones(void)
{
	const struct boot_mem_range *bank;
	struct page_zone *zone;
	size_t words = 0, size;
	unsigned int i;
	u64 *valid;

	for (i = 0; (bank = boot_mem_bank(i)); i++)
		words += valid_words(bank);
	size = i * sizeof(*zone) + words * sizeof(u64);
	zone = memset(phys_to_virt(take(size, PAGE_SIZE)), 0, size);
	page_pool.zone = zone;
	page_pool.zones = i;
	valid = (u64 *)(zone + i);
	for (i = 0; (bank = boot_mem_bank(i)); i++, zone++) {
		zone->first = phys_to_page(bank->base);
		zone->bank = bank->size >> PAGE_SHIFT;
		zone->array_end = ALIGN_UP((vaddr_t)(zone->first + zone->bank), PAGE_SIZE);
		zone->first_block = page_block(zone->first);
		zone->valid = valid;
		valid += valid_words(bank);
		page_grow_init(zone);
		page_policy_init(zone);
	}
}

/* Gives the pages of @zone that are known at boot their part of the array. */
static void map_array(struct page_zone *zone)
{
	vaddr_t start = ALIGN_DOWN((vaddr_t)zone->first, PAGE_SIZE), end;

	if (zone != page_pool.zone) {
		struct page_zone *lower = zone - 1;
		bool whole = lower->pages == lower->bank;

		/* the page that both are in is there, or left to this one */
		if (whole)
			start = MAX(start, lower->array_end);
		else
			lower->array_end = MIN(lower->array_end, start);
	}
	end = MIN(ALIGN_UP((vaddr_t)(zone->first + zone->pages), PAGE_SIZE), zone->array_end);
	if (start < end &&
	    arch_kernel_map(start, take(end - start, PAGE_SIZE), end - start, MMU_WRITE,
			    map_table_alloc))
		panic("no memory for the tables of the array of pages");
}

/*
 * A block that two zones have a part of is valid from the start in both: none of them may clear
 * what the other one has.
 */
static void share_block(struct page_zone *lower, struct page_zone *zone)
{
	struct page *last = lower->first + lower->bank - 1;

	if (page_block(last) != zone->first_block)
		return;
	page_block_init(lower, last);
	zone->valid[0] |= 1;
}

void page_ranges(struct page_zone *zone, paddr_t start, paddr_t end, page_range *tell, void *arg)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++) {
		paddr_t from = MIN(r->base, end), to = MIN(r->base + r->size, end);

		/* they may overlap, and lie outside of the bank */
		if (to <= start)
			continue;
		if (from > start) {
			tell(zone, start, from, false, arg);
			start = from;
		}
		tell(zone, start, to, true, arg);
		start = to;
	}
	if (start < end)
		tell(zone, start, end, false, arg);
}

/* A range that is known at boot. */
static void add(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved, void *arg)
{
	(void)arg;
	page_policy_add(zone, phys_to_page(start), (end - start) >> PAGE_SHIFT, reserved);
}

static void count_free(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved, void *arg)
{
	(void)arg;
	zone->free += reserved ? 0 : (end - start) >> PAGE_SHIFT;
}

static void add_bank(struct page_zone *zone)
{
	paddr_t start = page_to_phys(zone->first);

	page_ranges(zone, start, page_zone_reach(zone), add, NULL);
	page_ranges(zone, start, page_zone_end(zone), count_free, NULL);
	page_pool.total += zone->free;
}

void page_init(void)
{
	u64 start = arch_counter();

	make_zones();
	for (unsigned int i = 0; i < page_pool.zones; i++)
		map_array(&page_pool.zone[i]);
	boot_mem_close();
	lock_check_name(&page_ranges_lock.check, "page_ranges_lock");
	for (unsigned int i = 0; i < page_pool.zones; i++) {
		struct page_zone *zone = &page_pool.zone[i];

		lock_check_name(&zone->lock.check, "page_zone.lock");
		if (i)
			share_block(zone - 1, zone);
		add_bank(zone);
	}
	page_cpu_init();
	handover_ticks = arch_counter() - start;
}

/*
 * --- What is done with later ------------------------------------------------------------------
 */

void page_add_reserved(struct page_zone *zone, paddr_t start, paddr_t end)
{
	if (start < end)
		page_policy_add(zone, phys_to_page(start), (end - start) >> PAGE_SHIFT, true);
}

void page_free_range(struct page_zone *zone, paddr_t start, paddr_t end)
{
	struct page *page = phys_to_page(start);

	for (size_t left = (end - start) >> PAGE_SHIFT; left;) {
		unsigned int order = page_run_order(page_number(page), left);

		page_policy_free(zone, page, order);
		page += 1UL << order;
		left -= 1UL << order;
	}
}

/* Makes the reserved ranges that touch [*start, *end) part of it, as far as pages are known. */
static void widen(const struct page_zone *zone, paddr_t *start, paddr_t *end)
{
	paddr_t low = page_to_phys(zone->first), high = page_zone_reach(zone);
	const struct boot_mem_range *r;
	bool grew;

	do {
		grew = false;
		for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++) {
			paddr_t from = MAX(r->base, low), to = MIN(r->base + r->size, high);

			if (from >= to || from > *end || to < *start ||
			    (from >= *start && to <= *end))
				continue;
			*start = MIN(*start, from);
			*end = MAX(*end, to);
			grew = true;
		}
	} while (grew);
}

/* The zone whose bank @pa is in. */
static struct page_zone *zone_at(paddr_t pa)
{
	struct page_zone *zone = page_pool.zone;

	while (pa - page_to_phys(zone->first) >= (paddr_t)zone->bank << PAGE_SHIFT)
		zone++;
	return zone;
}

/* [base, base + size) is reserved no longer. Both locks held. */
static void release(paddr_t base, u64 size)
{
	struct page_zone *zone = zone_at(base);
	paddr_t start = base, last = MIN(base + size, page_zone_reach(zone)), end = last;

	zone->free += size >> PAGE_SHIFT;
	atomic_add_relaxed(&page_pool.total, size >> PAGE_SHIFT);
	/* further on it is found when the zone grows */
	if (base >= last)
		return;
	widen(zone, &start, &end);
	page_add_reserved(zone, start, base);
	page_add_reserved(zone, base, last);
	page_add_reserved(zone, last, end);
	page_free_range(zone, base, last);
}

void page_release(paddr_t base, u64 size)
{
	paddr_t start = ALIGN_UP(base, PAGE_SIZE), end = ALIGN_DOWN(base + size, PAGE_SIZE);

	for (unsigned int i = 0; i < page_pool.zones; i++) {
		struct page_zone *zone = &page_pool.zone[i];
		unsigned long state = spin_lock_irqsave(&zone->lock);
		paddr_t from = MAX(start, page_to_phys(zone->first)),
			to = MIN(end, page_zone_end(zone));

		spin_lock(&page_ranges_lock);
		if (from < to)
			boot_mem_unreserve(from, to - from, release);
		spin_unlock(&page_ranges_lock);
		spin_unlock_irqrestore(&zone->lock, state);
	}
}

void page_release_initrd(void)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++)
		if (r->name == boot_mem_initrd) {
			page_release(r->base, r->size);
			return;
		}
}

void page_release_boot(void)
{
	unsigned long state = map_lock();

	arch_boot_release(page_release);
	map_unlock(state);
	if (!IS_ENABLED(CONFIG_KEEP_INITRD))
		page_release_initrd();
}
