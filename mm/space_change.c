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
		.start = start, .end = end, .flags = m->flags, .ops = m->ops,
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

/* What is done with each VMA of a range: 0 or an error, which ends it. */
typedef int vma_act(struct space *space, struct vma *vma, u64 arg);

/* Calls @act for each VMA of the range: 0; -ENOMEM for a hole, with @over after all others. */
static int for_each_vma(struct space *space, vaddr_t start, vaddr_t end, bool over, vma_act *act,
			u64 arg)
{
	struct vma *vma = vma_find(space, start);
	int result = 0, err;

	for (; start < end; vma = vma_next(vma)) {
		if (!vma || vma->start > start)
			result = -ENOMEM;
		if (!vma || vma->start >= end || (result && !over))
			return result;
		start = vma->end;
		err = act(space, vma, arg);
		if (err)
			return err;
	}
	return result;
}

static int protect_vma(struct space *space, struct vma *vma, u64 rights)
{
	if (rights & VMA_WRITE && !(vma->flags & VMA_MAY_WRITE))
		return -EACCES;
	if ((vma->flags & VMA_RIGHTS) == rights)
		return 0;
	vma->flags = (vma->flags & ~(u32)VMA_RIGHTS) | (u32)rights;
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

/* Both ends cut, then @act for what is between them. */
static int change(struct space *space, vaddr_t address, size_t size, bool over, vma_act *act,
		  u64 arg)
{
	int err;

	space_lock(space);
	err = space_split_at(space, address, address + size, SPACE_MAPPINGS_MAX);
	if (!err)
		err = for_each_vma(space, address, address + size, over, act, arg);
	merge_range(space, address, address + size);
	space_unlock(space);
	return err;
}

int space_protect(struct space *space, vaddr_t address, size_t size, u32 rights)
{
	int err = size ? check_range(address, &size) : 0;

	if (!size && !err)
		return IS_ALIGNED(address, PAGE_SIZE) ? 0 : -EINVAL;
	return err ? err : change(space, address, size, false, protect_vma, rights);
}

static int nothing(struct space *space __unused, struct vma *vma __unused, u64 arg __unused)
{
	return 0;
}

int space_check_mapped(struct space *space, vaddr_t address, size_t size)
{
	int err;

	size = ALIGN_UP(size, PAGE_SIZE);
	if (!IS_ALIGNED(address, PAGE_SIZE))
		return -EINVAL;
	if (!size || !arch_user_range_ok(address, size))
		return size ? -ENOMEM : 0;
	space_lock(space);
	err = for_each_vma(space, address, address + size, false, nothing, 0);
	space_unlock(space);
	return err;
}

/* --- Advice ----------------------------------------------------------------------------------- */

/* Rounds a range up to pages: 0, -EINVAL. It may reach to where no program has anything. */
static int check_advice(vaddr_t address, size_t *size)
{
	size_t pages = ALIGN_UP(*size, PAGE_SIZE);

	if (!IS_ALIGNED(address, PAGE_SIZE) || (*size && !pages) || address + pages < address)
		return -EINVAL;
	*size = pages;
	return 0;
}

static int discard_vma(struct space *space, struct vma *vma, u64 anonymous)
{
	if (anonymous && vma->ops)
		return -EINVAL;
	space_drop_pages(space, vma->start, vma->end, true);
	return 0;
}

int space_discard(struct space *space, vaddr_t address, size_t size, bool anonymous)
{
	int err = check_advice(address, &size);

	if (err || !size)
		return err;
	return change(space, address, size, true, discard_vma, anonymous);
}

/* @arg: the flags to set, and in its upper half those to clear. */
static int set_flags(struct space *space __unused, struct vma *vma, u64 arg)
{
	if (arg & VMA_WIPE_ON_FORK && vma->ops)
		return -EINVAL;
	vma->flags = (vma->flags | (u32)arg) & ~(u32)(arg >> 32);
	return 0;
}

int space_advise(struct space *space, vaddr_t address, size_t size, u32 set, u32 clear)
{
	int err = check_advice(address, &size);

	if (err || !size)
		return err;
	if (set || clear)
		return change(space, address, size, true, set_flags, set | (u64)clear << 32);
	space_lock(space);
	err = for_each_vma(space, address, address + size, true, nothing, 0);
	space_unlock(space);
	return err;
}

/* Whether what is on @vma can be punched: 0, -EINVAL, -EACCES. */
static int check_punch(const struct vma *vma)
{
	const u32 writable = VMA_SHARED | VMA_MAY_WRITE;

	if (!vma->ops || !vma->ops->punch)
		return -EINVAL;
	return (vma->flags & writable) == writable ? 0 : -EACCES;
}

/*
 * Punches what the first VMA behind *@at has before @end, and moves *@at behind it: 0, or an error.
 * *@hole becomes true where something before it is not mapped. The object looks after itself, and
 * may have to do with other spaces: this one's lock is not held then.
 */
static int punch_next(struct space *space, vaddr_t *at, vaddr_t end, bool *hole)
{
	struct vma vma, *found;
	vaddr_t start, behind;
	int err;

	space_lock(space);
	found = vma_find(space, *at);
	*hole |= !found || found->start > *at;
	if (!found || found->start >= end) {
		space_unlock(space);
		*at = end;
		return 0;
	}
	vma = *found;
	start = MAX(*at, vma.start);
	behind = MIN(end, vma.end);
	err = check_punch(&vma);
	if (!err) {
		vma.ops->get(vma.object);
		/* so that memory that nobody else has mapped can go */
		space_drop_pages(space, start, behind, true);
	}
	space_unlock(space);
	if (err)
		return err;
	err = vma.ops->punch(vma.object, vma.offset + ((start - vma.start) >> PAGE_SHIFT),
			     (behind - start) >> PAGE_SHIFT);
	vma.ops->put(vma.object);
	*at = behind;
	return err;
}

int space_punch(struct space *space, vaddr_t address, size_t size)
{
	int err = check_advice(address, &size);
	vaddr_t end = address + size;
	bool hole = false;

	while (!err && address < end)
		err = punch_next(space, &address, end, &hole);
	return err ? err : hole ? -ENOMEM : 0;
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
