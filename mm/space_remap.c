/* SPDX-License-Identifier: MIT */
/*
 * mremap(2) (see <mm/space.h>): a mapping becomes longer or shorter, or moves with its pages to
 * another place; or the same is mapped once more.
 */
#include <arch/user.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "space.h"

/*
 * Moves the pages of [from, from + size) to @to, where nothing is. 0, -ENOMEM with all as it was.
 */
static int move_pages(struct space *space, vaddr_t from, vaddr_t to, size_t size)
{
	blocks_cut(space, from, from + size, false);
	for (size_t at = 0; at < size; at += PAGE_SIZE) {
		unsigned int flags;
		arch_slot *slot;
		size_t one = 1;
		paddr_t pa;

		if (!arch_space_lookup(&space->arch, from + at, &pa, &flags))
			continue;
		slot = arch_space_slot(&space->arch, to + at);
		if (!slot)
			return -ENOMEM;
		arch_slot_set(&space->arch, slot, to + at, pa, flags);
		arch_space_unmap(&space->arch, from + at, from + at + PAGE_SIZE, &pa, &one, true);
	}
	return 0;
}

/*
 * Moves the @size bytes of a VMA at @address to @to, @new_size bytes long. The mapping goes from
 * where it was, or stays with @keep, without pages.
 */
static ssize_t move(struct space *space, vaddr_t address, size_t size, size_t new_size, vaddr_t to,
		    bool keep)
{
	struct vma *vma, *copy;
	int err = 0;

	if (space->count >= SPACE_MAPPINGS_MAX - 3)
		return -ENOMEM;
	if (!keep && size)
		err = space_split_at(space, address, address + size, SPACE_MAPPINGS_MAX);
	if (err)
		return err;
	vma = vma_find(space, address);
	copy = kmemdup(vma, sizeof(*vma));
	if (!copy)
		return -ENOMEM;
	copy->offset += (address - vma->start) >> PAGE_SHIFT;
	copy->start = to;
	copy->end = to + new_size;
	if (copy->ops)
		copy->ops->get(copy->object);
	vma_insert(space, copy);
	err = move_pages(space, address, to, MIN(size, new_size));
	if (err) {
		/* back again: the tables that this takes are there */
		move_pages(space, to, address, MIN(size, new_size));
		vma_free(space, copy);
		return err;
	}
	if (!keep && size)
		space_clear(space, address, address + size);
	if (space->vdso == address)
		space->vdso = to;
	return (ssize_t)to;
}

/* Whether @vma, up to whose end the mapping reaches, can become longer where it is. */
static bool grow(struct space *space, struct vma *vma, vaddr_t end)
{
	const struct vma *next = vma_next(vma);

	if (!arch_user_range_ok(vma->start, end - vma->start) || (next && next->start < end))
		return false;
	vma_resize(space, vma, vma->start, end);
	vma_merge(space, vma);
	return true;
}

/* Whether @size bytes of @vma from @address on may become @new_size: 0, -EINVAL, -EFAULT. */
static int check(const struct vma *vma, vaddr_t address, size_t size, size_t new_size, u32 how)
{
	/* nothing: that is the same once more, of what is shared */
	if (!size && !(vma->flags & VMA_SHARED))
		return -EINVAL;
	if (how & SPACE_REMAP_KEEP && vma->flags & VMA_DONT_EXPAND)
		return -EINVAL;
	if (size > vma->end - address || (new_size > size && vma->flags & VMA_DONT_EXPAND))
		return -EFAULT;
	return 0;
}

static ssize_t remap(struct space *space, vaddr_t address, size_t size, size_t new_size, u32 how)
{
	struct vma *vma = vma_find(space, address);
	vaddr_t to;
	int err = 0;

	if (new_size <= size) {
		if (new_size < size)
			err = space_clear(space, address + new_size, address + size);
		return err ? err : (ssize_t)address;
	}
	err = check(vma, address, size, new_size, how);
	if (err)
		return err;
	if (vma->end == address + size && grow(space, vma, address + new_size))
		return (ssize_t)address;
	to = how & SPACE_REMAP_MOVE ? space_find_gap(space, new_size) : 0;
	return to ? move(space, address, size, new_size, to, false) : -ENOMEM;
}

/* To another place in any case: to @to, or with 0 to where there is room. */
static ssize_t remap_to(struct space *space, vaddr_t address, size_t size, size_t new_size, u32 how,
			vaddr_t to)
{
	struct vma *vma;
	int err = to ? space_clear(space, to, to + new_size) : 0;

	if (!err && new_size < size) {
		err = space_clear(space, address + new_size, address + size);
		size = new_size;
	}
	if (err)
		return err;
	vma = vma_find(space, address);
	err = check(vma, address, size, new_size, how);
	if (!err && !to)
		to = space_find_gap(space, new_size);
	if (err || !to)
		return err ? err : -ENOMEM;
	return move(space, address, size, new_size, to, how & SPACE_REMAP_KEEP);
}

/* What can be said of a place that the caller names: 0, -EINVAL, -EPERM. */
static int check_place(vaddr_t address, size_t size, size_t new_size, vaddr_t to)
{
	if (!IS_ALIGNED(to, PAGE_SIZE) || !arch_user_range_ok(to, new_size) ||
	    (to < address + size && address < to + new_size))
		return -EINVAL;
	return to < SPACE_MAP_MIN ? -EPERM : 0;
}

ssize_t space_remap(struct space *space, vaddr_t address, size_t size, size_t new_size, u32 how,
		    vaddr_t new_address)
{
	const struct vma *vma;
	ssize_t result = 0;

	if ((how & (SPACE_REMAP_FIXED | SPACE_REMAP_KEEP) && !(how & SPACE_REMAP_MOVE)) ||
	    (how & SPACE_REMAP_KEEP && size != new_size) ||
	    !IS_ALIGNED(address, PAGE_SIZE) || !new_size)
		return -EINVAL;
	if ((size && !ALIGN_UP(size, PAGE_SIZE)) ||
	    !arch_user_range_ok(address, ALIGN_UP(size, PAGE_SIZE)))
		return -EFAULT;
	size = ALIGN_UP(size, PAGE_SIZE);
	new_size = ALIGN_UP(new_size, PAGE_SIZE);
	if (!new_size || new_size > ARCH_USER_END)
		return -ENOMEM;
	if (how & SPACE_REMAP_FIXED)
		result = check_place(address, size, new_size, new_address);
	else
		new_address = 0;
	if (result)
		return result;
	space_lock(space);
	vma = vma_find(space, address);
	if (!vma || vma->start > address)
		result = -EFAULT;
	else if (how & (SPACE_REMAP_FIXED | SPACE_REMAP_KEEP))
		result = remap_to(space, address, size, new_size, how, new_address);
	else
		result = remap(space, address, size, new_size, how);
	space_unlock(space);
	return result;
}
