/* SPDX-License-Identifier: MIT */
/*
 * Tests of semaphores, completions, conditions, event flags and message queues, and of what all
 * that sleeps has in common: deadlines, cancellation, and which of them comes first. With every
 * policy.
 */
#include <kernel/completion.h>
#include <kernel/condition.h>
#include <kernel/event.h>
#include <kernel/message.h>
#include <kernel/rwlock.h>
#include <kernel/semaphore.h>
#include <kernel/timer.h>

#include "test_sync.h"

/* One of each, that everybody has to wait for. */
static struct {
	struct semaphore semaphore;
	struct completion completion;
	struct mutex mutex;		/* the test's thread has it */
	struct mutex free_mutex;
	struct rwlock read_by_test;
	struct rwlock written_by_test;
	struct condition condition;
	struct event_flags events;
	struct message_queue empty;
	struct message_queue full;
	u32 empty_buffer[2];
	u32 full_buffer[1];
} all;

static void make_all(void)
{
	u32 message = 7;

	TEST_EQ(semaphore_init(&all.semaphore, 0, 1), 0);
	completion_init(&all.completion);
	mutex_init(&all.mutex);
	mutex_init(&all.free_mutex);
	rwlock_init(&all.read_by_test);
	rwlock_init(&all.written_by_test);
	condition_init(&all.condition);
	event_init(&all.events);
	TEST_EQ(message_queue_init(&all.empty, all.empty_buffer, sizeof(u32), 2), 0);
	TEST_EQ(message_queue_init(&all.full, all.full_buffer, sizeof(u32), 1), 0);
	TEST_EQ(message_try_send(&all.full, &message), 0);
	TEST_EQ(mutex_lock(&all.mutex, TIME_NEVER), 0);
	TEST_EQ(rwlock_read(&all.read_by_test, TIME_NEVER), 0);
	TEST_EQ(rwlock_write(&all.written_by_test, TIME_NEVER), 0);
}

/* Nobody is left behind in any of them. */
static void end_all(void)
{
	TEST_EQ(mutex_waiters(&all.mutex), 0);
	TEST_EQ(mutex_unlock(&all.mutex), 0);
	TEST_EQ(rwlock_read_unlock(&all.read_by_test), 0);
	TEST_EQ(rwlock_write_unlock(&all.written_by_test), 0);
	TEST_EQ(semaphore_destroy(&all.semaphore), 0);
	TEST_EQ(mutex_destroy(&all.mutex), 0);
	TEST_EQ(mutex_destroy(&all.free_mutex), 0);
	TEST_EQ(rwlock_destroy(&all.read_by_test), 0);
	TEST_EQ(rwlock_destroy(&all.written_by_test), 0);
	TEST_EQ(message_queue_destroy(&all.empty), 0);
	TEST_EQ(message_queue_destroy(&all.full), 0);
	TEST_EQ(completion_reset(&all.completion), 0);
	TEST_EQ(arch_current()->held, 0);
}

static int wait_semaphore(u64 deadline)
{
	return semaphore_take(&all.semaphore, deadline);
}

static int wait_completion(u64 deadline)
{
	return completion_wait(&all.completion, deadline);
}

static int wait_mutex(u64 deadline)
{
	return mutex_lock(&all.mutex, deadline);
}

static int wait_reader(u64 deadline)
{
	return rwlock_read(&all.written_by_test, deadline);
}

static int wait_writer(u64 deadline)
{
	return rwlock_write(&all.read_by_test, deadline);
}

static int wait_condition(u64 deadline)
{
	int err = mutex_lock(&all.free_mutex, TIME_NEVER);

	if (err)
		return err;
	err = condition_wait(&all.condition, &all.free_mutex, deadline);
	/* however it ended, the mutex is the caller's */
	TEST_EQ(mutex_unlock(&all.free_mutex), 0);
	return err;
}

static int wait_events(u64 deadline)
{
	return event_wait(&all.events, 1, EVENT_ANY, deadline, NULL);
}

static int wait_message(u64 deadline)
{
	u32 message;

	return message_receive(&all.empty, &message, deadline);
}

static int wait_room(u64 deadline)
{
	u32 message = 8;

	return message_send(&all.full, &message, deadline);
}

static int (*const waits[])(u64 deadline) = {
	wait_semaphore, wait_completion, wait_mutex, wait_reader, wait_writer,
	wait_condition, wait_events, wait_message, wait_room,
};

