/* SPDX-License-Identifier: MIT */
/*
 * Bump heap: a pointer that moves up through a chunk of pages, one of each for every CPU; with
 * interrupts masked nobody else moves it. Freeing the last object below it moves it back, so
 * objects that are freed in the reverse order all come back. Any other is lost, also one that
 * another CPU frees, and so is what a chunk has left when the next object does not fit. Pages are
 * never given back.
 *
 * A header before each object says that it is one. An object's memory may come back inside one of
 * another size, with its header gone: so what is freed twice is not found out for ever.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <mm/heap.h>
#include <mm/page.h>

/* What is taken beside the object that needs it: enough for several, and for what it may skip. */
#define CHUNK_REST	(KIB(12) + PAGE_SIZE)

const char heap_policy_name[] = "bump";

/* Of an object, or of what is not one: packed, since that may lie anywhere. */
struct header {
	vaddr_t end;		/* where the next header goes */
	const void *mark;	/* heap_policy_name; freed objects have none */
} __attribute__((packed));

#define OVERHEAD	sizeof(struct header)
static_assert(OVERHEAD == HEAP_ALIGN, "objects and headers alternate without gaps");

/* A CPU's own, interrupts masked. */
static struct bump {
	vaddr_t next;		/* the pointer: where the next object's header goes */
	vaddr_t end;		/* of the chunk, less a header: the pointer stops here */
	struct bump *other;	/* further CPUs that have a chunk */
} bump PER_CPU;

/* The CPU that opened its first chunk last. */
static struct bump *cpus;

/* Atomic: bytes of all chunks that no object gets any more. */
static size_t lost;

void heap_policy_init(void)
{
}

static void lose(size_t bytes)
{
	atomic_add_relaxed(&lost, bytes);
}

/* What the pointer has not come to yet. */
static size_t left(const struct bump *b)
{
	return b->end + OVERHEAD - b->next;
}

static struct header *header_of(vaddr_t p)
{
	return (struct header *)(p - OVERHEAD);
}

/* Makes an object at @p if it fits, behind which the pointer goes. Interrupts masked. */
static __always_inline bool make(struct bump *b, vaddr_t p, size_t size)
{
	/* signed, since a chunk's rest may be smaller than a header */
	if (unlikely((s64)(b->end - p) < (s64)size))
		return false;
	b->next = ALIGN_UP(p + size, HEAP_ALIGN);
	*header_of(p) = (struct header){ b->next, heap_policy_name };
	return true;
}

/* Leaves what the chunk has left. Interrupts masked. */
static bool open_chunk(struct bump *b, size_t pages)
{
	struct page *page = page_alloc_run(pages, PAGE_USE_HEAP | PAGE_QUIET);

	if (!page)
		return false;
	if (b->end) {
		lose(left(b));
	} else {
		b->other = cpus;
		while (!atomic_cas_acq_rel(&cpus, &b->other, b))
			;
	}
	b->next = (vaddr_t)page_to_virt(page);
	b->end = b->next + (pages << PAGE_SHIFT) - OVERHEAD;
	return true;
}

void *heap_policy_alloc_aligned(size_t size, size_t align)
{
	unsigned long state = arch_irq_save();
	struct bump *b = this_cpu(bump);
	vaddr_t next, p;

	do {
		next = b->next;
		p = ALIGN_UP(next + OVERHEAD, align);
		if (make(b, p, size)) {
			lose(p - OVERHEAD - next);
			break;
		}
		p = 0;
	} while (open_chunk(b, (size + align + CHUNK_REST) >> PAGE_SHIFT));
	arch_irq_restore(state);
	return (void *)p;
}

void *heap_policy_alloc(size_t size)
{
	unsigned long state = arch_irq_save();
	struct bump *b = this_cpu(bump);
	vaddr_t p = b->next + OVERHEAD;
	bool made = make(b, p, size);

	arch_irq_restore(state);
	return likely(made) ? (void *)p : heap_policy_alloc_aligned(size, HEAP_ALIGN);
}

static bool is_object(const void *p)
{
	return IS_ALIGNED((vaddr_t)p, HEAP_ALIGN) &&
	       header_of((vaddr_t)p)->mark == heap_policy_name;
}

void heap_policy_free(void *p)
{
	struct header *header = header_of((vaddr_t)p);
	unsigned long state = arch_irq_save();
	struct bump *b = this_cpu(bump);

	if (likely(b->next == header->end)) {
		*header = (struct header){ 0, NULL };
		b->next = (vaddr_t)header;
		arch_irq_restore(state);
		return;
	}
	if (!is_object(p))
		heap_bad_free(p, "not the start of an object");
	lose(header->end - (vaddr_t)header);
	*header = (struct header){ 0, NULL };
	arch_irq_restore(state);
}

size_t heap_policy_size(const void *p)
{
	const struct header *header = header_of((vaddr_t)p);
	unsigned int flags;
	size_t block;
	paddr_t pa;

	if ((vaddr_t)header - ARCH_LINEAR_START >= ARCH_LINEAR_SIZE ||
	    !arch_kernel_lookup((vaddr_t)header, &pa, &flags, &block) || !is_object(p))
		return 0;
	return header->end - (vaddr_t)p;
}

/* What is neither lost nor left is in objects. */
void heap_policy_stats(struct heap_stats *stats)
{
	struct page_stats pages;

	page_stats_get(&pages);
	stats->held = pages.used[PAGE_USE_HEAP] << PAGE_SHIFT;
	stats->lost = atomic_load_relaxed(&lost);
	stats->live = stats->held - stats->lost;
	for (const struct bump *b = atomic_load_acquire(&cpus); b; b = b->other)
		stats->live -= left(b);
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
