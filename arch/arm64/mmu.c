/* SPDX-License-Identifier: MIT */
/*
 * The kernel's translation tables, from the moment the MMU is on: the root that early boot made
 * grows into the final map. Tables in the image are reached where the image is mapped, all
 * others through the linear map. Locking is the caller's (mm/map.c).
 */
#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/sections.h>
#include <asm/boot.h>
#include <asm/mmu.h>
#include <asm/pgtable_walk.h>
#include <asm/sysreg.h>
#include <uapi/errno.h>

paddr_t arch_linear_base;

/* What TTBR0 points at when no process runs: nothing is mapped there. */
static const u8 zero_table[PAGE_SIZE] __aligned(PAGE_SIZE) __section(".bss.zero_table");

paddr_t arch_image_phys(void)
{
	return boot_info.image;
}

paddr_t arch_image_to_phys(const void *p)
{
	return (vaddr_t)p - ARCH_IMAGE_START + boot_info.image;
}

const void *arch_boot_tree(size_t *size)
{
	*size = boot_info.tree_size;
	return (const void *)(ARCH_TREE_START + (boot_info.tree & ~PAGE_MASK));
}

paddr_t arch_boot_tree_phys(void)
{
	return boot_info.tree;
}

unsigned int arch_boot_el(void)
{
	return (unsigned int)boot_info.entry_el;
}

void arch_boot_finish(void)
{
	sysreg_write(ttbr0_el1, arch_image_to_phys(zero_table));
	isb();	// no walk of the identity map starts any more
	__asm__ volatile("tlbi vmalle1" ::: "memory");
	dsb(nsh);	// what was cached of it is gone
	isb();
}

static u64 *access(paddr_t table)
{
	if (table >= boot_info.image && table < arch_image_to_phys(section_image_end))
		return (u64 *)(table - boot_info.image + ARCH_IMAGE_START);
	return (u64 *)(table - arch_linear_base + ARCH_LINEAR_START);
}

static struct pgtable kernel_tables(mmu_table_alloc *alloc)
{
	return (struct pgtable){ boot_info.kernel_root, VA_BITS, access, alloc };
}

paddr_t arch_boot_table(void)
{
	paddr_t table = boot_info.next_table;

	if (table >= arch_image_to_phys(boot_tables_end))
		return 0;
	boot_info.next_table = table + PAGE_SIZE;
	__builtin_memset(access(table), 0, PAGE_SIZE);
	return table;
}

int arch_kernel_map(vaddr_t va, paddr_t pa, size_t size, unsigned int flags, mmu_table_alloc *alloc)
{
	struct pgtable t = kernel_tables(alloc);
	int err = pgtable_map(&t, va, pa, size, flags);

	dsb(ishst);	// the walkers see the new entries
	isb();		// and so does what comes next
	if (err && err != -EINVAL) {
		/* what was mapped for a moment may have been seen */
		__asm__ volatile("tlbi vmalle1is" ::: "memory");
		dsb(ish);	// forgotten everywhere before the place is used again
		isb();
	}
	return err;
}

void arch_kernel_unmap(vaddr_t va, size_t size)
{
	struct pgtable t = kernel_tables(NULL);

	pgtable_unmap(&t, va, size);
	dsb(ishst);	// the entries are gone before the TLBs forget them
	for (vaddr_t page = va; page < va + size; page += PAGE_SIZE)
		__asm__ volatile("tlbi vaale1is, %0" ::"r"(page >> 12 & ((1UL << 44) - 1))
				 : "memory");
	dsb(ish);	// every CPU has forgotten them
	isb();
}

bool arch_kernel_lookup(vaddr_t va, paddr_t *pa, unsigned int *flags, size_t *block)
{
	struct pgtable t = kernel_tables(NULL);
	int level;
	u64 pte = pgtable_lookup(&t, va, &level);

	*block = LEVEL_SIZE(level);
	if (!pte)
		return false;
	*pa = (pte & PTE_ADDRESS & ~(*block - 1)) | (va & (*block - 1));
	*flags = pte_flags(pte);
	return true;
}

size_t arch_boot_tables_end(paddr_t *pa)
{
	paddr_t end = arch_image_to_phys(boot_tables_end);
	size_t size;

	*pa = boot_info.next_table;
	size = end - *pa;
	boot_info.next_table = end;
	arch_kernel_unmap(*pa - boot_info.image + ARCH_IMAGE_START, size);
	return size;
}
