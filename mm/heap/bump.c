/* SPDX-License-Identifier: MIT */
/*
 * Bump heap: a pointer that moves up through a chunk of pages. Freeing the last object below it
 * moves it back; so objects that are freed in the reverse order all come back. Any other is lost,
 * and so is what a chunk has left when the next object does not fit and the next pages do not
 * follow on. Pages are never given back.
 *
 * All CPUs and their interrupts share the pointer and move it by one compare and exchange. That is
 * right because each value of the pointer belongs to one chunk, whose last bytes no object gets,
 * and none comes back once its chunk is closed. Pages are brought by one at a time: by whoever
 * makes the chunk's end 0, interrupts masked, while others wait for it.
 *
 * A header before each object says that it is one. An object's memory may come back inside one of
 * another size, with its header gone: so what is freed twice is not found out for ever.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <mm/heap_policy.h>
#include <mm/page.h>

/* What is taken beside the object that needs it: enough for several, and for what it may skip. */
#define CHUNK_REST	(KIB(12) + PAGE_SIZE)

const char heap_policy_name[] = "bump";

/* Of an object, or of what is not one: packed, since that may lie anywhere. */
struct header {
	vaddr_t end;		/* where the next object goes */
	const void *mark;	/* &heap; freed objects have none */
} __attribute__((packed));

#define OVERHEAD	sizeof(struct header)
static_assert(OVERHEAD == HEAP_ALIGN, "objects and headers alternate without gaps");

static struct {
	vaddr_t next;		/* the pointer: where the next object goes */
	vaddr_t end;		/* of its chunk's objects; 0 while pages are brought */
	size_t lost;
	size_t held;
} heap;

/* No object fits, and nothing is left: see room(). */
void heap_policy_init(void)
{
	heap.end = OVERHEAD;
	heap.next = heap.end + 2 * OVERHEAD;
}

static struct header *header_of(vaddr_t p)
{
	return (struct header *)(p - OVERHEAD);
}

/* What lies behind the last object, from its header's place to the end of the chunk. */
static size_t room(vaddr_t next, vaddr_t end)
{
	return end + OVERHEAD - (next - OVERHEAD);
}

/* Moves the pointer from *@next to behind an object at @p, unless it has been moved meanwhile. */
static __always_inline bool take(vaddr_t *next, vaddr_t p, vaddr_t end)
{
	end = ALIGN_UP(end + OVERHEAD, HEAP_ALIGN);
	if (unlikely(!atomic_cas_relaxed(&heap.next, next, end)))
		return false;
	*header_of(p) = (struct header){ end, &heap };
	return true;
}

/*
 * The pointer is read before the chunk's end. So it may be of an older chunk than that, which is
 * found out when it is exchanged, but not of a newer one.
 */
void *heap_policy_alloc(size_t size)
{
	vaddr_t p = atomic_load_acquire(&heap.next), end;

	if (likely(!__builtin_add_overflow(p, size, &end)) && likely(end <= heap.end) &&
	    take(&p, p, end))
		return (void *)p;
	return heap_policy_alloc_aligned(size, HEAP_ALIGN);
}

/*
 * Brings pages, unless somebody else does or has done so: more of the open chunk, which ends at
 * @end, when they follow it, else another chunk. False when there are none.
 */
static bool grow(vaddr_t end, size_t bytes)
{
	unsigned long state = arch_irq_save();
	struct page *page = NULL;
	vaddr_t chunk, next;

	if (!end || !atomic_cas_relaxed(&heap.end, &end, 0)) {
		arch_irq_restore(state);
		arch_relax();
		return true;
	}
	page = page_alloc_run(bytes >> PAGE_SHIFT, PAGE_USE_HEAP | PAGE_QUIET);
	if (page) {
		bytes = ALIGN_DOWN(bytes, PAGE_SIZE);
		heap.held += bytes;
		chunk = (vaddr_t)page_to_virt(page);
		if (chunk != end + OVERHEAD) {
			next = atomic_exchange_acq_rel(&heap.next, chunk + OVERHEAD);
			atomic_add_relaxed(&heap.lost, room(next, end));
		}
		end = chunk + bytes - OVERHEAD;
	}
	atomic_store_release(&heap.end, end);
	arch_irq_restore(state);
	return page;
}

void *heap_policy_alloc_aligned(size_t size, size_t align)
{
	vaddr_t next, p, end;

	if (size > SIZE_MAX / 4)
		return NULL;
	for (;;) {
		next = atomic_load_acquire(&heap.next);
		end = heap.end;
		p = ALIGN_UP(next, align);
		if (p > end || size > end - p) {
			if (!grow(end, size + align + CHUNK_REST))
				return NULL;
		} else if (take(&next, p, p + size)) {
			atomic_add_relaxed(&heap.lost, p - next);
			return (void *)p;
		}
	}
}

/* Frees what is not the last object, if it is one. */
static __noinline void lose(void *p, vaddr_t end, const void *mark)
{
	struct header *header = header_of((vaddr_t)p);

	if (!IS_ALIGNED((vaddr_t)p, HEAP_ALIGN) || mark != &heap) {
		*header = (struct header){ end, mark };
		heap_bad_free(p, "not the start of an object");
	}
	atomic_add_relaxed(&heap.lost, end - (vaddr_t)p);
}

void heap_policy_free(void *p)
{
	struct header *header = header_of((vaddr_t)p), was = *header;

	/* this, and what was written to the object, comes before it is somebody else's */
	*header = (struct header){ 0, NULL };
	if (unlikely(!atomic_cas_acq_rel(&heap.next, &(vaddr_t){ was.end }, (vaddr_t)p)))
		lose(p, was.end, was.mark);
}

size_t heap_policy_size(const void *p)
{
	const struct header *header = header_of((vaddr_t)p);
	unsigned int flags;
	size_t block;
	paddr_t pa;

	if ((vaddr_t)header - ARCH_LINEAR_START >= ARCH_LINEAR_SIZE ||
	    !arch_kernel_lookup((vaddr_t)header, &pa, &flags, &block) ||
	    !IS_ALIGNED((vaddr_t)p, HEAP_ALIGN) || header->mark != &heap)
		return 0;
	return header->end - OVERHEAD - (vaddr_t)p;
}

/* What is neither lost nor left is in objects. A chunk that opens meanwhile spoils that. */
void heap_policy_stats(struct heap_stats *stats)
{
	stats->held = heap.held;
	stats->lost = atomic_load_relaxed(&heap.lost);
	stats->live = heap.held - stats->lost - room(atomic_load_relaxed(&heap.next), heap.end);
}

/* There are none. */
void heap_policy_classes(void (*row)(const struct heap_class *c, void *arg), void *arg)
{
	(void)row;
	(void)arg;
}

void heap_policy_shrink(void)
{
}
