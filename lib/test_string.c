/* SPDX-License-Identifier: MIT */
/*
 * Tests of lib/string.h. The block functions are held against byte loops for every alignment
 * of both blocks within a word and every size up to SIZE_TESTED; the bytes around a block
 * must stay as they were.
 */
#include <lib/string.h>
#include <lib/test.h>

#define ALIGNMENTS	8
#define SIZE_TESTED	128
#define AREA		(2 * ALIGNMENTS + SIZE_TESTED + 16)

static u8 area[AREA], expected[AREA], source[AREA];

/* Different bytes everywhere, and different ones for another @seed. */
static void scribble(u8 *p, unsigned int seed)
{
	for (unsigned int i = 0; i < AREA; i++)
		p[i] = (u8)((i + seed) * 167 + (i >> 3));
}

static bool same_bytes(const u8 *a, const u8 *b)
{
	for (unsigned int i = 0; i < AREA; i++) {
		if (a[i] != b[i])
			return false;
	}
	return true;
}

static void copies(void)
{
	for (unsigned int to = 0; to < ALIGNMENTS; to++) {
		for (unsigned int from = 0; from < ALIGNMENTS; from++) {
			for (unsigned int n = 0; n <= SIZE_TESTED; n++) {
				scribble(area, 1);
				scribble(expected, 1);
				scribble(source, 2);
				for (unsigned int i = 0; i < n; i++)
					expected[to + i] = source[from + i];
				TEST_EQ(memcpy(area + to, source + from, n), area + to);
				if (!TEST(same_bytes(area, expected)))
					return;
			}
		}
	}
}

static void moves(void)
{
	for (unsigned int to = 0; to < 2 * ALIGNMENTS; to++) {
		for (unsigned int from = 0; from < 2 * ALIGNMENTS; from++) {
			for (unsigned int n = 0; n <= SIZE_TESTED; n++) {
				scribble(area, 3);
				scribble(expected, 3);
				scribble(source, 3);
				for (unsigned int i = 0; i < n; i++)
					expected[to + i] = source[from + i];
				TEST_EQ(memmove(area + to, area + from, n), area + to);
				if (!TEST(same_bytes(area, expected)))
					return;
			}
		}
	}
}

static void sets(void)
{
	static const int values[] = { 0, 0x5a, 0xff, -2, 0x1234 };

	for (unsigned int v = 0; v < ARRAY_SIZE(values); v++) {
		for (unsigned int to = 0; to < ALIGNMENTS; to++) {
			for (unsigned int n = 0; n <= SIZE_TESTED; n++) {
				scribble(area, 4);
				scribble(expected, 4);
				for (unsigned int i = 0; i < n; i++)
					expected[to + i] = (u8)values[v];
				TEST_EQ(memset(area + to, values[v], n), area + to);
				if (!TEST(same_bytes(area, expected)))
					return;
			}
		}
	}
}

/*
 * Equal blocks, then one byte more or less at every place: the sign says which, whatever
 * stands behind.
 */
static void compares(void)
{
	for (unsigned int at = 0; at < ALIGNMENTS; at++) {
		for (unsigned int n = 0; n <= SIZE_TESTED; n++) {
			scribble(area, 5);
			for (unsigned int i = 0; i < n; i++)
				source[at + i] = area[i];
			source[at + n] = (u8)~area[n];
			if (!TEST_EQ(memcmp(area, source + at, n), 0))
				return;
			for (unsigned int i = 0; i < n; i++) {
				u8 byte = area[i];

				area[i] = byte == 255 ? 0 : (u8)(byte + 1);
				if (i + 1 < n)
					area[i + 1] ^= 0x80;
				if (!TEST_EQ(memcmp(area, source + at, n) > 0, byte != 255) ||
				    !TEST_EQ(memcmp(source + at, area, n) < 0, byte != 255))
					return;
				area[i] = byte;
				if (i + 1 < n)
					area[i + 1] ^= 0x80;
			}
		}
	}
}

