/* SPDX-License-Identifier: MIT */
/* What fixed priority promises: the most urgent ready thread always runs. */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/test.h>

#include "test_load.h"

#define THREADS 6
#define JOBS 40
#define REACTION (20 * NS_PER_US) /* from the end of a sleep to the thread's own code */

static u64 due[THREADS]; /* when it is to run; TIME_NEVER: it does not want to */
static unsigned int violations;

/* Whether @self, which runs, is the most urgent one of those that want to. */
static void look(unsigned int self)
{
	u64 now = time_now();

	for (unsigned int i = self + 1; i < THREADS; i++)
		if (atomic_load_relaxed(&due[i]) < now - REACTION)
			violations++;
}

/* Sleeps and works for times that differ from thread to thread and from job to job. */
static int job(void *arg)
{
	unsigned int self = (unsigned int)(long)arg, random = self + 1;

	for (unsigned int i = 0; i < JOBS; i++) {
		u64 end;

		random = random * 1103515245 + 12345;
		end = time_now() + 100 * NS_PER_US + (random >> 16) % 1024 * 2 * NS_PER_US;
		atomic_store_relaxed(&due[self], end);
		thread_sleep_until(end);
		end = time_now() + (random >> 8) % 256 * NS_PER_US;
		while (time_now() < end)
			look(self);
		atomic_store_relaxed(&due[self], TIME_NEVER);
	}
	return 0;
}

/*
 * Six threads of six priorities, together more than the CPU can do, look around all the time. Every
 * other policy fails: their more urgent threads wait for slices, budgets or yields.
 */
static void most_urgent_runs(void)
{
	struct thread_attr attr = { .name = "job", .sched = SCHED_PARAMS_DEFAULT };
	struct thread *t[THREADS];
	unsigned int made = 0;

	violations = 0;
	for (unsigned int i = 0; i < THREADS; i++)
		due[i] = TIME_NEVER;
	for (; made < THREADS; made++) {
		attr.sched.priority = (int)made * 3;
		if (!TEST_EQ(thread_create(&t[made], &attr, job, (void *)(long)made), 0))
			break;
	}
	while (made)
		thread_join(t[--made], TIME_NEVER, NULL);
	TEST_EQ(violations, 0);
}

/* Who is less urgent does not run at all; who becomes more urgent does at once. */
static void change_counts_at_once(void)
{
	struct load hogs[2] = { { .sched = { .priority = 3 } }, { .sched = { .priority = 4 } } };
	struct sched_params params = { .priority = 5 };
	u64 run[2], time;

	if (!load_start(hogs, 2))
		return;
	time = load_measure(hogs, 2, 5 * NS_PER_MS, run);
	TEST_EQ(run[0], 0);
	TEST_NEAR(run[1], time, REACTION);
	TEST_EQ(thread_set_params(hogs[0].thread, &params), 0);
	time = load_measure(hogs, 2, 5 * NS_PER_MS, run);
	TEST_NEAR(run[0], time, REACTION);
	TEST_EQ(run[1], 0);
	load_stop(hogs, 2);
}

/* Equals: the first one stays, as long as no slice was configured, or each has asked for one. */
static void equals(void)
{
	struct load hogs[2] = { { .sched = { .priority = 3 } }, { .sched = { .priority = 3 } } };
	u64 run[2], time;

	if (!CONFIG_SCHED_PRIORITY_SLICE && load_start(hogs, 2)) {
		load_measure(hogs, 2, 5 * NS_PER_MS, run);
		TEST_EQ(run[1], 0);
		load_stop(hogs, 2);
	}
	hogs[0].sched.slice = NS_PER_MS;
	hogs[1].sched.slice = NS_PER_MS;
	if (!load_start(hogs, 2))
		return;
	time = load_measure(hogs, 2, 20 * NS_PER_MS, run);
	TEST_NEAR(run[0], time / 2, NS_PER_MS + REACTION);
	TEST_NEAR(run[1], time / 2, NS_PER_MS + REACTION);
	load_stop(hogs, 2);
}

static const struct test_case cases[] = { TEST_CASE(most_urgent_runs),
					  TEST_CASE(change_counts_at_once), TEST_CASE(equals) };
static const struct test_suite sched_priority_suite =
	TEST_SUITE_UNLESS(load_not_exact, "sched_priority", cases);
TEST_SUITE(sched_priority_suite);
