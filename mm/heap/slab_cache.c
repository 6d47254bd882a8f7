/* SPDX-License-Identifier: MIT */
/*
 * Named caches of the slab heap. They are built as the size classes are, but for three things:
 * their copies, one a CPU, lie behind each other in an object of the heap; the link of a free
 * object lies behind it when there is a constructor, whose work it would undo; and an object goes
 * back by cache_free() alone, which knows where it has to come from.
 */
#include <arch/atomic.h>
#include <kernel/trace.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/cache.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
#include <uapi/errno.h>

#include "slab.h"

__cold struct cache *cache_create(const char *name, size_t size, size_t align,
				  void (*ctor)(void *object))
{
	size_t link = ctor ? ALIGN_UP(size, sizeof(u16)) : 0;
	size_t stride = MAX(size, link + sizeof(u16));
	struct cache *cache;

	if (!name || !size || size > PAGE_SIZE || align > PAGE_SIZE || (align & (align - 1))) {
		log_err("cache %s: objects of %zu bytes, aligned to %zu?", name ? name : "?", size,
			align);
		return NULL;
	}
	cache = heap_policy_alloc(SLAB_CPUS * sizeof(*cache));
	if (!cache)
		return heap_out_of_memory(SLAB_CPUS * sizeof(*cache));
	memset(cache, 0, SLAB_CPUS * sizeof(*cache));
	cache->name = name;
	cache->ctor = ctor;
	slab_cache_init(cache, ALIGN_UP(stride, MAX(align, HEAP_ALIGN + 0UL)), link);
	return cache;
}

/*
 * Of a cache that is to go nothing may be handed out, so nobody uses it, and other CPUs' magazines
 * may be emptied from here.
 */
__cold int cache_destroy(struct cache *cache)
{
	unsigned long state;

	if (atomic_load_relaxed(&cache->taken) != slab_cached(cache))
		return -EBUSY;
	state = spin_lock_irqsave(&slab_heap.lock);
	for (unsigned int i = 0; i < SLAB_CPUS; i++)
		slab_shrink(cache, &cache[i]);
	list_del(&cache->all);
	spin_unlock_irqrestore(&slab_heap.lock, state);
	heap_policy_free(cache);
	return 0;
}

void *cache_alloc(struct cache *cache)
{
	unsigned long state = arch_irq_save();
	void *object = slab_pop(slab_copy(cache));

	arch_irq_restore(state);
	if (unlikely(!object))
		object = slab_refill(cache);
	trace_alloc(object, cache->size);
	return likely(object) ? object : heap_out_of_memory(cache->size);
}

void cache_free(struct cache *cache, void *object)
{
	struct page *page = slab_page(object);
	unsigned long state;
	bool room;

	if (unlikely(!page || page->owner != cache ||
		     !slab_starts_object(cache, slab_offset(page, object))))
		heap_bad_free(object, "not an object of this cache");
	trace_free(object);
	state = arch_irq_save();
	room = slab_push(slab_copy(cache), object);
	arch_irq_restore(state);
	if (unlikely(!room))
		slab_flush(cache, object);
}
