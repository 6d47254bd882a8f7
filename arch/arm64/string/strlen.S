/* SPDX-License-Identifier: MIT */
/*
 * strlen and strnlen: aligned words, two a round where no limit has to be minded, until one has
 * a zero byte (word.h).
 */
#include <asm/asm.h>

#include "word.h"

	.section .text.strlen, "ax", %progbits
	.p2align 4

start	.req	x0
next	.req	x1
word0	.req	x2
word1	.req	x3
marks	.req	x4
marks1	.req	x5
ones	.req	x6

/*
 * In: x0 = string. Out: x0 = its length. Clobbers: x1 to x6, flags. State: MMU on, any context.
 */
FUNC strlen
	mov	ones, #EACH_BYTE_1
	and	next, start, #-WORD
	ldr	word0, [next], #WORD
	blind_before word0, start, marks, marks1
	zero_bytes marks, word0, ones
	cbnz	marks, .Lfound
	/* one word more where the pairs would not be aligned: a pair may straddle two pages */
	tbz	next, #3, .Lpair
	ldr	word0, [next], #WORD
	zero_bytes marks, word0, ones
	cbnz	marks, .Lfound
.Lpair:
	ldp	word0, word1, [next], #2 * WORD
	sub	marks, word0, ones
	bic	marks, marks, word0
	sub	marks1, word1, ones
	bic	marks1, marks1, word1
	orr	marks1, marks1, marks
	tst	marks1, #EACH_BYTE_80
	b.eq	.Lpair
	ands	marks, marks, #EACH_BYTE_80
	b.eq	.Lin_second
	sub	next, next, #WORD
	b	.Lfound
.Lin_second:
	/* no mark in the first word, so these are the second's */
	and	marks, marks1, #EACH_BYTE_80
.Lfound:
	/* in the word before `next` */
	lowest_bit marks, marks
	sub	next, next, #WORD
	sub	next, next, start
	add	x0, next, marks, lsr #3
	ret
ENDFUNC strlen

	.unreq	next
	.unreq	ones

	.section .text.strnlen, "ax", %progbits
	.p2align 4

max	.req	x1
next	.req	x3
left	.req	x6
ones	.req	x7

/*
 * In: x0 = string, x1 = limit. Out: x0 = its length, or the limit when that is not larger.
 * Clobbers: x1 to x7, flags. State: MMU on, any context.
 */
FUNC strnlen
	cbz	max, .Lmax
	mov	ones, #EACH_BYTE_1
	and	next, start, #-WORD
	ldr	word0, [next], #WORD
	blind_before word0, start, marks, marks1
	/* bytes up to the limit, from the start of the word; one that is past all memory is none */
	and	left, start, #WORD - 1
	adds	left, left, max
	csinv	left, left, xzr, lo
.Lword:
	zero_bytes marks, word0, ones
	cbnz	marks, .Lend
	subs	left, left, #WORD
	b.ls	.Lmax
	ldr	word0, [next], #WORD
	b	.Lword
.Lend:
	lowest_bit marks, marks
	sub	next, next, #WORD
	sub	next, next, start
	add	next, next, marks, lsr #3
	cmp	next, max
	csel	x0, next, max, lo
	ret
.Lmax:
	mov	x0, max
	ret
ENDFUNC strnlen
