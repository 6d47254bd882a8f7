/* SPDX-License-Identifier: MIT */
/*
 * What the fair policy promises: shares by weight, a wake-up that does not wait for slices, and
 * no credit for having slept. The shares over ten seconds are measured by
 * tests/boot/test_schedulers.py.
 */
#include <lib/test.h>

#include "test_load.h"

#define SLICE (CONFIG_SCHED_FAIR_SLICE * NS_PER_MS)

/* Every other policy fails: none of them knows nice. */
static void shares_follow_weights(void)
{
	/* 1.25^-nice, times 1024 */
	static const u64 weight[] = { 3125, 1024, 335, 110 };
	struct load hogs[4] = {
		{ .sched = { .nice = -5 } },
		{ .sched = { .nice = 0 } },
		{ .sched = { .nice = 5 } },
		{ .sched = { .nice = 10 } },
	};
	u64 run[4], time, sum = 3125 + 1024 + 335 + 110;

	if (!load_start(hogs, 4))
		return;
	time = load_measure(hogs, 4, 200 * SLICE, run);
	for (unsigned int i = 0; i < 4; i++) {
		u64 share = time * weight[i] / sum;

		/* over so short a time the slice that is under way counts */
		TEST_NEAR(run[i], share, share / 50 + SLICE);
	}
	load_stop(hogs, 4);
}

/*
 * Round robin fails with four slices of delay, fixed priority and the cooperative policy because
 * the first hog keeps the CPU.
 */
static void wakes_at_once(void)
{
	struct load loads[5] = {
		[0 ... 3] = { .sched = { .nice = 0 } },
		[4] = { .sched = { .nice = 5 }, .period = 5 * SLICE, .work = SLICE / 10 },
	};
	u64 run[5];

	if (!load_start(loads, 5))
		return;
	load_measure(loads, 5, 100 * SLICE, run);
	TEST(loads[4].late_max < 50 * NS_PER_US);
	TEST(loads[4].jobs >= 19);
	load_stop(loads, 5);
}

/* One that works more than its share between its sleeps gets that share, and no more. */
static void sleeping_gains_nothing(void)
{
	struct load loads[3] = {
		[0 ... 1] = { .sched = { .nice = 0 } },
		[2] = { .sched = { .nice = 0 }, .period = 3 * SLICE, .work = 5 * SLICE / 2 },
	};
	u64 run[3], time;

	if (!load_start(loads, 3))
		return;
	time = load_measure(loads, 3, 120 * SLICE, run);
	for (unsigned int i = 0; i < 3; i++)
		TEST_NEAR(run[i], time / 3, time / 50 + SLICE);
	load_stop(loads, 3);
}

/* Counting used time alone would give the one that slept all of the CPU for as long as it slept. */
static void sleep_is_not_saved(void)
{
	struct load loads[2] = {
		{ .sched = { .nice = 0 } },
		{ .sched = { .nice = 0 }, .period = 60 * SLICE, .work = 1000 * SLICE },
	};
	u64 run[2], time;

	if (!load_start(loads, 2))
		return;
	load_measure(loads, 2, 61 * SLICE, run);
	TEST(run[1] < 2 * SLICE);
	time = load_measure(loads, 2, 60 * SLICE, run);
	TEST_NEAR(run[0], time / 2, 2 * SLICE);
	TEST_NEAR(run[1], time / 2, 2 * SLICE);
	load_stop(loads, 2);
}

static const struct test_case cases[] = { TEST_CASE(shares_follow_weights),
					  TEST_CASE(wakes_at_once),
					  TEST_CASE(sleeping_gains_nothing),
					  TEST_CASE(sleep_is_not_saved) };
static const struct test_suite sched_fair_suite =
	TEST_SUITE_UNLESS(load_not_exact, "sched_fair", cases);
TEST_SUITE(sched_fair_suite);
