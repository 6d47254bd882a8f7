/* SPDX-License-Identifier: MIT */
/*
 * Strings by words of 8 bytes, for the assembly files of this folder. The question that all of
 * them ask, whether a word has a zero byte, needs no look at single bytes: subtracting 1 from
 * each byte sets bit 7 of those that were 0, by the borrow, and of those that were above 0x80,
 * which had it set before. The borrow may go on into the byte above, so only the lowest mark is
 * sure; on a little-endian CPU it belongs to the first zero byte, which is the one wanted.
 *
 * Words are read at multiples of 8, or where they do not reach across a page's end: so what is
 * read behind the end of a string is in a page that the string is in, too. The page meant is
 * the smallest there is, whatever the kernel's granule.
 */
#ifndef ARM64_STRING_WORD_H
#define ARM64_STRING_WORD_H

#define WORD		8
#define EACH_BYTE_1	0x0101010101010101
#define EACH_BYTE_80	0x8080808080808080

/*
 * \marks = bit 7 of the first zero byte of \word, and maybe others above it; 0 without one.
 * \ones holds EACH_BYTE_1.
 */
.macro	zero_bytes marks, word, ones
	sub	\marks, \word, \ones
	bic	\marks, \marks, \word
	and	\marks, \marks, #EACH_BYTE_80
.endm

/* \bit = the number of the lowest bit that is set in \marks. */
.macro	lowest_bit bit, marks
	rbit	\bit, \marks
	clz	\bit, \bit
.endm

/* The low byte of \word into all of its bytes; \word_w is its lower half. */
.macro	each_byte word, word_w
	bfi	\word_w, \word_w, #8, #8
	bfi	\word_w, \word_w, #16, #16
	bfi	\word, \word, #32, #32
.endm

/*
 * The bytes of \word that lie before \p in the aligned word that it was read from become 0xff.
 * Clobbers \mask and \all.
 */
.macro	blind_before word, p, mask, all
	mov	\all, #-1
	lsl	\mask, \p, #3		// bytes to bits; the shift below takes it modulo 64
	lsl	\mask, \all, \mask
	orn	\word, \word, \mask
.endm

#endif
