/* SPDX-License-Identifier: MIT */
/*
 * Tests of the formatter in lib/format.h. The formats stand in a variable, out of the
 * compiler's sight, because several are ones that it rightly warns of.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

static char buf[256];

/* Formats into buf. */
static __noinline size_t say(const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return len;
}

#define SAYS(text, ...) \
	do { \
		TEST_EQ(say(__VA_ARGS__), strlen(text)); \
		TEST_STR(buf, text); \
	} while (0)

static void plain_text(void)
{
	SAYS("", "");
	SAYS("no directive", "no directive");
	SAYS("100% sure", "100%% %s", "sure");
	SAYS("a-b", "%c-%c", 'a', 'b');
}

static void integers(void)
{
	SAYS("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, INT32_MAX, INT32_MIN);
	SAYS("4294967295", "%u", UINT32_MAX);
	SAYS("-9223372036854775808", "%ld", INT64_MIN);
	SAYS("18446744073709551615", "%llu", UINT64_MAX);
	SAYS("1777777777777777777777", "%lo", UINT64_MAX);
	SAYS("ff FF", "%x %X", 255, 255);
	SAYS("12345678901 -5 7 8", "%zu %zd %td %ju", 12345678901UL, -5L, 7L, 8UL);
	SAYS("-1 255 -1 65535", "%hhd %hhu %hd %hu", 511, 511, 131071, 131071);
}

static void flags_width_precision(void)
{
	SAYS("[   42][42   ][00042]", "[%5d][%-5d][%05d]", 42, 42, 42);
	SAYS("[  +42][+0042]", "[%+5d][%+05d]", 42, 42);
	SAYS("[ 42][-42]", "[% d][% d]", 42, -42);
	SAYS("[0x2a][0X2A][0][052][0]", "[%#x][%#X][%#x][%#o][%#o]", 42, 42, 0, 42, 0);
	SAYS("[0x0000002a]", "[%#010x]", 42);
	SAYS("[00042][   042][042   ]", "[%.5d][%6.3d][%-6.3d]", 42, 42, 42);
	SAYS("[][   ][+]", "[%.0d][%3.0d][%+.0d]", 0, 0, 0);
	SAYS("[  00042]", "[%07.5d]", 42);
	SAYS("[   42][42   ][042]", "[%*d][%*d][%.*d]", 5, 42, -5, 42, 3, 42);
	SAYS("[42]", "[%.*d]", -1, 42);
}

static void strings(void)
{
	SAYS("[  abc][abc  ][ab][]", "[%5s][%-5s][%.2s][%.0s]", "abc", "abc", "abc", "abc");
	SAYS("(null)", "%s", NULL);
	/* Not a byte beyond the precision is read: there need not be a NUL. */
	SAYS("xyz", "%.*s", 3, (const char[]){ 'x', 'y', 'z' });
}

static void pointers(void)
{
	SAYS("0x0", "%p", NULL);
	SAYS("[0x1234  ][  0x1234]", "[%-8p][%8p]", 0x1234UL, 0x1234UL);
	SAYS("0xffff000012345678", "%p", 0xffff000012345678UL);
}

static void error_names(void)
{
	SAYS("-ENOMEM", "%pe", -12L);
	SAYS("[  -EINVAL]", "[%9pe]", -22L);
	SAYS("-EPROBE_DEFER.", "%pe.", -517L);
	SAYS("0 5 -4000 -4294967308", "%pe %pe %pe %pe", 0L, 5L, -4000L, -4294967308L);
	TEST_STR(errno_name(EPERM), "EPERM");
	TEST_STR(errno_name(EPROBE_DEFER), "EPROBE_DEFER");
	TEST_STR(errno_name(0), NULL);
	TEST_STR(errno_name(-1), NULL);
	TEST_STR(errno_name(41), NULL);
	TEST_STR(errno_name(65536 + 12), NULL);
	TEST_STR(errno_text(ENOENT), "No such file or directory");
	TEST_STR(errno_text(EOPNOTSUPP), "Operation not supported");
	TEST_STR(errno_text(EPROBE_DEFER), "EPROBE_DEFER");
	TEST_STR(errno_text(0), NULL);
}

/* Without a symbol for it the address itself; with one, name+offset/size. */
static void code_addresses(void)
{
	vaddr_t here = (vaddr_t)code_addresses;
	char symbol[128];

	SAYS("0x10", "%pS", 0x10UL);
	TEST_EQ(format_code_address(symbol, sizeof(symbol), here), say("%pS", here));
	TEST_STR(buf, symbol);
	TEST(strncmp(symbol, "code_addresses+0x0/0x", 21) == 0 || strncmp(symbol, "0x", 2) == 0);
}

static void refusals(void)
{
	int untouched = 7;

	SAYS("1 %n and %d", "%d %n and %d", 1, &untouched, 2);
	TEST_EQ(untouched, 7);
	SAYS("%f", "%f", 1);
	SAYS("%5.2", "%5.2");
	SAYS("%", "%");
	SAYS("%l", "%l");
	SAYS("%y %s", "%y %s");
}

static void cut_text(void)
{
	char small[4] = "zzz";

	TEST_EQ(snprintf(NULL, 0, "%s", "hello"), 5);
	TEST_EQ(snprintf(small, 0, "%s", "hello"), 5);
	TEST_STR(small, "zzz");
	TEST_EQ(snprintf(small, 1, "%s", "hello"), 5);
	TEST_STR(small, "");
	TEST_EQ(snprintf(small, 4, "%s", "hello"), 5);
	TEST_STR(small, "hel");
	TEST_EQ(snprintf(small, 4, "%d", 123), 3);
	TEST_STR(small, "123");
}

/* An absurd width is an error of the caller, not a reason to print for minutes. */
static void absurd_widths(void)
{
	TEST(say("%*d", INT32_MAX, 1) <= 5000);
	TEST(say("%*d", INT32_MIN, 1) <= 5000);
	TEST(say("%.*d", INT32_MAX, 1) <= 5000);
	TEST(say("%99999999999999999999d", 1) <= 5000);
}

static const struct test_case cases[] = {
	TEST_CASE(plain_text),
	TEST_CASE(integers),
	TEST_CASE(flags_width_precision),
	TEST_CASE(strings),
	TEST_CASE(pointers),
	TEST_CASE(error_names),
	TEST_CASE(code_addresses),
	TEST_CASE(refusals),
	TEST_CASE(cut_text),
	TEST_CASE(absurd_widths),
};

static const struct test_suite format_suite = TEST_SUITE_OF("format", cases);
TEST_SUITE(format_suite);
