/* SPDX-License-Identifier: MIT */
/*
 * memcmp: two words a round while there are 16 bytes, then the rest by words that overlap what
 * was found equal before. Words that differ are turned round, so that the first byte counts
 * most and one comparison of numbers decides. Nothing outside the two blocks is read.
 */
#include <asm/asm.h>

p	.req	x0
q	.req	x1
count	.req	x2
first0	.req	x3
first0_w .req	w3
first1	.req	x4
other0	.req	x5
other0_w .req	w5
other1	.req	x6

	.section .text.memcmp, "ax", %progbits
	.p2align 4

/*
 * In: x0, x1 = blocks, x2 = bytes. Out: w0 below, equal to or above 0. Clobbers: x1 to x6, flags.
 * State: MMU on (any alignment), any context.
 */
FUNC memcmp
	subs	count, count, #16
	b.lo	.Lshort
.Lloop:
	ldp	first0, first1, [p], #16
	ldp	other0, other1, [q], #16
	cmp	first0, other0
	b.ne	.Ldiffer
	cmp	first1, other1
	b.ne	.Ldiffer_1
	subs	count, count, #16
	b.hs	.Lloop
	/* below 16 left, and count is that less 16: the last 16 bytes, the first of them again */
	adds	count, count, #16
	b.eq	.Lequal
	add	p, p, count
	add	q, q, count
	ldp	first0, first1, [p, #-16]
	ldp	other0, other1, [q, #-16]
	cmp	first0, other0
	b.ne	.Ldiffer
	cmp	first1, other1
	b.ne	.Ldiffer_1
.Lequal:
	mov	w0, wzr
	ret

.Lshort:
	tbz	count, #3, .Lbelow_8	// less 16, which leaves the lower bits alone
	and	count, count, #15
	add	first1, p, count
	add	other1, q, count
	ldr	first0, [p]
	ldr	other0, [q]
	cmp	first0, other0
	b.ne	.Ldiffer
	ldr	first0, [first1, #-8]
	ldr	other0, [other1, #-8]
	b	.Ldecide
.Lbelow_8:
	ands	count, count, #15
	b.eq	.Lequal
	tbz	count, #2, .Lbelow_4
	add	first1, p, count
	add	other1, q, count
	ldr	first0_w, [p]
	ldr	other0_w, [q]
	cmp	first0, other0
	b.ne	.Ldiffer
	ldr	first0_w, [first1, #-4]
	ldr	other0_w, [other1, #-4]
	b	.Ldecide
.Lbelow_4:
	ldrb	first0_w, [p], #1
	ldrb	other0_w, [q], #1
	subs	first0_w, first0_w, other0_w
	b.ne	.Lbyte
	subs	count, count, #1
	b.ne	.Lbelow_4
.Lbyte:
	mov	w0, first0_w
	ret

.Ldiffer_1:
	mov	first0, first1
	mov	other0, other1
.Ldiffer:
.Ldecide:
	rev	first0, first0
	rev	other0, other0
	cmp	first0, other0
	cset	w0, hi
	csinv	w0, w0, wzr, hs
	ret
ENDFUNC memcmp
