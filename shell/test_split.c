/* SPDX-License-Identifier: MIT */
/* Tests of how the shell splits a line into commands and words. */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "split.h"

static char line[256];

/* The commands of @text, written as [word][word]; or the error that ended it. */
static const char *split(const char *text)
{
	static char shown[512];
	char *rest = line;
	char *argv[ARGS_MAX];
	size_t len = 0;
	int argc;

	shown[0] = '\0';
	strlcpy(line, text, sizeof(line));
	while ((argc = command_split(&rest, argv)) >= 0) {
		for (int i = 0; i < argc; i++)
			len += snprintf(shown + len, sizeof(shown) - len, "[%s]", argv[i]);
		TEST_EQ(argv[argc], NULL);
		len += snprintf(shown + len, sizeof(shown) - len, ";");
	}
	if (argc != -1)
		snprintf(shown + len, sizeof(shown) - len, "%pe", (void *)(intptr_t)argc);
	return shown;
}

static void words(void)
{
	TEST_STR(split(""), "");
	TEST_STR(split("   "), ";");
	TEST_STR(split("help"), "[help];");
	TEST_STR(split("  echo \t one  two "), "[echo][one][two];");
}

static void commands(void)
{
	TEST_STR(split("mem;irq"), "[mem];[irq];");
	TEST_STR(split(" mem ; irq ; "), "[mem];[irq];;");
	TEST_STR(split("mem;"), "[mem];");
	TEST_STR(split(";;mem"), ";;[mem];");
	TEST_STR(split("echo a;poweroff"), "[echo][a];[poweroff];");
}

static void comments(void)
{
	TEST_STR(split("# nothing; at all"), ";");
	TEST_STR(split("mem # and; more"), "[mem];");
	TEST_STR(split("echo a#b"), "[echo][a#b];");
	TEST_STR(split("echo '#' \\#"), "[echo][#][#];");
}

static void quotes(void)
{
	TEST_STR(split("echo 'a  b'"), "[echo][a  b];");
	TEST_STR(split("echo \"a;b # c\""), "[echo][a;b # c];");
	TEST_STR(split("a'b c'd\"e f\"g"), "[ab cde fg];");
	TEST_STR(split("echo '' \"\" x"), "[echo][][][x];");
	TEST_STR(split("echo ''"), "[echo][];");
	TEST_STR(split("echo 'it\\'"), "[echo][it\\];");
	TEST_STR(split("echo \"say \\\"hi\\\"\""), "[echo][say \"hi\"];");
	TEST_STR(split("echo \"it's\" 'a \"b\"'"), "[echo][it's][a \"b\"];");
	TEST_STR(split("echo a\\ b \\; \\\\"), "[echo][a b][;][\\];");
}

static void errors(void)
{
	char text[2 * ARGS_MAX + 8] = "";

	TEST_STR(split("echo 'open"), "-EINVAL");
	TEST_STR(split("mem; echo \"open"), "[mem];-EINVAL");
	for (int i = 0; i < ARGS_MAX - 1; i++)
		strlcat(text, "w ", sizeof(text));
	TEST_STR(split(text) + 3 * (ARGS_MAX - 1), ";");
	strlcat(text, "w", sizeof(text));
	TEST_STR(split(text), "-E2BIG");
}

static const struct test_case cases[] = {
	TEST_CASE(words),
	TEST_CASE(commands),
	TEST_CASE(comments),
	TEST_CASE(quotes),
	TEST_CASE(errors),
};

static const struct test_suite split_suite = TEST_SUITE_OF("split", cases);
TEST_SUITE(split_suite);
