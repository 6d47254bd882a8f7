/* SPDX-License-Identifier: MIT */
/*
 * For assembly files: routines with type, size and unwind information, and the few idioms that
 * A64 lacks. Every FUNC has a block In / Out / Clobbers / State above it.
 */
#ifndef ASM_ASM_H
#define ASM_ASM_H

#include <asm/memory.h>
#include <asm/sysreg.h>

.macro	FUNC name
	.globl	\name
	.type	\name, %function
	.align	2
\name:
	.cfi_startproc
.endm

.macro	ENDFUNC name
	.cfi_endproc
	.size	\name, . - \name
.endm

/* \dst = the address of \sym, +-4 GiB from here, wherever the image runs */
.macro	adr_l dst, sym
	adrp	\dst, \sym
	add	\dst, \dst, :lo12:\sym
.endm

/* \dst = the link address of \sym, without a word in memory that holds it */
.macro	mov_sym dst, sym
	movz	\dst, #:abs_g3:\sym
	movk	\dst, #:abs_g2_nc:\sym
	movk	\dst, #:abs_g1_nc:\sym
	movk	\dst, #:abs_g0_nc:\sym
.endm

#endif
