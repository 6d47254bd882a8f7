/* SPDX-License-Identifier: MIT */
/*
 * The kernel's address space, as far as the machine is concerned. Implemented by arch/, called
 * by mm/ only, which holds the lock that guards it. Addresses and sizes are multiples of the
 * page size; nothing here sleeps. Where things lie:
 *
 *   ARCH_LINEAR_START  all RAM, in the order of its physical addresses, up to ARCH_LINEAR_SIZE
 *                      of it
 *   ARCH_VMAP_START    devices and stacks, with guard pages, up to ARCH_VMAP_END
 *   ARCH_IMAGE_START   the kernel image, where it was linked
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <lib/types.h>

#include <asm/memory.h>

/*
 * Rights and memory type. Nothing may be both writable and executable: -EINVAL. Reading is
 * always allowed.
 */
enum {
	MMU_WRITE	= 1 << 0,
	MMU_EXEC	= 1 << 1,
	MMU_DEVICE	= 1 << 2,	/* Device-nGnRE; else normal, write-back */
};

/* A zeroed table page, or 0 when memory is out. */
typedef paddr_t mmu_table_alloc(void);

/*
 * Maps [va, va + size) to pa with the largest blocks that alignment allows, table pages from
 * @alloc. What is mapped already stays and makes it -EEXIST; -ENOMEM without a table page; what
 * this call had mapped before it failed is unmapped again.
 */
int arch_kernel_map(vaddr_t va, paddr_t pa, size_t size, unsigned int flags,
		    mmu_table_alloc *alloc);

/*
 * Removes [va, va + size), holes included, and completes TLB invalidation on all CPUs before it
 * returns.
 */
void arch_kernel_unmap(vaddr_t va, size_t size);

/*
 * What the tables say of @va: true and *@pa, *@flags, *@block (bytes of the entry), or false
 * when unmapped.
 */
bool arch_kernel_lookup(vaddr_t va, paddr_t *pa, unsigned int *flags, size_t *block);

/* Physical address of the kernel image's first byte, and of any address inside the image. */
paddr_t arch_image_phys(void);
paddr_t arch_image_to_phys(const void *p);

/* The device tree as early boot mapped it, and its size in bytes as its header gives it. */
const void *arch_boot_tree(size_t *size);
paddr_t arch_boot_tree_phys(void);

/*
 * Physical address of the linear map's first byte. Set once, by mm/, before it maps the first
 * RAM; then constant.
 */
extern paddr_t arch_linear_base;

/*
 * A zeroed table page out of those that the image brings along, or 0 when they are used up: for
 * the first RAM, when there is no linear map yet through which other pages could be reached.
 */
paddr_t arch_boot_table(void);

/*
 * Ends that: the table pages that are left are unmapped where the image is. *@pa becomes the
 * address of the first one; returns their size in bytes.
 */
size_t arch_boot_tables_end(paddr_t *pa);

#endif
