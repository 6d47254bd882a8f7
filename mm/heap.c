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
#include <arch/atomic.h>
#include <kernel/panic.h>
#include <kernel/time.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <mm/heap_policy.h>
#include <mm/page.h>

#define ALIGN_MAX	KIB(64)
static_assert(PAGE_SIZE <= ALIGN_MAX, "a page is an alignment");
#define CALLER()	__builtin_return_address(0)

/* At most this many lines a second about memory that is out: each may be followed by thousands. */
#define LINES_MAX	5

static struct {
	u64 second;	/* of the last line */
	u32 lines;	/* in it */
} said;

void heap_init(void)
{
	heap_policy_init();
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_init();
	page_set_reclaim(IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_shrink : heap_policy_shrink);
}

/* Whether a further line may be logged. Two CPUs that ask at once may get one line more. */
static bool may_say(void)
{
	u64 second = time_now() / NS_PER_SEC;

	if (atomic_load_relaxed(&said.second) != second) {
		atomic_store_relaxed(&said.second, second);
		atomic_store_relaxed(&said.lines, 0);
	}
	return atomic_add_relaxed(&said.lines, 1) < LINES_MAX;
}

static void say_out_of_memory(size_t size, const void *caller)
{
	struct heap_stats heap;
	struct page_stats pages;

	heap_policy_stats(&heap);
	page_stats_get(&pages);
	log_err("out of memory: %zu bytes for %pS: the heap holds %lu KiB, %lu in objects; "
		"pages: %lu of %lu KiB free, %lu in one run",
		size, caller, heap.held / 1024, heap.live / 1024,
		pages.free * (PAGE_SIZE / 1024), pages.total * (PAGE_SIZE / 1024),
		pages.largest * (PAGE_SIZE / 1024));
}

void *heap_out_of_memory(size_t size)
{
	void *nothing = NULL;

	if (size && may_say())
		say_out_of_memory(size, CALLER());
	/* not known to the compiler, which else may return NULL itself and make no tail call */
	__asm__("" : "+r"(nothing));
	return nothing;
}

/* An object, or NULL without a word. */
static __always_inline void *take(size_t size, const void *caller)
{
	if (unlikely(!size))
		return NULL;
	return IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_alloc(size, HEAP_ALIGN, caller) :
					       heap_policy_alloc(size);
}

/* Macros, because an inline function's return address is not defined to be its caller's. */
#define TAKE(size)	take(size, IS_ENABLED(CONFIG_DEBUG_HEAP) ? CALLER() : NULL)

void *kmalloc(size_t size)
{
	/* in memory: a register that the call keeps would have to be saved and restored for it */
	volatile size_t asked = size;
	void *p = TAKE(size);

	return likely(p) ? p : heap_out_of_memory(asked);
}

void *kzalloc(size_t size)
{
	void *p = TAKE(size);

	return likely(p) ? memset(p, 0, size) : heap_out_of_memory(size);
}

void *kcalloc(size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		if (may_say())
			log_err("%pS asks for %zu objects of %zu bytes: more than there can be",
				CALLER(), count, size);
		return NULL;
	}
	p = TAKE(bytes);
	return likely(p) ? memset(p, 0, bytes) : heap_out_of_memory(bytes);
}

void *kmalloc_aligned(size_t size, size_t align)
{
	void *p;

	if (!align || (align & (align - 1)) || align > ALIGN_MAX) {
		if (may_say())
			log_err("%pS asks for an alignment of %zu: not a power of two up to %zu",
				CALLER(), align, ALIGN_MAX);
		return NULL;
	}
	if (align <= HEAP_ALIGN || !size)
		p = TAKE(size);
	else
		p = IS_ENABLED(CONFIG_DEBUG_HEAP) ? heap_debug_alloc(size, align, CALLER()) :
						    heap_policy_alloc_aligned(size, align);
	return likely(p) ? p : heap_out_of_memory(size);
}

static __always_inline void release(void *p, const void *caller)
{
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

void heap_bad_free(const void *p, const char *why)
{
	/* the policy's own functions may have any name, but only the innermost one is in doubt */
	static const char *const own[] = { "heap_", "cache_free", "kfree", "krealloc", NULL };
	const void *caller = backtrace_caller(own);

	if (!caller)
		panic("heap bad free: %p: %s", p, why);
	panic("heap bad free: %p, by %pS: %s", p, caller, why);
}
