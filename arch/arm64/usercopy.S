/* SPDX-License-Identifier: MIT */
/*
 * Copies from and to a program's memory (see <arch/user.h>). Small pieces go by the unprivileged
 * loads and stores, which have the program's rights whatever the kernel may (LDTR and STTR, ARM DDI
 * 0487, C6.2). Large ones go by pairs, twice as fast: what a program may not write the kernel may
 * not write either, and what nobody may use is not mapped; PSTATE.PAN is cleared for that time,
 * where the CPU has it.
 *
 * All of this is one stretch of text, in which a data abort goes on where x4 says (trap.c). The
 * first time that is a loop byte by byte from where the last whole step ended, so that what is
 * reported is exact; the second time the end.
 */
#include <asm/asm.h>

#define BULK	128

/* In a signal's context: the fault's address, where registers follow; the records behind them. */
#define SIGNAL_FAULT	176
#define SIGNAL_RECORDS	464
/* From the V registers to the frame record above all. */
#define SIGNAL_TOP	(4096 - 16)

	.section .text.usercopy, "ax"
	.globl	usercopy_start
usercopy_start:

/* Clobbers x5. */
	.macro	set_pan value
	adrp	x5, usercopy_pan
	ldr	w5, [x5, :lo12:usercopy_pan]
	cbz	w5, .Lno_pan\@
	.if	\value
	mov	x5, #PSTATE_PAN_ON
	msr	PSTATE_PAN, x5
	.else
	msr	PSTATE_PAN, xzr
	.endif
.Lno_pan\@:
	.endm

/* One piece from x1 to x0, without moving them: which side is the program's, \user says. */
	.macro	one user, reg, load, store, loadt, storet
	.ifc	\user, from
	\loadt	\reg, [x1]
	\store	\reg, [x0]
	.else
	\load	\reg, [x1]
	\storet	\reg, [x0]
	.endif
	.endm

/*
 * In: x0 = to, x1 = from, x2 = bytes. Out: x0 = how many were copied. Clobbers: x1 to x15. State:
 * thread context or not, any mask.
 */
	.macro	copy name, user
FUNC \name
	mov	x13, x0
	mov	x14, x1
	mov	x3, x2
	adr	x4, 8f
	subs	x2, x2, #BULK
	b.lo	2f
	set_pan	0
