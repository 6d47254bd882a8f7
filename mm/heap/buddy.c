/* SPDX-License-Identifier: MIT */
/*
 * Buddy heap: an object of up to half a page is a block of a power of two bytes, 32 at least, and
 * lies at a multiple of its size. A page that serves blocks, an arena, begins as one block. Where a
 * small one is wanted, a larger one is cut into halves, buddies; where a block becomes free and its
 * buddy is, both become one again, and the whole page goes back. Larger objects are runs of pages.
 *
 * There are no headers. An arena has a table with one byte for each 32 bytes, its marks: what
 * begins there, and of which order; an arena's struct page has its address. So every address can be
 * judged by its struct page and its mark. 32 tables share a page, and these pages go back when the
 * last arena does.
 *
 * Freed blocks are first kept as they are, lazy, and handed out again without being merged and cut.
 * All of them are merged when there are many of one order, and before a page is asked for.
 */
#include <arch/atomic.h>
#include <kernel/spinlock.h>
#include <lib/list.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
#include <mm/page.h>

/* A block of order n has 2^n granules. */
#define GRANULE_SHIFT	5
#define GRANULES	(PAGE_SIZE >> GRANULE_SHIFT)
#define ORDER_PAGE	(PAGE_SHIFT - GRANULE_SHIFT)
#define BLOCK_MAX	(PAGE_SIZE / 2)

#define LAZY_MAX	8U	/* of each order */

#define TABLES		32U	/* in a page: there is one byte for 32 */

#define NOT_LIVE	"not the start of an object"

const char heap_policy_name[] = "buddy";

/* Marks: one of these and the order; 0 where no block begins. */
#define MARK_LIVE	0x80
#define MARK_LAZY	0x40
#define MARK_FREE	0x20
#define MARK_ORDER	0x1f
static_assert(ORDER_PAGE <= MARK_ORDER, "a mark has room for each order");

/* What a page of the heap is, in its index; and what is in its owner. */
enum {
	PAGE_ARENA = 1,		/* the arena's table */
	PAGE_TABLES,		/* the next page of tables */
	PAGE_RUN,		/* the length of the run that begins there, in pages */
};

/* A mark for each granule of an arena. Those that nobody has are linked, and else without marks. */
struct table {
	union {
		struct table *next;
		u8 mark[GRANULES];
	};
};

static_assert(sizeof(struct table) * TABLES == PAGE_SIZE, "a mark is a byte");

/*
 * One that nobody has. It and its mark lie at multiples of its size, in bytes and in granules: so
 * one bit of either address tells it from its buddy, which is all that merging needs to know.
 */
struct block {
	struct list link;	/* a lazy one uses next only */
	u8 *mark;
};

static_assert(sizeof(struct block) <= 1 << GRANULE_SHIFT, "the smallest block has room for it");

struct order {
	struct list free;
	struct list *lazy;
	unsigned int lazy_count;
	unsigned int free_count;
	size_t taken;		/* handed out or lazy; of the last order, atomic: pages in runs */
} __aligned(64);		/* so that its place is found by a shift */

static struct {
	/* lock held: */
	struct order order[ORDER_PAGE + 1];	/* whole pages are free for a moment only */
	struct table *tables;			/* that nobody has */
	void *table_pages;
	size_t arenas;
	size_t pages;				/* with blocks or tables */
	struct spinlock lock;
} heap;

__cold void heap_policy_init(void)
{
	for (unsigned int order = 0; order <= ORDER_PAGE; order++)
		list_init(&heap.order[order].free);
	lock_check_name(&heap.lock.check, "heap.lock");
}

static unsigned int order_of(size_t size)
{
	size_t last = (size - 1) | (BIT(GRANULE_SHIFT) - 1);

	return 64U - GRANULE_SHIFT - (unsigned int)__builtin_clzl(last);
}

/*
 * --- Pages with tables and blocks -------------------------------------------------------------
 */

/* Where a new page of that kind is, or NULL. */
__cold static __noinline void *get_page(unsigned int kind, void *owner, unsigned int flags)
{
	struct page *page = page_alloc(0, PAGE_USE_HEAP | PAGE_QUIET | flags);

	if (!page)
		return NULL;
	page->index = (u16)kind;
	page->owner = owner;
	heap.pages++;
	return page_to_virt(page);
}

static void put_page(const void *p)
{
	heap.pages--;
	page_free(virt_to_page(p));
}

/* A table without a mark, or NULL. */
static struct table *get_table(void)
{
	struct table *table = heap.tables;

	if (!table) {
		table = get_page(PAGE_TABLES, heap.table_pages, PAGE_ZERO);
		if (!table)
			return NULL;
		heap.table_pages = table;
		for (unsigned int i = 0; i < TABLES - 1; i++)
			table[i].next = &table[i + 1];
	}
	heap.tables = table->next;
	heap.arenas++;
	table->next = NULL;
	return table;
}

