/* SPDX-License-Identifier: MIT */
/*
 * memset. Below 64 bytes: stores at both ends that overlap in the middle. From there on blocks of
 * 64 bytes, aligned to 16, with an unaligned store before and an overlapping block behind them.
 * Many zeros go by DC ZVA, which clears a whole block without reading it into the cache first;
 * how large a block is, and whether that is allowed here, DCZID_EL0 tells: 64 bytes on most
 * cores, up to 2 KiB elsewhere.
 *
 * Normal memory with the MMU on only: accesses are at any alignment, and DC ZVA faults on device
 * memory.
 */
#include <asm/asm.h>

#include "word.h"

#define SMALL		64		/* bytes; from here on loops */
#define CHUNK		64		/* bytes in one round of the store loop */
#define ZVA_MIN		256		/* bytes; below, the look at DCZID_EL0 does not pay */
#define ZVA_UNROLLED	3		/* log2 of the blocks in one round of the DC ZVA loop */

dst	.req	x0
value	.req	x1
value_w	.req	w1
count	.req	x2
end	.req	x3
to	.req	x4
zva	.req	x5			/* bytes that DC ZVA clears */
zva_w	.req	w5
mask	.req	x6
id	.req	x7

	.section .text.memset, "ax", %progbits
	.p2align 4

/*
 * In: x0 = destination, w1 = value, x2 = bytes. Out: x0 as it was. Clobbers: x1 to x7, flags.
 * State: MMU on, any context.
 */
FUNC memset
	add	end, dst, count
	cmp	count, #SMALL
	b.hs	.Llarge
	each_byte value, value_w
	tbz	count, #5, .Lbelow_32
	stp	value, value, [dst]
	stp	value, value, [dst, #16]
	stp	value, value, [end, #-32]
	stp	value, value, [end, #-16]
	ret
.Lbelow_32:
	tbz	count, #4, .Lbelow_16
	stp	value, value, [dst]
	stp	value, value, [end, #-16]
	ret
.Lbelow_16:
	tbz	count, #3, .Lbelow_8
	str	value, [dst]
	str	value, [end, #-8]
	ret
.Lbelow_8:
	tbz	count, #2, .Lbelow_4
	str	value_w, [dst]
	str	value_w, [end, #-4]
	ret
.Lbelow_4:
	cbz	count, .Ldone
	strb	value_w, [dst]
	tbz	count, #1, .Ldone
	strh	value_w, [end, #-2]
.Ldone:
	ret

.Llarge:
	cmp	count, #ZVA_MIN
	b.lo	.Lstore
	ands	value_w, value_w, #0xff
	b.eq	.Lzero
.Lstore:
	each_byte value, value_w
	stp	value, value, [dst]
	add	to, dst, #16
	and	to, to, #-16
	sub	count, end, to
	/* fills [to, end); there are CHUNK bytes at least before `end` that are the caller's */
.Lchunks:
	subs	count, count, #CHUNK
	b.ls	.Llast
.Lchunk:
	stp	value, value, [to], #CHUNK
	stp	value, value, [to, #16 - CHUNK]
	stp	value, value, [to, #32 - CHUNK]
	stp	value, value, [to, #48 - CHUNK]
	subs	count, count, #CHUNK
	b.hi	.Lchunk
.Llast:
	stp	value, value, [end, #-64]
	stp	value, value, [end, #-48]
	stp	value, value, [end, #-32]
	stp	value, value, [end, #-16]
	ret

.Lzero:
	/* DCZID_EL0: log2 of the block in words of 4 bytes, and above it the bit that forbids it */
	mrs	id, dczid_el0
	cmp	id, #DCZID_DZP - 1
	b.hi	.Lstore
	mov	zva_w, #4
	lsl	zva, zva, id
	cmp	count, zva, lsl #1	// else there may be no whole block between odd ends
	b.lo	.Lstore
	sub	mask, zva, #1
	mov	to, dst
	tst	dst, mask
	b.ne	.Lzero_head
.Lblocks:
	subs	count, count, zva, lsl #ZVA_UNROLLED
	b.lo	.Lblocks_rest
.Lblocks_8:
	.rept	1 << ZVA_UNROLLED
	dc	zva, to
	add	to, to, zva
	.endr
	subs	count, count, zva, lsl #ZVA_UNROLLED
	b.hs	.Lblocks_8
.Lblocks_rest:
	adds	count, count, zva, lsl #ZVA_UNROLLED
	b.eq	.Ldone
	subs	count, count, zva
	b.lo	.Lzero_tail
.Lblock:
	dc	zva, to
	add	to, to, zva
	subs	count, count, zva
	b.hs	.Lblock
.Lzero_tail:
	adds	count, count, zva
	b.ne	.Lchunks
	ret

	/* Up to the first block; what is written too far is cleared again, or is before `end`. */
.Lzero_head:
	stp	value, value, [to], #CHUNK
	stp	value, value, [to, #16 - CHUNK]
	stp	value, value, [to, #32 - CHUNK]
	stp	value, value, [to, #48 - CHUNK]
	orr	id, dst, mask		// the last byte before the first block
	cmp	to, id
	b.ls	.Lzero_head
	add	to, id, #1
	sub	count, end, to
	b	.Lblocks
ENDFUNC memset
