/* SPDX-License-Identifier: MIT */
/*
 * What programs change about their mappings (see <mm/space.h>): each call checks its range, cuts
 * the VMAs at its ends, so that it deals with whole ones, and joins what has become alike.
 */
#include <arch/user.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "space.h"

/* Rounds [*address, *address + *size) to pages: 0; -EINVAL, -ENOMEM where it is none. */
static int check_range(vaddr_t address, size_t *size)
{
	if (!IS_ALIGNED(address, PAGE_SIZE) || !*size)
		return -EINVAL;
	*size = ALIGN_UP(*size, PAGE_SIZE);
	return *size && arch_user_range_ok(address, *size) ? 0 : -ENOMEM;
}

static bool is_free(struct space *space, vaddr_t start, vaddr_t end)
{
	struct vma *vma = vma_find(space, start);

	return !vma || vma->start >= end;
}

/* And whoever grows down from above it has room left. */
static bool has_room(struct space *space, vaddr_t start, vaddr_t end)
{
	struct vma *vma = vma_find(space, start);

	return !vma || end <= gap_top(vma);
}

int space_clear(struct space *space, vaddr_t start, vaddr_t end)
{
	struct vma *vma = vma_find(space, start), *next;
	u32 most = SPACE_MAPPINGS_MAX;
	int err;

	if (!vma || vma->start >= end)
		return 0;
	/* only what goes from the middle of one makes more of them */
	if (vma->start >= start || vma->end <= end)
		most += 2;
	err = space_split_at(space, start, end, most);
	if (err)
		return err;
	space_drop_pages(space, start, end, true);
	for (vma = vma_find(space, start); vma && vma->start < end; vma = next) {
		next = vma_next(vma);
		vma_free(space, vma);
	}
	return 0;
}

/* Where the mapping goes; or a negative errno. */
static ssize_t choose_address(struct space *space, const struct space_mapping *m, size_t size)
{
	vaddr_t address = ALIGN_DOWN(m->address, PAGE_SIZE);
	int err;

	if (m->where == SPACE_ANYWHERE) {
		if (address >= SPACE_MAP_MIN && arch_user_range_ok(address, size) &&
		    address + size <= SPACE_MAP_TOP && has_room(space, address, address + size))
			return (ssize_t)address;
		address = space_find_gap(space, size);
		return address ? (ssize_t)address : -ENOMEM;
	}
	if (!IS_ALIGNED(m->address, PAGE_SIZE))
		return -EINVAL;
	if (!arch_user_range_ok(address, size))
		return -ENOMEM;
	if (address < SPACE_MAP_MIN)
		return -EPERM;
	if (m->where == SPACE_FIXED_NEW)
		return is_free(space, address, address + size) ? (ssize_t)address : -EEXIST;
	err = space_clear(space, address, address + size);
	return err ? err : (ssize_t)address;
}

static struct vma *make_vma(const struct space_mapping *m, vaddr_t start, vaddr_t end)
{
	struct vma *vma = kmalloc(sizeof(*vma));

	if (!vma)
		return NULL;
	*vma = (struct vma){
		.start = start, .end = end, .flags = m->flags, .limit = m->limit, .ops = m->ops,
		.object = m->object, .offset = m->offset, .label = m->label,
	};
	return vma;
}

/* Anonymous memory goes on where the one below ends, if that is alike: true, and it is longer. */
static bool extend_below(struct space *space, const struct space_mapping *m, vaddr_t start,
			 vaddr_t end)
{
	struct vma *below;

	if (m->ops || m->label || m->flags & VMA_GROWS_DOWN)
		return false;
	below = vma_find(space, start - 1);
	if (!below || below->end != start || below->flags != m->flags || below->ops ||
	    below->label)
		return false;
	vma_resize(space, below, below->start, end);
	vma_merge(space, below);
	return true;
}

ssize_t space_map(struct space *space, const struct space_mapping *m)
{
	size_t size = ALIGN_UP(m->size, PAGE_SIZE);
	struct vma *vma;
	ssize_t address;

	if (!m->size)
		return -EINVAL;
	if (!size || size > ARCH_USER_END)
		return -ENOMEM;
	space_lock(space);
	address = space->count > SPACE_MAPPINGS_MAX ? -ENOMEM : choose_address(space, m, size);
	if (address < 0)
		goto out;
	if (extend_below(space, m, (vaddr_t)address, (vaddr_t)address + size))
		goto out;
	vma = make_vma(m, (vaddr_t)address, (vaddr_t)address + size);
	if (!vma) {
		address = -ENOMEM;
		goto out;
	}
	if (vma->ops)
		vma->ops->get(vma->object);
	if (m->may_shrink)
		space_cuts_begin(space);
	vma_insert(space, vma);
	vma_merge(space, vma);
out:
	space_unlock(space);
	return address;
}

vaddr_t space_gap(struct space *space, size_t size)
{
	vaddr_t gap;

	space_lock(space);
	gap = space_find_gap(space, size);
	space_unlock(space);
	return gap;
}

int space_unmap(struct space *space, vaddr_t address, size_t size)
{
	int err = check_range(address, &size);

	if (err)
		return -EINVAL;
	space_lock(space);
	err = space_clear(space, address, address + size);
	space_unlock(space);
	return err;
}

