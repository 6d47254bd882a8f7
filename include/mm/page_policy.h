/* SPDX-License-Identifier: MIT */
/*
 * What a page policy has to bring (one file in mm/page/, chosen by linking), and what the core
 * gives it. mm/page.c is the only caller; it holds the zone's lock, interrupts masked.
 */
#ifndef MM_PAGE_POLICY_H
#define MM_PAGE_POLICY_H

#include <kernel/spinlock.h>
#include <mm/page.h>

/* A bank of RAM, or what of one is contiguous. */
struct page_zone {
	struct spinlock lock;
	/* set at boot, then constant: */
	struct page *first;		/* of the bank's first page */
	size_t pages;			/* in the bank, reserved ones included */
	/* lock held: */
	size_t free;			/* pages that the policy holds */
	/* lock held, the policy's own: */
	struct list runs[PAGE_ORDERS];	/* free runs by order, linked in their first page */
	size_t count[PAGE_ORDERS];	/* how many there are: statistics read these */
	struct page *next, *end;	/* what was never handed out, for a policy that wants it */
};

/* Makes @zone empty: its lists, before any page is handed over. */
void page_policy_init(struct page_zone *zone);

/*
 * Hands @count pages from @first on over: at boot each free range of the bank, in the order of
 * addresses, and later what is released. At boot @reserved says that the range is in use and
 * only has to be known, so that it can be handed over later.
 */
void page_policy_add(struct page_zone *zone, struct page *first, size_t count, bool reserved);

/* Takes a run of 2^@order pages out, aligned to its size in physical memory, or NULL. */
struct page *page_policy_alloc(struct page_zone *zone, unsigned int order);

/* Takes the run back. Pages of one run may come back in pieces. */
void page_policy_free(struct page_zone *zone, struct page *page, unsigned int order);

/* Pages in the longest run that page_policy_alloc() could give. */
size_t page_policy_largest(const struct page_zone *zone);

#endif
