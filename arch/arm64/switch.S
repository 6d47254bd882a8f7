/* SPDX-License-Identifier: MIT */
/* The first steps of a thread. */
#include <asm/asm.h>

	.text

/*
 * In: sp = the top of a fresh stack with what arch_context_init() put there: the function to go on
 * in, and its argument; x29 = 0. Out: does not return. State: interrupts off. The zeroes end call
 * chains.
 */
FUNC arch_context_start
	ldp	x1, x0, [sp], #16
	mov	x30, xzr
	br	x1
ENDFUNC arch_context_start
