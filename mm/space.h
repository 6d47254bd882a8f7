/* SPDX-License-Identifier: MIT */
/* Between the files about spaces. A space's lock is held in all of this. */
#ifndef MM_PRIVATE_SPACE_H
#define MM_PRIVATE_SPACE_H

#include <mm/page.h>
#include <mm/space.h>

/* How near a stack may come to what lies below it, as Linux's stack_guard_gap. */
#define STACK_GUARD_GAP	(256 * PAGE_SIZE)

/* A space's lock; a kill that comes meanwhile is left for the next sleep. */
void space_lock(struct space *space);
void space_unlock(struct space *space);

/* The VMA that holds @address, or the first one above it; NULL. */
struct vma *vma_find(struct space *space, vaddr_t address);

static inline struct vma *vma_of(struct rb_node *node)
{
	return container_of(node, struct vma, node);
}

static inline struct vma *vma_next(const struct vma *vma)
{
	struct rb_node *node = rb_next(&vma->node);

	return node ? vma_of(node) : NULL;
}

static inline struct vma *vma_prev(const struct vma *vma)
{
	struct rb_node *node = rb_prev(&vma->node);

	return node ? vma_of(node) : NULL;
}

static inline size_t vma_pages(const struct vma *vma)
{
	return (vma->end - vma->start) >> PAGE_SHIFT;
}

/* What the tables get for @vma's pages: never what only the first write may open. */
static inline unsigned int vma_table_flags(const struct vma *vma)
{
	return (vma->flags & VMA_RIGHTS ? MMU_USER : 0) | (vma->flags & VMA_EXEC ? MMU_EXEC : 0);
}

/* How far up a mapping may reach below @vma, of those that come anywhere: a stack keeps room. */
static inline vaddr_t gap_top(const struct vma *vma)
{
	vaddr_t top = vma->start;

	if (vma->flags & VMA_GROWS_DOWN)
		top -= MIN(top, STACK_GUARD_GAP);
	return MIN(top, SPACE_MAP_TOP);
}

/* Its addresses are free. */
void vma_insert(struct space *space, struct vma *vma);

/* Takes it out of the tree, and gives it back. Its pages are gone. */
void vma_free(struct space *space, struct vma *vma);

/* Gives back one that is in no tree, with its object. */
void vma_put(struct vma *vma);

/* @vma becomes [start, end): what that is more is free, what is less has no pages. */
void vma_resize(struct space *space, struct vma *vma, vaddr_t start, vaddr_t end);

/* Cuts @vma in two at @at, inside it: the upper part; NULL: no memory. */
struct vma *vma_split(struct space *space, struct vma *vma, vaddr_t at);

/* Makes one of @vma and its neighbours, where they are alike. */
void vma_merge(struct space *space, struct vma *vma);

/* Where @size bytes are free; 0: nowhere. */
vaddr_t space_find_gap(struct space *space, size_t size);

/*
 * Splits at both ends, so that [start, end) are whole VMAs. 0; -ENOMEM, also where there are @most
 * of them already.
 */
int space_split_at(struct space *space, vaddr_t start, vaddr_t end, u32 most);

/* Takes the pages of [start, end) away. @flush: somebody may run in the space. */
void space_drop_pages(struct space *space, vaddr_t start, vaddr_t end, bool flush);

/* Nothing is mapped in [start, end) any more: 0, -ENOMEM. In space_change.c. */
int space_clear(struct space *space, vaddr_t start, vaddr_t end);

/* --- space_cut.c ------------------------------------------------------------------------------ */

/* @space gets a mapping of what may become shorter; it has none any more. */
void space_cuts_begin(struct space *space);
void space_cuts_end(struct space *space);

/* --- block.c ---------------------------------------------------------------------------------- */

/* Whether @vma's policy is that it gets blocks, where they fit. */
extern bool blocks_always;
static inline bool vma_wants_blocks(const struct vma *vma)
{
	return unlikely(vma->flags & VMA_BLOCKS || blocks_always);
}

/* Brings in a block around @va, of which nothing is there: true, or it has to be a page. */
bool block_fault(struct space *space, struct vma *vma, vaddr_t va);

/* Whether @va is part of one. */
bool block_is_there(struct space *space, vaddr_t va);

/*
 * Makes pages of all blocks that have something of [start, end); with @drop those that lie in it
 * are taken away.
 */
void blocks_cut(struct space *space, vaddr_t start, vaddr_t end, bool drop);

#endif
