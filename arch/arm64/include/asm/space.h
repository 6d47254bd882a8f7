/* SPDX-License-Identifier: MIT */
/* A program's address space (see <arch/space.h>). */
#ifndef ASM_SPACE_H
#define ASM_SPACE_H

#include <arch/space.h>
#include <asm/pgtable_walk.h>

struct arch_space {
	struct pgtable tables;
	u64 asid;	/* atomic: mm/asid.c's; 0: it has not run yet */
};

/* An entry of the last level but one. */
#define ARCH_BLOCK_ORDER	TABLE_BITS
#define ARCH_BLOCK_SIZE		LEVEL_SIZE(2)

#define TTBR_ASID_SHIFT	48

static inline bool arch_slot_get(const arch_slot *slot, paddr_t *pa, unsigned int *flags)
{
	u64 pte = *slot;

	*pa = pte & PTE_ADDRESS;
	*flags = (pte & PTE_VALID ? MMU_USER : 0) | (pte & PTE_RDONLY ? 0 : MMU_WRITE) |
		 (pte & PTE_UXN ? 0 : MMU_EXEC);
	return pte;
}

/* What TTBR0 points at when no program runs: nothing is mapped there. */
extern const u8 zero_table[];

#endif
