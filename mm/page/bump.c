/* SPDX-License-Identifier: MIT */
/*
 * Bump page allocator: a pointer moves up through one range of pages after another. What comes back
 * is kept as it came, single pages on one list and longer runs on another, as further ranges for
 * the pointer; nothing is ever joined. Takes the first range that a request fits into, and what its
 * alignment leaves in front becomes a range of its own. A search looks at every range, so long
 * lists of runs make it slow; single pages come from the front of their list.
 */
#include <mm/page_policy.h>

enum { SINGLES, RANGES };	/* the lists; a range's length stands in its first page's owner */

static unsigned int order_of(size_t count)
{
	return MIN(63U - (unsigned int)__builtin_clzl(count), (unsigned int)PAGE_ORDER_MAX);
}

static void put(struct page_zone *zone, struct page *first, struct page *end)
{
	size_t count = (size_t)(end - first);

	if (!count)
		return;
	first->owner = (void *)count;
	list_add(&zone->runs[count == 1 ? SINGLES : RANGES], &first->link);
	zone->count[order_of(count)]++;
}

static size_t take(struct page_zone *zone, struct page *first)
{
	size_t count = (size_t)first->owner;

	first->link.prev->next = first->link.next;
	first->link.next->prev = first->link.prev;
	zone->count[order_of(count)]--;
	return count;
}

/* The first page from @first on that a run of 2^@order pages may begin at. */
static struct page *aligned(struct page *first, unsigned int order)
{
	return first + (-page_number(first) & ((1UL << order) - 1));
}

static bool fits(struct page *first, struct page *end, unsigned int order)
{
	struct page *start = aligned(first, order);

	return start < end && (size_t)(end - start) >> order;
}

void page_policy_init(struct page_zone *zone)
{
	list_init(&zone->runs[SINGLES]);
	list_init(&zone->runs[RANGES]);
	zone->next = zone->end = zone->first;
}

void page_policy_add(struct page_zone *zone, struct page *first, size_t count, bool reserved)
{
	if (!reserved)
		put(zone, first, first + count);
}

/* Makes the first range that a run of 2^@order pages fits into the pointer's. */
static bool next_range(struct page_zone *zone, unsigned int order)
{
	list_for_each(range, &zone->runs[RANGES], struct page, link) {
		if (!fits(range, range + (size_t)range->owner, order))
			continue;
		put(zone, zone->next, zone->end);
		zone->next = range;
		zone->end = range + take(zone, range);
		return true;
	}
	return false;
}

struct page *page_policy_alloc(struct page_zone *zone, unsigned int order)
{
	struct page *page;

	if (!order && !list_empty(&zone->runs[SINGLES])) {
		page = list_entry(zone->runs[SINGLES].next, struct page, link);
		take(zone, page);
	} else {
		if (!fits(zone->next, zone->end, order) && !next_range(zone, order))
			return NULL;
		page = aligned(zone->next, order);
		put(zone, zone->next, page);
		zone->next = page + (1UL << order);
	}
	page_block_init(zone, page);
	return page;
}

void page_policy_free(struct page_zone *zone, struct page *page, unsigned int order)
{
	put(zone, page, page + (1UL << order));
}

size_t page_policy_largest(const struct page_zone *zone)
{
	for (unsigned int order = PAGE_ORDERS; order--;) {
		if (fits(zone->next, zone->end, order))
			return 1UL << order;
		list_for_each(range, &zone->runs[RANGES], struct page, link)
			if (fits(range, range + (size_t)range->owner, order))
				return 1UL << order;
	}
	return !list_empty(&zone->runs[SINGLES]);
}
