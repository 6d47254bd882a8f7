/* SPDX-License-Identifier: MIT */
/*
 * What earliest deadline first promises: what is admitted misses nothing, what does not fit is
 * refused, nobody takes more than was agreed, and ordinary threads get what is left.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "test_load.h"

#define MS NS_PER_MS

/* @runtime in every period. The job is a little less, for the sleep and the wake-up. */
static struct load periodic(u64 runtime, u64 deadline, u64 period)
{
	return (struct load){
		.sched = { .priority = PRIORITY_DEFAULT,
			   .runtime = runtime,
			   .deadline = deadline,
			   .period = period },
		.period = period,
		.work = runtime - runtime / 20,
	};
}

static void missed_nothing(const struct load *l)
{
	struct thread_info info = load_info(l);

	TEST(strstr(info.policy, " us, 0 missed, 0 overran"));
	TEST(l->took_max <= l->sched.deadline);
}

/*
 * 2 of 4 ms and 3 of 7 ms is 93 %: fixed priority cannot do it, whoever is the more urgent one,
 * since two jobs of the first one and one of the second take 7 ms, and the second job comes at 4.
 * All the others know no deadlines at all.
 */
static void feasible_set_misses_nothing(void)
{
	struct load loads[4] = {
		periodic(2 * MS, 4 * MS, 4 * MS),
		periodic(3 * MS, 7 * MS, 7 * MS),
		{ .sched = SCHED_PARAMS_DEFAULT },
		{ .sched = SCHED_PARAMS_DEFAULT },
	};
	u64 run[4], time, rest;

	if (!load_start(loads, 4))
		return;
	time = load_measure(loads, 4, 280 * MS, run);
	missed_nothing(&loads[0]);
	missed_nothing(&loads[1]);
	TEST(loads[0].jobs >= 69 && loads[1].jobs >= 39);
	/* and what is left goes to the others in equal parts */
	rest = time - run[0] - run[1];
	TEST_NEAR(run[2] + run[3], rest, rest / 20);
	TEST_NEAR(run[2], rest / 2, CONFIG_SCHED_EDF_SLICE * MS + rest / 20);
	load_stop(loads, 4);
}

/* Deadlines before the ends of the periods. */
static void short_deadlines(void)
{
	struct load loads[4] = {
		periodic(MS, 4 * MS, 20 * MS),
		periodic(2 * MS, 6 * MS, 15 * MS),
		periodic(3 * MS, 10 * MS, 10 * MS),
		{ .sched = SCHED_PARAMS_DEFAULT },
	};

	if (!load_start(loads, 4))
		return;
	load_measure(loads, 4, 180 * MS, NULL);
	for (unsigned int i = 0; i < 3; i++)
		missed_nothing(&loads[i]);
	TEST(loads[0].jobs >= 8);
	load_stop(loads, 4);
}

static void infeasible_is_refused(void)
{
	struct load loads[2] = { periodic(5 * MS, 10 * MS, 10 * MS),
				 periodic(3 * MS, 10 * MS, 20 * MS) };
	struct load more = periodic(3 * MS, 10 * MS, 10 * MS);
	struct thread_attr attr = { .name = "more", .sched = more.sched };
	struct sched_params ordinary = SCHED_PARAMS_DEFAULT;
	struct thread *t;

	if (!load_start(loads, 2))
		return;
	TEST_EQ(thread_create(&t, &attr, NULL, NULL), -EBUSY);
	/* what it had stays */
	TEST_EQ(thread_set_params(loads[1].thread, &(struct sched_params){ .runtime = 9 * MS,
									   .deadline = 10 * MS,
									   .period = 10 * MS }),
		-EBUSY);
	TEST_EQ(thread_create(&t, &attr, NULL, NULL), -EBUSY);
	load_measure(loads, 2, 40 * MS, NULL);
	missed_nothing(&loads[0]);
	missed_nothing(&loads[1]);
	/* and what is given back can be had */
	TEST_EQ(thread_set_params(loads[1].thread, &ordinary), 0);
	TEST_EQ(thread_set_params(loads[1].thread, &more.sched), 0);
	load_stop(loads, 2);
	loads[0] = more;
	loads[1] = periodic(6 * MS, 10 * MS, 10 * MS);
	if (load_start(loads, 2))
		load_stop(loads, 2);
}

/* A hog that promised to take 2 of 10 ms takes no more, and what another one was promised is kept.
 */
static void budget_is_enforced(void)
{
	struct load loads[3] = {
		periodic(2 * MS, 4 * MS, 10 * MS),
		periodic(4 * MS, 10 * MS, 10 * MS),
		{ .sched = SCHED_PARAMS_DEFAULT },
	};
	struct thread_info info;
	u64 run[3], time;

	loads[0].period = 0;
	if (!load_start(loads, 3))
		return;
	time = load_measure(loads, 3, 200 * MS, run);
	TEST_NEAR(run[0], time / 5, time / 100 + 2 * MS);
	TEST_NEAR(run[2], time - run[0] - run[1], time / 50);
	missed_nothing(&loads[1]);
	info = load_info(&loads[0]);
	TEST(!strstr(info.policy, " 0 overran"));
	load_stop(loads, 3);
}

/* With nothing else to run the CPU idles until the budget is renewed. */
static void waits_idle(void)
{
	struct load hog = periodic(MS, 10 * MS, 10 * MS);
	u64 run, time;

	hog.period = 0;
	if (!load_start(&hog, 1))
		return;
	time = load_measure(&hog, 1, 100 * MS, &run);
	TEST_NEAR(run, time / 10, MS + MS / 10);
	load_stop(&hog, 1);
}

static const struct test_case cases[] = {
	TEST_CASE(feasible_set_misses_nothing),
	TEST_CASE(short_deadlines),
	TEST_CASE(infeasible_is_refused),
	TEST_CASE(budget_is_enforced),
	TEST_CASE(waits_idle),
};
static const struct test_suite sched_edf_suite =
	TEST_SUITE_UNLESS(load_not_exact, "sched_edf", cases);
TEST_SUITE(sched_edf_suite);
