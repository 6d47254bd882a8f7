/* SPDX-License-Identifier: MIT */
/*
 * Slab heap: whole pages of objects of one size. A request is rounded up to its size class, of
 * which there are four to a doubling, and served from this CPU's magazine of that class; when that
 * is empty or full, a batch goes between it and the slabs (slab_pages.c). Requests of more than two
 * pages get exactly as many pages as they need.
 *
 * kfree() is given an address and nothing else, which may be anything. The quick way looks whether
 * it lies in a bank of memory, hence has a struct page, whether that is a page of a slab that holds
 * the address, and whether an object starts there. Whatever is not so takes the slow way, which
 * asks page_lookup() and says what is wrong. So every address is told that is not the start of an
 * object, with one exception: in pages that were never handed out, whose struct pages hold what was
 * there before, the remains of the same kernel's slabs from before a reset would be believed. An
 * object that is freed twice is told when that comes to its slab, if nobody has got it meanwhile;
 * CONFIG_DEBUG_HEAP tells at once.
 */
#include <arch/atomic.h>
#include <kernel/cpu.h>
#include <lib/assert.h>
#include <mm/boot_mem.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>

#include "slab.h"

/* The owner of the first page of an object that has pages to itself; their number is in refs. */
#define LARGE	((struct cache *)(void *)&slab_heap)

const char heap_policy_name[] = "slab";

struct slab_cpu slab_cpu PER_CPU;
struct slab_heap slab_heap;

/*
 * --- Objects that have pages to themselves ----------------------------------------------------
 */

static __cold __noinline void *large_alloc(size_t size, size_t align)
{
	size_t pages = ((size - 1) >> PAGE_SHIFT) + 1;
	struct page *page;

	/* a run is aligned to the next power of two of its pages */
	if (align > PAGE_SIZE)
		pages = MAX(pages, (align >> (PAGE_SHIFT + 1)) + 1);
	page = page_alloc_run(pages, PAGE_USE_HEAP | PAGE_QUIET);
	if (!page)
		return NULL;
	page->owner = LARGE;
	page->refs = (u32)pages;
	atomic_add_relaxed(&slab_heap.large, pages);
	return page_to_virt(page);
}

static __cold void large_free(struct page *page)
{
	size_t pages = page->refs;

	page->owner = NULL;
	page->refs = 1;
	atomic_add_relaxed(&slab_heap.large, -pages);
	page_free_run(page, pages);
}

/*
 * --- Allocation -------------------------------------------------------------------------------
 */

static __noinline void *refill(size_t class)
{
	return slab_refill(&slab_cpu.class[class]);
}

static __always_inline void *class_alloc(size_t class)
{
	unsigned long state = arch_irq_save();
	void *p = slab_pop(SLAB_THIS_CPU(slab_classes()[class]));

	arch_irq_restore(state);
	return likely(p) ? p : refill(class);
}

void *heap_policy_alloc(size_t size)
{
	size_t last = size - 1;

	if (likely(last < SLAB_FINE) || likely(last < SLAB_MAX))
		return class_alloc(slab_class(last));
	return large_alloc(size, HEAP_ALIGN);
}

/*
 * The class of a multiple of the alignment is itself one: up to eight times the alignment each
 * multiple has a class of its own, and beyond that the steps are multiples.
 */
void *heap_policy_alloc_aligned(size_t size, size_t align)
{
	if (size > SLAB_MAX || align > PAGE_SIZE)
		return large_alloc(size, align);
	return heap_policy_alloc(ALIGN_UP(size, align));
}

/*
 * --- And back ---------------------------------------------------------------------------------
 */

__cold struct page *slab_page_lookup(const void *p)
{
	if ((vaddr_t)p - ARCH_LINEAR_START >= ARCH_LINEAR_SIZE)
		return NULL;
	/* the quick way may reach further by now */
	atomic_store_relaxed(&slab_cpu.span, page_bytes_known(slab_cpu.bank));
	return page_lookup(virt_to_phys(p));
}

/*
 * The cache of the object that starts at @p, which may be anything, or LARGE; NULL when there is
 * none. In *@page its page, NULL when it is not the heap's.
 */
static __cold struct cache *object_cache(const void *p, struct page **page)
{
	struct cache *cache;

	*page = slab_page_lookup(p);
	if (*page && ((*page)->use != PAGE_USE_HEAP || !(*page)->owner))
		*page = NULL;
	if (!*page)
		return NULL;
	cache = slab_cache_of(*page);
	if (cache == LARGE)
		return (vaddr_t)p % PAGE_SIZE ? NULL : cache;
	return slab_starts_object(cache, slab_offset(*page, p)) ? cache : NULL;
}

static __cold __noinline void free_slow(void *p)
{
	struct page *page;
	struct cache *cache = object_cache(p, &page);

	if (!cache)
		heap_bad_free(p, page ? "not the start of an object" : "not memory of the heap");
	if (cache == LARGE)
		large_free(page);
	else if (cache->name)
		heap_bad_free(p, "an object of a named cache");
	else
		slab_flush(cache, p);
}

