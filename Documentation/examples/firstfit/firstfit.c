/* SPDX-License-Identifier: MIT */
/*
 * First-fit heap: one list of free blocks in the order of their addresses. The first that is large
 * enough is cut; a freed one becomes one with the neighbours that it touches. A block in use has a
 * header of 16 bytes before its object. One lock for all; pages never go back.
 */
#include <kernel/spinlock.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
#include <mm/page.h>

struct block {
	size_t size;		/* with this header */
	const void *mark;	/* &heap while it is in use */
	struct list link;	/* of a free one; else the object begins here */
};

static struct {
	struct spinlock lock;
	struct list free;
	struct heap_stats stats;
} heap;

const char heap_policy_name[] = "firstfit";

void heap_policy_init(void)
{
	list_init(&heap.free);
}

static struct block *at(struct block *b, size_t offset)
{
	return (struct block *)((vaddr_t)b + offset);
}

static void join(struct block *b, struct block *next)
{
	if (&b->link == &heap.free || &next->link == &heap.free || at(b, b->size) != next)
		return;
	b->size += next->size;
	list_del(&next->link);
}

/* Makes @size bytes at @b a free block. */
static void give(struct block *b, size_t size)
{
	struct list *pos = heap.free.next;

	while (pos != &heap.free && pos < &b->link)
		pos = pos->next;
	*b = (struct block){ .size = size };
	list_add_tail(pos, &b->link);
	join(b, list_entry(b->link.next, struct block, link));
	join(list_entry(b->link.prev, struct block, link), b);
}

static bool grow(size_t size)
{
	size_t pages = ALIGN_UP(MAX(size, KIB(64)), PAGE_SIZE) >> PAGE_SHIFT;
	struct page *run = page_alloc_run(pages, PAGE_USE_HEAP | PAGE_QUIET);

	if (!run)
		return false;
	heap.stats.held += pages << PAGE_SHIFT;
	give(page_to_virt(run), pages << PAGE_SHIFT);
	return true;
}

/* Cuts a block of @need bytes whose object is aligned to @align out of a free one. */
static struct block *cut(size_t need, size_t align)
{
	list_for_each(b, &heap.free, struct block, link) {
		size_t skip = -(vaddr_t)&b->link & (align - 1), rest;

		if (skip && skip < sizeof(*b))	/* what stays before it is a block too */
			skip += align;
		if (b->size < skip + need)
			continue;
		rest = b->size - skip - need;
		b->size = skip;
		if (!skip)
			list_del(&b->link);
		b = at(b, skip);
		if (rest >= sizeof(*b))
			give(at(b, need), rest);
		else
			need += rest;
		*b = (struct block){ .size = need, .mark = &heap };
		return b;
	}
	return grow(need + align + sizeof(struct block)) ? cut(need, align) : NULL;
}

void *heap_policy_alloc_aligned(size_t size, size_t align)
{
	unsigned long state = spin_lock_irqsave(&heap.lock);
	size_t head = offsetof(struct block, link);
	size_t need = MAX(ALIGN_UP(head + size, HEAP_ALIGN), sizeof(struct block));
	struct block *b = size > SIZE_MAX / 2 ? NULL : cut(need, align);

	heap.stats.live += b ? b->size - head : 0;
	spin_unlock_irqrestore(&heap.lock, state);
	return b ? &b->link : NULL;
}

void *heap_policy_alloc(size_t size)
{
	return heap_policy_alloc_aligned(size, HEAP_ALIGN);
}

void heap_policy_free(void *p)
{
	unsigned long state = spin_lock_irqsave(&heap.lock);
	size_t size = heap_policy_size(p);

	if (!size)
		heap_bad_free(p, "not the start of an object");
	heap.stats.live -= size;
	give(container_of(p, struct block, link), size + offsetof(struct block, link));
	spin_unlock_irqrestore(&heap.lock, state);
}

size_t heap_policy_size(const void *p)
{
	const struct block *b = container_of(p, struct block, link);

	if ((vaddr_t)p % HEAP_ALIGN || !page_lookup(virt_to_phys(b)) || b->mark != &heap)
		return 0;
	return b->size - offsetof(struct block, link);
}

void heap_policy_stats(struct heap_stats *stats)
{
	*stats = heap.stats;
}

void heap_policy_classes(void (*row)(const struct heap_class *c, void *arg), void *arg)
{
	(void)row, (void)arg;	/* there are none */
}

void heap_policy_shrink(void)
{
}
