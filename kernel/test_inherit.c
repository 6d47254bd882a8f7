/* SPDX-License-Identifier: MIT */
/*
 * Tests of priority inheritance, under fixed priority: what a waiter lends, along chains, and when
 * it is taken back.
 */
#include <kernel/mutex.h>
#include <kernel/semaphore.h>

#include "test_sync.h"

#define CHAIN	6

static struct mutex m[CHAIN];
static struct semaphore go;	/* the chain's first thread waits for it */

static u64 low_done, medium_done, high_got;
static bool low_is_in, low_may_go;

/* The test's thread is above all others: they run when it sleeps. */
static void set_priority(struct thread *t, int priority)
{
	const struct sched_params params = { .priority = priority };

	TEST_EQ(thread_set_params(t, &params), 0);
}

static void begin(void)
{
	for (unsigned int i = 0; i < CHAIN; i++) {
		mutex_init(&m[i]);
		lock_check_exempt(&m[i].check);	/* each case has an order of its own */
	}
	TEST_EQ(semaphore_init(&go, 0, 1), 0);
	low_done = 0;
	low_is_in = false;
	low_may_go = false;
	set_priority(arch_current(), PRIORITY_LEVELS - 1);
}

static void finish(void)
{
	set_priority(arch_current(), PRIORITY_DEFAULT);
	for (unsigned int i = 0; i < CHAIN; i++)
		TEST_EQ(mutex_destroy(&m[i]), 0);
}

static void run_for(u64 ns)
{
	u64 end = time_now() + ns;

	while (time_now() < end)
		;
}

static unsigned int low_inside, low_after;

/* Has the mutex, and runs, until it may go; 10 s at most. */
static int low(void *arg __unused)
{
	u64 end = time_now() + 10 * NS_PER_SEC;
	int err = mutex_lock(&m[0], TIME_NEVER);

	atomic_store_relaxed(&low_is_in, true);
	while (!atomic_load_relaxed(&low_may_go) && time_now() < end)
		;
	low_inside = arch_current()->priority;
	mutex_unlock(&m[0]);
	low_after = arch_current()->priority;
	low_done = time_now();
	return err;
}

/* Returns when it has the mutex; NULL when it cannot be made. */
static struct thread *spawn_low(void)
{
	struct thread *t = test_spawn_at(5, low, NULL);

	if (t)
		TEST_UNTIL(atomic_load_relaxed(&low_is_in));
	return t;
}

static int medium(void *arg __unused)
{
	run_for(20 * NS_PER_MS);
	medium_done = time_now();
	return 0;
}

static int high(void *arg)
{
	int err = mutex_lock(&m[0], *(u64 *)arg);

	high_got = time_now();
	if (!err)
		mutex_unlock(&m[0]);
	return err;
}

/*
 * What stopped the Mars Pathfinder: one in the middle keeps the low one from what the high one
 * needs.
 */
static void inversion(void)
{
	u64 never = TIME_NEVER;
	struct thread *t[3];

	begin();
	t[0] = spawn_low();
	if (t[0]) {
		t[1] = test_spawn_at(20, high, &never);
		t[2] = test_spawn_at(10, medium, NULL);
		atomic_store_relaxed(&low_may_go, true);
		for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
			TEST_EQ(test_join(t[i]), 0);
		TEST_EQ(low_inside, 20);
		TEST_EQ(low_after, 5);
		TEST(high_got < medium_done);
		TEST(medium_done < low_done);
	}
	finish();
}

/* A waiter whose time is over runs at that time, not when the owner that it has lifted is done. */
static void lent_until_the_deadline(void)
{
	u64 deadline;
	struct thread *t[2];

	begin();
	t[0] = spawn_low();
	if (t[0]) {
		deadline = time_now() + NS_PER_MS;
		t[1] = test_spawn_at(20, high, &deadline);
		if (t[1]) {
			TEST_EQ(test_join(t[1]), -ETIMEDOUT);
			TEST(high_got >= deadline);
			TEST(!low_done);
			TEST_EQ(t[0]->priority, 5);
		}
		atomic_store_relaxed(&low_may_go, true);
		TEST_EQ(test_join(t[0]), 0);
		TEST_EQ(low_inside, 5);
	}
	finish();
}

