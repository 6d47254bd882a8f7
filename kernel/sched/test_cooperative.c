/* SPDX-License-Identifier: MIT */
/* What the cooperative policy promises: nobody is made to go, and first come, first served. */
#include <arch/cpu.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/test.h>

#include "test_load.h"

static char order[16];
static unsigned int placed;

static int says_letters(void *arg)
{
	for (unsigned int i = 0; i < 3; i++) {
		order[placed++] = *(const char *)arg;
		thread_yield();
	}
	return 0;
}

/* Fixed priority and earliest deadline first pass this one as well; the fair policy does not. */
static void first_come_first_served(void)
{
	static const char names[] = "abc";
	struct thread_attr attr = { .name = "letter", .sched = SCHED_PARAMS_DEFAULT };
	struct thread *t[3];
	unsigned int made = 0;

	placed = 0;
	for (; made < 3; made++) {
		attr.sched.nice = made == 0 ? NICE_MAX : NICE_MIN;
		if (!TEST_EQ(thread_create(&t[made], &attr, says_letters, (void *)&names[made]),
			     0))
			break;
	}
	for (unsigned int i = 0; i < made; i++)
		thread_join(t[i], TIME_NEVER, NULL);
	order[placed] = 0;
	if (made == 3)
		TEST_STR(order, "abcabcabc");
}

static u64 ended;

static int long_work(void *arg __unused)
{
	struct sched_params params = SCHED_PARAMS_DEFAULT;
	struct thread_info info;

	load_work(20 * NS_PER_MS);
	/* to change is not to offer one's place */
	params.priority = 0;
	thread_set_params(arch_current(), &params);
	load_work(20 * NS_PER_MS);
	ended = time_now();
	thread_info(arch_current()->id, &info);
	return (int)(info.preemptions + info.switches);
}

static int sleeper(void *arg)
{
	thread_sleep(NS_PER_MS);
	*(u64 *)arg = time_now();
	return 0;
}

/*
 * The sleeper is the most urgent thread there can be, and its sleep ends while the other one works.
 * Every other policy fails: fixed priority by the sleeper's priority, the others by their slices.
 */
static void nobody_is_made_to_go(void)
{
	struct thread_attr attr = { .name = "work", .sched = SCHED_PARAMS_DEFAULT };
	struct thread *worker, *urgent;
	u64 woke = 0, before;
	int left = -1;

	attr.sched.priority = PRIORITY_LEVELS - 1;
	if (!TEST_EQ(thread_create(&urgent, &attr, sleeper, &woke), 0))
		return;
	thread_yield();
	attr.sched.priority = 0;
	before = time_now();
	if (TEST_EQ(thread_create(&worker, &attr, long_work, NULL), 0)) {
		thread_join(worker, TIME_NEVER, &left);
		TEST_EQ(left, 0);
		TEST(ended - before >= 40 * NS_PER_MS);
	}
	thread_join(urgent, TIME_NEVER, NULL);
	TEST(woke >= ended);
}

static const struct test_case cases[] = { TEST_CASE(first_come_first_served),
					  TEST_CASE(nobody_is_made_to_go) };
static const struct test_suite sched_cooperative_suite =
	TEST_SUITE_ONE_CPU("sched_cooperative", cases);
TEST_SUITE(sched_cooperative_suite);