void heap_policy_free(void *p)
{
	struct cache *cache = slab_classes();
	const struct slab_cpu *cpu = container_of(cache, struct slab_cpu, class[0]);
	size_t distance = (vaddr_t)p - cpu->base;
	unsigned long state;
	vaddr_t owner;
	size_t class;
	bool room;

	if (unlikely(distance >= cpu->span))
		goto slow;
	owner = (vaddr_t)cpu->pages[distance >> PAGE_SHIFT].owner;
	class = owner % SLAB_TAGS;
	SLAB_OPAQUE(class);
	cache += class;
	SLAB_OPAQUE(cache);
	if (unlikely(!slab_starts_object(cache, (vaddr_t)p + owner - class)))
		goto slow;
	state = arch_irq_save();
	room = slab_push(SLAB_THIS_CPU(*cache), p);
	arch_irq_restore(state);
	if (likely(room))
		return;
slow:
	free_slow(p);
}

__cold size_t heap_policy_size(const void *p)
{
	struct page *page;
	const struct cache *cache = object_cache(p, &page);

	if (cache == LARGE)
		return (size_t)page->refs << PAGE_SHIFT;
	return cache ? cache->size : 0;
}

/*
 * --- At boot, and when a CPU comes ------------------------------------------------------------
 */

void slab_cpu_join(void)
{
	struct slab_cpu *cpu = SLAB_THIS_CPU(slab_cpu);

	if (cpu->joined)
		return;
	cpu->joined = true;
	cpu->number = atomic_add_relaxed(&slab_heap.cpu_count, 1);
	assert(cpu->number < SLAB_CPUS);
	for (size_t i = 0; i < SLAB_CLASSES; i++)
		cpu->class[i].top = slab_cpu.class[i].bottom;
	cpu->next = atomic_load_relaxed(&slab_heap.cpus);
	while (!atomic_cas_acq_rel(&slab_heap.cpus, &cpu->next, cpu))
		;
}

/* The quick way in kfree() is for the highest bank, where page.c takes pages from first. */
static void choose_bank(void)
{
	const struct boot_mem_range *bank;

	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++) {
		slab_cpu.base = (vaddr_t)phys_to_virt(bank->base);
		slab_cpu.pages = phys_to_page(bank->base);
		slab_cpu.bank = i;
	}
	slab_cpu.span = page_bytes_known(slab_cpu.bank);
}

__cold void heap_policy_init(void)
{
	list_init(&slab_heap.caches);
	lock_check_name(&slab_heap.lock.check, "slab_heap.lock");
	choose_bank();
	for (size_t i = 0; i < SLAB_CLASSES; i++)
		slab_cache_init(&slab_cpu.class[i], slab_class_size(i), 0);
	if (SLAB_CPUS > 1)
		slab_cpu_join();
}

/*
 * --- Figures ----------------------------------------------------------------------------------
 */

static void fill_row(const struct cache *cache, struct heap_class *row)
{
	size_t slabs = atomic_load_relaxed(&cache->slabs);
	size_t taken = atomic_load_relaxed(&cache->taken);

	row->name = cache->name;
	row->size = cache->size;
	row->cached = slab_cached(cache);
	row->live = taken - row->cached;
	row->free = slabs * cache->objects - row->live;
	row->pages = slabs * cache->pages;
}

/* The row of the n-th cache, the classes first; false when there is none. */
static __cold bool row_of(unsigned int n, struct heap_class *row)
{
	unsigned long state = spin_lock_irqsave(&slab_heap.lock);
	struct list *link = slab_heap.caches.next;

	while (n-- && link != &slab_heap.caches)
		link = link->next;
	if (link != &slab_heap.caches)
		fill_row(list_entry(link, struct cache, all), row);
	spin_unlock_irqrestore(&slab_heap.lock, state);
	return link != &slab_heap.caches;
}

/* A large object counts as so many objects of a page. */
__cold void heap_policy_classes(void (*row)(const struct heap_class *c, void *arg), void *arg)
{
	size_t large = atomic_load_relaxed(&slab_heap.large);
	struct heap_class c;

	for (unsigned int i = 0; row_of(i, &c); i++)
		row(&c, arg);
	c = (struct heap_class){
		.name = "large", .size = PAGE_SIZE, .live = large, .pages = large,
	};
	row(&c, arg);
}

static void add_row(const struct heap_class *c, void *arg)
{
	struct heap_stats *stats = arg;

	stats->held += (u64)c->pages << PAGE_SHIFT;
	stats->live += (u64)c->live * c->size;
}

void heap_policy_stats(struct heap_stats *stats)
{
	*stats = (struct heap_stats){ 0 };
	heap_policy_classes(add_row, stats);
}

/* Only a CPU itself can empty its magazines. */
static void shrink_here(void *arg __unused)
{
	unsigned long state = spin_lock_irqsave(&slab_heap.lock);

	list_for_each(cache, &slab_heap.caches, struct cache, all)
		slab_shrink(cache, slab_copy(cache));
	spin_unlock_irqrestore(&slab_heap.lock, state);
}

__cold void heap_policy_shrink(void)
{
	cpu_others(shrink_here, NULL);
	shrink_here(NULL);
}
