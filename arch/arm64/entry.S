/* SPDX-License-Identifier: MIT */
/*
 * Exception entry and return: save everything, call C, restore everything. Which exception it
 * was is decided in C (trap.c).
 *
 * A kernel stack is aligned to twice its size, so that bit STACK_SHIFT of the stack pointer is
 * clear while it is on its stack and set as soon as it runs over the lower end: the vectors
 * test that before they store anything, and go on on the CPU's emergency stack when it is so.
 * Likewise for a misaligned one: to store through it would be the next exception, and so on.
 *
 * A vector has room for 32 instructions and needs a few. What the rest of the way needs stands
 * in the room that is left; .org fails where something grows out of it.
 */
#include <asm/asm.h>
#include <asm/esr.h>
#include <generated/asm-offsets.h>

	.macro	kernel_vector kind, handler
	.org	vectors + \kind * VECTOR_SIZE
	sub	sp, sp, #FRAME_SIZE
	add	sp, sp, x0			// sp' = sp + x0, and below x0' = sp
	sub	x0, sp, x0
	tbnz	x0, #STACK_SHIFT, 0f
	tst	x0, #15				// the flags are in SPSR already
	b.ne	0f
	sub	x0, sp, x0			// x0 = sp' - x0' = the old x0
	sub	sp, sp, x0
	b	\handler
0:
	/* the carry says which: nothing else is free, and nothing until C changes it */
	.if	\kind >= 5
	cmp	xzr, xzr			// set: an interrupt
	.else
	cmn	xzr, xzr			// clear: a synchronous exception
	.endif
	b	bad_stack
	.endm

	/*
	 * one at EL0: the stack is empty but for the thread's address at its top, so there is room
	 */
	.macro	user_vector kind, handler
	.org	vectors + \kind * VECTOR_SIZE
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #FRAME_REGS]
	b	\handler
	.endm

	/* an exception that cannot happen in this kernel: C says which one it was */
	.macro	bad_vector kind
	.org	vectors + \kind * VECTOR_SIZE
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #FRAME_REGS]
	mov	x1, #\kind
	b	bad_entry
	.endm

