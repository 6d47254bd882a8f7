/* SPDX-License-Identifier: MIT */
/* From one thread to another, and the first steps of a new one. */
#include <asm/asm.h>
#include <generated/asm-offsets.h>

	.text

/*
 * arch_context_switch(from, to). In: x0 = where to save, x1 = what to load. Out: the other
 * thread's callee-saved registers and stack. Clobbers: x2, and what any call may. State: interrupts
 * off, on a thread's stack.
 */
FUNC arch_context_switch
	mov	x2, sp
	stp	x19, x20, [x0, #CONTEXT_REGS]
	stp	x21, x22, [x0, #CONTEXT_REGS + 16]
	stp	x23, x24, [x0, #CONTEXT_REGS + 32]
	stp	x25, x26, [x0, #CONTEXT_REGS + 48]
	stp	x27, x28, [x0, #CONTEXT_REGS + 64]
	stp	x29, x30, [x0, #CONTEXT_FP]
	str	x2, [x0, #CONTEXT_SP]
	ldp	x19, x20, [x1, #CONTEXT_REGS]
	ldp	x21, x22, [x1, #CONTEXT_REGS + 16]
	ldp	x23, x24, [x1, #CONTEXT_REGS + 32]
	ldp	x25, x26, [x1, #CONTEXT_REGS + 48]
	ldp	x27, x28, [x1, #CONTEXT_REGS + 64]
	ldp	x29, x30, [x1, #CONTEXT_FP]
	ldr	x2, [x1, #CONTEXT_SP]
	mov	sp, x2
	ret
ENDFUNC arch_context_switch

/*
 * In: x19 = the function to go on in, x20 = its argument, as arch_context_init() put them; sp = the
 * top of a fresh stack. Out: does not return. State: interrupts off. The zeroes end call chains.
 */
FUNC arch_context_start
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x20
	br	x19
ENDFUNC arch_context_start
