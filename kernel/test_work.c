/* SPDX-License-Identifier: MIT */
/* Tests of work queues. */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <kernel/time.h>
#include <kernel/work.h>
#include <lib/test.h>
#include <uapi/errno.h>

#define WORKS	20

static struct log {
	unsigned int calls;
	unsigned int order[WORKS];
	const struct thread *thread;
} seen;

static struct work works[WORKS];

static void note(struct work *work, void *arg __unused)
{
	if (seen.calls < WORKS)
		seen.order[seen.calls] = (unsigned int)(work - works);
	seen.thread = arch_current();
	seen.calls++;
}

/* A call that takes until somebody opens the gate. */
static bool gate, waits;

static void slow(struct work *work, void *arg)
{
	atomic_store_release(&waits, true);
	while (!atomic_load_acquire(&gate))
		thread_sleep(NS_PER_MS / 4);
	note(work, arg);
}

static void wait_for_slow(void)
{
	while (!atomic_load_acquire(&waits))
		thread_sleep(NS_PER_MS / 4);
}

static void open_gate(struct timer *timer __unused, void *arg __unused)
{
	atomic_store_release(&gate, true);
}

static struct work_queue *begin(void)
{
	struct work_queue *q;

	seen = (struct log){ 0 };
	gate = false;
	waits = false;
	if (!TEST_EQ(work_queue_create(&q, "test-work", NULL), 0))
		return NULL;
	for (unsigned int i = 0; i < WORKS; i++)
		work_init(&works[i], q, note, NULL);
	return q;
}

static void calls_in_order(void)
{
	struct work_queue *q = begin();

	if (!q)
		return;
	for (unsigned int i = 0; i < WORKS; i++)
		TEST(work_add(&works[WORKS - 1 - i]));
	TEST_EQ(work_queue_flush(q, TIME_NEVER), 0);
	TEST_EQ(seen.calls, WORKS);
	for (unsigned int i = 0; i < WORKS; i++)
		TEST_EQ(seen.order[i], WORKS - 1 - i);
	TEST(seen.thread != arch_current());
	work_queue_destroy(q);
}

static void pending_once_and_taken_back(void)
{
	struct work_queue *q = begin();

	if (!q)
		return;
	works[0].function = slow;
	TEST(work_add(&works[0]));
	TEST(work_add(&works[1]));
	TEST(!work_add(&works[1]));
	TEST(work_add(&works[2]));
	TEST(work_cancel(&works[1]));
	TEST(!work_cancel(&works[1]));
	atomic_store_release(&gate, true);
	/* the last one is behind the slow one: both are over when this returns */
	TEST_EQ(work_flush(&works[2], TIME_NEVER), 0);
	TEST_EQ(seen.calls, 2);
	TEST_EQ(seen.order[0], 0);
	TEST_EQ(seen.order[1], 2);
	TEST_EQ(work_flush(&works[2], TIME_NEVER), 0);
	work_queue_destroy(q);
}

static void cancel_waits_for_the_call(void)
{
	struct work_queue *q = begin();
	struct timer opener;

	if (!q)
		return;
	works[0].function = slow;
	work_add(&works[0]);
	wait_for_slow();
	timer_init(&opener, open_gate, NULL);
	timer_start(&opener, time_now() + 2 * NS_PER_MS, 0, 0);
	TEST(!work_cancel(&works[0]));
	TEST_EQ(seen.calls, 1);
	work_queue_destroy(q);
}

static void flush_has_a_deadline(void)
{
	struct work_queue *q = begin();

	if (!q)
		return;
	works[0].function = slow;
	work_add(&works[0]);
	TEST_EQ(work_queue_flush(q, time_now() + NS_PER_MS / 4), -ETIMEDOUT);
	TEST_EQ(work_flush(&works[0], time_now()), -ETIMEDOUT);
	TEST_EQ(seen.calls, 0);
	/* what is pending is called before the end */
	work_add(&works[1]);
	atomic_store_release(&gate, true);
	work_queue_destroy(q);
	TEST_EQ(seen.calls, 2);
}

static int result;

static void flush_itself(struct work *work, void *arg)
{
	result = work_queue_flush(arg, TIME_NEVER);
	work_cancel(work);
	if (++seen.calls < 5)
		work_add(work);
}

static void from_its_own_function(void)
{
	struct work_queue *q = begin();

	if (!q)
		return;
	work_init(&works[0], q, flush_itself, q);
	work_add(&works[0]);
	while (seen.calls < 5)
		TEST_EQ(work_queue_flush(q, TIME_NEVER), 0);
	TEST_EQ(result, -EDEADLK);
	work_queue_destroy(q);
}

static void at_a_time(void)
{
	struct work_queue *q = begin();
	u64 deadline = time_now() + 3 * NS_PER_MS;

	if (!q)
		return;
	work_add_at(&works[0], deadline, 0, 0);
	work_add_at(&works[1], TIME_NEVER, 0, 0);
	work_add_at(&works[2], deadline + 3600 * NS_PER_SEC, NS_PER_MS, 0);
	TEST(work_cancel(&works[2]));
	while (!seen.calls)
		thread_sleep(NS_PER_MS);
	TEST(time_now() >= deadline);
	thread_sleep(3 * NS_PER_MS);
	TEST_EQ(seen.calls, 1);
	TEST(work_cancel(&works[1]));
	/* again and again, until it is taken back */
	work_add_at(&works[3], 0, 0, NS_PER_MS);
	while (seen.calls < 6)
		thread_sleep(NS_PER_MS);
	TEST(work_cancel(&works[3]));
	seen.calls = 0;
	thread_sleep(3 * NS_PER_MS);
	TEST_EQ(seen.calls, 0);
	work_queue_destroy(q);
}

static int flusher(void *arg)
{
	return work_queue_flush(arg, TIME_NEVER);
}

static void flush_is_cancelled(void)
{
	static const struct thread_attr attr = { .name = "flusher", .sched = SCHED_PARAMS_DEFAULT };
	struct work_queue *q = begin();
	struct thread *t;
	int status = 0;

	if (!q)
		return;
	works[0].function = slow;
	work_add(&works[0]);
	wait_for_slow();
	if (TEST_EQ(thread_create(&t, &attr, flusher, q), 0)) {
		thread_sleep(NS_PER_MS / 4);
		thread_kill(t);
		TEST_EQ(thread_join(t, TIME_NEVER, &status), 0);
		TEST_EQ(status, -EINTR);
		TEST_EQ(seen.calls, 0);
	}
	atomic_store_release(&gate, true);
	work_queue_destroy(q);
	TEST_EQ(seen.calls, 1);
}

static void one_for_everybody(void)
{
	struct work_queue *q = work_queue_system();

	if (!TEST(q))
		return;
	TEST_EQ(work_queue_system(), q);
	seen = (struct log){ 0 };
	work_init(&works[0], q, note, NULL);
	work_add(&works[0]);
	TEST_EQ(work_flush(&works[0], TIME_NEVER), 0);
	TEST_EQ(seen.calls, 1);
}

static const struct test_case cases[] = {
	TEST_CASE(calls_in_order),
	TEST_CASE(pending_once_and_taken_back),
	TEST_CASE(cancel_waits_for_the_call),
	TEST_CASE(flush_has_a_deadline),
	TEST_CASE(from_its_own_function),
	TEST_CASE(at_a_time),
	TEST_CASE(flush_is_cancelled),
	TEST_CASE(one_for_everybody),
};
static const struct test_suite work_suite = TEST_SUITE_OF("work", cases);
TEST_SUITE(work_suite);
