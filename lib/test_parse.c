/* SPDX-License-Identifier: MIT */
/* Tests of the numbers out of text in lib/format.h, and of strtoul. */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#define UNTOUCHED	0x5a5a

struct number {
	const char *text;
	unsigned int base;
	u64 value;
};

static void unsigned_numbers(void)
{
	static const struct number good[] = {
		{ "0", 0, 0 }, { "42", 0, 42 }, { "0x2a", 0, 42 }, { "0X2A", 0, 42 },
		{ "052", 0, 42 }, { "00", 0, 0 }, { "010", 10, 10 }, { "101", 2, 5 },
		{ "42", 16, 0x42 }, { "0x42", 16, 0x42 }, { "zz", 36, 35 * 36 + 35 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "0xffffffffffffffff", 0, UINT64_MAX },
		{ "01777777777777777777777", 0, UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		u64 value = UNTOUCHED;

		TEST_EQ(parse_u64(good[i].text, good[i].base, &value), 0);
		if (!TEST_EQ(value, good[i].value))
			TEST_STR("the text", good[i].text);
	}
}

/* Each of these is refused with @err, and the result left alone. */
static void refused(const char *const *text, size_t count, unsigned int base, int err)
{
	for (size_t i = 0; i < count; i++) {
		u64 value = UNTOUCHED;
		s64 negative = UNTOUCHED;

		TEST_EQ(parse_u64(text[i], base, &value), err);
		TEST_EQ(parse_s64(text[i], base, &negative), err);
		if (!TEST_EQ(value, UNTOUCHED) || !TEST_EQ(negative, UNTOUCHED))
			TEST_STR("the text", text[i]);
	}
}

static void refusals(void)
{
	static const char *const malformed[] = {
		"", " 1", "1 ", "+1", "--1", "- 1", "-", "0x", "x1", "0xg", "08", "1\xff",
		"99999999999999999999x",
	};
	static const char *const too_large[] = {
		"18446744073709551616", "0x10000000000000000", "99999999999999999999999999999999",
	};
	static const char *const not_binary[] = { "12", "0b1" };
	static const char *const not_decimal[] = { "0x10", "ff" };

	refused(malformed, ARRAY_SIZE(malformed), 0, -EINVAL);
	refused(too_large, ARRAY_SIZE(too_large), 0, -ERANGE);
	refused(not_binary, ARRAY_SIZE(not_binary), 2, -EINVAL);
	refused(not_decimal, ARRAY_SIZE(not_decimal), 10, -EINVAL);
}

static void signed_numbers(void)
{
	s64 value;
	u64 positive = UNTOUCHED;

	TEST(parse_s64("0", 0, &value) == 0 && value == 0);
	TEST(parse_s64("-0", 0, &value) == 0 && value == 0);
	TEST(parse_s64("-42", 0, &value) == 0 && value == -42);
	TEST(parse_s64("-0x2a", 0, &value) == 0 && value == -42);
	TEST(parse_s64("9223372036854775807", 0, &value) == 0 && value == INT64_MAX);
	TEST(parse_s64("-9223372036854775808", 0, &value) == 0 && value == INT64_MIN);
	TEST_EQ(parse_s64("9223372036854775808", 0, &value), -ERANGE);
	TEST_EQ(parse_s64("-9223372036854775809", 0, &value), -ERANGE);
	TEST_EQ(parse_s64("-99999999999999999999", 0, &value), -ERANGE);
	TEST_EQ(value, INT64_MIN);
	TEST_EQ(parse_u64("-1", 0, &positive), -EINVAL);
	TEST_EQ(positive, UNTOUCHED);
}

static void sizes(void)
{
	static const struct number good[] = {
		{ "0", 0, 0 }, { "4096", 0, 4096 }, { "0x1000", 0, 4096 }, { "64K", 0, KIB(64) },
		{ "64k", 0, KIB(64) }, { "512M", 0, MIB(512) }, { "512MB", 0, MIB(512) },
		{ "512MiB", 0, MIB(512) }, { "8G", 0, GIB(8) }, { "1T", 0, GIB(1024) },
		{ "0x10M", 0, MIB(16) }, { "16777215T", 0, 16777215ULL << 40 },
	};
	static const char *const malformed[] = {
		"", "M", "12B", "12X", "12MM", "12Mi", "12MiBB", "12M ", "-1M", "1 M",
		"18446744073709551616X",
	};
	static const char *const too_large[] = {
		"16777216T", "18446744073709551616", "18446744073709551616K", "0xffffffffffffffffK",
	};
	u64 value;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		TEST_EQ(parse_size(good[i].text, &value), 0);
		if (!TEST_EQ(value, good[i].value))
			TEST_STR("the text", good[i].text);
	}
	value = UNTOUCHED;
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++)
		TEST_EQ(parse_size(malformed[i], &value), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(too_large); i++)
		TEST_EQ(parse_size(too_large[i], &value), -ERANGE);
	TEST_EQ(value, UNTOUCHED);
}

static void strtoul_of_iso(void)
{
	static const char text[] = " \t-0x1fz";
	static const char nothing[] = "  +";
	static const char prefix[] = "0xyz";
	char *end;

	TEST_EQ(strtoul(text, &end, 0), -0x1fUL);
	TEST_EQ(end, text + 7);
	TEST_EQ(strtoul(nothing, &end, 10), 0);
	TEST_EQ(end, nothing);
	TEST_EQ(strtoul(prefix, &end, 16), 0);
	TEST_EQ(end, prefix + 1);
	TEST_EQ(strtoul("0777", NULL, 0), 511);
	TEST_EQ(strtoul("99999999999999999999", NULL, 10), UINT64_MAX);
	TEST_EQ(strtoul("-99999999999999999999", NULL, 10), UINT64_MAX);
}

static const struct test_case cases[] = {
	TEST_CASE(unsigned_numbers),
	TEST_CASE(signed_numbers),
	TEST_CASE(refusals),
	TEST_CASE(sizes),
	TEST_CASE(strtoul_of_iso),
};

static const struct test_suite parse_suite = TEST_SUITE_OF("parse", cases);
TEST_SUITE(parse_suite);
