/* SPDX-License-Identifier: MIT */
/*
 * Pages: from boot memory to the page allocator. Each bank becomes a zone. The struct pages of a
 * bank get memory of their own, mapped at their place in the array by blocks, and are not written
 * but for the first of each run that the bank's free and reserved ranges consist of, so that the
 * time does not depend on the size of RAM. What is handed over after that was reserved until then;
 * the reservation is cut, and what is left of it around becomes runs of its own before the pages
 * come to the policy.
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

/* The array is mapped by blocks of this size where it is that large. */
#define ARRAY_BLOCK	MIB(2)

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

		if (n < zone->pages)
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

/* Maps the array from @start to @end. */
static void map_array(vaddr_t start, vaddr_t end)
{
	size_t size = end - start;
	paddr_t pa = take(size, size < ARRAY_BLOCK ? PAGE_SIZE : ARRAY_BLOCK);

	if (arch_kernel_map(start, pa, size, MMU_WRITE, map_table_alloc))
		panic("no memory for the tables of the array of pages");
}

/* Gives every bank's part of the array memory. */
static void map_arrays(void)
{
	const struct boot_mem_range *bank;
	vaddr_t mapped = 0;		/* up to here */

	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++) {
		struct page *first = phys_to_page(bank->base);
		struct page *last = first + (bank->size >> PAGE_SHIFT);
		vaddr_t start = (vaddr_t)first, end = ALIGN_UP((vaddr_t)last, PAGE_SIZE);

		/* from the start of a block on, so that it can be mapped by blocks */
		start = ALIGN_DOWN(start, end - start < ARRAY_BLOCK ? PAGE_SIZE : ARRAY_BLOCK);
		start = MAX(start, mapped);
		if (start < end)
			map_array(start, end);
		mapped = MAX(end, mapped);
	}
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
		zone->pages = bank->size >> PAGE_SHIFT;
		zone->first_block = page_block(zone->first);
		zone->valid = valid;
		valid += valid_words(bank);
		page_policy_init(zone);
	}
}

/*
 * A block that two zones have a part of is valid from the start in both: none of them may clear
 * what the other one has.
 */
static void share_block(struct page_zone *lower, struct page_zone *zone)
{
	struct page *last = lower->first + lower->pages - 1;

	if (page_block(last) != zone->first_block)
		return;
	page_block_init(lower, last);
	zone->valid[0] |= 1;
}

static void add(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved)
{
	size_t count = (end - start) >> PAGE_SHIFT;

	if (end <= start)
		return;
	page_policy_add(zone, phys_to_page(start), count, reserved);
	if (!reserved) {
		zone->free += count;
		page_pool.total += count;
	}
}

/* All of a bank: what is reserved, and what lies between. */
static void add_bank(struct page_zone *zone, const struct boot_mem_range *bank)
{
	const struct boot_mem_range *r;
	paddr_t at = bank->base, end = at + bank->size;

	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++) {
		paddr_t from = MIN(r->base, end), to = MIN(r->base + r->size, end);

		/* they may overlap, and lie outside of the bank */
		if (to <= at)
			continue;
		if (from > at) {
			add(zone, at, from, false);
			at = from;
		}
		add(zone, at, to, true);
		at = to;
	}
	add(zone, at, end, false);
}

void page_init(void)
{
	u64 start = arch_counter();

	map_arrays();
	make_zones();
	boot_mem_close();
	for (unsigned int i = 0; i < page_pool.zones; i++) {
		struct page_zone *zone = &page_pool.zone[i];

		lock_check_name(&zone->lock.check, "page_zone.lock");
		if (i)
			share_block(zone - 1, zone);
		add_bank(zone, boot_mem_bank(i));
	}
	page_cpu_init();
	handover_ticks = arch_counter() - start;
}

/*
 * --- What is done with later ------------------------------------------------------------------
 */

/* Makes the reserved ranges that touch [*start, *end) part of it, as far as the bank goes. */
static void widen(const struct page_zone *zone, paddr_t *start, paddr_t *end)
{
	paddr_t low = page_to_phys(zone->first), high = low + (zone->pages << PAGE_SHIFT);
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

/* [base, base + size) is reserved no longer. */
static void release(paddr_t base, u64 size)
{
	struct page_zone *zone = page_zone_of(phys_to_page(base));
	paddr_t start = base, end = base + size;
	size_t pages = size >> PAGE_SHIFT;
	struct page *page = phys_to_page(base);
	unsigned long state;

	widen(zone, &start, &end);
	state = spin_lock_irqsave(&zone->lock);
	add(zone, start, base, true);
	add(zone, base, base + size, true);
	add(zone, base + size, end, true);
	zone->free += pages;
	for (size_t left = pages; left;) {
		unsigned int order = page_run_order(page_number(page), left);

		page_policy_free(zone, page, order);
		page += 1UL << order;
		left -= 1UL << order;
	}
	spin_unlock_irqrestore(&zone->lock, state);
	atomic_add_relaxed(&page_pool.total, pages);
}

void page_release(paddr_t base, u64 size)
{
	paddr_t start = ALIGN_UP(base, PAGE_SIZE), end = ALIGN_DOWN(base + size, PAGE_SIZE);

	if (start < end)
		boot_mem_unreserve(start, end - start, release);
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
