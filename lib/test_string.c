/* SPDX-License-Identifier: MIT */
/* What lib/string.h's functions mean, by example; lib/test_string_all.c has the rest. */
#include <lib/string.h>
#include <lib/test.h>

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
	TEST_CASE(finds_bytes),
	TEST_CASE(measures_strings),
	TEST_CASE(compares_strings),
	TEST_CASE(finds_strings),
	TEST_CASE(cuts_strings),
};

static const struct test_suite string_suite = TEST_SUITE_OF("string", cases);
TEST_SUITE(string_suite);