/* x2 to x29, in a frame at sp; and back. */
	.macro	save_most
	stp	x2, x3, [sp, #FRAME_REGS + 16]
	stp	x4, x5, [sp, #FRAME_REGS + 32]
	stp	x6, x7, [sp, #FRAME_REGS + 48]
	stp	x8, x9, [sp, #FRAME_REGS + 64]
	stp	x10, x11, [sp, #FRAME_REGS + 80]
	stp	x12, x13, [sp, #FRAME_REGS + 96]
	stp	x14, x15, [sp, #FRAME_REGS + 112]
	stp	x16, x17, [sp, #FRAME_REGS + 128]
	stp	x18, x19, [sp, #FRAME_REGS + 144]
	stp	x20, x21, [sp, #FRAME_REGS + 160]
	stp	x22, x23, [sp, #FRAME_REGS + 176]
	stp	x24, x25, [sp, #FRAME_REGS + 192]
	stp	x26, x27, [sp, #FRAME_REGS + 208]
	stp	x28, x29, [sp, #FRAME_REGS + 224]
	.endm

	.macro	load_most
	ldp	x2, x3, [sp, #FRAME_REGS + 16]
	ldp	x4, x5, [sp, #FRAME_REGS + 32]
	ldp	x6, x7, [sp, #FRAME_REGS + 48]
	ldp	x8, x9, [sp, #FRAME_REGS + 64]
	ldp	x10, x11, [sp, #FRAME_REGS + 80]
	ldp	x12, x13, [sp, #FRAME_REGS + 96]
	ldp	x14, x15, [sp, #FRAME_REGS + 112]
	ldp	x16, x17, [sp, #FRAME_REGS + 128]
	ldp	x18, x19, [sp, #FRAME_REGS + 144]
	ldp	x20, x21, [sp, #FRAME_REGS + 160]
	ldp	x22, x23, [sp, #FRAME_REGS + 176]
	ldp	x24, x25, [sp, #FRAME_REGS + 192]
	ldp	x26, x27, [sp, #FRAME_REGS + 208]
	ldp	x28, x29, [sp, #FRAME_REGS + 224]
	.endm

/*
 * Saves all registers in a frame at sp, with a frame record in it. x0 and x1 are free
 * afterwards.
 */
	.macro	save_rest
	save_most
	add	x21, sp, #FRAME_SIZE		// where sp was, on the stack that it interrupted
	stp	x30, x21, [sp, #FRAME_REGS + 240]
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x22, x23, [sp, #FRAME_PC]
	stp	x29, x22, [sp, #FRAME_RECORD]
	add	x29, sp, #FRAME_RECORD
	.endm

/*
 * The same for a program's registers, whose call chain is not the kernel's. x20 is the thread from
 * here on, also in SP_EL0, which was the program's stack pointer.
 */
	.macro	save_user
	save_most
	mrs	x21, sp_el0
	stp	x30, x21, [sp, #FRAME_REGS + 240]
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x22, x23, [sp, #FRAME_PC]
	stp	xzr, xzr, [sp, #FRAME_RECORD]
	add	x29, sp, #FRAME_RECORD
	ldr	x20, [sp, #FRAME_SIZE]
	msr	sp_el0, x20
	.endm

	.equ	VECTOR_SIZE, 128

	.section .text.vectors, "ax"
	.align	11
	.globl	vectors
vectors:
	bad_vector	0			// EL1 on SP_EL0: never used
/*
 * State: as the CPU enters, frame space made, interrupts masked. Out: back to what was
 * interrupted.
 */
FUNC el1_sync
	stp	x0, x1, [sp, #FRAME_REGS]
	save_rest
	mov	x0, sp
	bl	arch_trap
	b	exception_return
ENDFUNC el1_sync

	bad_vector	1
FUNC el1_irq
	stp	x0, x1, [sp, #FRAME_REGS]
	save_rest
#ifdef CONFIG_SMP
	msr	daifclr, #1			// a FIQ comes through from here on
#endif
	mov	x0, sp
	bl	irq_entry
	b	exception_return
ENDFUNC el1_irq

	bad_vector	2
/* In: sp = frame, interrupts masked. Out: everything as the frame says. */
FUNC exception_return
#ifdef CONFIG_SMP
	msr	daifset, #1			// it would change what comes now
#endif
	ldp	x22, x23, [sp, #FRAME_PC]
#ifdef CONFIG_PROCESS
	tst	x23, #SPSR_EL_MASK
	b.eq	user_return
#endif
	msr	elr_el1, x22
	msr	spsr_el1, x23
	load_most
	ldr	x30, [sp, #FRAME_REGS + 240]
	ldp	x0, x1, [sp, #FRAME_REGS]
	add	sp, sp, #FRAME_SIZE
	eret
ENDFUNC exception_return

	bad_vector	3
/*
 * In: x1 = kind, x0 and x1 saved. Out: does not return. State: on the stack that was in use.
 */
FUNC bad_entry
	save_rest
	mov	x0, sp
	bl	arch_bad_exception
ENDFUNC bad_entry

	kernel_vector	4, el1_sync
	kernel_vector	5, el1_irq
#ifdef CONFIG_SMP
	kernel_vector	6, el1_fiq
#else
	bad_vector	6			// FIQ
#endif
	bad_vector	7			// SError
#ifdef CONFIG_PROCESS
	user_vector	8, el0_sync
	user_vector	9, el0_irq
#ifdef CONFIG_SMP
	user_vector	10, el0_fiq
#else
	bad_vector	10			// FIQ
#endif
	bad_vector	11			// SError
#else
	bad_vector	8			// EL0, 64 bit: no program runs
	bad_vector	9
	bad_vector	10
	bad_vector	11
#endif
	bad_vector	12			// EL0, 32 bit
	bad_vector	13
	bad_vector	14
	bad_vector	15

	.section .entry.text, "ax"

#ifdef CONFIG_SMP
/* State: as el1_irq, whatever was masked. */
FUNC el1_fiq
	stp	x0, x1, [sp, #FRAME_REGS]
	save_rest
	mov	x0, sp
	bl	fiq_entry
	b	exception_return
ENDFUNC el1_fiq
#endif

#ifdef CONFIG_PROCESS
/* State: as the CPU enters from EL0, x0 and x1 saved. Out: back to the program. */
FUNC el0_sync
	save_user
	mrs	x1, esr_el1
	lsr	x1, x1, #ESR_EC_SHIFT
	cmp	x1, #EC_SVC64
	b.ne	1f
	str	x0, [sp, #FRAME_ORIG_X0]
	mov	x0, sp
	msr	daifclr, #3
	bl	syscall_entry
	msr	daifset, #3
	add	x1, x20, #CONTEXT_WORK
	ldr	w0, [x1]
	cbz	w0, user_leave
	mov	w2, #1				// from a system call
	b	user_do_work
1:	mov	x0, sp
	mov	x1, x20
#ifdef CONFIG_SMP
	msr	daifclr, #1			// a FIQ comes through
#endif
	bl	arch_user_trap
	b	user_exit
ENDFUNC el0_sync

FUNC el0_irq
	save_user
#ifdef CONFIG_SMP
	msr	daifclr, #1
#endif
	mov	x0, sp
	bl	irq_entry
	b	user_exit
ENDFUNC el0_irq

#ifdef CONFIG_SMP
FUNC el0_fiq
	save_user
	mov	x0, sp
	bl	fiq_entry
	b	user_exit
ENDFUNC el0_fiq
#endif

/* In: sp = frame, SP_EL0 = the thread. Out: back to the program. State: any mask. */
FUNC user_return
	mrs	x20, sp_el0
	b	user_exit
ENDFUNC user_return

/*
 * In: sp = frame, x20 = the thread, x1 = its bits of work, w2 = whether it comes from a call. Out:
 * back to the program. State: interrupts off. The bits are taken all at once.
 */
FUNC user_do_work
	ldaxr	w0, [x1]
	stlxr	w3, wzr, [x1]
	cbnz	w3, user_do_work
	mov	w1, w0
	mov	x0, sp
	msr	daifclr, #3
	bl	user_work
	/* there may be more */
ENDFUNC user_do_work

/*
 * Back to the program, after the work that there may be first. In: sp = frame, x20 = the thread.
 * State: any mask.
 */
FUNC user_exit
	msr	daifset, #3
	add	x1, x20, #CONTEXT_WORK
	ldr	w0, [x1]
	mov	w2, #0
	cbnz	w0, user_do_work
user_leave:
	ldp	x22, x23, [sp, #FRAME_PC]
	ldp	x30, x21, [sp, #FRAME_REGS + 240]
	msr	elr_el1, x22
	msr	spsr_el1, x23
	msr	sp_el0, x21
	ldp	x0, x1, [sp, #FRAME_REGS]
	load_most
	add	sp, sp, #FRAME_SIZE
	eret
ENDFUNC user_exit

/* In: x0 = the thread's frame. Out: does not return. State: thread context. */
FUNC arch_user_return
	mov	sp, x0
	mrs	x20, sp_el0
	b	user_exit
ENDFUNC arch_user_return
#endif

/*
 * The stack ran over, or sp is misaligned. In: x0 = that sp, sp = that + the old x0, carry set for
 * an interrupt. Out: does not return.
 */
FUNC bad_stack
	msr	tpidrro_el0, x1			// free here: no process runs in the kernel
	sub	x1, sp, x0			// the old x0
	msr	tpidr_el0, x1
	adr_l	x1, (emergency_stack + EMERGENCY_STACK_SIZE - FRAME_SIZE)
	mrs	x0, tpidr_el1
	add	x1, x1, x0
	mrs	x0, tpidr_el0
	sub	x0, sp, x0			// the bad sp once more
	mov	sp, x1
	mrs	x1, tpidrro_el0
	stp	x1, x1, [sp, #FRAME_REGS]
	mrs	x1, tpidr_el0
	str	x1, [sp, #FRAME_REGS]
	str	x0, [sp, #FRAME_ORIG_X0]
	save_rest
	ldr	x0, [sp, #FRAME_ORIG_X0]
	add	x0, x0, #FRAME_SIZE
	str	x0, [sp, #FRAME_SP]		// where it stood when the exception came
	mov	x0, sp
	cset	w1, cs
	bl	arch_bad_stack
ENDFUNC bad_stack
