/* SPDX-License-Identifier: MIT */
/*
 * mremap(2) (see <mm/space.h>): a mapping becomes longer or shorter, or moves with its pages to
 * another place.
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

/* Moves @vma, or the part of it that begins at @address, to @to, @new_size bytes long. */
static ssize_t move(struct space *space, struct vma *vma, vaddr_t address, size_t size,
		    size_t new_size, vaddr_t to)
{
	struct vma *copy;
	int err = space_split_at(space, address, address + size, SPACE_MAPPINGS_MAX);

	if (err)
		return err;
	vma = vma_find(space, address);
	copy = kmemdup(vma, sizeof(*vma));
	if (!copy)
		return -ENOMEM;
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

static ssize_t remap(struct space *space, vaddr_t address, size_t size, size_t new_size,
		     bool may_move)
{
	struct vma *vma = vma_find(space, address);
	vaddr_t to;

	if (!vma || vma->start > address)
		return -EFAULT;
	if (new_size <= size) {
		int err = 0;

		if (new_size < size)
			err = space_clear(space, address + new_size, address + size);
		return err ? err : (ssize_t)address;
	}
	if (vma->end < address + size || vma->flags & VMA_DONT_EXPAND)
		return -EFAULT;
	if (vma->end == address + size && grow(space, vma, address + new_size))
		return (ssize_t)address;
	to = may_move ? space_find_gap(space, new_size) : 0;
	return to ? move(space, vma, address, size, new_size, to) : -ENOMEM;
}

static ssize_t remap_to(struct space *space, vaddr_t address, size_t size, size_t new_size,
			vaddr_t to)
{
	struct vma *vma;
	int err = space_clear(space, to, to + new_size);

	if (!err && new_size < size) {
		err = space_clear(space, address + new_size, address + size);
		size = new_size;
	}
	if (err)
		return err;
	vma = vma_find(space, address);
	if (!vma || vma->start > address || vma->end < address + size ||
	    (new_size > size && vma->flags & VMA_DONT_EXPAND))
		return -EFAULT;
	return move(space, vma, address, size, new_size, to);
}

ssize_t space_remap(struct space *space, vaddr_t address, size_t size, size_t new_size,
		    bool may_move, bool fixed, vaddr_t new_address)
{
	ssize_t result;

	/* 0 bytes: another mapping of what is shared, which Cairn does not make */
	if (!IS_ALIGNED(address, PAGE_SIZE) || !new_size || !size)
		return -EINVAL;
	size = ALIGN_UP(size, PAGE_SIZE);
	new_size = ALIGN_UP(new_size, PAGE_SIZE);
	if (!size || !arch_user_range_ok(address, size))
		return -EFAULT;
	if (!new_size || new_size > ARCH_USER_END)
		return -ENOMEM;
	if (fixed && (!may_move || !IS_ALIGNED(new_address, PAGE_SIZE) ||
		      !arch_user_range_ok(new_address, new_size) ||
		      (new_address < address + size && address < new_address + new_size)))
		return -EINVAL;
	if (fixed && new_address < SPACE_MAP_MIN)
		return -EPERM;
	space_lock(space);
	result = fixed ? remap_to(space, address, size, new_size, new_address) :
			 remap(space, address, size, new_size, may_move);
	space_unlock(space);
	return result;
}
