/* SPDX-License-Identifier: MIT */
/*
 * The VMAs of a space (see <mm/space.h>): a red-black tree by address, in which each knows the gap
 * below it, and the largest of all gaps that are below it in the tree: so room for a mapping is
 * found in as many steps as the tree is high.
 */
#include <lib/assert.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "space.h"

/*
 * How much of what lies between two VMAs mappings may have that come anywhere; @below may be NULL.
 */
static size_t gap_between(const struct vma *below, const struct vma *above)
{
	vaddr_t bottom = below ? MAX(below->end, SPACE_MAP_MIN) : SPACE_MAP_MIN;
	vaddr_t top = gap_top(above);

	return top > bottom ? top - bottom : 0;
}

/* What is known of a node: the largest gap below it or one of those under it in the tree. */
static void update_gaps(struct rb_node *node, const struct rb_node *above)
{
	for (; node != above; node = node->parent) {
		const struct rb_node *lower = node->child[0], *upper = node->child[1];
		size_t largest = vma_of(node)->gap;

		if (lower)
			largest = MAX(largest, container_of(lower, struct vma, node)->largest_gap);
		if (upper)
			largest = MAX(largest, container_of(upper, struct vma, node)->largest_gap);
		vma_of(node)->largest_gap = largest;
	}
}

struct vma *vma_find(struct space *space, vaddr_t address)
{
	struct rb_node *node = space->vmas.root;
	struct vma *found = space->recent;

	if (found && address >= found->start && address < found->end)
		return found;
	found = NULL;
	while (node) {
		struct vma *vma = vma_of(node);

		if (address < vma->end) {
			found = vma;
			if (address >= vma->start)
				break;
			node = node->child[0];
		} else {
			node = node->child[1];
		}
	}
	space->recent = found;
	return found;
}

void vma_insert(struct space *space, struct vma *vma)
{
	struct rb_node *parent = NULL, *at = space->vmas.root;
	struct vma *below = NULL, *above = NULL;
	int side = 0;

	while (at) {
		parent = at;
		side = vma->start >= vma_of(at)->end;
		if (side)
			below = vma_of(at);
		else
			above = vma_of(at);
		at = at->child[side];
	}
	vma->gap = gap_between(below, vma);
	if (above)
		above->gap = gap_between(vma, above);
	rb_insert(&space->vmas, &vma->node, parent, side);
	space->count++;
	space->pages += vma_pages(vma);
}

void vma_resize(struct space *space, struct vma *vma, vaddr_t start, vaddr_t end)
{
	struct vma *next = vma_next(vma);

	space->pages += (end - start - (vma->end - vma->start)) >> PAGE_SHIFT;
	vma->start = start;
	vma->end = end;
	vma->gap = gap_between(vma_prev(vma), vma);
	if (next)
		next->gap = gap_between(vma, next);
	if (!space->vmas.update)
		return;
	update_gaps(&vma->node, NULL);
	if (next)
		update_gaps(&next->node, NULL);
}

void vma_put(struct vma *vma)
{
	if (vma->ops)
		vma->ops->put(vma->object);
	kfree(vma);
}

void vma_free(struct space *space, struct vma *vma)
{
	struct vma *next = vma_next(vma);

	if (next)
		next->gap = gap_between(vma_prev(vma), next);
	rb_remove(&space->vmas, &vma->node);
	space->peak_pages = MAX(space->peak_pages, space->pages);
	space->count--;
	space->pages -= vma_pages(vma);
	if (space->recent == vma)
		space->recent = NULL;
	vma_put(vma);
}

struct vma *vma_split(struct space *space, struct vma *vma, vaddr_t at)
{
	struct vma *upper = kmemdup(vma, sizeof(*vma));

	if (!upper)
		return NULL;
	assert(at > vma->start && at < vma->end);
	upper->start = at;
	upper->offset += (at - vma->start) >> PAGE_SHIFT;
	if (upper->ops)
		upper->ops->get(upper->object);
	space->pages -= (vma->end - at) >> PAGE_SHIFT;
	vma->end = at;
	vma_insert(space, upper);
	return upper;
}

/* Whether @upper goes on where @lower ends, as the same thing. */
static bool are_alike(const struct vma *lower, const struct vma *upper)
{
	return lower->end == upper->start && lower->flags == upper->flags &&
	       lower->ops == upper->ops && lower->object == upper->object &&
	       lower->label == upper->label && !(lower->flags & VMA_GROWS_DOWN) &&
	       (!lower->ops || lower->offset + vma_pages(lower) == upper->offset);
}

static void swallow(struct space *space, struct vma *lower, struct vma *upper)
{
	vaddr_t end = upper->end;

	lower->used |= upper->used;
	vma_free(space, upper);
	vma_resize(space, lower, lower->start, end);
}

void vma_merge(struct space *space, struct vma *vma)
{
	struct vma *next = vma_next(vma), *prev = vma->gap ? NULL : vma_prev(vma);

	if (next && are_alike(vma, next))
		swallow(space, vma, next);
	if (prev && are_alike(prev, vma))
		swallow(space, prev, vma);
}

int space_split_at(struct space *space, vaddr_t start, vaddr_t end, u32 most)
{
	struct vma *vma = vma_find(space, start);

	if (vma && vma->start < start &&
	    (space->count >= most || !vma_split(space, vma, start)))
		return -ENOMEM;
	vma = vma_find(space, end - 1);
	if (vma && vma->start < end && vma->end > end &&
	    (space->count >= most || !vma_split(space, vma, end)))
		return -ENOMEM;
	return 0;
}

/* --- Gaps ------------------------------------------------------------------------------------- */

/* From the first search on, which many a program that begins as a copy never makes. */
static void begin_gaps(struct space *space)
{
	struct vma *below = NULL;

	space->vmas.update = update_gaps;
	for (struct rb_node *node = rb_first(&space->vmas); node; node = rb_next(node)) {
		vma_of(node)->gap = gap_between(below, vma_of(node));
		below = vma_of(node);
	}
	for (struct rb_node *node = rb_first(&space->vmas); node; node = rb_next(node))
		update_gaps(node, NULL);
}

/* What is free above all of them, where not even the stack is there; or 0. */
static __cold vaddr_t find_at_top(struct space *space, size_t size)
{
	const struct rb_node *last = rb_last(&space->vmas);
	vaddr_t bottom = SPACE_MAP_MIN;

	if (last)
		bottom = MAX(container_of(last, struct vma, node)->end, bottom);
	return bottom < SPACE_MAP_TOP && SPACE_MAP_TOP - bottom >= size ? SPACE_MAP_TOP - size : 0;
}

vaddr_t space_find_gap(struct space *space, size_t size)
{
	struct rb_node *node = space->vmas.root;

	if (unlikely(!space->vmas.update))
		begin_gaps(space);
	if (unlikely(!node || vma_of(node)->largest_gap < size))
		return find_at_top(space, size);
	/* the highest of all that are large enough */
	for (;;) {
		struct rb_node *above = node->child[1];

		if (above && vma_of(above)->largest_gap >= size)
			node = above;
		else if (vma_of(node)->gap >= size)
			return gap_top(vma_of(node)) - size;
		else
			node = node->child[0];
	}
}
