/* SPDX-License-Identifier: MIT */
/*
 * Call chains by frame records (AAPCS64, 6.4.6): x29 points at a pair of the caller's x29 and
 * the return address. Every step is checked against the stack, so that a broken chain ends and
 * never faults.
 */
#ifndef ARCH_UNWIND_H
#define ARCH_UNWIND_H

#include <lib/types.h>

struct arch_unwind {
	vaddr_t pc;	/* of this level: the instruction, or the call */
	vaddr_t fp;	/* the frame record of this level */
	vaddr_t low;	/* the stack's bounds, from where the walk has got to */
	vaddr_t high;
};

/* Starts at the caller of this function, on the stack [low, high). */
void arch_unwind_start(struct arch_unwind *u, vaddr_t low, vaddr_t high);

/* Starts at a given place, e.g. that of an interrupted frame. */
static inline void arch_unwind_from(struct arch_unwind *u, vaddr_t pc, vaddr_t fp, vaddr_t low,
				    vaddr_t high)
{
	*u = (struct arch_unwind){ .pc = pc, .fp = fp, .low = low, .high = high };
}

/* Goes one level up. False at the end, or where the chain leaves the stack. */
bool arch_unwind_next(struct arch_unwind *u);

#endif
