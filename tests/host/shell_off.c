/* SPDX-License-Identifier: MIT */
/* The shell's parser with every option off. */
#include <lib/string.h>
#include <lib/test.h>

#include "shell_show.h"

static const char *shows(const char *text)
{
	return shell_show(text, strlen(text));
}

static void named(void)
{
	TEST_STR(shows("a b; c && d || e"), "[a][b];[c]&&[d]||[e]\n");
	TEST_STR(shows("a $ '$b' *"), "[a][$]['$b'][*]\n");
	TEST_STR(shows("a $b"), "-EINVAL 3: variables are not in this image (SHELL_VARS)");
	TEST_STR(shows("a | b"), "-EINVAL 3: pipes are not in this image (SHELL_PIPES)");
	TEST_STR(shows("a &"), "-EINVAL 3: jobs are not in this image (SHELL_JOBS)");
	TEST_STR(shows("a > b"), "-EINVAL 3: there are no files to redirect to (SHELL_REDIRECT)");
}

static const struct test_case cases[] = { TEST_CASE(named) };
static const struct test_suite shell_off_suite = TEST_SUITE_OF("shell-off", cases);
TEST_SUITE(shell_off_suite);
