/* SPDX-License-Identifier: MIT */
/*
 * Named caches of objects of one size, constructed before they are handed out. With the slab
 * policy a constructor runs when an object's slab is made, so an object must go back in the
 * state that its constructor left; with the others it runs at each allocation.
 */
#ifndef MM_CACHE_H
#define MM_CACHE_H

#include <lib/types.h>

struct cache;

/*
 * A cache of objects of @size bytes (1 to a page), aligned to @align (0: HEAP_ALIGN, else a power
 * of two up to a page). @name is kept, not copied. @ctor may be NULL; it must not
 * allocate. NULL when memory is out or an argument makes no sense. Thread context.
 */
struct cache *cache_create(const char *name, size_t size, size_t align, void (*ctor)(void *object));

/* Takes the cache back. -EBUSY while objects are handed out. Thread context. */
int cache_destroy(struct cache *cache);

/* An object, or NULL when memory is out. Any context. */
void *cache_alloc(struct cache *cache);

/* Gives an object back to the cache it came from. Any context. */
void cache_free(struct cache *cache, void *object);

#endif
