/* SPDX-License-Identifier: MIT */
/*
 * How pages come into a program's address space (see <mm/space.h>): when it uses them, or a system
 * call does for it. Anonymous ones are zeroed pages, others come from the object that is mapped;
 * what is private is copied at the first write, unless nobody else has the page.
 *
 * And the copies between the kernel and a program, which bring in what is missing.
 */
#include <arch/atomic.h>
#include <arch/user.h>
#include <kernel/thread.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "space.h"

/* --- Faults ----------------------------------------------------------------------------------- */

/* A page of a space: where it is, in what VMA, and where the tables have it. */
struct place {
	struct space *space;
	struct vma *vma;
	vaddr_t va;
	arch_slot *slot;
};

/* Maps @page there, with the right to write where @write; the reference becomes the space's. */
static inline void map_page(const struct place *at, struct page *page, bool write)
{
	unsigned int flags = vma_table_flags(at->vma) | (write ? MMU_WRITE : 0);

	if (unlikely(at->vma->flags & VMA_EXEC))
		arch_sync_code(page_to_virt(page), PAGE_SIZE);
	arch_slot_set(&at->space->arch, at->slot, at->va, page_to_phys(page), flags);
	at->vma->used = true;
	at->space->faults++;
}

static inline int add_page(const struct place *at, struct page *page, bool write)
{
	struct space *space = at->space;

	map_page(at, page, write);
	if (++space->resident > space->peak)
		space->peak = space->resident;
	return 0;
}

static inline int add_anonymous(const struct place *at)
{
	struct page *page = page_alloc(0, PAGE_USE_PROCESS | PAGE_ZERO);

	if (unlikely(!page))
		return -ENOMEM;
	return add_page(at, page, at->vma->flags & VMA_WRITE);
}

/* A copy of @page, whose reference goes, or -ENOMEM. */
static int copy_page(struct page **page)
{
	struct page *copy = page_alloc(0, PAGE_USE_PROCESS);

	if (copy)
		memcpy(page_to_virt(copy), page_to_virt(*page), PAGE_SIZE);
	page_put(*page);
	*page = copy;
	return copy ? 0 : -ENOMEM;
}

static int add_from_object(const struct place *at, bool write)
{
	const struct vma *vma = at->vma;
	u64 index = vma->offset + ((at->va - vma->start) >> PAGE_SHIFT);
	bool shared = vma->flags & VMA_SHARED;
	struct page *page;
	int err = vma->ops->page(vma->object, index, &page);

	if (!err && write && !shared)
		err = copy_page(&page);
	return err ? err : add_page(at, page, shared ? vma->flags & VMA_WRITE : write);
}

/* A write to a page that is there, and may not be written to yet. */
static int make_writable(const struct place *at, paddr_t pa)
{
	struct page *old = phys_to_page(pa), *page = old;
	int err = 0;

	/* what a file has as well is counted there too */
	if (!(at->vma->flags & VMA_SHARED) && atomic_load_acquire(&old->refs) > 1) {
		page_get(old);
		err = copy_page(&page);
	}
	if (err)
		return err;
	map_page(at, page, true);
	/* only now does no CPU use it any more */
	if (page != old)
		page_put(old);
	return 0;
}

/* The stack above @address grows down to it, if it may: that VMA, or NULL. */
static struct vma *grow_stack(struct space *space, struct vma *above, vaddr_t address)
{
	vaddr_t start = ALIGN_DOWN(address, PAGE_SIZE);
	const struct vma *below;

	if (!above || !(above->flags & VMA_GROWS_DOWN) || start < SPACE_MAP_MIN ||
	    !user_stack_may_grow(space, above->end - start, above->start - start))
		return NULL;
	below = vma_prev(above);
	/* what can be used below keeps its distance, so that a stack never runs into it unseen */
	if (below && below->flags & VMA_RIGHTS && !(below->flags & VMA_GROWS_DOWN) &&
	    below->end + STACK_GUARD_GAP > start)
		return NULL;
	vma_resize(space, above, start, above->end);
	return above;
}

static int fault_locked(struct space *space, vaddr_t address, u32 access)
{
	struct place at = { .space = space, .va = ALIGN_DOWN(address, PAGE_SIZE) };
	struct vma *vma = vma_find(space, address);
	unsigned int flags;
	paddr_t pa;

	if (unlikely(!vma || vma->start > address))
		vma = grow_stack(space, vma, address);
	if (unlikely(!vma))
		return -EFAULT;
	/* what may be written to or executed can be read: the CPU knows no other way */
	if (unlikely(!(vma->flags & access)) &&
	    !(access == VMA_READ && vma->flags & VMA_RIGHTS))
		return -EACCES;
	at.vma = vma;
	/* another thread was faster: what is a block may be used in every way that its VMA may */
	if (unlikely(space->blocks) && block_is_there(space, at.va))
		return 0;
	at.slot = arch_space_slot(&space->arch, at.va);
	if (unlikely(!at.slot))
		return -ENOMEM;
	if (!arch_slot_get(at.slot, &pa, &flags))
		return vma->ops ? add_from_object(&at, access == VMA_WRITE) :
		       vma_wants_blocks(vma) && block_fault(space, vma, at.va) ? 0 :
		       add_anonymous(&at);
	if (access == VMA_WRITE && !(flags & MMU_WRITE))
		return make_writable(&at, pa);
	/* another thread was faster */
	return 0;
}

