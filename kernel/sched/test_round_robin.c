/* SPDX-License-Identifier: MIT */
/* What round robin promises: equal slices, so each of n threads gets 1/n of the CPU, +- one slice.
 */
#include <lib/test.h>

#include "test_load.h"

#define SLICE (CONFIG_SCHED_ROUND_ROBIN_SLICE * NS_PER_MS)
#define SWITCH (20 * NS_PER_US) /* what switches may take from a round */

/*
 * Fixed priority fails, as the second one has all of the CPU; the fair policy for its nice;
 * multi-level feedback because slices grow as hogs sink.
 */
static void equal_shares(void)
{
	struct load hogs[3] = {
		{ .sched = SCHED_PARAMS_DEFAULT },
		{ .sched = { .priority = 31, .nice = NICE_MIN } },
		{ .sched = { .priority = 0, .nice = NICE_MAX } },
	};
	u64 run[3], time;

	if (!load_start(hogs, 3))
		return;
	time = load_measure(hogs, 3, 10 * SLICE, run);
	for (unsigned int i = 0; i < 3; i++)
		TEST_NEAR(run[i], time / 3, SLICE + SWITCH);
	load_stop(hogs, 3);
}

/* A slice of one's own is as long as it was asked for. All others fail but fixed priority's slices.
 */
static void own_slice(void)
{
	struct load hogs[2] = {
		{ .sched = { .priority = PRIORITY_DEFAULT, .slice = 3 * SLICE } },
		{ .sched = SCHED_PARAMS_DEFAULT },
	};
	u64 run[2], time;

	if (!load_start(hogs, 2))
		return;
	time = load_measure(hogs, 2, 16 * SLICE, run);
	TEST_NEAR(run[0], time * 3 / 4, 3 * SLICE + SWITCH);
	TEST_NEAR(run[1], time / 4, SLICE + SWITCH);
	load_stop(hogs, 2);
}

/* Who wakes up waits for one slice of each of the others, and not longer. */
static void turn_comes(void)
{
	struct load loads[4] = {
		{ .sched = SCHED_PARAMS_DEFAULT },
		{ .sched = SCHED_PARAMS_DEFAULT },
		{ .sched = SCHED_PARAMS_DEFAULT },
		{ .sched = { .priority = 0 }, .period = 7 * SLICE / 2, .work = SLICE / 10 },
	};

	if (!load_start(loads, 4))
		return;
	load_measure(loads, 4, 16 * SLICE, NULL);
	load_stop(loads, 4);
	TEST(loads[3].jobs >= 2);
	TEST(loads[3].late_max > SLICE);
	TEST(loads[3].late_max <= 3 * SLICE + 3 * SWITCH);
}

/* One that is alone has no slice: nothing interrupts it. */
static void alone_is_not_interrupted(void)
{
	struct load hog = { .sched = SCHED_PARAMS_DEFAULT };

	if (!load_start(&hog, 1))
		return;
	load_measure(&hog, 1, 5 * SLICE, NULL);
	hog.gap_max = 0;
	load_measure(&hog, 1, 5 * SLICE, NULL);
	TEST_EQ(load_info(&hog).preemptions, 2);
	load_stop(&hog, 1);
}

static const struct test_case cases[] = { TEST_CASE(equal_shares), TEST_CASE(own_slice),
					  TEST_CASE(turn_comes),
					  TEST_CASE(alone_is_not_interrupted) };
static const struct test_suite sched_round_robin_suite =
	TEST_SUITE_UNLESS(load_not_exact, "sched_round_robin", cases);
TEST_SUITE(sched_round_robin_suite);
