/* SPDX-License-Identifier: MIT */
/*
 * lib/format.c against the host's printf: random formats of one to three directives with
 * random values, cut at a random size, must give the same text and the same length.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>

#include "host.h"

#define ROUNDS	500000

#define below	host_random_below

static char ours[512], theirs[512];

/* Both formatters on the same arguments; true when they agree. */
static __noinline bool agree(size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t len;
	int expected;

	memset(ours, '~', sizeof(ours));
	memset(theirs, '~', sizeof(theirs));
	va_start(ap, fmt);
	len = vsnprintf(ours, size, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	expected = libc_vsnprintf(theirs, size, fmt, ap);
	va_end(ap);
	if (expected >= 0 && len == (size_t)expected && memcmp(ours, theirs, sizeof(ours)) == 0)
		return true;
	printf("# format \"%s\" size %zu: %zu \"%.200s\", the host's %d \"%.200s\"\n",
	       fmt, size, len, size ? ours : "", expected, size ? theirs : "");
	return false;
}

/* A number of any magnitude, the edges more often than not. */
static u64 some_number(void)
{
	static const u64 edges[] = {
		0, 1, 7, 8, 9, 10, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, INT32_MAX, 0x80000000,
		UINT32_MAX, INT64_MAX, 0x8000000000000000, UINT64_MAX,
	};

	if (below(3) == 0)
		return edges[below(ARRAY_SIZE(edges))];
	return host_random() >> below(64);
}

/*
 * Appends one random directive for a 64-bit integer, a character, a string or a pointer; what
 * the standard leaves open (0 or # with s, say) is left out. Returns the argument.
 */
static u64 add_directive(char *fmt, size_t size)
{
	static const char *const lengths[] = { "l", "ll", "z", "j", "t", "", "h", "hh" };
	static const char *const strings[] = {
		"", "a", "cairn", "a string that is rather long for its field",
	};
	static const char conversions[] = "diuxXocsp%";
	char conversion = conversions[below(sizeof(conversions) - 1)];
	bool number = strchr("diuxXo", conversion) != NULL;
	const char *flags = "-";
	u64 value = some_number();
	size_t len = strlen(fmt);

	if (number)
		flags = strchr("di", conversion) ? "-+ 0" : conversion == 'u' ? "-0" : "-#0";

	len += snprintf(fmt + len, size - len, "%%");
	if (conversion == '%') {
		strlcat(fmt, "%", size);
		return 0;
	}
	while (below(2) == 0)
		len += snprintf(fmt + len, size - len, "%c", flags[below(strlen(flags))]);
	if (below(2) == 0)
		len += snprintf(fmt + len, size - len, "%u", 1 + (u32)below(40));
	if ((number || conversion == 's') && below(3) == 0)
		len += snprintf(fmt + len, size - len, ".%u", (u32)below(30));
	if (number)
		len += snprintf(fmt + len, size - len, "%s", lengths[below(ARRAY_SIZE(lengths))]);
	snprintf(fmt + len, size - len, "%c", conversion);

	if (conversion == 's')
		return (uintptr_t)strings[below(ARRAY_SIZE(strings))];
	if (conversion == 'c')
		return 1 + value % 126;
	/* The host prints (nil) for NULL. */
	return conversion == 'p' && value == 0 ? 1 : value;
}

/* %% takes no argument, so the next directive gets its place. */
static void random_formats(void)
{
	for (u64 round = host_effort(ROUNDS); round > 0; round--) {
		char fmt[128] = "";
		u64 arg[3];
		size_t size;
		unsigned int used = 0;

		for (unsigned int n = 1 + (u32)below(3); n > 0; n--) {
			arg[used] = add_directive(fmt, sizeof(fmt));
			if (fmt[strlen(fmt) - 1] != '%')
				used++;
			strlcat(fmt, below(2) ? "|" : " and ", sizeof(fmt));
		}
		for (unsigned int n = used; n < 3; n++)
			arg[n] = 0;
		size = below(4) ? sizeof(ours) : below(64);
		if (!TEST(agree(size, fmt, arg[0], arg[1], arg[2])))
			return;
	}
}

/* Width and precision out of the arguments, negative ones included. */
static void random_stars(void)
{
	static const char *const formats[] = {
		"[%*.*d]", "[%-*.*x]", "[%0*.*u]", "[%+*.*i]", "[%#*.*o]",
	};

	for (u64 round = host_effort(ROUNDS / 10); round > 0; round--) {
		int width = (int)below(81) - 40;
		int precision = (int)below(41) - 10;

		const char *fmt = formats[below(ARRAY_SIZE(formats))];

		if (!TEST(agree(sizeof(ours), fmt, width, precision, (u32)some_number())))
			return;
	}
}

/*
 * Any bytes at all for a format: no argument may be taken for a pointer, so s and p are left
 * out.
 */
static void random_bytes(void)
{
	for (u64 round = host_effort(ROUNDS / 4); round > 0; round--) {
		char fmt[24];
		size_t len, written;
		static const char likely_bytes[] = "%%%%%-+ #0123456789.*hlzjtdiuxXocneEfgaq$'Lm";

		for (size_t i = 0; i < sizeof(fmt) - 1; i++) {
			fmt[i] = likely_bytes[below(sizeof(likely_bytes))];
			if (below(20) == 0)
				fmt[i] = (char)host_random();
			if (fmt[i] == 's' || fmt[i] == 'p')
				fmt[i] = '%';
		}
		fmt[sizeof(fmt) - 1] = '\0';
		len = snprintf(ours, sizeof(ours), fmt, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
			       13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24);
		written = strnlen(ours, sizeof(ours));

		if (!TEST(written <= len && written < sizeof(ours)))
			return;
	}
}

static const struct test_case cases[] = {
	TEST_CASE(random_formats),
	TEST_CASE(random_stars),
	TEST_CASE(random_bytes),
};

static const struct test_suite format_host_suite = TEST_SUITE_OF("format-host", cases);
TEST_SUITE(format_host_suite);
