/* SPDX-License-Identifier: MIT */
/*
 * The table walker: maps, unmaps and looks up ranges in the tables below one root. It touches
 * nothing but tables, which it reaches through two functions of the caller; barriers, TLB
 * maintenance and locks are the caller's. Three worlds use it: early boot with the MMU off, the
 * kernel, and host tests.
 */
#ifndef ASM_PGTABLE_WALK_H
#define ASM_PGTABLE_WALK_H

#include <asm/pgtable.h>

struct pgtable {
	paddr_t root;
	unsigned int va_bits;
	u64 *(*access)(paddr_t table);		/* how the CPU reaches a table now */
	paddr_t (*alloc)(void);			/* a zeroed table, or 0 */
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

/* As arch_kernel_map() and arch_kernel_unmap(), for the tables of @t. */
int pgtable_map(const struct pgtable *t, vaddr_t va, paddr_t pa, size_t size, unsigned int flags);
void pgtable_unmap(const struct pgtable *t, vaddr_t va, size_t size);

/* The entry that maps @va, and in *@level its level; 0 when nothing does. */
u64 pgtable_lookup(const struct pgtable *t, vaddr_t va, int *level);

#endif
