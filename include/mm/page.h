/* SPDX-License-Identifier: MIT */
/*
 * Pages: all RAM that nobody holds, handed out in runs of 2^order pages, or of any number of
 * them. Which run it is, is the policy's business (mm/page/, CONFIG_PAGE_ALLOC_*); locks, the
 * CPUs' caches of single pages, reference counts, statistics and the words when memory is out
 * are in mm/page.c.
 *
 * Each page of RAM has a struct page in one array that is as sparse as RAM is, so that page,
 * physical address and place in the linear map follow from each other by arithmetic. A struct
 * page means something only from the time when its page was first part of a run that was cut or
 * handed out, and is memory only from when it was needed: see page_bytes_known().
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include <arch/mmu.h>
#include <lib/list.h>
#include <lib/types.h>
#include <mm/map.h>

/* The largest run, 2^this pages: 4 GiB with each granule. */
#define PAGE_ORDER_MAX		(32 - PAGE_SHIFT)
#define PAGE_ORDERS		(PAGE_ORDER_MAX + 1)
#define PAGE_ORDER_NONE		0xffU	/* a run whose length is no power of two */

/* What a page is used for: the statistics are kept by these. */
enum page_use {
	PAGE_USE_NONE,		/* free, or never handed over */
	PAGE_USE_KERNEL,	/* whoever asks for pages directly */
	PAGE_USE_HEAP,
	PAGE_USE_STACK,
	PAGE_USE_TABLE,		/* translation tables */
	PAGE_USE_FILE,
	PAGE_USE_PROCESS,
	PAGE_USES,
};

/* Flags of an allocation, beside its use. */
#define PAGE_USE_MASK		0xffU
#define PAGE_ZERO		(1U << 8)	/* cleared, through the linear map */
#define PAGE_QUIET		(1U << 9)	/* the caller can do without: no line in the log */

/*
 * One page, or the first of a run. The holder of the run may use link, owner and, until the
 * pages go back, the halves of refs as it likes; page_alloc() leaves link undefined, owner NULL.
 */
struct page {
	struct list link;
	void *owner;
	union {
		u32 refs;		/* holders; 0: free, or not the first page of a run */
		struct {
			u16 used;	/* for the heap: objects that are handed out */
			u16 first;	/* and the first one that is not */
		};
	};
	u8 order;			/* of the run that starts here, or PAGE_ORDER_NONE */
	u8 use;				/* enum page_use */
	u16 index;			/* free for the holder; 0 after page_alloc() */
};

#define PAGE_STRUCT_SHIFT	5
static_assert(sizeof(struct page) == 1 << PAGE_STRUCT_SHIFT, "ARCH_MEMMAP_SIZE counts on it");

/*
 * Between a page, its physical address and its place in the linear map. The address may lie
 * anywhere in the page. Only for RAM that the allocator was given: page_lookup() checks that.
 */
static inline struct page *virt_to_page(const void *p)
{
	return (struct page *)ARCH_MEMMAP_START + (((vaddr_t)p - ARCH_LINEAR_START) >> PAGE_SHIFT);
}

static inline void *page_to_virt(const struct page *page)
{
	return (void *)(ARCH_LINEAR_START +
			((vaddr_t)(page - (const struct page *)ARCH_MEMMAP_START) << PAGE_SHIFT));
}

static inline struct page *phys_to_page(paddr_t pa)
{
	return virt_to_page(phys_to_virt(pa));
}

static inline paddr_t page_to_phys(const struct page *page)
{
	return virt_to_phys(page_to_virt(page));
}

/*
 * Takes all free boot memory over; boot_mem_alloc() is over from here on. Boot CPU, once, with
 * the linear map complete. Panics when there is no room for the array of struct page.
 */
void page_init(void);

/*
 * Hands out 2^@order pages, aligned to their size in physical memory; @flags is an enum
 * page_use, with PAGE_ZERO and PAGE_QUIET as wanted. The first page has refs 1, order and use
 * set. NULL when there is no such run or @order > PAGE_ORDER_MAX: then the log says who asked
 * for what, and what there is. Never waits. Any context.
 */
struct page *page_alloc(unsigned int order, unsigned int flags);

/* Gives a run back that page_alloc() returned and that has one holder. Any context. */
void page_free(struct page *page);

/*
 * The same for @count pages, not rounded up to a power of two; aligned to the next one. For
 * runs that page_free_run() gets back with the same @count. NULL, silently, for 0 pages. The order
 * of the run is PAGE_ORDER_NONE when @count is no power of two: page_free() and the last
 * page_put() of such a run panic.
 */
struct page *page_alloc_run(size_t count, unsigned int flags);
void page_free_run(struct page *page, size_t count);

/*
 * Makes two runs of one that is longer than a page, is 2^n pages, and has one holder, who then
 * holds both: @page half as long, and what it returns. Any context.
 */
struct page *page_split(struct page *page);

/* One holder more, one less: the last one gives the run back. Any context. */
void page_get(struct page *page);
void page_put(struct page *page);

/*
 * The struct page of any address, or NULL. Any value may be asked for. Any context.
 *
 * The first page of each run that is handed out is found, and every page of a run of fewer than
 * 128. Inner pages of runs, free pages and reserved ones may be found or not, in blocks of 128;
 * those that are have refs 0 and use PAGE_USE_NONE, and nothing else in them means anything.
 */
struct page *page_lookup(paddr_t pa);

/*
 * Hands over RAM that was reserved at boot and is done with: whole pages inside [base, base +
 * size). The reservation goes. Thread context.
 */
void page_release(paddr_t base, u64 size);

/*
 * How many bytes of the bank of that number (boot_mem_bank()) have a struct page that may be read,
 * from the first one on. It grows. Any context.
 */
size_t page_bytes_known(unsigned int bank);

/* Bytes under the allocator, and free among them (those in the CPUs' caches too). */
u64 page_bytes_total(void);
u64 page_bytes_free(void);

struct page_stats {
	size_t total;			/* all in pages */
	size_t free;
	size_t cached;			/* of free: in the CPUs' caches */
	size_t largest;			/* of free: the longest run that can be had */
	size_t used[PAGE_USES];		/* by use */
	size_t runs[PAGE_ORDERS];	/* free runs by order; not pages but runs */
	u64 failed;			/* calls of page_out_of_memory() */
};

/* A view that may be some operations old by the time it is read. Any context. */
void page_stats_get(struct page_stats *stats);

/*
 * Has @reclaim called before an allocation fails: it gives back what it holds and can do without.
 * It is called without a lock and with interrupts on (requests made with interrupts off fail
 * without it), by whoever asks for pages, and must not ask for any. There is one.
 */
void page_set_reclaim(void (*reclaim)(void));

/* Makes the calling CPU's counts known to the statistics. Each further CPU, once, as it starts. */
void page_cpu_init(void);

/*
 * Hands over what boot alone has used: early boot's spare tables, and the initial ramdisk unless
 * something in this image reads it later. Boot CPU, once, when boot is over.
 */
void page_release_boot(void);

/* Hands the initial ramdisk over, if it is there, before page_release_boot(). Thread context. */
void page_release_initrd(void);

/* How long page_init() took, in nanoseconds: under -icount shift=0 that is its instructions. */
u64 page_handover_ns(void);

/*
 * Two lines in the log, at most five times a second: what is free by order, and that @caller cannot
 * have @bytes bytes for @use; each call counts as a request that failed. page_alloc() says it,
 * unless asked not to. Any context.
 */
void page_out_of_memory(const void *caller, size_t bytes, unsigned int use);

/* The word for a use: "heap", "stack", ... */
const char *page_use_name(unsigned int use);

#endif
