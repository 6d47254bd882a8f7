/* SPDX-License-Identifier: MIT */
/* For the tests of the locks and messages: threads of theirs, each of which does one thing. */
#ifndef KERNEL_TEST_SYNC_H
#define KERNEL_TEST_SYNC_H

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

/* Lets all others run until they sleep or end. */
static inline void test_settle(void)
{
	thread_sleep(2 * NS_PER_MS);
}

/* The time in so many ms. */
static inline u64 test_in_ms(u64 ms)
{
	return time_now() + ms * NS_PER_MS;
}

#endif
