/* SPDX-License-Identifier: MIT */
/*
 * selftest: runs the tests that were linked into the kernel, all or one suite, and prints KTAP.
 * Ctrl-C ends it behind the test that runs, which may wait for threads that use its stack.
 */
#include <lib/test.h>
#include <shell/command.h>
#include <uapi/errno.h>

static int selftest(int argc, char **argv)
{
	int bad;

	shell_stop_gently(true);
	bad = test_run(argc > 1 ? argv[1] : NULL, print, shell_stopped);
	shell_stop_gently(false);
	if (bad == -EINTR)
		return STATUS_STOPPED;
	if (bad >= 0)
		return bad == 0 ? STATUS_OK : STATUS_FAIL;

	print("selftest: there is no suite \"%s\", only", argv[1]);
	TABLE_FOREACH(test_suite, struct test_suite, suite)
		print(" %s", (*suite)->name);
	print("\n");
	return STATUS_FAIL;
}

static const struct command selftest_command = {
	.name = "selftest",
	.usage = "[SUITE]",
	.help = "run the in-kernel tests, all or one suite",
	.run = selftest,
	.max_args = 1,
	.ordinary = true,
};
COMMAND(selftest_command);
