/* SPDX-License-Identifier: MIT */
/*
 * memcpy and memmove: one routine, since being right for overlapping blocks costs three
 * instructions, and only from 64 bytes on. Below that everything is read before anything is
 * written: one access at each end, which overlap in the middle, so that a size class needs no
 * loop. From 64 bytes on blocks of 128 go upwards, or of 64 downwards where the destination
 * lies inside the source's block; within 64 bytes all reads come before the writes, and what the
 * loops leave is a small copy again. Destinations are brought to 16 bytes first: a store that
 * crosses a cache line costs more than such a load.
 *
 * Not one byte outside the two blocks is read or written. Normal memory with the MMU on only:
 * accesses are at any alignment.
 */
#include <asm/asm.h>

#define SMALL	64		/* bytes; from here on loops */
#define BLOCK	128		/* bytes in one round of the loop upwards */
#define ALIGNED	16		/* what destinations are brought to */

dst	.req	x0
src	.req	x1
count	.req	x2
to	.req	x3
to_end	.req	x4
from_end .req	x5
r0	.req	x6
r0_w	.req	w6
r1	.req	x7
r2	.req	x8
r2_w	.req	w8
r3	.req	x9
r4	.req	x10
r5	.req	x11
r6	.req	x12
r7	.req	x13
skip	.req	x14
gap	.req	x15

	.section .text.memcpy, "ax", %progbits
	.p2align 4

/*
 * In: x0 = destination, x1 = source, x2 = bytes. Out: x0 as it was. Clobbers: x1 to x15, flags.
 * State: MMU on, any context.
 */
FUNC memcpy
	mov	to, dst
	cmp	count, #SMALL
	b.hs	.Llarge

	/* the rest, below SMALL: `to`, `src` and `count`; all reads before the first write */
.Lsmall:
	add	from_end, src, count
	add	to_end, to, count
	tbz	count, #5, .Lbelow_32
	ldp	r0, r1, [src]
	ldp	r2, r3, [src, #16]
	ldp	r4, r5, [from_end, #-32]
	ldp	r6, r7, [from_end, #-16]
	stp	r0, r1, [to]
	stp	r2, r3, [to, #16]
	stp	r4, r5, [to_end, #-32]
	stp	r6, r7, [to_end, #-16]
	ret
.Lbelow_32:
	tbz	count, #4, .Lbelow_16
	ldp	r0, r1, [src]
	ldp	r2, r3, [from_end, #-16]
	stp	r0, r1, [to]
	stp	r2, r3, [to_end, #-16]
	ret
.Lbelow_16:
	tbz	count, #3, .Lbelow_8
	ldr	r0, [src]
	ldr	r2, [from_end, #-8]
	str	r0, [to]
	str	r2, [to_end, #-8]
	ret
.Lbelow_8:
	tbz	count, #2, .Lbelow_4
	ldr	r0_w, [src]
	ldr	r2_w, [from_end, #-4]
	str	r0_w, [to]
	str	r2_w, [to_end, #-4]
	ret
.Lbelow_4:
	cbz	count, .Ldone
	ldrb	r0_w, [src]
	tbz	count, #1, .Lone
	ldrh	r2_w, [from_end, #-2]
	strh	r2_w, [to_end, #-2]
.Lone:
	strb	r0_w, [to]
.Ldone:
	ret

.Llarge:
	/* unsigned: true as well for every destination below the source */
	sub	gap, to, src
	cmp	gap, count
	b.lo	.Ldown
	tst	to, #ALIGNED - 1
	b.ne	.Lalign_up
.Lup:
	subs	count, count, #BLOCK
	b.lo	.Lup_rest
.Lup_loop:
	ldp	r0, r1, [src], #BLOCK
	ldp	r2, r3, [src, #16 - BLOCK]
	ldp	r4, r5, [src, #32 - BLOCK]
	ldp	r6, r7, [src, #48 - BLOCK]
	stp	r0, r1, [to], #BLOCK
	stp	r2, r3, [to, #16 - BLOCK]
	stp	r4, r5, [to, #32 - BLOCK]
	stp	r6, r7, [to, #48 - BLOCK]
	ldp	r0, r1, [src, #64 - BLOCK]
	ldp	r2, r3, [src, #80 - BLOCK]
	ldp	r4, r5, [src, #96 - BLOCK]
	ldp	r6, r7, [src, #112 - BLOCK]
	stp	r0, r1, [to, #64 - BLOCK]
	stp	r2, r3, [to, #80 - BLOCK]
	stp	r4, r5, [to, #96 - BLOCK]
	stp	r6, r7, [to, #112 - BLOCK]
	subs	count, count, #BLOCK
	b.hs	.Lup_loop
.Lup_rest:
	/* count is the rest less BLOCK: its lower bits are the rest's */
	ands	count, count, #BLOCK - 1
	b.eq	.Ldone
	tbz	count, #6, .Lsmall
	ldp	r0, r1, [src], #64
	ldp	r2, r3, [src, #16 - 64]
	ldp	r4, r5, [src, #32 - 64]
	ldp	r6, r7, [src, #48 - 64]
	stp	r0, r1, [to], #64
	stp	r2, r3, [to, #16 - 64]
	stp	r4, r5, [to, #32 - 64]
	stp	r6, r7, [to, #48 - 64]
	and	count, count, #SMALL - 1
	b	.Lsmall

	/*
	 * One store of ALIGNED bytes, of which the loop writes some again. It must not reach
	 * what is still to be read: with so close a source alignment is given up.
	 */
.Lalign_up:
	cmn	gap, #ALIGNED
	b.hi	.Lup
	neg	skip, to
	and	skip, skip, #ALIGNED - 1
	ldp	r0, r1, [src]
	stp	r0, r1, [to]
	add	src, src, skip
	add	to, to, skip
	sub	count, count, skip
	b	.Lup

	/* The destination begins inside the source: from the end downwards, the same way. */
.Ldown:
	cbz	gap, .Ldone
	add	from_end, src, count
	add	to_end, to, count
	ands	skip, to_end, #ALIGNED - 1
	b.eq	.Ldown_loop
	cmp	gap, #ALIGNED
	b.lo	.Ldown_loop
	ldp	r0, r1, [from_end, #-16]
	stp	r0, r1, [to_end, #-16]
	sub	from_end, from_end, skip
	sub	to_end, to_end, skip
	sub	count, count, skip
	cmp	count, #SMALL
	b.lo	.Lsmall
.Ldown_loop:
	ldp	r0, r1, [from_end, #-64]!
	ldp	r2, r3, [from_end, #16]
	ldp	r4, r5, [from_end, #32]
	ldp	r6, r7, [from_end, #48]
	stp	r0, r1, [to_end, #-64]!
	stp	r2, r3, [to_end, #16]
	stp	r4, r5, [to_end, #32]
	stp	r6, r7, [to_end, #48]
	sub	count, count, #64
	cmp	count, #SMALL
	b.hs	.Ldown_loop
	b	.Lsmall
ENDFUNC memcpy

	.globl	memmove
	.set	memmove, memcpy
