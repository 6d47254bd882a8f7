/* SPDX-License-Identifier: MIT */
/*
 * The ChaCha20 block function as RFC 8439 has it: ten times a round over the columns and one over
 * the diagonals of a square of 16 words, then the square from before added. For a machine that is
 * little-endian, as the words are.
 */
#include <lib/chacha20.h>
#include <lib/string.h>

static void mix(u32 *a, u32 *b, u32 *d, unsigned int turn)
{
	u32 x = *d ^ (*a += *b);

	*d = x << turn | x >> (32 - turn);
}

static void quarter_round(u32 *a, u32 *b, u32 *c, u32 *d)
{
	mix(a, b, d, 16);
	mix(c, d, b, 12);
	mix(a, b, d, 8);
	mix(c, d, b, 7);
}

void chacha20_block(const u32 key[8], const u32 input[4], u32 block[16])
{
	/* "expand 32-byte k" */
	static const u32 constants[] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	u32 start[CHACHA20_BLOCK_WORDS];

	memcpy(start, constants, sizeof(constants));
	memcpy(start + 4, key, 32);
	memcpy(start + 12, input, 16);
	memcpy(block, start, sizeof(start));
	for (unsigned int round = 0; round < 20; round++)
		for (unsigned int i = 0, shift = round % 2; i < 4; i++)
			quarter_round(&block[i], &block[4 + (i + shift) % 4],
				      &block[8 + (i + 2 * shift) % 4],
				      &block[12 + (i + 3 * shift) % 4]);
	for (unsigned int i = 0; i < CHACHA20_BLOCK_WORDS; i++)
		block[i] += start[i];
}
