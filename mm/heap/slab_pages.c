/* SPDX-License-Identifier: MIT */
/*
 * Slabs: between the magazines of a cache and the page allocator. A slab that is made is not
 * walked: its objects are cut off from the start on, as they are needed, and freed ones form a
 * list by their indexes, each in the one before. As long as the list is empty, the objects that
 * were cut are those that are taken, so their number tells where to cut next. A slab of which some
 * objects are taken is on the cache's list; one of which all are is nowhere; of those of which none
 * is, one is kept and the others go back.
 *
 * The cache's lock is held while objects come and go, not while pages do: so that when pages run
 * out, the heap can be asked to give back what it keeps empty.
 */
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>

#include "slab.h"

/* Pages of a slab, unless an object has more. */
#define PAGES_MAX	8

/* Bytes that a magazine holds at most, more or less. */
#define MAGAZINE_BYTES	KIB(8)

/* The fewest pages of which not more than one 32nd is left over. */
static size_t choose_pages(size_t size)
{
	size_t pages = ((size - 1) >> PAGE_SHIFT) + 1;

	while (pages < PAGES_MAX && (pages << PAGE_SHIFT) % size > pages << (PAGE_SHIFT - 5))
		pages++;
	return pages;
}

__cold void slab_cache_init(struct cache *cache, size_t size, size_t link)
{
	size_t pages = choose_pages(size), objects = (pages << PAGE_SHIFT) / size;
	unsigned int slots = (unsigned int)MIN(MAGAZINE_BYTES / size, SLAB_SLOTS + 0UL);
	unsigned int copies = slab_is_class(cache) ? 1 : SLAB_CPUS;
	unsigned long state;

	slots = MAX(slots, 2U);
	cache->reciprocal = ~0UL / size + 1;
	cache->size = (u32)size;
	cache->bytes = objects * size;
	cache->link = (u32)link;
	cache->objects = (u16)objects;
	cache->pages = (u16)pages;
	cache->batch = (u16)(slots / 2);
	cache->bottom = (u16)(sizeof(*cache) - slots * sizeof(void *));
	for (unsigned int i = 0; i < copies; i++)
		cache[i].top = cache->bottom;
	list_init(&cache->partial);
	lock_check_name(&cache->lock.check, "cache.lock");
	state = spin_lock_irqsave(&slab_heap.lock);
	list_add_tail(&slab_heap.caches, &cache->all);
	spin_unlock_irqrestore(&slab_heap.lock, state);
}

static u16 *link_of(const struct cache *cache, void *object)
{
	return (u16 *)(void *)((char *)object + cache->link);
}

/*
 * --- Slabs and pages --------------------------------------------------------------------------
 */

/* A slab, not yet known to its cache, or NULL. */
static __cold struct page *slab_make(struct cache *cache)
{
	struct page *slab = page_alloc_run(cache->pages, PAGE_USE_HEAP | PAGE_QUIET);
	void *owner;
	char *object;

	if (!slab)
		return NULL;
	object = page_to_virt(slab);
	owner = slab_is_class(cache) ? slab_class_owner(object, (size_t)(cache - slab_cpu.class)) :
				       (void *)cache;
	for (unsigned int i = 0; i < cache->pages; i++) {
		slab[i].owner = owner;
		slab[i].use = PAGE_USE_HEAP;
		slab[i].index = (u16)i;
	}
	slab->used = 0;
	slab->first = SLAB_NONE;
	for (unsigned int i = 0; cache->ctor && i < cache->objects; i++, object += cache->size)
		cache->ctor(object);
	return slab;
}

/* Back to the page allocator, with nothing left in the struct pages that looks like a slab. */
static __cold void slab_dispose(struct cache *cache, struct page *slab)
{
	for (unsigned int i = 0; i < cache->pages; i++) {
		slab[i].owner = NULL;
		slab[i].index = 0;
		if (i)
			slab[i].use = PAGE_USE_NONE;
	}
	slab->refs = 1;
	page_free_run(slab, cache->pages);
}

static __cold void dispose_all(struct cache *cache, struct list *slabs)
{
	while (!list_empty(slabs)) {
		struct page *slab = list_entry(slabs->next, struct page, link);

		list_del(&slab->link);
		slab_dispose(cache, slab);
	}
}

/*
 * --- Objects and slabs: the cache's lock is held ----------------------------------------------
 */

static __noreturn __noinline void damaged(const struct cache *cache, const void *object,
					  unsigned int next)
{
	panic("heap: free object %p of %u bytes was written to: link %u of %u", object,
	      cache->size, next, cache->objects);
}

/* An object out of the slabs there are, or NULL. */
static void *take(struct cache *cache)
{
	struct page *slab = list_entry(cache->partial.next, struct page, link);
	unsigned int next;
	char *object;

	if (list_empty(&cache->partial)) {
		slab = cache->empty;
		if (!slab)
			return NULL;
		cache->empty = NULL;
		list_add(&cache->partial, &slab->link);
	}
	object = page_to_virt(slab);
	if (slab->first == SLAB_NONE) {
		object += (size_t)slab->used * cache->size;
	} else {
		object += (size_t)slab->first * cache->size;
		next = *link_of(cache, object);
		if (unlikely(next >= cache->objects && next != SLAB_NONE))
			damaged(cache, object, next);
		slab->first = (u16)next;
	}
	if (++slab->used == cache->objects)
		list_del(&slab->link);
	cache->taken++;
	return object;
}