/* Number n has m[n] and waits for m[n - 1]; the first waits to be let go. */
static int link(void *arg)
{
	unsigned int n = (unsigned int)(uintptr_t)arg;
	int err = mutex_lock(&m[n], TIME_NEVER);

	if (err)
		return err;
	if (n)
		err = mutex_lock(&m[n - 1], TIME_NEVER);
	else
		err = semaphore_take(&go, TIME_NEVER);
	if (n && !err)
		TEST_EQ(mutex_unlock(&m[n - 1]), 0);
	TEST_EQ(mutex_unlock(&m[n]), 0);
	/* nobody has lent it anything any more */
	TEST_EQ(arch_current()->priority, arch_current()->params.priority);
	return err;
}

/* Of the first @n of a chain. */
static void end_links(struct thread **t, unsigned int n)
{
	TEST_EQ(semaphore_give(&go), 0);
	for (unsigned int i = 0; i < n; i++)
		TEST_EQ(test_join(t[i]), 0);
}

static void end_chain(struct thread **t)
{
	end_links(t, CHAIN);
}

/*
 * The threads of a chain have priorities from 5 on: the last one's, or the one given, counts for
 * all. False, and there is none, when one of them cannot be made.
 */
static bool make_chain(struct thread **t)
{
	for (unsigned int i = 0; i < CHAIN; i++) {
		t[i] = test_spawn_at(5 + (int)i, link, (void *)(uintptr_t)i);
		if (!t[i]) {
			end_links(t, i);
			return false;
		}
		test_until_asleep(t[i]);
	}
	return true;
}

static void expect_all(struct thread **t, unsigned int priority)
{
	for (unsigned int i = 0; i < CHAIN; i++)
		TEST_EQ(t[i]->priority, MAX(priority, 5U + CHAIN - 1));
}

struct last {
	u64 deadline;
};

/* Waits for the end of the chain. */
static int last(void *arg)
{
	int err = mutex_lock(&m[CHAIN - 1], ((struct last *)arg)->deadline);

	if (!err)
		mutex_unlock(&m[CHAIN - 1]);
	return err;
}

/* @look ends the chain that it is given. */
static void with_chain(void (*look)(struct thread **t))
{
	struct thread *t[CHAIN];

	begin();
	if (make_chain(t))
		look(t);
	finish();
}

static void look_at_chain(struct thread **t)
{
	struct last w = { TIME_NEVER };
	struct thread *l;

	expect_all(t, 0);
	l = test_spawn_at(20, last, &w);
	if (l) {
		test_until_asleep(l);
		expect_all(t, 20);
	}
	end_chain(t);
	TEST_EQ(test_join(l), 0);
}

static void chain(void)
{
	with_chain(look_at_chain);
}

static void look_until_the_deadline(struct thread **t)
{
	struct last w = { test_in_ms(50) };
	struct thread *l = test_spawn_at(20, last, &w);

	if (l) {
		TEST_UNTIL(t[0]->priority == 20 || time_now() >= w.deadline);
		TEST_EQ(test_join(l), -ETIMEDOUT);
	}
	expect_all(t, 0);
	end_chain(t);
}

static void chain_until_the_deadline(void)
{
	with_chain(look_until_the_deadline);
}

static void look_until_the_kill(struct thread **t)
{
	struct last w = { TIME_NEVER };
	struct thread *l[2];

	l[0] = test_spawn_at(20, last, &w);
	l[1] = test_spawn_at(25, last, &w);
	if (!l[0] || !l[1]) {
		end_chain(t);
		for (unsigned int i = 0; i < ARRAY_SIZE(l); i++)
			test_join(l[i]);
		return;
	}
	test_until_asleep(l[0]);
	test_until_asleep(l[1]);
	expect_all(t, 25);
	/* taken back at once, before the thread that was killed has run */
	thread_kill(l[1]);
	expect_all(t, 20);
	TEST_EQ(test_join(l[1]), -EINTR);
	/* one from the middle of the chain: those before it keep what they have of their own */
	thread_kill(t[3]);
	for (unsigned int i = 0; i < 3; i++)
		TEST_EQ(t[i]->priority, 5 + 2);
	TEST_EQ(t[3]->priority, 20);
	TEST_EQ(test_join(t[3]), -EINTR);
	TEST_EQ(semaphore_give(&go), 0);
	for (unsigned int i = 0; i < CHAIN; i++)
		if (i != 3)
			TEST_EQ(test_join(t[i]), 0);
	TEST_EQ(test_join(l[0]), 0);
}

