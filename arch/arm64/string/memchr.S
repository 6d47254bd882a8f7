/* SPDX-License-Identifier: MIT */
/*
 * memchr and strchr: aligned words, of which the byte looked for is made 0 by an exclusive or
 * with eight of it; then as word.h says.
 */
#include <asm/asm.h>

#include "word.h"

start	.req	x0
byte	.req	x1
byte_w	.req	w1
count	.req	x2
next	.req	x3
word	.req	x4
word_w	.req	w4
marks	.req	x5
all	.req	x6
ones	.req	x7
left	.req	x8
other	.req	x8
other_marks .req x9

	.section .text.memchr, "ax", %progbits
	.p2align 4

/*
 * In: x0 = block, w1 = byte, x2 = bytes. Out: x0 = the first place of the byte, or 0. Clobbers:
 * x1 to x8, flags. State: MMU on, any context.
 */
FUNC memchr
	cbz	count, .Lnone
	each_byte byte, byte_w
	mov	ones, #EACH_BYTE_1
	and	next, start, #-WORD
	ldr	word, [next], #WORD
	eor	word, word, byte
	blind_before word, start, marks, all
	/* bytes up to the end, from the start of the word; an end past all memory is none */
	and	left, start, #WORD - 1
	adds	left, left, count
	csinv	left, left, xzr, lo
.Lword:
	zero_bytes marks, word, ones
	cbnz	marks, .Lfound
	subs	left, left, #WORD
	b.ls	.Lnone
	ldr	word, [next], #WORD
	eor	word, word, byte
	b	.Lword
.Lfound:
	lowest_bit marks, marks
	sub	next, next, #WORD
	lsr	marks, marks, #3
	add	x0, next, marks
	cmp	left, marks
	csel	x0, x0, xzr, hi
	ret
.Lnone:
	mov	x0, xzr
	ret
ENDFUNC memchr

	.section .text.strchr, "ax", %progbits
	.p2align 4

/*
 * In: x0 = string, w1 = byte, which may be the one at the end. Out: x0 = its first place, or 0.
 * Clobbers: x1 to x9, flags. State: MMU on, any context.
 */
FUNC strchr
	each_byte byte, byte_w
	mov	ones, #EACH_BYTE_1
	and	next, start, #-WORD
	ldr	word, [next], #WORD
	eor	other, word, byte
	blind_before word, start, marks, all
	orn	other, other, marks
.Lstr_word:
	/* the end of the string, and the byte: whichever comes first has the lowest mark */
	zero_bytes marks, word, ones
	zero_bytes other_marks, other, ones
	orr	marks, marks, other_marks
	cbnz	marks, .Lstr_found
	ldr	word, [next], #WORD
	eor	other, word, byte
	b	.Lstr_word
.Lstr_found:
	lowest_bit marks, marks
	and	marks, marks, #-8	// the byte's lowest bit
	lsr	word, word, marks
	eor	word_w, word_w, byte_w
	sub	next, next, #WORD
	add	x0, next, marks, lsr #3
	tst	word_w, #0xff
	csel	x0, x0, xzr, eq
	ret
ENDFUNC strchr
