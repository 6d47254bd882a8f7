/* SPDX-License-Identifier: MIT */
/*
 * The heap's common part: what every policy would otherwise repeat. Checks sizes and
 * alignments, says who asked when memory is out, moves and copies objects, and names who frees
 * what is no object. The policy finds the memory and locks for itself, so nothing here has
 * state but the limit on log lines. With CONFIG_DEBUG_HEAP objects take the way through
 * mm/heap_debug.c.
 *
 * A caller's address is looked up where something goes wrong only: the ways that end well hold
 * one call and no more.
 */
#include <kernel/panic.h>
#include <kernel/time.h>
#include <kernel/trace.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <mm/heap_policy.h>
#include <mm/page.h>

#define ALIGN_MAX	KIB(64)
static_assert(PAGE_SIZE <= ALIGN_MAX, "a page is an alignment");
#define CALLER()	__builtin_return_address(0)

/* Of lines about memory that is out: each request may be followed by thousands. */
static struct log_limit said;

void heap_init(void)
{
	heap_policy_init();
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_init();
	page_set_reclaim(IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_shrink : heap_policy_shrink);
}

void *heap_out_of_memory(size_t size)
{
	void *nothing = NULL;

	if (size)
		page_out_of_memory(CALLER(), size, PAGE_USE_HEAP);
	/* not known to the compiler, which else may return NULL itself and make no tail call */
	__asm__("" : "+r"(nothing));
	return nothing;
}

/* An object, or NULL without a word. */
static __always_inline void *take(size_t size, const void *caller)
{
	void *p;

	if (unlikely(size - 1 >= HEAP_SIZE_MAX))
		return NULL;
	p = IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_alloc(size, HEAP_ALIGN, caller) :
					    heap_policy_alloc(size);
	trace_alloc(p, size);
	return p;
}

/* Macros, because an inline function's return address is not defined to be its caller's. */
#define TAKE(size)	take(size, IS_ENABLED(CONFIG_DEBUG_HEAP) ? CALLER() : NULL)

void *heap_debug_kmalloc(size_t size)
{
	void *p = TAKE(size);

	return likely(p) ? p : heap_out_of_memory(size);
}

__noinline void *kzalloc(size_t size)
{
	void *p = TAKE(size);

	return likely(p) ? memset(p, 0, size) : heap_out_of_memory(size);
}

/* A product that overflows becomes a size that nobody has. */
void *kcalloc(size_t count, size_t size)
{
	size_t bytes;

	return kzalloc(__builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
}

void *kmalloc_aligned(size_t size, size_t align)
{
	void *p;

	if (!align || (align & (align - 1)) || align > ALIGN_MAX) {
		if (log_may(&said, time_now()))
			log_err("%pS asks for an alignment of %zu: not a power of two up to %zu",
				CALLER(), align, ALIGN_MAX);
		return NULL;
	}
	if (align <= HEAP_ALIGN || size - 1 >= HEAP_SIZE_MAX)
		p = TAKE(size);
	else
		p = IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_alloc(size, align, CALLER()) :
						    heap_policy_alloc_aligned(size, align);
	return likely(p) ? p : heap_out_of_memory(size);
}

static __always_inline void release(void *p, const void *caller)
{
	trace_free(p);
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_free(p, caller);
	else
		heap_policy_free(p);
}

void kfree(void *p)
{
	if (p)
		release(p, CALLER());
}

static __always_inline size_t room(const void *p, const void *caller)
{
	return IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_size(p, caller) : heap_policy_size(p);
}

/* The debug layer moves an object at each chance, so that an old pointer is noticed. */
void *krealloc(void *p, size_t size)
{
	size_t old = p ? room(p, CALLER()) : 0;
	void *new;

	if (p && !old)
		heap_bad_free(p, "not the start of an object");
	if (p && !size) {
		release(p, CALLER());
		return NULL;
	}
	if (size <= old && !IS_ENABLED(CONFIG_DEBUG_HEAP))
		return p;
	new = TAKE(size);
	if (!new)
		return heap_out_of_memory(size);
	if (p) {
		memcpy(new, p, MIN(size, old));
		release(p, CALLER());
	}
	return new;
}

void *kmemdup(const void *p, size_t size)
{
	void *copy = TAKE(size);

	return copy ? memcpy(copy, p, size) : heap_out_of_memory(size);
}

char *kstrdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = TAKE(size);

	return copy ? memcpy(copy, s, size) : heap_out_of_memory(size);
}

size_t ksize(const void *p)
{
	return p ? room(p, CALLER()) : 0;
}

void heap_stats_get(struct heap_stats *stats)
{
	heap_policy_stats(stats);
}

/* Who has freed stands in the call chain. */
void heap_bad_free(const void *p, const char *why)
{
	panic("heap bad free: %p: %s", p, why);
}