int space_fault(struct space *space, vaddr_t address, u32 access)
{
	int err;

	if (address >= ARCH_USER_END)
		return -EFAULT;
	space_lock(space);
	err = fault_locked(space, address, access);
	space_unlock(space);
	return err;
}

int space_populate(struct space *space, vaddr_t address, size_t size)
{
	for (vaddr_t end = address + size; address < end; address += PAGE_SIZE) {
		int err = space_fault(space, address, VMA_WRITE);

		/* what may only be read, and what nobody may use */
		if (err == -EACCES)
			err = space_fault(space, address, VMA_READ);
		if (err && err != -EACCES)
			return -ENOMEM;
	}
	return 0;
}

int space_prefault(struct space *space, vaddr_t address, size_t size, u32 access)
{
	for (vaddr_t end = address + size; address < end; address += PAGE_SIZE) {
		int err = space_fault(space, address, access);

		if (err)
			return err == -EACCES ? -EINVAL : err == -EIO ? -EFAULT : -ENOMEM;
		if (thread_killed())
			return -EINTR;
	}
	return 0;
}

bool space_is_there(struct space *space, vaddr_t address)
{
	unsigned int flags;
	bool there;
	paddr_t pa;

	space_lock(space);
	there = arch_space_lookup(&space->arch, address, &pa, &flags);
	space_unlock(space);
	return there;
}

/* --- Copies ----------------------------------------------------------------------------------- */

int user_fault_in(uaddr_t address, u32 access)
{
	int err = space_fault(space_current(), address, access);

	/* the address is well: no answer would be true */
	if (unlikely(err == -ENOMEM))
		user_out_of_memory();
	return err ? -EFAULT : 0;
}

/* The rest of a copy, of which @done bytes are copied: what comes next is not there. */
static __noinline int copy_from_on(u8 *to, uaddr_t from, size_t n, size_t done)
{
	do {
		if (user_fault_in(from + done, VMA_READ))
			return -EFAULT;
		done += arch_copy_from_user(to + done, from + done, n - done);
	} while (done < n);
	return 0;
}

int copy_from_user(void *to, uaddr_t from, size_t n)
{
	size_t done;

	if (unlikely(!arch_user_range_ok(from, n)))
		return -EFAULT;
	done = arch_copy_from_user(to, from, n);
	return likely(done == n) ? 0 : copy_from_on(to, from, n, done);
}

static __noinline int copy_to_on(uaddr_t to, const u8 *from, size_t n, size_t done)
{
	do {
		if (user_fault_in(to + done, VMA_WRITE))
			return -EFAULT;
		done += arch_copy_to_user(to + done, from + done, n - done);
	} while (done < n);
	return 0;
}

int copy_to_user(uaddr_t to, const void *from, size_t n)
{
	size_t done;

	if (unlikely(!arch_user_range_ok(to, n)))
		return -EFAULT;
	done = arch_copy_to_user(to, from, n);
	return likely(done == n) ? 0 : copy_to_on(to, from, n, done);
}

int clear_user(uaddr_t to, size_t n)
{
	size_t done = 0;

	if (unlikely(!arch_user_range_ok(to, n)))
		return -EFAULT;
	while ((done += arch_clear_user(to + done, n - done)) < n)
		if (user_fault_in(to + done, VMA_WRITE))
			return -EFAULT;
	return 0;
}

/* The rest of a string: @done bytes of it are copied, and what comes next is not there. */
static __noinline ssize_t copy_string_on(char *to, uaddr_t from, size_t n, size_t done)
{
	for (;;) {
		size_t room = n - done;
		ssize_t got;

		if (from + done >= ARCH_USER_END || user_fault_in(from + done, VMA_READ))
			return -EFAULT;
		/* one that reaches the end of what can be a program's is not ended there */
		room = MIN(room, ARCH_USER_END - from - done);
		got = arch_copy_string_from_user(to + done, from + done, room);
		if (got >= 0 && (size_t)got < room)
			return (ssize_t)done + got;
		if (got >= 0)
			return room == n - done ? -ENAMETOOLONG : -EFAULT;
		done += (size_t)(-got - 1);
	}
}

ssize_t copy_string_from_user(char *to, uaddr_t from, size_t n)
{
	ssize_t got;

	if (unlikely(from >= ARCH_USER_END || ARCH_USER_END - from < n))
		return copy_string_on(to, from, n, 0);
	got = arch_copy_string_from_user(to, from, n);
	if (unlikely(got < 0))
		return copy_string_on(to, from, n, (size_t)(-got - 1));
	return likely((size_t)got < n) ? got : -ENAMETOOLONG;
}
