/* SPDX-License-Identifier: MIT */
/*
 * Pages: a zone grows. At boot it knows the first pages of its bank only, so that a machine with
 * much memory does not spend a part of it on an array that nobody needs yet. When the policy cannot
 * serve a request, the zone takes as much again of the bank. The array for that lies at the upper
 * end of what it does not know yet, with the tables that map it, and is reserved from then on: so a
 * zone can always grow, and long runs stay whole. It never shrinks.
 *
 * Until then the further part of a bank is known by its ranges alone: what is not reserved of it is
 * free, is counted so, and stands in the figures by the runs that it will be.
 */
#include <lib/log.h>
#include <lib/string.h>
#include <mm/boot_mem.h>
#include <mm/map.h>

#include "page_core.h"

/* Pages come by multiples of this, aligned to it: their structs take 256 KiB. */
#define GROW_UNIT	8192UL
/* As many at most at once: 4 MiB of structs. */
#define GROW_MAX	(16 * GROW_UNIT)

/* Bytes that the last table of a walk maps. */
#define TABLE_BYTES	(PAGE_SIZE << (PAGE_SHIFT - 3))

/* Where there is room for the array: in the last range that is long enough. */
struct room {
	size_t size;
	paddr_t end;		/* 0: nowhere */
};

/* Where the array begins, or the last table below it; page_ranges_lock held. */
static paddr_t array_start;

/*
 * The end of @pages from @from on, at a multiple of the unit; the bank's when less than a unit
 * would be left.
 */
static paddr_t end_of(const struct page_zone *zone, paddr_t from, size_t pages)
{
	paddr_t unit = GROW_UNIT << PAGE_SHIFT, last = page_zone_end(zone);
	paddr_t end = ALIGN_DOWN(from + (pages << PAGE_SHIFT), unit);

	return end + unit <= last ? end : last;
}

void page_grow_init(struct page_zone *zone)
{
	paddr_t start = page_to_phys(zone->first);

	zone->pages = (end_of(zone, start, GROW_UNIT + GROW_UNIT / 2) - start) >> PAGE_SHIFT;
}

static void find_room(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved, void *arg)
{
	struct room *room = arg;

	(void)zone;
	if (!reserved && end - start >= room->size)
		room->end = end;
}

static paddr_t table_alloc(void)
{
	array_start -= PAGE_SIZE;
	memset(phys_to_virt(array_start), 0, PAGE_SIZE);
	return array_start;
}

/* Makes the array for the pages in [from, to). False: there is no room. page_ranges_lock held. */
static bool make_array(struct page_zone *zone, paddr_t from, paddr_t to)
{
	vaddr_t start = (vaddr_t)phys_to_page(from);
	vaddr_t end = ALIGN_UP((vaddr_t)phys_to_page(to - 1) + sizeof(struct page), PAGE_SIZE);
	size_t size = MIN(end, zone->array_end) - start;
	/* it may begin and end within a table, on two levels */
	struct room room = { size + (size / TABLE_BYTES + 4) * PAGE_SIZE, 0 };

	page_ranges(zone, from, page_zone_end(zone), find_room, &room);
	if (!room.end)
		return false;
	array_start = room.end - size;
	if (size && arch_kernel_map(start, array_start, size, MMU_WRITE, table_alloc))
		panic("the array of pages cannot be mapped at %#lx", start);
	size = room.end - array_start;
	boot_mem_reserve(array_start, size, "pages", false);
	zone->free -= size >> PAGE_SHIFT;
	atomic_add_relaxed(&page_pool.total, -(size >> PAGE_SHIFT));
	return true;
}

static void add_range(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved, void *arg)
{
	(void)reserved;
	(void)arg;
	page_add_reserved(zone, start, end);
}

static void free_range(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved, void *arg)
{
	(void)arg;
	if (!reserved)
		page_free_range(zone, start, end);
}

static void drop_range(struct page_zone *zone, paddr_t start, paddr_t end, bool reserved,
		       void *arg)
{
	(void)arg;
	if (reserved)
		return;
	zone->free -= (end - start) >> PAGE_SHIFT;
	atomic_add_relaxed(&page_pool.total, -((end - start) >> PAGE_SHIFT));
}

/* So much is reserved of the rest of the bank that what is free has no place for the array. */
static void give_up(struct page_zone *zone, paddr_t from)
{
	log_warn("memory: %#lx to %#lx is left out: hardly a page of it is free", from,
		 page_zone_end(zone) - 1);
	page_ranges(zone, from, page_zone_end(zone), drop_range, NULL);
	zone->bank = zone->pages;
}

bool page_grow(struct page_zone *zone)
{
	paddr_t from = page_zone_reach(zone), to;
	bool more;

	if (zone->pages == zone->bank)
		return false;
	spin_lock(&page_ranges_lock);
	to = end_of(zone, from, MIN(ALIGN_UP(zone->pages, GROW_UNIT), GROW_MAX));
	more = make_array(zone, from, to);
	if (more) {
		/* all runs are there before the first is free: joining looks at neighbours */
		page_ranges(zone, from, to, add_range, NULL);
		atomic_store_release(&zone->pages, zone->pages + ((to - from) >> PAGE_SHIFT));
		page_ranges(zone, from, to, free_range, NULL);
	} else {
		give_up(zone, from);
	}
	spin_unlock(&page_ranges_lock);
	return more;
}
