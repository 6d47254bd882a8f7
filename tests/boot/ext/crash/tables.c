/* SPDX-License-Identifier: MIT */
/*
 * Faults in the translation tables for crash.c: an entry's bits are changed behind the kernel's
 * back, and the check that boot ends with is asked again.
 */
#include "tables.h"

#include <asm/pgtable.h>
#include <asm/sysreg.h>
#include <mm/map.h>

/* The call chain must not lose the function to a tail call. */
#define HERE() __asm__ volatile("" ::: "memory")

static const char constant[8] = "fixed";
static char data[8];

/* Bits of the entry that maps @va, changed behind the kernel's back. */
static void plant(vaddr_t va, u64 clear, u64 set)
{
	u64 *table = phys_to_virt(sysreg_read(ttbr1_el1) & PTE_ADDRESS);
	vaddr_t offset = va & (BIT(VA_BITS) - 1);
	int level = START_LEVEL(VA_BITS);

	for (; level < 3; level++) {
		u64 pte = table[(offset >> LEVEL_SHIFT(level)) % TABLE_ENTRIES];

		table = phys_to_virt(pte & PTE_ADDRESS);
	}
	table += (offset >> PAGE_SHIFT) % TABLE_ENTRIES;
	*table = (*table & ~clear) | set;
	dsb(ish);
}

__noinline void crash_wx(void)
{
	plant((vaddr_t)data, PTE_PXN, 0);
	map_check();
	HERE();
}

__noinline void crash_exec_constants(void)
{
	plant((vaddr_t)constant, PTE_PXN, 0);
	map_check();
	HERE();
}

__noinline void crash_user(void)
{
	plant((vaddr_t)data, 0, PTE_USER);
	map_check();
	HERE();
}

__noinline void crash_tear(void)
{
	vaddr_t va = (vaddr_t)phys_to_virt(arch_image_phys()) + MIB(64) + PAGE_SIZE;

	arch_kernel_unmap(va, PAGE_SIZE);
	HERE();
}