/* Takes a table back in which there is no mark. With the last one all pages of tables go. */
__cold static __noinline void put_table(struct table *table)
{
	table->next = heap.tables;
	heap.tables = table;
	if (--heap.arenas)
		return;
	heap.tables = NULL;
	while (heap.table_pages) {
		void *page = heap.table_pages;

		heap.table_pages = virt_to_page(page)->owner;
		put_page(page);
	}
}

/*
 * --- Blocks -----------------------------------------------------------------------------------
 */

__cold static __noinline void put_block(struct block *block, u8 *mark, unsigned int order)
{
	block->mark = mark;
	*mark = (u8)(MARK_FREE | order);
	list_add(&heap.order[order].free, &block->link);
	heap.order[order].free_count++;
}

__cold static __noinline void get_block(struct block *block, unsigned int order)
{
	*block->mark = 0;
	list_del(&block->link);
	heap.order[order].free_count--;
}

/* Brings a page, one free block. False when there is none. */
static bool get_arena(void)
{
	struct table *table = get_table();
	void *page = table ? get_page(PAGE_ARENA, table, 0) : NULL;

	if (page)
		put_block(page, table->mark, ORDER_PAGE);
	else if (table)
		put_table(table);
	return page;
}

/* Takes a block from the free ones, a larger one cut if need be; NULL without any. */
static void *cut(unsigned int order)
{
	unsigned int at = order;
	struct block *block;

	while (list_empty(&heap.order[at].free))
		if (at++ == ORDER_PAGE)
			return NULL;
	block = list_entry(heap.order[at].free.next, struct block, link);
	get_block(block, at);
	while (at-- > order)
		put_block((struct block *)((char *)block + BIT(GRANULE_SHIFT + at)),
			  block->mark + BIT(at), at);
	*block->mark = (u8)(MARK_LIVE | order);
	heap.order[order].taken++;
	return block;
}

/* Makes a block free that was handed out: with its buddy, and that one's, as far as they are. */
__cold static __noinline void merge(void *p, u8 *mark, unsigned int order)
{
	vaddr_t block = (vaddr_t)p;

	heap.order[order].taken--;
	*mark = 0;
	for (; order < ORDER_PAGE; order++) {
		if (*(u8 *)((vaddr_t)mark ^ BIT(order)) != (MARK_FREE | order)) {
			put_block((struct block *)block, mark, order);
			return;
		}
		get_block((struct block *)(block ^ BIT(GRANULE_SHIFT + order)), order);
		block &= ~BIT(GRANULE_SHIFT + order);
		mark = (u8 *)((vaddr_t)mark & ~BIT(order));
	}
	put_page((void *)block);
	put_table((struct table *)(void *)mark);
}

/* Makes all lazy blocks free ones. False when there is none. */
static bool merge_lazy(void)
{
	bool any = false;

	for (unsigned int order = 0; order < ORDER_PAGE; order++) {
		while (heap.order[order].lazy) {
			struct list *lazy = heap.order[order].lazy;

			heap.order[order].lazy = lazy->next;
			merge(lazy, list_entry(lazy, struct block, link)->mark, order);
			any = true;
		}
		heap.order[order].lazy_count = 0;
	}
	return any;
}

/*
 * --- Runs of pages ----------------------------------------------------------------------------
 */

__cold static __noinline void *get_run(size_t size)
{
	size_t pages = ((size - 1) >> PAGE_SHIFT) + 1;
	struct page *page = page_alloc_run(pages, PAGE_USE_HEAP | PAGE_QUIET);

	if (!page)
		return NULL;
	page->index = PAGE_RUN;
	page->owner = (void *)pages;
	atomic_add_relaxed(&heap.order[ORDER_PAGE].taken, pages);
	return page_to_virt(page);
}

/* The page of the heap at @p, or NULL. */
static struct page *page_of(const void *p)
{
	struct page *page = page_lookup(virt_to_phys(p));

	return page && page->use == PAGE_USE_HEAP ? page : NULL;
}

static bool is_run(const struct page *page, const void *p)
{
	return page && page->index == PAGE_RUN && IS_ALIGNED((vaddr_t)p, PAGE_SIZE);
}

static u8 *mark_of(const struct page *arena, const void *p)
{
	return (u8 *)arena->owner + (((vaddr_t)p & ~PAGE_MASK) >> GRANULE_SHIFT);
}

/* Whether a block could start at @p. */
static bool is_in_arena(const struct page *page, const void *p)
{
	return page && page->index == PAGE_ARENA && IS_ALIGNED((vaddr_t)p, 1 << GRANULE_SHIFT);
}

