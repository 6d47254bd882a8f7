/* SPDX-License-Identifier: MIT */
/*
 * strcmp and strncmp. Most strings that are compared differ in their first byte, so that is
 * looked at alone. Then words from both, wherever they lie; where one of them would reach across
 * a page's end, single bytes up to there. In a pair of words the lowest bit of what differs and
 * of the mark of a zero byte (word.h) leads to the byte that decides.
 */
#include <asm/asm.h>

#include "word.h"

#define PAGE_LAST_WORD	0xff8		/* the bits of an address in the last word of 4 KiB */
#define FLAG_Z		4		/* NZCV of "equal" */

p	.req	x0
q	.req	x1
count	.req	x2
word_a	.req	x3
word_a_w .req	w3
word_b	.req	x4
word_b_w .req	w4
marks	.req	x5
differ	.req	x6
ones	.req	x7
last	.req	x8

	.section .text.strcmp, "ax", %progbits
	.p2align 4

/*
 * In: x0, x1 = strings. Out: w0 below, equal to or above 0. Clobbers: x1 to x8, flags. State: MMU
 * on (any alignment), any context.
 */
FUNC strcmp
	mov	count, #-1
	/* goes on into strncmp */
ENDFUNC strcmp

/* As strcmp. In: x2 = bytes to compare at most. */
FUNC strncmp
	cbz	count, .Lequal
	ldrb	word_a_w, [p]
	ldrb	word_b_w, [q]
	subs	word_b_w, word_a_w, word_b_w
	b.ne	.Ldecided
	cbz	word_a_w, .Lequal
	mov	ones, #EACH_BYTE_1
	mov	last, #PAGE_LAST_WORD
.Lword:
	bic	marks, last, p
	bics	xzr, last, q
	ccmp	marks, #0, #FLAG_Z, ne
	b.eq	.Lbyte
	ldr	word_a, [p], #WORD
	ldr	word_b, [q], #WORD
	zero_bytes marks, word_a, ones
	eor	differ, word_a, word_b
	orr	differ, differ, marks
	cbnz	differ, .Lfound
	subs	count, count, #WORD
	b.hi	.Lword
.Lequal:
	mov	w0, wzr
	ret
.Lfound:
	lowest_bit marks, differ
	and	marks, marks, #-8	// the byte's lowest bit
	cmp	count, marks, lsr #3
	b.ls	.Lequal
	lsr	word_a, word_a, marks
	lsr	word_b, word_b, marks
	and	word_a_w, word_a_w, #0xff
	and	word_b_w, word_b_w, #0xff
	sub	w0, word_a_w, word_b_w
	ret
.Lbyte:
	ldrb	word_a_w, [p], #1
	ldrb	word_b_w, [q], #1
	subs	word_b_w, word_a_w, word_b_w
	b.ne	.Ldecided
	cbz	word_a_w, .Lequal
	subs	count, count, #1
	b.ne	.Lword
.Ldecided:
	mov	w0, word_b_w
	ret
ENDFUNC strncmp