static void deadlines(void)
{
	make_all();
	for (unsigned int i = 0; i < ARRAY_SIZE(waits); i++) {
		u64 deadline = test_in_ms(1);

		/* the test's own locks are its own */
		if (waits[i] == wait_mutex || waits[i] == wait_reader)
			continue;
		TEST_EQ(waits[i](deadline), -ETIMEDOUT);
		TEST(time_now() >= deadline);
		TEST_EQ(waits[i](0), -ETIMEDOUT);
	}
	end_all();
}

struct wait_arg {
	int (*wait)(u64 deadline);
	u64 deadline;
	int second;	/* what the next wait after it gave */
};

static int do_wait(void *arg)
{
	struct wait_arg *w = arg;
	int err = w->wait(w->deadline);

	/* a kill cancels one sleep, not the next */
	w->second = w->wait(test_in_ms(1));
	return err;
}

static void deadlines_of_others(void)
{
	make_all();
	for (unsigned int i = 0; i < ARRAY_SIZE(waits); i++) {
		struct wait_arg w = { .wait = waits[i], .deadline = test_in_ms(1) };

		TEST_EQ(test_join(test_spawn(do_wait, &w)), -ETIMEDOUT);
		TEST_EQ(w.second, -ETIMEDOUT);
	}
	end_all();
}

static void kill_of_a_sleeper(void)
{
	make_all();
	for (unsigned int i = 0; i < ARRAY_SIZE(waits); i++) {
		struct wait_arg w = { .wait = waits[i], .deadline = TIME_NEVER };
		struct thread *t = test_spawn(do_wait, &w);

		test_until_asleep(t);
		if (t)
			thread_kill(t);
		TEST_EQ(test_join(t), -EINTR);
		TEST_EQ(w.second, -ETIMEDOUT);
	}
	end_all();
}

static bool go;

static int wait_late(void *arg)
{
	while (!atomic_load_relaxed(&go))
		thread_yield();
	return do_wait(arg);
}

/* Told to end while it runs: the first sleep after it is none. */
static void kill_before_the_sleep(void)
{
	make_all();
	for (unsigned int i = 0; i < ARRAY_SIZE(waits); i++) {
		struct wait_arg w = { .wait = waits[i], .deadline = TIME_NEVER };
		struct thread *t;

		atomic_store_relaxed(&go, false);
		t = test_spawn(wait_late, &w);
		if (t)
			thread_kill(t);
		atomic_store_relaxed(&go, true);
		TEST_EQ(test_join(t), -EINTR);
		TEST_EQ(w.second, -ETIMEDOUT);
	}
	end_all();
}

static void give_in_interrupt(struct timer *timer __unused, void *arg)
{
	TEST_EQ(semaphore_give(arg), 0);
}

/*
 * A unit comes and the deadline passes at about the same time: it is one or the other, never both.
 */
static void deadline_races_wake_up(void)
{
	unsigned int got = 0, late = 0;
	struct semaphore s;
	struct timer timer;

	timer_init(&timer, give_in_interrupt, &s);
	for (unsigned int i = 0; i < 400; i++) {
		u64 deadline = time_now() + 100000;
		int err;

		TEST_EQ(semaphore_init(&s, 0, 1), 0);
		timer_start(&timer, deadline - 2000 + i * 10, 0, 0);
		err = semaphore_take(&s, deadline);
		if (err)
			TEST_EQ(err, -ETIMEDOUT);
		while (atomic_load_relaxed(&timer.place))
			thread_sleep(1000);
		TEST_EQ(semaphore_count(&s), err ? 1 : 0);
		got += !err;
		late += err != 0;
	}
	TEST(got && late);
}