1:	ldp	x5, x6, [x1]
	ldp	x7, x8, [x1, #16]
	ldp	x9, x10, [x1, #32]
	ldp	x11, x12, [x1, #48]
	stp	x5, x6, [x0]
	stp	x7, x8, [x0, #16]
	stp	x9, x10, [x0, #32]
	stp	x11, x12, [x0, #48]
	ldp	x5, x6, [x1, #64]
	ldp	x7, x8, [x1, #80]
	ldp	x9, x10, [x1, #96]
	ldp	x11, x12, [x1, #112]
	stp	x5, x6, [x0, #64]
	stp	x7, x8, [x0, #80]
	stp	x9, x10, [x0, #96]
	stp	x11, x12, [x0, #112]
	add	x1, x1, #BULK
	add	x0, x0, #BULK
	subs	x2, x2, #BULK
	b.hs	1b
	set_pan	1
2:	adds	x2, x2, #(BULK - 8)
	b.lo	4f
3:	one	\user, x5, ldr, str, ldtr, sttr
	add	x1, x1, #8
	add	x0, x0, #8
	subs	x2, x2, #8
	b.hs	3b
4:	adds	x2, x2, #8
	b.eq	6f
5:	one	\user, w5, ldrb, strb, ldtrb, sttrb
	add	x1, x1, #1
	add	x0, x0, #1
	subs	x2, x2, #1
	b.ne	5b
6:	mov	x0, x3
	ret
	/* a fault: what comes behind the last whole step byte by byte */
8:	set_pan	1
	adr	x4, 9f
	sub	x5, x0, x13
	add	x1, x14, x5
	subs	x2, x3, x5
	b	5b
9:	sub	x0, x0, x13
	ret
ENDFUNC \name
	.endm

	copy	arch_copy_to_user, to
	copy	arch_copy_from_user, from

/* In: x0 = to, x1 = bytes. Out: x0 = how many were cleared. Clobbers: x1 to x5. */
FUNC arch_clear_user
	mov	x3, x0
	mov	x2, x1
	adr	x4, 8f
	subs	x1, x1, #32
	b.lo	2f
1:	sttr	xzr, [x0]
	sttr	xzr, [x0, #8]
	sttr	xzr, [x0, #16]
	sttr	xzr, [x0, #24]
	add	x0, x0, #32
	subs	x1, x1, #32
	b.hs	1b
2:	adds	x1, x1, #32
	b.eq	4f
3:	sttrb	wzr, [x0]
	add	x0, x0, #1
	subs	x1, x1, #1
	b.ne	3b
4:	sub	x0, x0, x3
	ret
8:	adr	x4, 4b
	sub	x5, x0, x3
	sub	x1, x2, x5
	b	3b
ENDFUNC arch_clear_user

/* In: x0 = to, x1 = from, aligned. Out: x0 = 0, or 1 where it is not there. Clobbers: x4, x5. */
FUNC arch_load_user
	adr	x4, 9f
	ldtr	w5, [x1]
	str	w5, [x0]
	mov	x0, #0
	ret
9:	mov	x0, #1
	ret
ENDFUNC arch_load_user

/*
 * In: x0 = address, aligned, w1 = old, w2 = new, x3 = where what is found goes. Out: x0 = 0, or 1
 * where it is not there, or not to be written. Clobbers: x4 to x7. There are no exclusive accesses
 * with a program's rights: PSTATE.PAN is cleared instead.
 */
FUNC arch_cas_user
	adr	x4, 9f
	set_pan	0
1:	ldaxr	w6, [x0]
	cmp	w6, w1
	b.ne	2f
	stlxr	w7, w2, [x0]
	cbnz	w7, 1b
2:	set_pan	1
	str	w6, [x3]
	mov	x0, #0
	ret
9:	set_pan	1
	mov	x0, #1
	ret
ENDFUNC arch_cas_user

/*
 * In: x0 = to, x1 = from, x2 = room. Out: x0 = length, the room when there is no NUL in it, or
 * less than 0 where memory is missing. Clobbers: x3 to x7. The words are aligned, so that none
 * reaches into a page that the string does not.
 */
FUNC arch_copy_string_from_user
	mov	x3, x0
	adr	x4, 9f
	add	x7, x0, x2			// the end of the room
	mov	x6, #0x0101010101010101
1:	tst	x1, #7
	b.eq	3f
2:	cmp	x0, x7
	b.eq	5f
	ldtrb	w5, [x1]
	strb	w5, [x0]
	cbz	w5, 5f
	add	x1, x1, #1
	add	x0, x0, #1
	b	1b
3:	add	x2, x0, #8
	cmp	x2, x7
	b.hi	2b
	ldtr	x5, [x1]
	sub	x2, x5, x6			// a byte of it is 0 where this borrows into bit 7
	bic	x2, x2, x5
	tst	x2, #0x8080808080808080
	b.ne	4f
	str	x5, [x0]
	add	x1, x1, #8
	add	x0, x0, #8
	b	3b
4:	and	x2, x2, #0x8080808080808080
	rbit	x2, x2
	clz	x2, x2				// bits below the NUL's highest one
	add	x2, x0, x2, lsr #3
	/* the bytes behind the NUL go along: there is room */
	str	x5, [x0]
	mov	x0, x2
5:	sub	x0, x0, x3
	ret
9:	sub	x0, x3, x0
	sub	x0, x0, #1
	ret
ENDFUNC arch_copy_string_from_user

/*
 * A signal's frame (signal.c), by pairs: V registers from the CPU, where \v is 1, or zero.
 *
 * In: x0 = the context in it, x1 = the 34 words that are registers, x2 = what else is kept. Out:
 * x0 = 0, or -EFAULT. Clobbers: x2 to x7. State: thread context.
 */
	.arch_extension fp
	.arch_extension simd
	.macro	store_signal name, v
FUNC \name
	adr	x4, .Lfault
	set_pan	0
	ldp	x6, x7, [x2]
	stp	x6, x7, [x0]
	ldp	x6, x7, [x2, #16]
	stp	x6, x7, [x0, #16]
	ldp	x6, x7, [x2, #32]
	stp	x6, x7, [x0, #32]
	ldp	x6, x2, [x2, #48]
	str	x6, [x0, #SIGNAL_FAULT]
	.set	i, 0
	.rept	17
	ldp	x6, x7, [x1, #i]
	stp	x6, x7, [x0, #SIGNAL_FAULT + 8 + i]
	.set	i, i + 16
	.endr
	/* the first record's head, with FPSR and FPCR; V registers; the end of the records */
	.if	\v
	mrs	x6, fpsr
	mrs	x7, fpcr
	orr	x7, x6, x7, lsl #32
	stp	x2, x7, [x0, #SIGNAL_RECORDS]
	.else
	stp	x2, xzr, [x0, #SIGNAL_RECORDS]
	.endif
	add	x0, x0, #SIGNAL_RECORDS + 16
	v_registers stp, \v
	str	xzr, [x0, #512]
	/* a frame record at the top of all */
	add	x0, x0, #SIGNAL_TOP
	ldp	x6, x7, [x1, #29 * 8]
	stp	x6, x7, [x0]
	set_pan	1
	mov	x0, #0
	ret
ENDFUNC \name
	.endm

	.macro	v_pair op, first, second, offset
	\op	q\first, q\second, [x0, #\offset]
	.endm

	.altmacro
	.macro	v_registers op, v
	.set	i, 0
	.rept	16
	.if	\v
	v_pair	\op, %(2 * i), %(2 * i + 1), %(32 * i)
	.else
	stp	xzr, xzr, [x0, #32 * i]
	stp	xzr, xzr, [x0, #32 * i + 16]
	.endif
	.set	i, i + 1
	.endr
	.endm

	store_signal signal_store, 0
	store_signal signal_store_v, 1
	.noaltmacro

.Lfault:
	set_pan	1
	mov	x0, #-14
	ret

/*
 * And back: x1 gets 31 registers, x2 the rest, and the CPU its V registers, where the first record
 * begins with x3; else signal_load_v has to be told where they are: x0 = their record.
 */
FUNC signal_load
	adr	x4, .Lfault
	set_pan	0
	ldp	x6, x7, [x0]
	stp	x6, x7, [x2]
	ldp	x6, x7, [x0, #16]
	stp	x6, x7, [x2, #16]
	ldp	x6, x7, [x0, #32]
	stp	x6, x7, [x2, #32]
	.set	i, 0
	.rept	15
	ldp	x6, x7, [x0, #SIGNAL_FAULT + 8 + i]
	stp	x6, x7, [x1, #i]
	.set	i, i + 16
	.endr
	ldp	x6, x7, [x0, #SIGNAL_FAULT + 8 + 240]
	str	x6, [x1, #240]
	str	x7, [x2, #64]
	ldp	x6, x7, [x0, #SIGNAL_FAULT + 8 + 256]
	stp	x6, x7, [x2, #72]
	ldr	x6, [x0, #SIGNAL_RECORDS]
	str	x6, [x2, #56]
	cmp	x6, x3
	b.ne	2f
	add	x0, x0, #SIGNAL_RECORDS
	.macro	load_v
	ldr	x6, [x0, #8]
	add	x0, x0, #16
	v_registers ldp, 1
	mov	w7, w6
	lsr	x6, x6, #32
	msr	fpsr, x7
	msr	fpcr, x6
	.endm
	.altmacro
	load_v
2:	set_pan	1
	mov	x0, #0
	ret
ENDFUNC signal_load

FUNC signal_load_v
	adr	x4, .Lfault
	set_pan	0
	load_v
	set_pan	1
	mov	x0, #0
	ret
ENDFUNC signal_load_v
	.noaltmacro

	.globl	usercopy_end
usercopy_end:
