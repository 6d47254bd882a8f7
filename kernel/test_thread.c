/* SPDX-License-Identifier: MIT */
/* Tests of threads: beginning, end, join, detach, sleep, kill; with every policy. */
#include <arch/atomic.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/test.h>
#include <mm/stack.h>
#include <uapi/errno.h>

static const struct thread_attr attr = { .name = "test", .sched = SCHED_PARAMS_DEFAULT };

static int give_back(void *arg)
{
	return (int)(long)arg;
}

static void result_by_join(void)
{
	struct thread *t;
	int status = 0;

	if (!TEST_EQ(thread_create(&t, &attr, give_back, (void *)42L), 0))
		return;
	TEST_EQ(thread_join(t, TIME_NEVER, &status), 0);
	TEST_EQ(status, 42);
}

static int count_up(void *arg)
{
	for (unsigned int i = 0; i < 100; i++) {
		atomic_add_relaxed((u32 *)arg, 1);
		thread_yield();
	}
	return 0;
}

static void equals_take_turns(void)
{
	struct thread *t[4];
	unsigned int made = 0;
	u32 count = 0;

	while (made < ARRAY_SIZE(t) && !thread_create(&t[made], &attr, count_up, &count))
		made++;
	for (unsigned int i = 0; i < made; i++)
		TEST_EQ(thread_join(t[i], TIME_NEVER, NULL), 0);
	TEST_EQ(count, made * 100);
}

static int sleep_long(void *arg)
{
	int err;

	atomic_store_relaxed((bool *)arg, true);
	err = thread_sleep(3600 * NS_PER_SEC);
	return thread_killed() ? err : 1;
}

static void sleep_is_cancelled(void)
{
	bool began = false;
	struct thread *t;
	int status = 0;

	if (!TEST_EQ(thread_create(&t, &attr, sleep_long, &began), 0))
		return;
	while (!atomic_load_relaxed(&began))
		thread_sleep(NS_PER_MS);
	TEST_EQ(thread_join(t, time_now() + NS_PER_MS, NULL), -ETIMEDOUT);
	thread_kill(t);
	TEST_EQ(thread_join(t, TIME_NEVER, &status), 0);
	TEST_EQ(status, -EINTR);
}

static void sleep_lasts(void)
{
	u64 began = time_now();

	TEST_EQ(thread_sleep(5 * NS_PER_MS), 0);
	TEST(time_now() >= began + 5 * NS_PER_MS);
	TEST_EQ(thread_sleep_until(0), 0);
}

static void errors(void)
{
	struct thread_attr bad = attr;
	struct thread *t;

	bad.sched.priority = PRIORITY_LEVELS;
	TEST_EQ(thread_create(&t, &bad, give_back, NULL), -EINVAL);
	bad.sched.priority = -1;
	TEST_EQ(thread_create(&t, &bad, give_back, NULL), -EINVAL);
	bad = attr;
	bad.affinity = 1UL << 63;
	TEST_EQ(thread_create(&t, &bad, give_back, NULL), -EINVAL);
	bad = attr;
	bad.detached = true;
	TEST_EQ(thread_create(NULL, &bad, give_back, NULL), 0);
	thread_sleep(NS_PER_MS);
}

static const struct test_case cases[] = {
	TEST_CASE(result_by_join),	TEST_CASE(equals_take_turns), TEST_CASE(sleep_is_cancelled),
	TEST_CASE(sleep_lasts),		TEST_CASE(errors),
};
static const struct test_suite thread_suite = TEST_SUITE_OF("thread", cases);
TEST_SUITE(thread_suite);
