/* SPDX-License-Identifier: MIT */
/*
 * The table walker: maps, unmaps, protects and looks up ranges in the tables below one root. It
 * touches nothing but tables, which it reaches through two functions of the caller; barriers,
 * TLB maintenance and locks are the caller's. Three worlds use it: early boot with the MMU off,
 * the kernel, and host tests.
 */
#ifndef ASM_PGTABLE_WALK_H
#define ASM_PGTABLE_WALK_H

#include <arch/mmu.h>
#include <asm/pgtable.h>

struct pgtable {
	paddr_t root;
	int va_bits;
	int start_level;			/* START_LEVEL(va_bits) */
	u64 *(*access)(paddr_t table);		/* how the CPU reaches a table now */
};

/* Other CPUs and the hardware's walker see each entry written at once. */
static inline u64 pte_read(const u64 *entry)
{
	return *(const volatile u64 *)entry;
}

static inline void pte_write(u64 *entry, u64 value)
{
	*(volatile u64 *)entry = value;
}

/* The flags (enum in <arch/mmu.h>) that an entry was made with. */
unsigned int pte_flags(u64 pte);

/* As arch_kernel_map() and arch_kernel_protect(), for the tables of @t. */
int pgtable_map(const struct pgtable *t, vaddr_t va, paddr_t pa, size_t size, unsigned int flags,
		mmu_table_alloc *alloc);
int pgtable_protect(const struct pgtable *t, vaddr_t va, size_t size, unsigned int flags);

/*
 * Clears every entry of [va, va + size), holes included. A block, or a group with the contiguous
 * hint, that reaches beyond the range stays, and makes it -EINVAL.
 */
int pgtable_unmap(const struct pgtable *t, vaddr_t va, size_t size);

/* The entry that maps @va, and in *@level its level; 0 when nothing does. */
u64 pgtable_lookup(const struct pgtable *t, vaddr_t va, int *level);

/* As arch_kernel_walk(). A run lies in one table; its entries differ in their addresses only. */
void pgtable_walk(const struct pgtable *t, vaddr_t from, mmu_visit *visit, void *arg);

#endif
