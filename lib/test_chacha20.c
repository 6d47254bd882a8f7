/* SPDX-License-Identifier: MIT */
/* The ChaCha20 block function against the vectors of RFC 8439 (2.3.2, and A.1 number 1 and 2). */
#include <lib/chacha20.h>
#include <lib/string.h>
#include <lib/test.h>

static void block_is(const u32 key[8], const u32 input[4], const u32 expected[16])
{
	u32 block[CHACHA20_BLOCK_WORDS];

	chacha20_block(key, input, block);
	for (unsigned int i = 0; i < CHACHA20_BLOCK_WORDS; i++)
		TEST_EQ(block[i], expected[i]);
}

static void as_in_the_text(void)
{
	static const u32 input[] = { 1, 0x09000000, 0x4a000000, 0 };
	static const u32 expected[] = {
		0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
		0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
		0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2,
	};
	u8 bytes[32];
	u32 key[CHACHA20_KEY_WORDS];

	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)i;
	memcpy(key, bytes, sizeof(key));
	block_is(key, input, expected);
}

static void of_zeroes(void)
{
	static const u32 key[CHACHA20_KEY_WORDS], first[4], second[4] = { 1 };
	static const u32 expected[] = {
		0xade0b876, 0x903df1a0, 0xe56a5d40, 0x28bd8653, 0xb819d2bd, 0x1aed8da0,
		0xccef36a8, 0xc70d778b, 0x7c5941da, 0x8d485751, 0x3fe02477, 0x374ad8b8,
		0xf4b8436a, 0x1ca11815, 0x69b687c3, 0x8665eeb2,
	};
	static const u32 next[] = {
		0xbee7079f, 0x7a385155, 0x7c97ba98, 0x0d082d73, 0xa0290fcb, 0x6965e348,
		0x3e53c612, 0xed7aee32, 0x7621b729, 0x434ee69c, 0xb03371d5, 0xd539d874,
		0x281fed31, 0x45fb0a51, 0x1f0ae1ac, 0x6f4d794b,
	};

	block_is(key, first, expected);
	block_is(key, second, next);
}

static const struct test_case cases[] = {
	TEST_CASE(as_in_the_text),
	TEST_CASE(of_zeroes),
};

static const struct test_suite chacha20_suite = TEST_SUITE_OF("chacha20", cases);
TEST_SUITE(chacha20_suite);
