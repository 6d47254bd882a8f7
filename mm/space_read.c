/* SPDX-License-Identifier: MIT */
/* What is in a space that the calling thread need not run in (<mm/space.h>). */
#include <arch/mmu.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "space.h"

size_t space_read(struct space *space, vaddr_t address, void *to, size_t n)
{
	size_t done = 0;

	space_lock(space);
	while (done < n) {
		size_t offset = (address + done) % PAGE_SIZE;
		size_t size = MIN(n - done, PAGE_SIZE - offset);
		unsigned int flags;
		paddr_t pa;

		if (!arch_space_lookup(&space->arch, address + done - offset, &pa, &flags))
			break;
		memcpy((u8 *)to + done, (u8 *)page_to_virt(phys_to_page(pa)) + offset, size);
		done += size;
	}
	space_unlock(space);
	return done;
}

static bool next_page(struct space *space, vaddr_t *at, vaddr_t end, bool private)
{
	paddr_t pa;

	for (; arch_space_next_page(&space->arch, at, end, &pa); *at += PAGE_SIZE)
		if (!private || phys_to_page(pa)->use != PAGE_USE_FILE)
			return true;
	return false;
}

bool space_next_page(struct space *space, vaddr_t *at, vaddr_t end)
{
	bool found;

	space_lock(space);
	found = next_page(space, at, end, false);
	space_unlock(space);
	return found;
}

bool space_has_private(struct space *space, vaddr_t start, vaddr_t end)
{
	bool found;

	space_lock(space);
	found = next_page(space, &start, end, true);
	space_unlock(space);
	return found;
}

int space_identify(struct space *space, vaddr_t address, u64 *object, u64 *place)
{
	const struct vma *vma;
	u64 device, inode;
	int err = 0;

	space_lock(space);
	vma = vma_find(space, address);
	if (!vma || vma->start > address) {
		err = -EFAULT;
	} else if (vma->ops && vma->flags & VMA_SHARED) {
		/* below all addresses of the kernel, so no space's */
		vma->ops->identity(vma->object, &device, &inode);
		*object = device << 32 ^ inode;
		*place = (vma->offset << PAGE_SHIFT) + (address - vma->start);
	} else {
		*object = (u64)(uintptr_t)space;
		*place = address | 1;
	}
	space_unlock(space);
	return err;
}

bool space_vma_info(struct space *space, vaddr_t address, struct vma_info *info)
{
	struct vma *vma;

	space_lock(space);
	vma = vma_find(space, address);
	if (vma) {
		*info = (struct vma_info){
			.start = vma->start, .end = vma->end, .flags = vma->flags,
			.offset = vma->ops ? vma->offset << PAGE_SHIFT : 0,
		};
		if (vma->ops) {
			vma->ops->name(vma->object, info->name, sizeof(info->name));
			vma->ops->identity(vma->object, &info->device, &info->inode);
		} else if (vma->label) {
			strlcpy(info->name, vma->label, sizeof(info->name));
		} else if (vma->start < space->brk && vma->end > space->brk_start) {
			strlcpy(info->name, "[heap]", sizeof(info->name));
		}
	}
	space_unlock(space);
	return vma;
}

void space_use(struct space *space, struct space_use *use)
{
	*use = (struct space_use){ 0 };
	space_lock(space);
	use->pages = space->pages;
	use->peak_pages = MAX(space->peak_pages, space->pages);
	use->resident = space->resident;
	use->peak = MAX(space->peak, space->resident);
	for (struct rb_node *node = rb_first(&space->vmas); node; node = rb_next(node)) {
		const struct vma *vma = vma_of(node);

		if (vma->flags & VMA_GROWS_DOWN)
			use->stack += vma_pages(vma);
		else if ((vma->flags & (VMA_WRITE | VMA_SHARED)) == VMA_WRITE)
			use->data += vma_pages(vma);
		else if ((vma->flags & (VMA_WRITE | VMA_EXEC)) == VMA_EXEC)
			use->code += vma_pages(vma);
	}
	for (struct list *link = space->tables.next; link != &space->tables; link = link->next)
		use->tables++;
	space_unlock(space);
}