static void semaphore_limits(void)
{
	struct semaphore s;

	TEST_EQ(semaphore_init(&s, -1, 1), -EINVAL);
	TEST_EQ(semaphore_init(&s, 0, 0), -EINVAL);
	TEST_EQ(semaphore_init(&s, 3, 2), -EINVAL);
	TEST_EQ(semaphore_init(&s, SEMAPHORE_MAX, SEMAPHORE_MAX), 0);
	TEST_EQ(semaphore_give(&s), -EOVERFLOW);
	TEST_EQ(semaphore_count(&s), SEMAPHORE_MAX);
	TEST_EQ(semaphore_init(&s, 1, 2), 0);
	TEST_EQ(semaphore_give(&s), 0);
	TEST_EQ(semaphore_give(&s), -EOVERFLOW);
	TEST_EQ(semaphore_try_take(&s), 0);
	TEST_EQ(semaphore_take(&s, TIME_NEVER), 0);
	TEST_EQ(semaphore_try_take(&s), -EAGAIN);
	/* closed by a waiter that has gone, it counts on as before */
	TEST_EQ(semaphore_take(&s, 0), -ETIMEDOUT);
	TEST_EQ(semaphore_count(&s), 0);
	TEST_EQ(semaphore_try_take(&s), -EAGAIN);
	TEST_EQ(semaphore_give(&s), 0);
	TEST_EQ(semaphore_give(&s), 0);
	TEST_EQ(semaphore_give(&s), -EOVERFLOW);
}

static int take_one(void *arg)
{
	return semaphore_take(arg, TIME_NEVER);
}

static void destroy_in_use(void)
{
	struct message_queue *q = &all.empty;
	struct thread *t;
	u32 message = 1;

	make_all();
	t = test_spawn(take_one, &all.semaphore);
	if (t) {
		test_until_asleep(t);
		TEST_EQ(semaphore_destroy(&all.semaphore), -EBUSY);
		TEST_EQ(semaphore_give(&all.semaphore), 0);
		TEST_EQ(test_join(t), 0);
	}
	TEST_EQ(mutex_destroy(&all.mutex), -EBUSY);
	TEST_EQ(rwlock_destroy(&all.read_by_test), -EBUSY);
	TEST_EQ(rwlock_destroy(&all.written_by_test), -EBUSY);
	TEST_EQ(message_try_send(q, &message), 0);
	TEST_EQ(message_count(q), 1);
	end_all();
}

static int complete_soon(void *arg)
{
	thread_sleep(NS_PER_MS);
	completion_finish(arg);
	return 0;
}

static void completion_lets_all_pass(void)
{
	struct completion c = COMPLETION_INIT(c);
	struct thread *t;

	TEST(!completion_done(&c));
	t = test_spawn(complete_soon, &c);
	if (!t)
		return;
	TEST_EQ(completion_wait(&c, TIME_NEVER), 0);
	TEST_EQ(completion_wait(&c, 0), 0);
	TEST(completion_done(&c));
	TEST_EQ(test_join(t), 0);
	TEST_EQ(completion_reset(&c), 0);
	TEST_EQ(completion_wait(&c, test_in_ms(1)), -ETIMEDOUT);
}

static unsigned int tokens;

static int take_token(void *arg __unused)
{
	int err = mutex_lock(&all.free_mutex, TIME_NEVER);

	while (!err && !tokens)
		err = condition_wait(&all.condition, &all.free_mutex, TIME_NEVER);
	if (!err)
		tokens--;
	mutex_unlock(&all.free_mutex);
	return err;
}