/* Puts @object back into its slab. A slab that is not needed any more goes on @done. */
static void give(struct cache *cache, void *object, struct list *done)
{
	struct page *page = virt_to_page(object), *slab = page - page->index;
	size_t offset = slab_offset(page, object);
	unsigned int index = (unsigned int)((unsigned __int128)offset * cache->reciprocal >> 64);

	assert(page_lookup(virt_to_phys(object)) == page && slab_cache_of(page) == cache);
	if (unlikely(slab->first == index || (slab->first == SLAB_NONE && index >= slab->used)))
		heap_bad_free(object, "it is free already");
	*link_of(cache, object) = slab->first;
	slab->first = (u16)index;
	if (slab->used-- == cache->objects)
		list_add(&cache->partial, &slab->link);
	cache->taken--;
	if (slab->used)
		return;
	list_del(&slab->link);
	slab->first = SLAB_NONE;
	if (!cache->empty) {
		cache->empty = slab;
	} else {
		cache->slabs--;
		list_add(done, &slab->link);
	}
}

/*
 * --- Magazines and slabs: interrupts are masked ------------------------------------------------
 */

/* This CPU's copy, made usable if it is not. */
static struct cache *copy_of(struct cache *cache)
{
	struct cache *copy = slab_copy(cache);

	if (SLAB_CPUS > 1 && unlikely(!copy->top))
		slab_cpu_join();
	return copy;
}

/* One object for the caller and a batch for the magazine, out of the slabs there are and @fresh. */
static void *take_batch(struct cache *cache, struct page *fresh)
{
	struct cache *copy = copy_of(cache);
	unsigned int n = cache->batch;
	void *p, *more;

	spin_lock(&cache->lock);
	if (fresh) {
		cache->slabs++;
		list_add(&cache->partial, &fresh->link);
	}
	p = take(cache);
	/* an interrupt may have filled it since it was found empty */
	while (p && n-- && (copy->top & SLAB_SLOT_BIT)) {
		more = take(cache);
		if (!more)
			break;
		slab_push(copy, more);
	}
	spin_unlock(&cache->lock);
	return p;
}

/* How many objects @copy has. */
static size_t loaded(const struct cache *cache, const struct cache *copy)
{
	u64 top = atomic_load_relaxed(&copy->top);

	return top ? (top - cache->bottom) / sizeof(void *) : 0;
}

/* The @n objects that have been in the magazine for longest go back. */
static void give_batch(struct cache *cache, struct cache *copy, size_t n, struct list *done)
{
	void **slot = slab_slot(copy, cache->bottom);
	size_t all = loaded(cache, copy);

	spin_lock(&cache->lock);
	for (size_t i = 0; i < n; i++)
		give(cache, slot[i], done);
	spin_unlock(&cache->lock);
	for (size_t i = n; i < all; i++)
		slot[i - n] = slot[i];
	copy->top -= n * sizeof(void *);
}

/*
 * --- For the others ---------------------------------------------------------------------------
 */

void *slab_refill(struct cache *cache)
{
	struct page *fresh = NULL;
	unsigned long state;
	void *p;

	do {
		state = arch_irq_save();
		p = take_batch(cache, fresh);
		arch_irq_restore(state);
	} while (!p && (fresh = slab_make(cache)));
	return p;
}

void slab_flush(struct cache *cache, void *p)
{
	struct list done = LIST_INIT(done);
	unsigned long state = arch_irq_save();
	struct cache *copy = copy_of(cache);

	if (!slab_push(copy, p)) {
		give_batch(cache, copy, cache->batch, &done);
		slab_push(copy, p);
	}
	arch_irq_restore(state);
	dispose_all(cache, &done);
}

__cold void slab_shrink(struct cache *cache, struct cache *copy)
{
	struct list done = LIST_INIT(done);

	if (copy->top)
		give_batch(cache, copy, loaded(cache, copy), &done);
	spin_lock(&cache->lock);
	if (cache->empty) {
		list_add(&done, &cache->empty->link);
		cache->empty = NULL;
		cache->slabs--;
	}
	spin_unlock(&cache->lock);
	dispose_all(cache, &done);
}

size_t slab_cached(const struct cache *cache)
{
	size_t class = (size_t)(cache - slab_cpu.class), sum = 0;
	const struct slab_cpu *cpu;

	if (SLAB_CPUS == 1)
		return loaded(cache, cache);
	if (!slab_is_class(cache)) {
		for (unsigned int i = 0; i < SLAB_CPUS; i++)
			sum += loaded(cache, &cache[i]);
		return sum;
	}
	for (cpu = atomic_load_acquire(&slab_heap.cpus); cpu; cpu = cpu->next)
		sum += loaded(cache, &cpu->class[class]);
	return sum;
}
