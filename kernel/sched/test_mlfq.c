/* SPDX-License-Identifier: MIT */
/*
 * What multi-level feedback promises: interactive threads stay responsive beside hogs, a hog sinks,
 * ageing lifts the starved. All threads have the same parameters, so nothing but their behaviour
 * tells them apart.
 */
#include <lib/test.h>

#include "test_load.h"

#define SLICE (CONFIG_SCHED_MLFQ_SLICE * NS_PER_MS)
#define AGE (CONFIG_SCHED_MLFQ_AGE * NS_PER_MS)
#define HOGS 3

/*
 * Round robin fails with three slices of delay, fixed priority and the cooperative policy because
 * the first hog keeps the CPU, earliest deadline first as round robin.
 */
static void responsive_beside_hogs(void)
{
	struct load loads[HOGS + 1] = {
		[0 ... HOGS - 1] = { .sched = SCHED_PARAMS_DEFAULT },
		[HOGS] = { .sched = SCHED_PARAMS_DEFAULT, .period = 5 * SLICE, .work = SLICE / 10 },
	};
	u64 run[HOGS + 1];

	if (!load_start(loads, HOGS + 1))
		return;
	/* each hog sinks by a level or two: that is how long nobody can tell them apart */
	load_measure(loads, HOGS + 1, HOGS * 4 * SLICE, NULL);
	loads[HOGS].late_max = 0;
	load_measure(loads, HOGS + 1, 50 * SLICE, run);
	TEST(loads[HOGS].late_max < 50 * NS_PER_US);
	TEST(loads[HOGS].jobs >= 9);
	load_stop(loads, HOGS + 1);
}

/* Round robin and all others would make each hog go every slice for ever. */
static void hog_sinks(void)
{
	struct load hogs[2] = { { .sched = SCHED_PARAMS_DEFAULT },
				{ .sched = SCHED_PARAMS_DEFAULT } };
	u64 switches;

	if (!load_start(hogs, 2))
		return;
	/* 1 + 2 + 4 + ... + 64 slices for each */
	load_measure(hogs, 2, 2 * 128 * SLICE, NULL);
	TEST_STR(load_info(&hogs[0]).policy, "level 7 of 0-7");
	TEST_STR(load_info(&hogs[1]).policy, "level 7 of 0-7");
	switches = load_info(&hogs[0]).preemptions + load_info(&hogs[1]).preemptions;
	load_measure(hogs, 2, 128 * SLICE, NULL);
	/* one slice of 128, at most, and twice the thread that measures */
	TEST(load_info(&hogs[0]).preemptions + load_info(&hogs[1]).preemptions - switches <= 3);
	load_stop(hogs, 2);
}

/*
 * Three threads that behave just well enough to stay above the hog, and that could use all of the
 * CPU. With fixed priority the hog, if less urgent, would never run again.
 */
static void starved_is_lifted(void)
{
	struct load loads[4] = {
		[0] = { .sched = SCHED_PARAMS_DEFAULT },
		[1 ... 3] = { .sched = SCHED_PARAMS_DEFAULT },
	};
	u64 run[4];

	for (unsigned int i = 1; i < 4; i++) {
		loads[i].work = 3 * SLICE / 2;
		loads[i].period = 4 * SLICE;
	}
	if (!load_start(loads, 4))
		return;
	load_measure(loads, 4, 100 * SLICE, NULL);
	loads[0].gap_max = 0;
	load_measure(loads, 4, 3 * AGE, run);
	TEST(run[0] >= 2 * SLICE);
	TEST(loads[0].gap_max <= AGE + AGE / 4);
	/* it was starved indeed, and lifted by nothing else */
	TEST(loads[0].gap_max > AGE / 2);
	load_stop(loads, 4);
}

static const struct test_case cases[] = { TEST_CASE(responsive_beside_hogs), TEST_CASE(hog_sinks),
					  TEST_CASE(starved_is_lifted) };
static const struct test_suite sched_mlfq_suite =
	TEST_SUITE_UNLESS(load_not_exact, "sched_mlfq", cases);
TEST_SUITE(sched_mlfq_suite);
