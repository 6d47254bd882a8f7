/* SPDX-License-Identifier: MIT */
/*
 * Buddy page allocator: a list of free runs for each power of two. A request is served by the
 * smallest run that is large enough, whose upper halves go back until it fits. A run that comes
 * back is joined with its sibling, the other half of the next larger run, as long as that is free
 * as well; whether it is stands in the state of its first page (see <mm/page_policy.h> for why that
 * may be read). Does not keep runs in the order of their addresses.
 */
#include <mm/page_policy.h>

static u64 free_state(unsigned int order)
{
	return PAGE_STATE(0, order, PAGE_USE_NONE, PAGE_INDEX_FREE);
}

/* Puts a run on its list. In front: what was used last is likely to be in the data cache still. */
static void put(struct page_zone *zone, struct page *page, unsigned int order)
{
	*page_state_of(page) = free_state(order);
	list_add(&zone->runs[order], &page->link);
	zone->count[order]++;
}

/* Takes a run off its list. From here on nobody takes it for a free one. */
static void take(struct page_zone *zone, struct page *page, unsigned int order)
{
	*page_state_of(page) = 0;
	page->link.prev->next = page->link.next;
	page->link.next->prev = page->link.prev;
	zone->count[order]--;
}

void page_policy_init(struct page_zone *zone)
{
	for (unsigned int order = 0; order < PAGE_ORDERS; order++)
		list_init(&zone->runs[order]);
}

void page_policy_add(struct page_zone *zone, struct page *first, size_t count, bool reserved)
{
	size_t number = page_number(first), end = number + count, pages;

	for (; number != end; first += pages, number += pages) {
		unsigned int order = page_run_order(number, end - number);

		pages = 1UL << order;
		if (order < PAGE_BLOCK_SHIFT)
			page_block_init(zone, first);
		if (reserved)
			*page_state_of(first) = 0;
		else
			put(zone, first, order);
	}
}

struct page *page_policy_alloc(struct page_zone *zone, unsigned int order)
{
	unsigned int from = order;
	struct page *page;

	while (list_empty(&zone->runs[from]))
		if (++from == PAGE_ORDERS)
			return NULL;
	page = list_entry(zone->runs[from].next, struct page, link);
	take(zone, page, from);
	/* a smaller run lies in a block that became valid when it was cut */
	if (from >= PAGE_BLOCK_SHIFT)
		page_block_init(zone, page);
	while (from > order) {
		from--;
		put(zone, page + (1UL << from), from);
	}
	return page;
}

void page_policy_free(struct page_zone *zone, struct page *page, unsigned int order)
{
	size_t number = page_number(page);

	for (; order < PAGE_ORDER_MAX; order++) {
		size_t half = 1UL << order;
		struct page *sibling = number & half ? page - half : page + half;

		if ((size_t)(sibling - zone->first) >= zone->pages ||
		    *page_state_of(sibling) != free_state(order))
			break;
		take(zone, sibling, order);
		if (number & half)
			page = sibling;
	}
	put(zone, page, order);
}

size_t page_policy_largest(const struct page_zone *zone)
{
	for (unsigned int order = PAGE_ORDERS; order--;)
		if (zone->count[order])
			return 1UL << order;
	return 0;
}