static void finds_bytes(void)
{
	static const char text[] = "abcabc\0d\xff";

	TEST_EQ(memchr(text, 'b', 9), text + 1);
	TEST_EQ(memchr(text, 'd', 9), text + 7);
	TEST_EQ(memchr(text, 'd', 7), NULL);
	TEST_EQ(memchr(text, 'a', 0), NULL);
	TEST_EQ(memchr(text, -1, 9), text + 8);
	TEST_EQ(memchr(text, 0x161, 9), text);
	TEST_EQ(strchr(text, 'b'), text + 1);
	TEST_EQ(strchr(text, 'd'), NULL);
	TEST_EQ(strchr(text, '\0'), text + 6);
	TEST_EQ(strchr(text + 7, 0xff), text + 8);
	TEST_EQ(strrchr(text, 'b'), text + 4);
	TEST_EQ(strrchr(text, 'd'), NULL);
	TEST_EQ(strrchr(text, '\0'), text + 6);
}

static void measures_strings(void)
{
	TEST_EQ(strlen(""), 0);
	TEST_EQ(strlen("cairn"), 5);
	TEST_EQ(strnlen("cairn", 3), 3);
	TEST_EQ(strnlen("cairn", 5), 5);
	TEST_EQ(strnlen("cairn", 9), 5);
	TEST_EQ(strnlen("cairn", 0), 0);
}

static void compares_strings(void)
{
	TEST_EQ(strcmp("", ""), 0);
	TEST_EQ(strcmp("abc", "abc"), 0);
	TEST(strcmp("abc", "abd") < 0);
	TEST(strcmp("abc", "ab") > 0);
	TEST(strcmp("", "a") < 0);
	/* As unsigned bytes, whatever char is. */
	TEST(strcmp("\xff", "a") > 0);
	TEST_EQ(strncmp("abc", "abd", 2), 0);
	TEST(strncmp("abc", "abd", 3) < 0);
	TEST_EQ(strncmp("abc", "abc", 9), 0);
	TEST_EQ(strncmp("a", "b", 0), 0);
}

static void finds_strings(void)
{
	static const char text[] = "aabaabaaf";

	TEST_EQ(strstr(text, ""), text);
	TEST_EQ(strstr(text, "aabaaf"), text + 3);
	TEST_EQ(strstr(text, "f"), text + 8);
	TEST_EQ(strstr(text, "aafa"), NULL);
	TEST_EQ(strstr("", "a"), NULL);
	TEST_STR(strstr("", ""), "");
}

static void cuts_strings(void)
{
	char buf[8] = "1234567";

	TEST_EQ(strlcpy(buf, "abc", 0), 3);
	TEST_STR(buf, "1234567");
	TEST_EQ(strlcpy(buf, "abc", sizeof(buf)), 3);
	TEST_STR(buf, "abc");
	TEST_EQ(strlcpy(buf, "abcdefghij", sizeof(buf)), 10);
	TEST_STR(buf, "abcdefg");
	TEST_EQ(strlcpy(buf, "abc", 1), 3);
	TEST_STR(buf, "");
	TEST_EQ(strlcat(buf, "12345", sizeof(buf)), 5);
	TEST_EQ(strlcat(buf, "6789", sizeof(buf)), 9);
	TEST_STR(buf, "1234567");
	/* No end within the size: nothing is written, and the wish is still told. */
	TEST_EQ(strlcat(buf, "abc", 4), 7);
	TEST_STR(buf, "1234567");
}

static const struct test_case cases[] = {
	TEST_CASE(copies),
	TEST_CASE(moves),
	TEST_CASE(sets),
	TEST_CASE(compares),
	TEST_CASE(finds_bytes),
	TEST_CASE(measures_strings),
	TEST_CASE(compares_strings),
	TEST_CASE(finds_strings),
	TEST_CASE(cuts_strings),
};

static const struct test_suite string_suite = TEST_SUITE_OF("string", cases);
TEST_SUITE(string_suite);
