/* SPDX-License-Identifier: MIT */
/*
 * selftest: runs the tests that were linked into the kernel, all or one suite, and prints KTAP.
 * Ctrl-C ends it behind the test that runs, which may wait for threads that use its stack.
 */
#include <kernel/sched_policy.h>
#include <kernel/thread.h>
#include <lib/test.h>
#include <shell/command.h>
#include <uapi/errno.h>

static const struct argument selftest_arguments[] = {
	{ .name = "SUITE", .type = ARGUMENT_TEXT, .optional = true },
};

#ifdef CONFIG_SMP
void test_one_cpu(bool on)
{
	/* it may be another one by then: then it comes back */
	thread_set_affinity(thread_current(), on ? BIT(thread_current()->rq->cpu) : ~0UL);
}
#endif

static int selftest(const struct arguments *a)
{
	const char *name = a->value[0].text;
	int bad;

	shell_stop_gently(true);
	bad = test_run(name, print, shell_stopped);
	shell_stop_gently(false);
	if (bad == -EINTR)
		return STATUS_STOPPED;
	if (bad >= 0)
		return bad == 0 ? STATUS_OK : STATUS_FAIL;

	print("selftest: there is no suite \"%s\", only", name);
	TABLE_FOREACH(test_suite, struct test_suite, suite)
		print(" %s", (*suite)->name);
	print("\n");
	return STATUS_FAIL;
}

static const struct command selftest_command = {
	.name = "selftest", .help = "run the in-kernel tests, all or one suite",
	.parsed = selftest, .ordinary = true, ARGUMENTS(selftest_arguments),
};
COMMAND(selftest_command);
