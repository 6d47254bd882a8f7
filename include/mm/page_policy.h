/* SPDX-License-Identifier: MIT */
/*
 * What a page policy has to bring (one file in mm/page/, chosen by linking), and what the core
 * gives it. mm/page.c and mm/page_init.c are the only callers; they hold the zone's lock,
 * interrupts masked.
 *
 * Which struct pages may be read. At all times a bank is tiled by runs of 2^n pages, aligned to
 * their size: free runs, runs that are handed out, and the runs that make up what is reserved;
 * the struct page of the first page of each is written. Nothing more is needed for merging: were
 * the sibling of a run not the first page of some run, it would lie inside a larger one, and as
 * aligned powers of two never overlap in part, that one would hold the run itself as well.
 *
 * A zone begins with the first pages of its bank and grows when they do not suffice: only for what
 * belongs to it is there an array (mm/page_grow.c).
 *
 * Beside that, blocks of 128 pages are either valid as a whole or not (page_block_init()); only in
 * the valid ones page_lookup() finds anything.
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
	vaddr_t array_end;		/* of the zone's part of the array, once it is whole */
	size_t first_block;		/* number of the first block, see page_block_init() */
	u64 *valid;			/* one bit a block; written with the lock held */
	/* written with the lock held, grows: */
	size_t pages;			/* of the bank, from the first on: those that are known */
	/* lock held: */
	size_t bank;			/* pages in the bank, reserved ones included */
	size_t free;			/* pages that the policy holds, and free ones further on */
	/* lock held, the policy's own: */
	struct list runs[PAGE_ORDERS];	/* free runs by order, linked in their first page */
	size_t count[PAGE_ORDERS];	/* how many there are: others read these */
	struct page *next, *end;	/* what was never handed out, for a policy that wants it */
};

/* Makes @zone empty: its lists, before any page is handed over. */
void page_policy_init(struct page_zone *zone);

/*
 * Hands @count pages from @first on over, at boot and when the zone grows, by each range in the
 * order of addresses. @reserved says that the range is in use and only has to be known, so that it
 * can be handed over later: page_policy_free() then brings it, run by run.
 */
void page_policy_add(struct page_zone *zone, struct page *first, size_t count, bool reserved);

/*
 * Takes a run of 2^@order pages out, aligned to its size in physical memory, or NULL. The state of
 * its first page is 0 then.
 */
struct page *page_policy_alloc(struct page_zone *zone, unsigned int order);

/*
 * Takes the run back; the core has cleared the state in its first struct page. A run may come back
 * in pieces: then the core has made each piece a run of its own before the first one comes.
 */
void page_policy_free(struct page_zone *zone, struct page *page, unsigned int order);

/* Pages in the longest run that page_policy_alloc() could give. */
size_t page_policy_largest(const struct page_zone *zone);

/*
 * --- For the policies -------------------------------------------------------------------------
 */

/* The second half of struct page (refs, order, use, index), which says what it is, at once. */
typedef u64 __attribute__((may_alias)) page_state;

#define PAGE_STATE(refs, order, use, index) \
	((u64)(refs) | (u64)(order) << 32 | (u64)(use) << 40 | (u64)(index) << 48)

static inline page_state *page_state_of(struct page *page)
{
	return (page_state *)(void *)&page->refs;
}

/*
 * The index of a free run's first page, for a policy that wants to tell it from other pages without
 * holders: inner ones, reserved ones, and those in a CPU's cache. Their state is 0.
 */
#define PAGE_INDEX_FREE		1

static inline size_t page_number(const struct page *page)
{
	return page_to_phys(page) >> PAGE_SHIFT;
}

/*
 * The largest n for which 2^n pages from the one of that @number on are aligned, and not more than
 * @count, which is not 0.
 */
static inline unsigned int page_run_order(size_t number, size_t count)
{
	/* the lowest bit of the number, or of what a run may be at most */
	size_t align = number | BIT(PAGE_ORDER_MAX);

	return MIN((unsigned int)__builtin_ctzl(align), 63U - (unsigned int)__builtin_clzl(count));
}

/*
 * Blocks: 128 pages, numbered by the address of their struct pages, which take 4 KiB. A block
 * becomes valid when a run of fewer pages is made in it, or when a run that begins in it is handed
 * out: then the states of all its pages are cleared. Until then no run begins in it, but perhaps at
 * its first page.
 */
#define PAGE_BLOCK_SHIFT	7
#define PAGE_BLOCK_PAGES	(1UL << PAGE_BLOCK_SHIFT)

static inline size_t page_block(const struct page *page)
{
	return ((vaddr_t)page - ARCH_MEMMAP_START) >> (PAGE_STRUCT_SHIFT + PAGE_BLOCK_SHIFT);
}

/* Clears the states of the block of that number, counted from the zone's first one. */
void page_block_clear(struct page_zone *zone, size_t n);

/*
 * Makes the block of @page valid, when it is not. Before the state of a page in it is written, and
 * with no free run in it.
 */
static inline void page_block_init(struct page_zone *zone, struct page *page)
{
	size_t n = page_block(page) - zone->first_block;

	if (unlikely(!(zone->valid[n / 64] & BIT(n % 64))))
		page_block_clear(zone, n);
}

#endif
