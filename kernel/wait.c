/* SPDX-License-Identifier: MIT */
/*
 * Wait queues (see <kernel/wait.h>). Whether a sleep ends by a wake-up, by its deadline or by a
 * cancellation is decided in one place, sched_wake(): it succeeds once, for the first of them. Who
 * ends it by a wake-up holds the queue's lock and takes the waiter off the queue; after the others
 * the waiter takes itself off.
 */
#include <arch/cpu.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <lib/assert.h>
#include <uapi/errno.h>

static void time_out(struct timer *timer __unused, void *arg)
{
	if (sched_wake(arg, -ETIMEDOUT))
		sched_wait_changed(arg);
}

int sched_sleep_until(struct spinlock *lock, unsigned long state, u64 deadline)
{
	struct timer timer;
	int status;

	if (deadline == TIME_NEVER)
		return sched_sleep(lock, state);
	if (!time_source()) {
		spin_unlock(lock);
		sched_irq_restore(state);
		return -ENODEV;		/* nothing would ever end it */
	}
	timer_init(&timer, time_out, arch_current());
	timer_start(&timer, deadline, 0, 0);
	status = sched_sleep(lock, state);
	timer_cancel(&timer);
	return status;
}

int wait_leave(struct wait_queue *q, unsigned long state, int status)
{
	arch_irq_disable();
	spin_lock(&q->lock);
	list_del(&arch_current()->wait_link);
	wait_unlock(q, state);
	return status;
}

int wait_sleep_until(struct wait_queue *q, unsigned long state, u64 deadline)
{
	int status = sched_sleep_until(&q->lock, state, deadline);

	return status ? wait_leave(q, state, status) : 0;
}

struct thread *wait_most_urgent(const struct list *waiters)
{
	struct thread *best = list_entry(waiters->next, struct thread, wait_link);

	list_for_each (t, waiters, struct thread, wait_link)
		if (sched_policy_before(t, best))
			best = t;
	return best;
}

bool wait_wake(struct thread *t)
{
	list_del(&t->wait_link);
	return sched_wake(t, 0);
}

unsigned int wait_wake_one(struct wait_queue *q)
{
	while (!list_empty(&q->waiters))
		if (wait_wake(wait_first(&q->waiters)))
			return 1;
	return 0;
}

unsigned int wait_wake_all(struct wait_queue *q)
{
	unsigned int n = 0;

	while (!list_empty(&q->waiters))
		n += wait_wake(list_entry(q->waiters.next, struct thread, wait_link));
	return n;
}

void wait_unlock(struct wait_queue *q, unsigned long state)
{
	spin_unlock(&q->lock);
	sched_irq_restore(state);
}

int thread_sleep_until(u64 deadline)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	unsigned long state;
	int status;

	if (time_source() && time_now() >= deadline)
		return 0;
	state = spin_lock_irqsave(&nobody.lock);
	status = wait_sleep(&nobody, state, deadline);
	return status == -ETIMEDOUT ? 0 : status;
}

int thread_sleep(u64 ns)
{
	u64 now = time_now();

	return thread_sleep_until(ns < TIME_NEVER - now ? now + ns : TIME_NEVER);
}

int time_sleep_until(u64 deadline)
{
	return thread_sleep_until(deadline);
}
