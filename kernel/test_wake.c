/* SPDX-License-Identifier: MIT */
/*
 * Threads that an interrupt wakes: one, which then has the CPU without having been in a queue;
 * several, in any order; and one with which something else happens before the interrupt ends.
 */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <kernel/completion.h>
#include <kernel/mutex.h>
#include <kernel/semaphore.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "test_sync.h"

#define SLEEPERS 4

static struct sleeper {
	struct semaphore wake;
	struct thread *thread;
	unsigned int order;	/* from 1, of those that ran */
	int status;
} sleepers[SLEEPERS];

static unsigned int ran;
static const u8 *order;		/* in which they are woken */
static struct completion done;

static int sleeper(void *arg)
{
	struct sleeper *s = arg;

	s->status = semaphore_take(&s->wake, TIME_NEVER);
	s->order = atomic_add_relaxed(&ran, 1) + 1;
	return 0;
}

/* Sleepers of rising priority, all more urgent than the one that tests, and asleep. */
static bool start(void)
{
	unsigned int n;

	ran = 0;
	completion_init(&done);
	for (n = 0; n < SLEEPERS; n++) {
		struct sleeper *s = &sleepers[n];

		*s = (struct sleeper){ .order = 0 };
		semaphore_init(&s->wake, 0, 1);
		s->thread = test_spawn_at(PRIORITY_DEFAULT + 1 + (int)n, sleeper, s);
		if (!s->thread)
			break;
	}
	if (n == SLEEPERS) {
		thread_sleep(NS_PER_MS);
		return true;
	}
	while (n--) {
		semaphore_give(&sleepers[n].wake);
		thread_join(sleepers[n].thread, TIME_NEVER, NULL);
	}
	return false;
}

static void stop(void)
{
	for (unsigned int i = 0; i < SLEEPERS; i++)
		TEST_EQ(thread_join(sleepers[i].thread, TIME_NEVER, NULL), 0);
}

/* Has @handler called in an interrupt, of the idle thread's time or of this one's. */
static void interrupt(timer_function *handler, bool idle)
{
	struct timer timer;

	timer_init(&timer, handler, NULL);
	timer_start(&timer, time_now() + 100 * NS_PER_US, 0, 0);
	if (idle)
		TEST_EQ(completion_wait(&done, TIME_NEVER), 0);
	while (!completion_done(&done))
		;
	timer_cancel(&timer);
}

static void wake_all(struct timer *timer __unused, void *arg __unused)
{
	for (unsigned int i = 0; i < SLEEPERS; i++)
		semaphore_give(&sleepers[order[i]].wake);
	completion_finish(&done);
}

static bool by_priority(void)
{
	return IS_ENABLED(CONFIG_SCHED_PRIORITY);
}

static void several(void)
{
	static const u8 orders[][SLEEPERS] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 },
	};

	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(orders); i++) {
		if (!start())
			return;
		order = orders[i / 2];
		interrupt(wake_all, i % 2);
		stop();
		TEST_EQ(ran, SLEEPERS);
		for (unsigned int n = 0; n < SLEEPERS; n++) {
			TEST_EQ(sleepers[n].status, 0);
			if (by_priority())
				TEST_EQ(sleepers[n].order, SLEEPERS - n);
		}
	}
}

/* Woken, and then told to end: it has what it was woken for, and its next sleep is cancelled. */
static void wake_and_kill(struct timer *timer __unused, void *arg __unused)
{
	for (unsigned int i = 0; i < SLEEPERS; i++) {
		semaphore_give(&sleepers[i].wake);
		thread_kill(sleepers[i].thread);
	}
	completion_finish(&done);
}

static void and_killed(void)
{
	for (unsigned int idle = 0; idle < 2; idle++) {
		if (!start())
			return;
		interrupt(wake_and_kill, idle);
		stop();
		TEST_EQ(ran, SLEEPERS);
		for (unsigned int n = 0; n < SLEEPERS; n++)
			TEST_EQ(sleepers[n].status, 0);
	}
}

/* One is woken, and others are killed in their sleep. */
static void wake_one_kill_others(struct timer *timer __unused, void *arg __unused)
{
	semaphore_give(&sleepers[1].wake);
	for (unsigned int i = 0; i < SLEEPERS; i++)
		if (i != 1)
			thread_kill(sleepers[i].thread);
	completion_finish(&done);
}

static void beside_killed(void)
{
	for (unsigned int idle = 0; idle < 2; idle++) {
		if (!start())
			return;
		interrupt(wake_one_kill_others, idle);
		stop();
		for (unsigned int n = 0; n < SLEEPERS; n++) {
			TEST_EQ(sleepers[n].status, n == 1 ? 0 : -EINTR);
			if (by_priority())
				TEST_EQ(sleepers[n].order, SLEEPERS - n);
		}
	}
}

/* One that comes back again and again, from the idle thread's time and from this one's. */
static struct semaphore ping;
static unsigned int pings;

static int echo(void *arg __unused)
{
	while (!semaphore_take(&ping, TIME_NEVER))
		pings++;
	return 0;
}

static void give(struct timer *timer __unused, void *arg __unused)
{
	semaphore_give(&ping);
}

