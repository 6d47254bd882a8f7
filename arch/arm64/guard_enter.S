/* SPDX-License-Identifier: MIT */
/* The two ways out of a call that an external abort may end (see guard.c). */
#include <asm/asm.h>

	.text

/*
 * In: x0 = function, x1 = its argument, x2 = where the stack pointer for guard_leave goes. Out: x0
 * = what the function returns.
 */
FUNC guard_enter
	stp	x29, x30, [sp, #-96]!
	mov	x29, sp
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x29, [x2]
	mov	x3, x0
	mov	x0, x1
	blr	x3
	ldp	x29, x30, [sp], #96
	ret
ENDFUNC guard_enter

/*
 * Returns from guard_enter once more, from wherever the CPU was in the function, whose callers'
 * registers are on the stack.
 * In: x0 = that stack pointer. Out: x0 = 0. State: interrupts as when guard_enter was called.
 */
FUNC guard_leave
	mov	sp, x0
	mov	x0, xzr
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret
ENDFUNC guard_leave