static void conditions(void)
{
	struct thread *t[4];

	make_all();
	tokens = 0;
	TEST_EQ(condition_wait(&all.condition, &all.free_mutex, 0), -EPERM);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		t[i] = test_spawn(take_token, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		test_until_asleep(t[i]);
	TEST_EQ(mutex_lock(&all.free_mutex, TIME_NEVER), 0);
	tokens = 1;
	condition_signal(&all.condition);
	TEST_EQ(mutex_unlock(&all.free_mutex), 0);
	TEST_UNTIL(!atomic_load_relaxed(&tokens));
	TEST_EQ(mutex_lock(&all.free_mutex, TIME_NEVER), 0);
	tokens = ARRAY_SIZE(t) - 1;
	condition_broadcast(&all.condition);
	TEST_EQ(mutex_unlock(&all.free_mutex), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		TEST_EQ(test_join(t[i]), 0);
	TEST_EQ(tokens, 0);
	end_all();
}

struct event_arg {
	struct event_flags *e;
	u32 mask;
	unsigned int how;
	u32 got;
};

static int wait_event(void *arg)
{
	struct event_arg *w = arg;

	return event_wait(w->e, w->mask, w->how, TIME_NEVER, &w->got);
}

static void events(void)
{
	struct event_flags e = EVENT_FLAGS_INIT(e);
	struct event_arg any = { &e, 3, EVENT_ANY | EVENT_CLEAR, 0 };
	struct event_arg both = { &e, 6, EVENT_ALL, 0 };
	struct event_arg taker = { &e, 4, EVENT_ANY | EVENT_CLEAR, 0 };
	struct thread *t[3];
	u32 got = 0;

	TEST_EQ(event_wait(&e, 0, EVENT_ANY, 0, NULL), -EINVAL);
	TEST_EQ(event_wait(&e, 1, 4, 0, NULL), -EINVAL);
	TEST_EQ(event_try_wait(&e, ~0U, EVENT_ANY, NULL), -EAGAIN);
	t[0] = test_spawn(wait_event, &any);
	t[1] = test_spawn(wait_event, &both);
	t[2] = test_spawn(wait_event, &taker);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		test_until_asleep(t[i]);
	event_set(&e, 0x82);		/* the first one takes 2, and leaves the rest */
	TEST_EQ(test_join(t[0]), 0);
	TEST_EQ(any.got, 2);
	TEST_EQ(event_get(&e), 0x80);
	event_set(&e, 4);		/* not enough for the second one: the third has it */
	TEST_EQ(test_join(t[2]), 0);
	TEST_EQ(event_get(&e), 0x80);
	event_set(&e, 6);
	TEST_EQ(test_join(t[1]), 0);
	TEST_EQ(both.got, 6);
	TEST_EQ(event_get(&e), 0x86);
	TEST_EQ(event_wait(&e, 0x84, EVENT_ALL | EVENT_CLEAR, 0, &got), 0);
	TEST_EQ(got, 0x84);
	event_clear(&e, 1);
	TEST_EQ(event_get(&e), 2);
}

static int receive_one(void *arg)
{
	u32 message = 0;
	int err = message_receive(arg, &message, TIME_NEVER);

	return err ? err : (int)message;
}

static int send_five(void *arg)
{
	for (u32 i = 1; i <= 5; i++) {
		int err = message_send(arg, &i, TIME_NEVER);

		if (err)
			return err;
	}
	return 0;
}

static void messages(void)
{
	u32 buffer[2], message;
	struct message_queue q;
	struct thread *t;

	TEST_EQ(message_queue_init(&q, buffer, 0, 2), -EINVAL);
	TEST_EQ(message_queue_init(&q, buffer, MESSAGE_SIZE_MAX + 1, 2), -EINVAL);
	TEST_EQ(message_queue_init(&q, buffer, 4, 0), -EINVAL);
	TEST_EQ(message_queue_init(&q, buffer, 1024, UINT32_MAX), -EINVAL);
	TEST_EQ(message_queue_init(&q, NULL, 4, 2), -EINVAL);
	TEST_EQ(message_queue_init(&q, buffer, 4, 2), 0);
	TEST_EQ(message_try_receive(&q, &message), -EAGAIN);
	t = test_spawn(receive_one, &q);
	if (!t)
		return;
	test_until_asleep(t);
	message = 42;
	TEST_EQ(message_queue_destroy(&q), -EBUSY);
	TEST_EQ(message_try_send(&q, &message), 0);
	TEST_EQ(test_join(t), 42);
	/* two lie in the queue, the sender waits with the third */
	t = test_spawn(send_five, &q);
	if (!t)
		return;
	test_until_asleep(t);
	TEST_EQ(message_count(&q), 2);
	TEST_EQ(message_try_send(&q, &message), -EAGAIN);
	for (u32 i = 1; i <= 5; i++) {
		TEST_EQ(message_receive(&q, &message, TIME_NEVER), 0);
		TEST_EQ(message, i);
	}
	TEST_EQ(test_join(t), 0);
	TEST_EQ(message_count(&q), 0);
	TEST_EQ(message_queue_destroy(&q), 0);
}

static const struct test_case cases[] = {
	TEST_CASE(deadlines),		TEST_CASE(deadlines_of_others),
	TEST_CASE(kill_of_a_sleeper),	TEST_CASE(kill_before_the_sleep),
	TEST_CASE(deadline_races_wake_up), TEST_CASE(semaphore_limits),
	TEST_CASE(destroy_in_use),	TEST_CASE(completion_lets_all_pass),
	TEST_CASE(conditions),		TEST_CASE(events),
	TEST_CASE(messages),
};
static const struct test_suite sync_suite = TEST_SUITE_OF("sync", cases);
TEST_SUITE(sync_suite);
