/* SPDX-License-Identifier: MIT */
/* Options and positional arguments of the shell's commands, against tables of all types. */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <shell/argument.h>
#include <uapi/errno.h>

#include "host.h"

static const char *const colours[] = { "red", "green", NULL };

enum { FLAG, COUNT, SIZE, TIME, COLOUR, FILE_NAME, LEVEL, REST };

static const struct argument table[] = {
	[FLAG] = { .letter = 'v', .word = "verbose", .type = ARGUMENT_FLAG, .help = "say more" },
	[COUNT] = { .letter = 'n', .word = "count", .name = "COUNT", .type = ARGUMENT_NUMBER,
		    .min = 1, .max = 10, .preset = 5, .help = "so many" },
	[SIZE] = { .letter = 's', .name = "SIZE", .type = ARGUMENT_SIZE },
	[TIME] = { .letter = 't', .name = "DURATION", .type = ARGUMENT_DURATION, .min = 1000000,
		   .max = 2000000000 },
	[COLOUR] = { .word = "colour", .type = ARGUMENT_CHOICE, .choices = colours, .preset = 1 },
	[FILE_NAME] = { .name = "FILE", .type = ARGUMENT_TEXT },
	[LEVEL] = { .name = "LEVEL", .type = ARGUMENT_NUMBER, .optional = true },
	[REST] = { .name = "WORD", .type = ARGUMENT_TEXT, .optional = true, .many = true },
};

static const struct command command = { .name = "try", ARGUMENTS(table) };

/* One without an argument of many words: options may stand behind. */
static const struct argument few_table[] = {
	[FLAG] = { .letter = 'v', .type = ARGUMENT_FLAG },
	[COUNT] = { .name = "ADDRESS", .type = ARGUMENT_ADDRESS },
	[SIZE] = { .letter = 's', .type = ARGUMENT_FLAG },
	[TIME] = { .letter = 't', .type = ARGUMENT_FLAG },
	[COLOUR] = { .letter = 'c', .type = ARGUMENT_FLAG },
	[FILE_NAME] = { .name = "FILE", .type = ARGUMENT_TEXT, .optional = true },
};

static const struct command few = { .name = "few", ARGUMENTS(few_table) };

/* The values that @line, words with single spaces, gives; or the problem. */
static const char *reads(const char *line)
{
	static char shown[256];
	char text[256], problem[128], *argv[32], *at = text;
	struct arguments a;
	int argc = 0, err;
	size_t len;

	strlcpy(text, line, sizeof(text));
	while (at) {
		argv[argc++] = at;
		at = strchr(at, ' ');
		if (at)
			*at++ = 0;
	}
	argv[argc] = NULL;
	err = arguments_parse(*line == 'f' ? &few : &command, argc, argv, &a, problem, sizeof(problem));
	if (err) {
		snprintf(shown, sizeof(shown), "%s", *problem ? problem : "usage");
		return shown;
	}
	len = snprintf(shown, sizeof(shown), "v%ld n%ld s%ld t%ld c%ld %s l%ld",
		       a.value[FLAG].number, a.value[COUNT].number, a.value[SIZE].number,
		       a.value[TIME].number, a.value[COLOUR].number, a.value[FILE_NAME].text,
		       a.value[LEVEL].number);
	for (int i = 0; i < a.count; i++)
		len += snprintf(shown + len, sizeof(shown) - len, " [%s]", a.words[i]);
	TEST_EQ(a.words[a.count], NULL);
	return shown;
}

static void options(void)
{
	TEST_STR(reads("try f"), "v0 n5 s0 t0 c1 f l0");
	TEST_STR(reads("try -v f"), "v1 n5 s0 t0 c1 f l0");
	TEST_STR(reads("try -vn 3 f"), "v1 n3 s0 t0 c1 f l0");
	TEST_STR(reads("try -vn3 -s 2K f"), "v1 n3 s2048 t0 c1 f l0");
	TEST_STR(reads("try --count=7 --verbose f"), "v1 n7 s0 t0 c1 f l0");
	TEST_STR(reads("try --count 7 --colour red f"), "v0 n7 s0 t0 c0 f l0");
	TEST_STR(reads("try -t 1.5 f"), "v0 n5 s0 t1500000000 c1 f l0");
	TEST_STR(reads("try -- -v"), "v0 n5 s0 t0 c1 -v l0");
	TEST_STR(reads("try -"), "v0 n5 s0 t0 c1 - l0");
}

static void positional(void)
{
	TEST_STR(reads("try"), "usage");
	TEST_STR(reads("try f 3"), "v0 n5 s0 t0 c1 f l3");
	TEST_STR(reads("try f -3 -v x"), "v0 n5 s0 t0 c1 f l-3 [-v] [x]");
	TEST_STR(reads("try -5"), "v0 n5 s0 t0 c1 -5 l0");
	TEST_STR(reads("try f x"), "\"x\" is no LEVEL: a number");
}