/* Calls @act for each VMA of the range, all of which must be mapped: 0, -ENOMEM, @act's error. */
static int for_each_vma(struct space *space, vaddr_t start, vaddr_t end,
			int (*act)(struct space *space, struct vma *vma, u32 arg), u32 arg)
{
	struct vma *vma = vma_find(space, start);
	int err = 0;

	for (; !err && start < end; vma = vma_next(vma)) {
		if (!vma || vma->start > start)
			return -ENOMEM;
		start = vma->end;
		err = act(space, vma, arg);
	}
	return err;
}

static int protect_vma(struct space *space, struct vma *vma, u32 rights)
{
	if (rights & VMA_WRITE && !(vma->flags & VMA_MAY_WRITE))
		return -EACCES;
	if ((vma->flags & VMA_RIGHTS) == rights)
		return 0;
	vma->flags = (vma->flags & ~(u32)VMA_RIGHTS) | rights;
	blocks_cut(space, vma->start, vma->end, false);
	/* what may be written to is found out at the next write */
	arch_space_protect(&space->arch, vma->start, vma->end, vma_table_flags(vma));
	return 0;
}

static void merge_range(struct space *space, vaddr_t start, vaddr_t end)
{
	struct vma *vma = vma_find(space, start);

	while (vma && vma->start <= end) {
		vaddr_t behind = vma->end;

		vma_merge(space, vma);
		vma = vma_find(space, behind);
	}
}

/* Both ends cut, then @act for what is between them. What comes before a hole is done. */
static int change(struct space *space, vaddr_t address, size_t size,
		  int (*act)(struct space *space, struct vma *vma, u32 arg), u32 arg)
{
	int err;

	space_lock(space);
	err = space_split_at(space, address, address + size, SPACE_MAPPINGS_MAX);
	if (!err)
		err = for_each_vma(space, address, address + size, act, arg);
	merge_range(space, address, address + size);
	space_unlock(space);
	return err;
}

int space_protect(struct space *space, vaddr_t address, size_t size, u32 rights)
{
	int err = size ? check_range(address, &size) : 0;

	if (!size)
		return IS_ALIGNED(address, PAGE_SIZE) ? 0 : -EINVAL;
	return err ? err : change(space, address, size, protect_vma, rights);
}

static int nothing(struct space *space __unused, struct vma *vma __unused, u32 arg __unused)
{
	return 0;
}

int space_check_mapped(struct space *space, vaddr_t address, size_t size)
{
	int err = size ? check_range(address, &size) : 0;

	if (!size || err)
		return IS_ALIGNED(address, PAGE_SIZE) ? err : -EINVAL;
	space_lock(space);
	err = for_each_vma(space, address, address + size, nothing, 0);
	space_unlock(space);
	return err;
}

static int discard_vma(struct space *space, struct vma *vma, u32 arg __unused)
{
	space_drop_pages(space, vma->start, vma->end, true);
	return 0;
}

int space_discard(struct space *space, vaddr_t address, size_t size)
{
	int err = size ? check_range(address, &size) : 0;

	if (!size || err)
		return IS_ALIGNED(address, PAGE_SIZE) ? err : -EINVAL;
	return change(space, address, size, discard_vma, 0);
}

static int set_flags(struct space *space __unused, struct vma *vma, u32 flags)
{
	vma->flags |= flags;
	return 0;
}

static int clear_flags(struct space *space __unused, struct vma *vma, u32 flags)
{
	vma->flags &= ~flags;
	return 0;
}

int space_advise(struct space *space, vaddr_t address, size_t size, u32 set, u32 clear)
{
	int err = size ? check_range(address, &size) : 0;

	if (!size || err)
		return IS_ALIGNED(address, PAGE_SIZE) ? err : -EINVAL;
	err = set ? change(space, address, size, set_flags, set) : 0;
	return !err && clear ? change(space, address, size, clear_flags, clear) : err;
}

/* --- brk -------------------------------------------------------------------------------------- */

static int change_brk(struct space *space, vaddr_t from, vaddr_t to)
{
	const struct space_mapping heap = {
		.flags = VMA_READ | VMA_WRITE | VMA_MAY_WRITE,
	};
	struct vma *vma;

	if (to < from)
		return space_clear(space, to, from);
	/* a page stays free above it, so that what overruns the heap is found */
	if (space->count > SPACE_MAPPINGS_MAX ||
	    !arch_user_range_ok(from, to - from + PAGE_SIZE) ||
	    !is_free(space, from, to + PAGE_SIZE))
		return -ENOMEM;
	if (extend_below(space, &heap, from, to))
		return 0;
	vma = make_vma(&heap, from, to);
	if (!vma)
		return -ENOMEM;
	vma_insert(space, vma);
	return 0;
}

vaddr_t space_brk(struct space *space, vaddr_t brk)
{
	vaddr_t from, to;

	space_lock(space);
	if (brk >= space->brk_start && brk < ARCH_USER_END) {
		from = ALIGN_UP(space->brk, PAGE_SIZE);
		to = ALIGN_UP(brk, PAGE_SIZE);
		if (from == to || !change_brk(space, from, to))
			space->brk = brk;
	}
	brk = space->brk;
	space_unlock(space);
	return brk;
}
