/* SPDX-License-Identifier: MIT */
/*
 * lib/parse.c against the host's strtoull, and against itself: what a number is printed as
 * must read back, and random text is either refused or means what the C library says.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "host.h"

#define ROUNDS	300000

static void numbers_read_back(void)
{
	for (u64 round = host_effort(ROUNDS); round > 0; round--) {
		u64 value = host_random() >> host_random_below(64);
		u64 read;
		s64 read_signed;
		char text[32];

		snprintf(text, sizeof(text), "%#lo", value);
		TEST(parse_u64(text, 0, &read) == 0 && read == value);
		snprintf(text, sizeof(text), "%#lx", value);
		TEST(parse_u64(text, 0, &read) == 0 && read == value);
		snprintf(text, sizeof(text), "%lu", value);
		TEST(parse_u64(text, 10, &read) == 0 && read == value);
		snprintf(text, sizeof(text), "%ld", (s64)value);
		if (!TEST(parse_s64(text, 0, &read_signed) == 0 && read_signed == (s64)value))
			return;
	}
}

/* Random text made of what numbers are made of. */
static void some_text(char *text, size_t size)
{
	static const char bytes[] = "0011289xXabfFgKMGTkiB -+\t";
	size_t len = host_random_below(size);

	for (size_t i = 0; i < len; i++)
		text[i] = bytes[host_random_below(sizeof(bytes) - 1)];
	text[len] = '\0';
}

static void random_text_as_the_c_library(void)
{
	static const unsigned int bases[] = { 0, 2, 8, 10, 16, 36 };

	for (u64 round = host_effort(ROUNDS); round > 0; round--) {
		unsigned int base = bases[host_random_below(ARRAY_SIZE(bases))];
		char text[26];
		char *end, *our_end;
		u64 expected, value = 0x5a5a;
		bool whole;
		int err;

		some_text(text, sizeof(text));
		expected = strtoull(text, &end, (int)base);
		TEST_EQ(strtoul(text, &our_end, (int)base), expected);
		TEST_EQ(our_end, end);

		whole = end != text && *end == '\0' && strchr(" +-\t", text[0]) == NULL;
		err = parse_u64(text, base, &value);
		TEST_EQ(err == -EINVAL, !whole);
		TEST_EQ(value, err ? 0x5a5a : expected);
		err = parse_size(text, &value);
		if (!TEST(err == 0 || err == -EINVAL || err == -ERANGE)) {
			TEST_STR(text, "text above");
			return;
		}
	}
}

static const struct test_case cases[] = {
	TEST_CASE(numbers_read_back),
	TEST_CASE(random_text_as_the_c_library),
};

static const struct test_suite parse_host_suite = TEST_SUITE_OF("parse-host", cases);
TEST_SUITE(parse_host_suite);
