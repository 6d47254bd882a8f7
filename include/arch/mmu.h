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
	/*
	 * Groups of entries may share a TLB entry. For mappings that never change: a group goes
	 * as a whole only.
	 */
	MMU_CONTIGUOUS	= 1 << 3,
	MMU_USER	= 1 << 4,	/* open to EL0: an answer only, to ask for it is -EINVAL */
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
 * returns. Panics when a block, or a group with the contiguous hint, reaches beyond the range.
 */
void arch_kernel_unmap(vaddr_t va, size_t size);

/*
 * Gives [va, va + size) the rights @flags (MMU_WRITE, MMU_EXEC), its memory type as it was, and
 * completes TLB invalidation on all CPUs before it returns. All of it must be mapped, by whole
 * entries without the contiguous hint: else -EINVAL, and what lies before the culprit has changed.
 */
int arch_kernel_protect(vaddr_t va, size_t size, unsigned int flags);

/*
 * What the tables say of @va: true and *@pa, *@flags, *@block (bytes of the entry), or false
 * when unmapped.
 */
bool arch_kernel_lookup(vaddr_t va, paddr_t *pa, unsigned int *flags, size_t *block);

/* A stretch of addresses that equal entries map, one behind the other. */
struct mmu_run {
	vaddr_t va;
	size_t size;		/* bytes, of whole entries */
	size_t block;		/* bytes of an entry, or of a group with the contiguous hint */
	unsigned int entries;
	unsigned int flags;	/* MMU_* */
};

/* Looks at a run; false ends the walk. */
typedef bool mmu_visit(const struct mmu_run *run, void *arg);

/*
 * Shows @visit all that is mapped from @from on, in the order of addresses; of the first run what
 * lies from @from's entry on. Quick over what is empty. @visit changes no mapping.
 */
void arch_kernel_walk(vaddr_t from, mmu_visit *visit, void *arg);

/* Physical address of the kernel image's first byte, and of any address inside the image. */
paddr_t arch_image_phys(void);
paddr_t arch_image_to_phys(const void *p);

/* The device tree as early boot mapped it, and its size in bytes as its header gives it. */
const void *arch_boot_tree(size_t *size);
paddr_t arch_boot_tree_phys(void);

/* What the CPU that runs this adds to the rights in the tables. */
struct mmu_guards {
	bool wxn;	/* what is writable is never executable, whatever the tables say */
	bool pan;	/* the kernel cannot reach what is open to programs, from exceptions on */
	bool has_pan;	/* the CPU can do that */
};

struct mmu_guards arch_mmu_guards(void);

/* The first physical address that this CPU cannot put out, or that no table can hold. */
paddr_t arch_phys_end(void);

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
 * Ends that, when boot is over: what nobody needs of the image is unmapped there, the tables that
 * are left and what lies below the boot stack, and handed to @release piece by piece.
 */
void arch_boot_release(void (*release)(paddr_t base, u64 size));

#endif