static void one_at_a_time(void)
{
	struct timer timer;
	struct thread *t;
	u64 end;

	semaphore_init(&ping, 0, SEMAPHORE_MAX);
	pings = 0;
	t = test_spawn_at(PRIORITY_DEFAULT + 1, echo, NULL);
	if (!t)
		return;
	thread_sleep(NS_PER_MS);
	timer_init(&timer, give, NULL);
	end = time_now() + 100 * NS_PER_MS;
	timer_start(&timer, time_now() + 100 * NS_PER_US, 0, 100 * NS_PER_US);
	for (unsigned int round = 0; time_now() < end; round++) {
		if (round % 2)
			thread_sleep(50 * NS_PER_US);
		else
			for (volatile unsigned int i = 0; i < 1000; i++)
				;
	}
	timer_cancel(&timer);
	thread_sleep(NS_PER_MS);
	TEST(pings > 100);
	TEST_EQ(semaphore_count(&ping), 0);
	thread_kill(t);
	TEST_EQ(thread_join(t, TIME_NEVER, NULL), 0);
}

/* Who wakes another thread with interrupts masked finds all of the mask as it was. */
static int take_ping(void *arg __unused)
{
	return semaphore_take(&ping, TIME_NEVER);
}

static void mask_is_kept(void)
{
	unsigned long state, before, after;
	struct thread *t;

	semaphore_init(&ping, 0, 1);
	t = test_spawn_at(PRIORITY_DEFAULT + 1, take_ping, NULL);
	if (!t)
		return;
	thread_sleep(NS_PER_MS);
	state = arch_irq_save();
	before = arch_irq_save();
	semaphore_give(&ping);
	after = arch_irq_save();
	arch_irq_restore(state);
	TEST_EQ(after, before);
	TEST_EQ(thread_join(t, TIME_NEVER, NULL), 0);
}

/*
 * Workers sleep, with and without a deadline, for units and for a mutex, while a timer gives,
 * kills and changes parameters, several times in one interrupt. No unit is lost.
 */
static struct worker {
	struct semaphore units;
	struct thread *thread;
	u64 given, taken, random;
} workers[6];

static struct mutex common;
static bool enough;
static u64 storm_random;

static u64 next_random(u64 *seed)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return *seed >> 33;
}

static void spin(u64 rounds)
{
	for (volatile u64 i = 0; i < rounds; i++)
		;
}

static int work(void *arg)
{
	struct worker *w = arg;

	while (!atomic_load_relaxed(&enough)) {
		u64 r = next_random(&w->random), soon = time_now() + r % 200 * NS_PER_US;

		if (!semaphore_take(&w->units, r % 3 ? TIME_NEVER : soon))
			w->taken++;
		r = next_random(&w->random);
		if (r % 3 == 0 && !mutex_lock(&common, r % 2 ? TIME_NEVER : soon)) {
			if (r % 5 == 0)
				thread_sleep(r % 50 * NS_PER_US);
			else
				spin(r % 1000);
			mutex_unlock(&common);
		}
		if (r % 7 == 0)
			spin(r % 3000);
	}
	return 0;
}

static void change(struct thread *t)
{
	struct sched_params p = t->params;

	p.priority = PRIORITY_DEFAULT - 3 + (int)(next_random(&storm_random) % 7);
	p.slice = next_random(&storm_random) % 3 ? 0 : NS_PER_MS;
	if (IS_ENABLED(CONFIG_SCHED_EDF) && next_random(&storm_random) % 2) {
		p.runtime = 200 * NS_PER_US;
		p.deadline = 5 * NS_PER_MS;
		p.period = 6 * NS_PER_MS;
	} else {
		p.runtime = p.deadline = p.period = 0;
	}
	thread_set_params(t, &p);
}

static void storm(struct timer *timer __unused, void *arg __unused)
{
	for (u64 n = 1 + next_random(&storm_random) % 4; n; n--) {
		struct worker *w = &workers[next_random(&storm_random) % ARRAY_SIZE(workers)];
		u64 r = next_random(&storm_random) % 8;

		if (r < 5)
			w->given += !semaphore_give(&w->units);
		else if (r < 6)
			thread_kill(w->thread);
		else
			change(w->thread);
	}
}

static void in_a_storm(void)
{
	struct timer timer;
	unsigned int n;
	u64 end;

	mutex_init(&common);
	atomic_store_relaxed(&enough, false);
	storm_random = 12345;
	for (n = 0; n < ARRAY_SIZE(workers); n++) {
		struct worker *w = &workers[n];

		*w = (struct worker){ .random = n };
		semaphore_init(&w->units, 0, SEMAPHORE_MAX);
		w->thread = test_spawn_at(PRIORITY_DEFAULT - 2 + (int)n, work, w);
		if (!w->thread)
			break;
	}
	if (n == ARRAY_SIZE(workers)) {
		timer_init(&timer, storm, NULL);
		timer_start(&timer, time_now() + 100 * NS_PER_US, 0, 37 * NS_PER_US);
		end = time_now() + 300 * NS_PER_MS;
		for (unsigned int k = 0; time_now() < end; k++) {
			if (k % 3)
				thread_sleep(k % 90 * NS_PER_US);
			else
				spin(2000);
		}
		timer_cancel(&timer);
	}
	atomic_store_relaxed(&enough, true);
	for (unsigned int i = 0; i < n; i++)
		workers[i].given += !semaphore_give(&workers[i].units);
	while (n--) {
		struct worker *w = &workers[n];

		TEST_EQ(thread_join(w->thread, TIME_NEVER, NULL), 0);
		TEST_EQ(w->taken + (u64)semaphore_count(&w->units), w->given);
	}
}

static const struct test_case cases[] = {
	TEST_CASE(several), TEST_CASE(and_killed), TEST_CASE(beside_killed),
	TEST_CASE(one_at_a_time), TEST_CASE(mask_is_kept), TEST_CASE(in_a_storm),
};
static const struct test_suite wake_suite = TEST_SUITE_ONE_CPU("wake", cases);
TEST_SUITE(wake_suite);