static void chain_until_the_kill(void)
{
	with_chain(look_until_the_kill);
}

/* The chain follows the parameters of one that waits in it. */
static void look_at_parameters(struct thread **t)
{
	struct last w = { TIME_NEVER };
	struct thread *l = test_spawn_at(20, last, &w);

	if (!l) {
		end_chain(t);
		return;
	}
	test_until_asleep(l);
	set_priority(l, 28);
	expect_all(t, 28);
	set_priority(l, 1);
	expect_all(t, 0);
	set_priority(t[2], 15);
	for (unsigned int i = 0; i < CHAIN; i++)
		TEST_EQ(t[i]->priority, i <= 2 ? 15 : 5 + CHAIN - 1);
	end_chain(t);
	TEST_EQ(test_join(l), 0);
}

static void chain_follows_parameters(void)
{
	with_chain(look_at_parameters);
}

static unsigned int got[3];
static unsigned int got_count;

static int take_in_turn(void *arg)
{
	int err = mutex_lock(&m[0], TIME_NEVER);

	got[got_count++] = (unsigned int)(uintptr_t)arg;
	mutex_unlock(&m[0]);
	return err;
}

/* The most urgent waiter is next; what each of two mutexes brings is given back with it. */
static void two_at_once(void)
{
	struct last w = { TIME_NEVER };
	struct thread *t[3], *l;

	begin();
	set_priority(arch_current(), 3);
	got_count = 0;
	TEST_EQ(mutex_lock(&m[0], TIME_NEVER), 0);
	TEST_EQ(mutex_lock(&m[CHAIN - 1], TIME_NEVER), 0);
	t[0] = test_spawn_at(10, take_in_turn, (void *)0UL);
	t[1] = test_spawn_at(22, take_in_turn, (void *)1UL);
	TEST_EQ(arch_current()->priority, 22);
	t[2] = test_spawn_at(15, take_in_turn, (void *)2UL);
	l = test_spawn_at(18, last, &w);
	/* both are below what this thread has now, and come when it sleeps */
	test_until_asleep(t[2]);
	test_until_asleep(l);
	TEST_EQ(arch_current()->priority, 22);
	TEST_EQ(mutex_waiters(&m[0]), 3);
	TEST_EQ(mutex_unlock(&m[0]), 0);
	TEST_EQ(arch_current()->priority, 18);
	TEST_EQ(mutex_unlock(&m[CHAIN - 1]), 0);
	TEST_EQ(arch_current()->priority, 3);
	for (unsigned int i = 0; i < 3; i++)
		TEST_EQ(test_join(t[i]), 0);
	TEST_EQ(test_join(l), 0);
	TEST(got[0] == 1 && got[1] == 2 && got[2] == 0);
	finish();
}

/* A unit goes to the most urgent one, and of equals to the one that came first. */
static int take_unit(void *arg)
{
	int err = semaphore_take(&go, TIME_NEVER);

	got[got_count++] = (unsigned int)(uintptr_t)arg;
	return err;
}

static void most_urgent_first(void)
{
	struct thread *t[3];

	begin();
	got_count = 0;
	for (unsigned int i = 0; i < 3; i++) {
		t[i] = test_spawn_at(i == 2 ? 20 : 10, take_unit, (void *)(uintptr_t)i);
		test_until_asleep(t[i]);
	}
	for (unsigned int i = 0; i < 3; i++) {
		TEST_EQ(semaphore_give(&go), 0);
		thread_sleep(NS_PER_MS);
	}
	for (unsigned int i = 0; i < 3; i++)
		TEST_EQ(test_join(t[i]), 0);
	TEST(got[0] == 2 && got[1] == 0 && got[2] == 1);
	finish();
}

static const struct test_case cases[] = {
	TEST_CASE(inversion),		TEST_CASE(lent_until_the_deadline),
	TEST_CASE(chain),		TEST_CASE(chain_until_the_deadline),
	TEST_CASE(chain_until_the_kill), TEST_CASE(chain_follows_parameters),
	TEST_CASE(two_at_once),		TEST_CASE(most_urgent_first),
};
static const struct test_suite inherit_suite = TEST_SUITE_ONE_CPU("inherit", cases);
TEST_SUITE(inherit_suite);
