/* SPDX-License-Identifier: MIT */
/* A program's address space (see <arch/space.h>). */
#ifndef ASM_SPACE_H
#define ASM_SPACE_H

#include <asm/pgtable_walk.h>

struct arch_space {
	struct pgtable tables;
	u64 asid;	/* atomic: mm/asid.c's; 0: it has not run yet */
};

#define TTBR_ASID_SHIFT	48

/* What TTBR0 points at when no program runs: nothing is mapped there. */
extern const u8 zero_table[];

#endif
