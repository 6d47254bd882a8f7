/* SPDX-License-Identifier: MIT */
/*
 * Named caches for heap policies that have none of their own, and for all of them with heap checks
 * (CONFIG_DEBUG_HEAP), which then see each object: it is one of the heap's, made by the constructor
 * each time. Nothing is kept but how many are handed out.
 */
#include <arch/atomic.h>
#include <kernel/trace.h>
#include <lib/log.h>
#include <mm/cache.h>
#include <mm/heap_debug.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <uapi/errno.h>

struct cache {
	const char *name;
	size_t size;
	size_t align;
	void (*ctor)(void *object);
	size_t live;		/* atomic */
};

static void *take(size_t size, size_t align, const void *caller)
{
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		return heap_debug_alloc(size, MAX(align, (size_t)HEAP_ALIGN), caller);
	return align > HEAP_ALIGN ? heap_policy_alloc_aligned(size, align) :
				    heap_policy_alloc(size);
}

static size_t room(const void *object, const void *caller)
{
	return IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_size(object, caller) :
					       heap_policy_size(object);
}

struct cache *cache_create(const char *name, size_t size, size_t align, void (*ctor)(void *object))
{
	struct cache *cache;

	if (!name || !size || size > PAGE_SIZE || align > PAGE_SIZE || (align & (align - 1))) {
		log_err("cache %s: objects of %zu bytes, aligned to %zu?", name ? name : "?", size,
			align);
		return NULL;
	}
	cache = kmalloc(sizeof(*cache));
	if (cache)
		*cache = (struct cache){ name, size, align, ctor, 0 };
	return cache;
}

int cache_destroy(struct cache *cache)
{
	if (atomic_load_relaxed(&cache->live))
		return -EBUSY;
	kfree(cache);
	return 0;
}

void *cache_alloc(struct cache *cache)
{
	void *object = take(cache->size, cache->align, __builtin_return_address(0));

	if (!object)
		return heap_out_of_memory(cache->size);
	atomic_add_relaxed(&cache->live, 1);
	trace_alloc(object, cache->size);
	if (cache->ctor)
		cache->ctor(object);
	return object;
}

void cache_free(struct cache *cache, void *object)
{
	if (room(object, __builtin_return_address(0)) < cache->size)
		heap_bad_free(object, "not an object of this cache");
	trace_free(object);
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_free(object, __builtin_return_address(0));
	else
		heap_policy_free(object);
	atomic_add_relaxed(&cache->live, -1UL);
}