/* Frees what is in no arena, if it is something. */
__cold static __noinline void put_run(struct page *page, void *p)
{
	size_t pages;

	if (!is_run(page, p))
		heap_bad_free(p, NOT_LIVE);
	pages = (size_t)page->owner;
	atomic_add_relaxed(&heap.order[ORDER_PAGE].taken, -pages);
	page_free_run(page, pages);
}

/*
 * --- What a policy has to bring ---------------------------------------------------------------
 */

/* Without a lazy block; the last page becomes the object's own. Takes the lock over. */
__cold static __noinline void *get_slowly(unsigned int order, unsigned long state)
{
	void *p;

	do
		p = cut(order);
	while (!p && (merge_lazy() || get_arena()));
	spin_unlock_irqrestore(&heap.lock, state);
	return p ? p : get_run(1);
}

void *heap_policy_alloc(size_t size)
{
	struct order *order;
	unsigned long state;
	struct block *block;
	unsigned int n;

	if (unlikely(size > BLOCK_MAX))
		return get_run(size);
	n = order_of(size);
	order = &heap.order[n];
	state = spin_lock_irqsave(&heap.lock);
	if (unlikely(!order->lazy))
		return get_slowly(n, state);
	block = list_entry(order->lazy, struct block, link);
	order->lazy = block->link.next;
	order->lazy_count--;
	*block->mark = (u8)(MARK_LIVE | n);
	spin_unlock_irqrestore(&heap.lock, state);
	return block;
}

/* Blocks and runs lie at multiples of their size, rounded up to a power of two. */
void *heap_policy_alloc_aligned(size_t size, size_t align)
{
	return heap_policy_alloc(MAX(size, align));
}

/* Frees what cannot become lazy. Takes the lock over. */
__cold static __noinline void put_slowly(void *p, u8 *mark, unsigned long state)
{
	unsigned int order = *mark ^ MARK_LIVE;

	if (order >= ORDER_PAGE)
		heap_bad_free(p, *mark ? "free already" : NOT_LIVE);
	merge_lazy();
	merge(p, mark, order);
	spin_unlock_irqrestore(&heap.lock, state);
}

void heap_policy_free(void *p)
{
	struct page *page = page_of(p);
	struct block *block = p;
	struct order *order;
	unsigned long state;
	unsigned int n;
	u8 *mark;

	if (unlikely(!is_in_arena(page, p))) {
		put_run(page, p);
		return;
	}
	mark = mark_of(page, p);
	state = spin_lock_irqsave(&heap.lock);
	n = *mark ^ MARK_LIVE;
	if (unlikely(n >= ORDER_PAGE || heap.order[n].lazy_count == LAZY_MAX)) {
		put_slowly(p, mark, state);
		return;
	}
	order = &heap.order[n];
	*mark = (u8)(MARK_LAZY | n);
	block->mark = mark;
	block->link.next = order->lazy;
	order->lazy = &block->link;
	order->lazy_count++;
	spin_unlock_irqrestore(&heap.lock, state);
}

size_t heap_policy_size(const void *p)
{
	const struct page *page = page_of(p);
	unsigned int order;

	if (is_run(page, p))
		return (size_t)page->owner << PAGE_SHIFT;
	if (!is_in_arena(page, p))
		return 0;
	order = *mark_of(page, p) ^ MARK_LIVE;
	return order < ORDER_PAGE ? BIT(GRANULE_SHIFT + order) : 0;
}

/* Orders have no pages of their own: all stand with the last one, a page. */
__cold void heap_policy_classes(void (*row)(const struct heap_class *c, void *arg), void *arg)
{
	for (unsigned int i = 0; i <= ORDER_PAGE; i++) {
		const struct order *order = &heap.order[i];
		unsigned long state = spin_lock_irqsave(&heap.lock);
		size_t taken = atomic_load_relaxed(&order->taken); /* runs come without the lock */
		struct heap_class c = {
			.size = BIT(GRANULE_SHIFT + i),
			.live = taken - order->lazy_count,
			.free = order->free_count + order->lazy_count,
			.cached = order->lazy_count,
			.pages = i == ORDER_PAGE ? heap.pages + taken : 0,
		};

		spin_unlock_irqrestore(&heap.lock, state);
		row(&c, arg);
	}
}

static void add(const struct heap_class *c, void *arg)
{
	struct heap_stats *stats = arg;

	stats->held += c->pages << PAGE_SHIFT;
	stats->live += c->live * c->size;
}

__cold void heap_policy_stats(struct heap_stats *stats)
{
	*stats = (struct heap_stats){ 0 };
	heap_policy_classes(add, stats);
}

/* What is empty has gone back, once it is merged. */
__cold void heap_policy_shrink(void)
{
	unsigned long state = spin_lock_irqsave(&heap.lock);

	merge_lazy();
	spin_unlock_irqrestore(&heap.lock, state);
}
