/* SPDX-License-Identifier: MIT */
/* The first steps of a thread, and those of one that an interrupt took the CPU from. */
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

/*
 * In: sp = the interrupt's frame, x29 = the frame record in it. Out: does not return, but to what
 * was interrupted. State: interrupts off.
 */
FUNC arch_context_resume
	bl	sched_resumed
	b	exception_return
ENDFUNC arch_context_resume
