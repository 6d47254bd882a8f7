/* SPDX-License-Identifier: MIT */
/*
 * Objects that become shorter: what lies behind their end goes from all spaces that have it mapped
 * (see <mm/space.h>). These are on a list from their first such mapping on. A fault looks at the
 * object's size with its space's lock held: so whoever cuts, after the size has changed, finds in
 * each space what was mapped before, and nothing is mapped afterwards.
 */
#include <arch/atomic.h>
#include <kernel/spinlock.h>

#include "space.h"

static struct spinlock spaces_lock = SPINLOCK_INIT;

/* spaces_lock held: */
static struct list spaces = LIST_INIT(spaces);

void space_cuts_begin(struct space *space)
{
	unsigned long state;

	if (space->has_cuts)
		return;
	space->has_cuts = true;
	state = spin_lock_irqsave(&spaces_lock);
	/* behind the one that it is a copy of: who comes from there comes here */
	list_add_tail(&spaces, &space->cuts);
	spin_unlock_irqrestore(&spaces_lock, state);
}

void space_cuts_end(struct space *space)
{
	unsigned long state = spin_lock_irqsave(&spaces_lock);

	list_del(&space->cuts);
	spin_unlock_irqrestore(&spaces_lock, state);
}

/* One user more, unless it has none any more. */
static bool get_used(struct space *space)
{
	u32 users = atomic_load_relaxed(&space->users);

	while (users && !atomic_cas_acquire(&space->users, &users, users + 1))
		;
	return users;
}

/* The space behind @space, which is given back, or the first one; NULL: there is none. */
static struct space *next_space(struct space *space)
{
	unsigned long state = spin_lock_irqsave(&spaces_lock);
	struct list *link = space ? space->cuts.next : spaces.next;
	struct space *next = NULL;

	for (; link != &spaces && !next; link = link->next) {
		struct space *s = list_entry(link, struct space, cuts);

		next = get_used(s) ? s : NULL;
	}
	spin_unlock_irqrestore(&spaces_lock, state);
	if (space)
		space_put(space);
	return next;
}

/* The first VMA of that object behind @vma, or NULL: of all. Lock held. */
static struct vma *next_of(struct space *space, struct vma *vma, u64 device, u64 inode)
{
	struct rb_node *node = vma ? rb_next(&vma->node) : rb_first(&space->vmas);

	for (; node; node = rb_next(node)) {
		u64 its_device, its_inode;

		vma = container_of(node, struct vma, node);
		if (!vma->ops)
			continue;
		vma->ops->identity(vma->object, &its_device, &its_inode);
		if (its_device == device && its_inode == inode)
			return vma;
	}
	return NULL;
}

void space_cut(u64 device, u64 inode, u64 end)
{
	for (struct space *space = next_space(NULL); space; space = next_space(space)) {
		struct vma *vma = NULL;

		space_lock(space);
		while ((vma = next_of(space, vma, device, inode))) {
			u64 pages = end > vma->offset ? end - vma->offset : 0;

			if (pages < vma_pages(vma))
				space_drop_pages(space, vma->start + (pages << PAGE_SHIFT),
						 vma->end, true);
		}
		space_unlock(space);
	}
}

bool space_is_written(u64 device, u64 inode)
{
	const u32 writable = VMA_SHARED | VMA_MAY_WRITE;
	bool found = false;

	for (struct space *space = next_space(NULL); space; space = next_space(space)) {
		struct vma *vma = NULL;

		space_lock(space);
		while (!found && (vma = next_of(space, vma, device, inode)))
			found = (vma->flags & writable) == writable;
		space_unlock(space);
	}
	return found;
}
