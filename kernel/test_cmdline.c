/* SPDX-License-Identifier: MIT */
/*
 * Tests of <kernel/cmdline.h>. In the kernel the line of this run stands aside meanwhile;
 * nobody else reads it once the shell is up.
 */
#include <kernel/cmdline.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#define UNTOUCHED	0x5a5a

static char saved[CMDLINE_MAX];
static char value[32];

static void use(const char *builtin, const char *bootargs)
{
	strlcpy(saved, cmdline_get(), sizeof(saved));
	cmdline_init(builtin, bootargs);
}

static void put_back(void)
{
	cmdline_init("", saved);
}

static void two_parts(void)
{
	use("quiet loglevel=4", "loglevel=7 mem=1G");
	TEST_STR(cmdline_get(), "quiet loglevel=4 loglevel=7 mem=1G");
	TEST_EQ(cmdline_value("loglevel", value, sizeof(value)), 0);
	TEST_STR(value, "7");
	put_back();

	use("", "alone");
	TEST_STR(cmdline_get(), "alone");
	put_back();

	use("alone", NULL);
	TEST_STR(cmdline_get(), "alone");
	put_back();

	use("", NULL);
	TEST_STR(cmdline_get(), "");
	TEST(!cmdline_has("a"));
	put_back();
}

static void words(void)
{
	use("", "  quiet\t  quiet2 loglevel=3  x==y e= ");
	TEST(cmdline_has("quiet"));
	TEST(cmdline_has("loglevel"));
	TEST(cmdline_has("e"));
	TEST(!cmdline_has("qui"));
	TEST(!cmdline_has("quiet3"));
	TEST(!cmdline_has("3"));
	TEST(!cmdline_has("y"));
	TEST_EQ(cmdline_value("x", value, sizeof(value)), 0);
	TEST_STR(value, "=y");
	TEST_EQ(cmdline_value("e", value, sizeof(value)), 0);
	TEST_STR(value, "");
	TEST_EQ(cmdline_value("quiet", value, sizeof(value)), -EINVAL);
	TEST_EQ(cmdline_value("none", value, sizeof(value)), -ENOENT);
	put_back();
}

static void quotes(void)
{
	use("", "autorun=\"mem; echo a=b\" next \"b c\"=1 open=\"never closed");
	TEST_EQ(cmdline_value("autorun", value, sizeof(value)), 0);
	TEST_STR(value, "mem; echo a=b");
	TEST(cmdline_has("next"));
	TEST(!cmdline_has("echo"));
	TEST(!cmdline_has("a"));
	TEST_EQ(cmdline_value("open", value, sizeof(value)), 0);
	TEST_STR(value, "never closed");
	put_back();
}

static void values_that_do_not_fit(void)
{
	char small[4] = "zzz";

	use("", "a=123 b=1234 c=");
	TEST_EQ(cmdline_value("a", small, sizeof(small)), 0);
	TEST_STR(small, "123");
	TEST_EQ(cmdline_value("b", small, sizeof(small)), -ERANGE);
	TEST_STR(small, "123");
	TEST_EQ(cmdline_value("c", small, 1), 0);
	TEST_STR(small, "");
	put_back();
}

static void numbers(void)
{
	u64 n = UNTOUCHED;

	use("", "a=5 b=0x10 c=12x d e= f=-1 mem=512M big=99999999999999999999 m=1 m=2");
	TEST(cmdline_u64("a", &n) == 0 && n == 5);
	TEST(cmdline_u64("b", &n) == 0 && n == 16);
	TEST(cmdline_size("mem", &n) == 0 && n == MIB(512));
	TEST(cmdline_u64("m", &n) == 0 && n == 2);
	n = UNTOUCHED;
	TEST_EQ(cmdline_u64("mem", &n), -EINVAL);
	TEST_EQ(cmdline_u64("c", &n), -EINVAL);
	TEST_EQ(cmdline_u64("d", &n), -EINVAL);
	TEST_EQ(cmdline_u64("e", &n), -EINVAL);
	TEST_EQ(cmdline_u64("f", &n), -EINVAL);
	TEST_EQ(cmdline_u64("big", &n), -EINVAL);
	TEST_EQ(cmdline_u64("none", &n), -ENOENT);
	TEST_EQ(cmdline_size("none", &n), -ENOENT);
	TEST_EQ(n, UNTOUCHED);
	put_back();
}

static void too_long(void)
{
	static char text[2 * CMDLINE_MAX];

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "first=1 ", 8);
	use("built=in", text);
	TEST_EQ(strlen(cmdline_get()), CMDLINE_MAX - 1);
	TEST(cmdline_has("built"));
	TEST(cmdline_has("first"));
	put_back();
}

static const struct test_case cases[] = {
	TEST_CASE(two_parts),
	TEST_CASE(words),
	TEST_CASE(quotes),
	TEST_CASE(values_that_do_not_fit),
	TEST_CASE(numbers),
	TEST_CASE(too_long),
};

static const struct test_suite cmdline_suite = TEST_SUITE_OF("cmdline", cases);
TEST_SUITE(cmdline_suite);
