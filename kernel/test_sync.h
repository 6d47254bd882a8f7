/* SPDX-License-Identifier: MIT */
/* For the tests of the locks and messages: threads of theirs, each of which does one thing. */
#ifndef KERNEL_TEST_SYNC_H
#define KERNEL_TEST_SYNC_H

#include <arch/atomic.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/test.h>
#include <uapi/errno.h>

/* Starts @entry(@arg) with that priority; NULL, and the case fails, when it cannot. */
static inline struct thread *test_spawn_at(int priority, int (*entry)(void *arg), void *arg)
{
	const struct thread_attr attr = { .name = "sync", .sched = { .priority = priority } };
	struct thread *t = NULL;

	TEST_EQ(thread_create(&t, &attr, entry, arg), 0);
	return t;
}

static inline struct thread *test_spawn(int (*entry)(void *arg), void *arg)
{
	return test_spawn_at(PRIORITY_DEFAULT, entry, arg);
}

/* What it returned; -1 when it does not end within 10 s. */
static inline int test_join(struct thread *t)
{
	int status = -1;

	if (t)
		TEST_EQ(thread_join(t, time_now() + 10 * NS_PER_SEC, &status), 0);
	return status;
}

/*
 * Waits until that holds, however slow the machine is; after 10 s the case fails. What is waited
 * for is never a time: on an emulator any time may pass between two instructions.
 */
#define TEST_UNTIL(cond) \
	({ \
		u64 end_ = time_now() + 10 * NS_PER_SEC; \
		while (!(cond) && time_now() < end_) \
			thread_sleep(100 * NS_PER_US); \
		TEST(cond); \
	})

/* Waits until @t sleeps. */
static inline void test_until_asleep(const struct thread *t)
{
	TEST_UNTIL(!t || atomic_load_relaxed(&t->state) == THREAD_SLEEPING);
}

/* The time in so many ms. */
static inline u64 test_in_ms(u64 ms)
{
	return time_now() + ms * NS_PER_MS;
}

#endif
