/* SPDX-License-Identifier: MIT */
/* How threads may not be scheduled: parameters out of their ranges, with every policy. */
#include <arch/cpu.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/test.h>
#include <uapi/errno.h>

#define MS NS_PER_MS

static const struct sched_params bad[] = {
	{ .priority = -1 },
	{ .priority = PRIORITY_LEVELS },
	{ .nice = NICE_MIN - 1 },
	{ .nice = NICE_MAX + 1 },
	/* too short for anything but switches; longer than anybody waits */
	{ .slice = 1 },
	{ .slice = SCHED_SLICE_MIN - 1 },
	{ .slice = SCHED_PERIOD_MAX + 1 },
	/* deadline longer than period, runtime longer than deadline, and parts of it missing */
	{ .runtime = MS, .deadline = 11 * MS, .period = 10 * MS },
	{ .runtime = 6 * MS, .deadline = 5 * MS, .period = 10 * MS },
	{ .runtime = 0, .deadline = 5 * MS, .period = 10 * MS },
	{ .runtime = 1, .deadline = 5 * MS, .period = 10 * MS },
	{ .runtime = MS, .deadline = 0, .period = 10 * MS },
	{ .runtime = MS, .deadline = 5 * MS, .period = 0 },
	{ .runtime = MS, .deadline = MS, .period = SCHED_PERIOD_MAX + 1 },
};

static int nothing(void *arg __unused)
{
	return 0;
}

static void bad_parameters(void)
{
	struct sched_params had = arch_current()->params;
	struct thread *t;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		struct thread_attr attr = { .name = "bad", .sched = bad[i] };

		TEST_EQ(thread_create(&t, &attr, nothing, NULL), -EINVAL);
		TEST_EQ(thread_set_params(arch_current(), &bad[i]), -EINVAL);
	}
	TEST_EQ(arch_current()->params.priority, had.priority);
	TEST_EQ(arch_current()->params.slice, had.slice);
}

static void good_parameters(void)
{
	static const struct sched_params good[] = {
		{ .priority = 0, .nice = NICE_MAX },
		{ .priority = PRIORITY_LEVELS - 1, .nice = NICE_MIN },
		{ .slice = SCHED_SLICE_MIN },
		{ .slice = SCHED_PERIOD_MAX },
		{ .runtime = MS, .deadline = 10 * MS, .period = 10 * MS },
		/* who uses up a budget waits until the period is over: one of them is short */
		{ .runtime = SCHED_SLICE_MIN, .deadline = MS, .period = MS },
		{ .runtime = SCHED_PERIOD_MAX / 2,
		  .deadline = SCHED_PERIOD_MAX,
		  .period = SCHED_PERIOD_MAX },
	};
	struct sched_params had = arch_current()->params;
	struct thread *t;

	for (unsigned int i = 0; i < ARRAY_SIZE(good); i++) {
		struct thread_attr attr = { .name = "good", .sched = good[i] };

		if (TEST_EQ(thread_create(&t, &attr, nothing, NULL), 0))
			TEST_EQ(thread_join(t, TIME_NEVER, NULL), 0);
		TEST_EQ(thread_set_params(arch_current(), &good[i]), 0);
		thread_yield();
		TEST_EQ(thread_set_params(arch_current(), &had), 0);
	}
}

static const struct test_case cases[] = { TEST_CASE(bad_parameters), TEST_CASE(good_parameters) };
static const struct test_suite sched_suite = TEST_SUITE_OF("sched", cases);
TEST_SUITE(sched_suite);