static void options_behind(void)
{
	TEST_STR(reads("few 1 f"), "v0 n1 s0 t0 c0 f l0");
	TEST_STR(reads("few 1 -v f"), "v1 n1 s0 t0 c0 f l0");
	TEST_STR(reads("few 1 f -v"), "v1 n1 s0 t0 c0 f l0");
	TEST_STR(reads("few 1 -v"), "v1 n1 s0 t0 c0 (null) l0");
	TEST_STR(reads("few 1 -- -v"), "v0 n1 s0 t0 c0 -v l0");
	TEST_STR(reads("few 1 f -x"), "-x: no such option");
	TEST_STR(reads("few 1 f g"), "usage");
	TEST_STR(reads("few 0xffffffffffffffff"), "v0 n-1 s0 t0 c0 (null) l0");
	TEST_STR(reads("few 0x10000000000000000"), "\"0x10000000000000000\" is no ADDRESS: a number");
	TEST_STR(reads("few -1"), "\"-1\" is no ADDRESS: a number");
}

static void problems(void)
{
	TEST_STR(reads("try -x f"), "-x: no such option");
	TEST_STR(reads("try --nothing f"), "--nothing: no such option");
	TEST_STR(reads("try --coun=3 f"), "--coun=3: no such option");
	TEST_STR(reads("try -n"), "-n: its value is missing");
	TEST_STR(reads("try -n x f"), "\"x\" is no COUNT: a number of 1 to 10");
	TEST_STR(reads("try -n 0 f"), "\"0\" is no COUNT: a number of 1 to 10");
	TEST_STR(reads("try -n 11 f"), "\"11\" is no COUNT: a number of 1 to 10");
	TEST_STR(reads("try -s 3X f"), "\"3X\" is no SIZE: a size");
	TEST_STR(reads("try -t 5 f"), "\"5\" is no DURATION: a duration of 1ms to 2000ms");
	TEST_STR(reads("try --colour blue f"), "\"blue\" is none of red|green");
}

static void texts(void)
{
	char text[200];

	arguments_usage(&command, text, sizeof(text));
	TEST_STR(text, "[-v] [-n COUNT] [-s SIZE] [-t DURATION] [--colour red|green] FILE "
		       "[LEVEL] [WORD...]");
	for (size_t size = 1; size < sizeof(text); size++)
		arguments_usage(&command, text, size);
	TEST(argument_explain(&table[COUNT], text, sizeof(text)));
	TEST_STR(text, "  -n, --count COUNT  so many (1 to 10)");
	TEST(argument_explain(&table[FLAG], text, sizeof(text)));
	TEST_STR(text, "  -v, --verbose      say more");
	TEST(!argument_explain(&table[SIZE], text, sizeof(text)));
}

static s64 duration(const char *text)
{
	s64 ns = -1;
	int err = parse_duration(text, &ns);

	return err ? err : ns;
}

static void durations(void)
{
	TEST_EQ(duration("0"), 0);
	TEST_EQ(duration("2"), 2000000000);
	TEST_EQ(duration("0.25"), 250000000);
	TEST_EQ(duration("1.5ms"), 1500000);
	TEST_EQ(duration("0.000000001"), 1);
	TEST_EQ(duration("0.0000000019"), 1);
	TEST_EQ(duration("3m"), 180000000000);
	TEST_EQ(duration("0.5h"), 1800000000000);
	TEST_EQ(duration("7us"), 7000);
	TEST_EQ(duration("9ns"), 9);
	TEST_EQ(duration(""), -EINVAL);
	TEST_EQ(duration("."), -EINVAL);
	TEST_EQ(duration("1."), -EINVAL);
	TEST_EQ(duration("-1"), -EINVAL);
	TEST_EQ(duration("1x"), -EINVAL);
	TEST_EQ(duration("9223372037"), -ERANGE);
	TEST_EQ(duration("99999999999999999999"), -ERANGE);
	TEST_EQ(duration("9999999h"), -ERANGE);
}

/* Any words at all are taken or refused. */
static void any_words(void)
{
	static const char *const words[] = {
		"-v", "-n", "-n3", "--count=", "--count", "--", "-", "--colour=red", "-t",
		"1ms", "",
		"-vvvn", "-9", "--=", "x=y", "--verbose=1", "-s", "99999999999999999999",
	};

	for (u64 round = host_effort(20000); round; round--) {
		char line[256] = "try";

		for (u64 n = host_random_below(8); n; n--) {
			strlcat(line, " ", sizeof(line));
			strlcat(line, words[host_random_below(ARRAY_SIZE(words))], sizeof(line));
		}
		TEST(*reads(line));
	}
}

static const struct test_case cases[] = {
	TEST_CASE(options), TEST_CASE(positional), TEST_CASE(options_behind),
	TEST_CASE(problems), TEST_CASE(texts), TEST_CASE(durations), TEST_CASE(any_words),
};
static const struct test_suite arguments_suite = TEST_SUITE_OF("arguments", cases);
TEST_SUITE(arguments_suite);
