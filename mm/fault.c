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
#include <lib/string.h>
#include <uapi/errno.h>

#include "space.h"

/* --- Faults ----------------------------------------------------------------------------------- */

/*
 * Maps @page at @va, with the right to write where @write. Keeps the caller's reference if it can.
 */
static int map_page(struct space *space, const struct vma *vma, vaddr_t va, struct page *page,
		    bool write)
{
	unsigned int flags = vma_table_flags(vma) | (write ? MMU_WRITE : 0);
	int err;

	if (vma->flags & VMA_EXEC)
		arch_sync_code(page_to_virt(page), PAGE_SIZE);
	err = arch_space_map(&space->arch, va, page_to_phys(page), flags);
	if (err)
		page_put(page);
	return err;
}

static int add_page(struct space *space, const struct vma *vma, vaddr_t va, struct page *page,
		    bool write)
{
	int err = map_page(space, vma, va, page, write);

	if (err)
		return err;
	space->faults++;
	if (++space->resident > space->peak)
		space->peak = space->resident;
	return 0;
}

static int add_anonymous(struct space *space, const struct vma *vma, vaddr_t va)
{
	struct page *page = page_alloc(0, PAGE_USE_PROCESS | PAGE_ZERO);

	if (!page)
		return -ENOMEM;
	return add_page(space, vma, va, page, vma->flags & VMA_WRITE);
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

static int add_from_object(struct space *space, const struct vma *vma, vaddr_t va, bool write)
{
	bool shared = vma->flags & VMA_SHARED;
	struct page *page;
	int err = vma->ops->page(vma->object, vma->offset + ((va - vma->start) >> PAGE_SHIFT),
				 &page);

	if (err)
		return err;
	if (write && !shared) {
		err = copy_page(&page);
		if (err)
			return err;
	}
	return add_page(space, vma, va, page, shared ? vma->flags & VMA_WRITE : write);
}

/* A write to a page that is there, and may not be written to yet. */
static int make_writable(struct space *space, const struct vma *vma, vaddr_t va, paddr_t pa)
{
	struct page *page = phys_to_page(pa);
	int err;

	if (vma->flags & VMA_SHARED || atomic_load_acquire(&page->refs) == 1) {
		page_get(page);
		err = map_page(space, vma, va, page, true);
		if (!err)
			page_put(page);
		return err;
	}
	page_get(page);
	err = copy_page(&page);
	if (err)
		return err;
	err = map_page(space, vma, va, page, true);
	if (!err)
		page_put(phys_to_page(pa));
	return err;
}

/* The stack above @address grows down to it, if it may: that VMA, or NULL. */
static struct vma *grow_stack(struct space *space, struct vma *above, vaddr_t address)
{
	vaddr_t start = ALIGN_DOWN(address, PAGE_SIZE);
	struct vma *below;

	if (!above || !(above->flags & VMA_GROWS_DOWN) ||
	    (above->end - start) >> PAGE_SHIFT > above->limit)
		return NULL;
	below = vma_prev(above);
	/* what lies below keeps its distance, so that a stack never runs into it unseen */
	if (start < SPACE_MAP_MIN || (below && below->end + STACK_GUARD_GAP > start))
		return NULL;
	space->pages += (above->start - start) >> PAGE_SHIFT;
	above->start = start;
	return above;
}

static int fault_locked(struct space *space, vaddr_t address, u32 access)
{
	vaddr_t va = ALIGN_DOWN(address, PAGE_SIZE);
	struct vma *vma = vma_find(space, address);
	unsigned int flags;
	paddr_t pa;

	if (!vma || vma->start > address)
		vma = grow_stack(space, vma, address);
	if (!vma)
		return -EFAULT;
	/* what may be written to or executed can be read: the CPU knows no other way */
	if (!(vma->flags & access) && !(access == VMA_READ && vma->flags & VMA_RIGHTS))
		return -EACCES;
	if (!arch_space_lookup(&space->arch, va, &pa, &flags)) {
		if (vma->ops)
			return add_from_object(space, vma, va, access == VMA_WRITE);
		return add_anonymous(space, vma, va);
	}
	if (access == VMA_WRITE && !(flags & MMU_WRITE))
		return make_writable(space, vma, va, pa);
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

/* --- Copies ----------------------------------------------------------------------------------- */

int user_fault_in(uaddr_t address, u32 access)
{
	int err = space_fault(space_current(), address, access);

	return err ? -EFAULT : 0;
}

int copy_from_user(void *to, uaddr_t from, size_t n)
{
	size_t done = 0;

	if (unlikely(!arch_user_range_ok(from, n)))
		return -EFAULT;
	while ((done += arch_copy_from_user((u8 *)to + done, from + done, n - done)) < n)
		if (user_fault_in(from + done, VMA_READ))
			return -EFAULT;
	return 0;
}

int copy_to_user(uaddr_t to, const void *from, size_t n)
{
	size_t done = 0;

	if (unlikely(!arch_user_range_ok(to, n)))
		return -EFAULT;
	while ((done += arch_copy_to_user(to + done, (const u8 *)from + done, n - done)) < n)
		if (user_fault_in(to + done, VMA_WRITE))
			return -EFAULT;
	return 0;
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

ssize_t copy_string_from_user(char *to, uaddr_t from, size_t n)
{
	for (size_t done = 0;;) {
		size_t room = n - done;
		ssize_t got;

		if (unlikely(from >= ARCH_USER_END))
			return -EFAULT;
		/* a string that reaches the end of what can be a program's ends there */
		got = arch_copy_string_from_user(to + done, from, MIN(room, ARCH_USER_END - from));
		if (got >= 0 && (size_t)got < room && from + (size_t)got < ARCH_USER_END)
			return (ssize_t)done + got;
		if (got >= 0)
			return (size_t)got == room ? -ENAMETOOLONG : -EFAULT;
		done += (size_t)(-got - 1);
		from += (size_t)(-got - 1);
		if (user_fault_in(from, VMA_READ))
			return -EFAULT;
	}
}
