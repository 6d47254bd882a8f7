/* SPDX-License-Identifier: MIT */
/*
 * Named caches for heap policies that have none of their own: an object is one of the heap's, made
 * by the constructor each time. Nothing is kept but how many are handed out.
 */
#include <arch/atomic.h>
#include <mm/cache.h>
#include <mm/heap_policy.h>
#include <mm/page.h>
#include <uapi/errno.h>

struct cache {
	const char *name;
	size_t size;
	size_t align;
	void (*ctor)(void *object);
	size_t live;		/* atomic */
};

static void *take(size_t size, size_t align)
{
	return align > HEAP_ALIGN ? heap_policy_alloc_aligned(size, align) :
				    heap_policy_alloc(size);
}

struct cache *cache_create(const char *name, size_t size, size_t align, void (*ctor)(void *object))
{
	struct cache *cache;

	if (!size || size > PAGE_SIZE || align > PAGE_SIZE || (align & (align - 1)))
		return NULL;
	cache = heap_policy_alloc(sizeof(*cache));
	if (cache)
		*cache = (struct cache){ name, size, align, ctor, 0 };
	return cache;
}

int cache_destroy(struct cache *cache)
{
	if (atomic_load_relaxed(&cache->live))
		return -EBUSY;
	heap_policy_free(cache);
	return 0;
}

void *cache_alloc(struct cache *cache)
{
	void *object = take(cache->size, cache->align);

	if (!object)
		return NULL;
	atomic_add_relaxed(&cache->live, 1);
	if (cache->ctor)
		cache->ctor(object);
	return object;
}

void cache_free(struct cache *cache, void *object)
{
	if (heap_policy_size(object) < cache->size)
		heap_bad_free(object, "not an object of this cache");
	heap_policy_free(object);
	atomic_add_relaxed(&cache->live, -1UL);
}
