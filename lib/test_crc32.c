/* SPDX-License-Identifier: MIT */
/* CRC-32: values that are known, and pieces. */
#include <lib/crc32.h>
#include <lib/test.h>

/* The check value that catalogues of CRCs give for this one, and the ends. */
static void crc32_of_known_text(void)
{
	static const u8 ends[] = { 0x00, 0xff };

	TEST_EQ(crc32(0, "123456789", 9), 0xcbf43926);
	TEST_EQ(crc32(0, "", 0), 0);
	TEST_EQ(crc32(0, &ends[0], 1), 0xd202ef8d);
	TEST_EQ(crc32(0, &ends[1], 1), 0xff000000);
}

static void crc32_of_pieces_is_that_of_the_whole(void)
{
	static const char text[] = "The quick brown fox jumps over the lazy dog";
	size_t size = sizeof(text) - 1;

	for (size_t i = 0; i <= size; i++)
		TEST_EQ(crc32(crc32(0, text, i), text + i, size - i), 0x414fa339);
}

static const struct test_case crc32_cases[] = {
	TEST_CASE(crc32_of_known_text),
	TEST_CASE(crc32_of_pieces_is_that_of_the_whole),
};
static const struct test_suite crc32_suite = TEST_SUITE_OF("crc32", crc32_cases);
TEST_SUITE(crc32_suite);
