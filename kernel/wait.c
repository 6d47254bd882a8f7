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
	sched_wake(arg, -ETIMEDOUT);
}

/* The same with an end to it. */
static int sleep_until(struct spinlock *lock, struct thread *t, u64 deadline)
{
	struct timer timer;
	int status;

	if (!time_source()) {
		spin_unlock(lock);
		return -ENODEV;		/* nothing would ever end it */
	}
	timer_init(&timer, time_out, t);
	timer_start(&timer, deadline, 0, 0);
	status = sched_sleep(lock);
	timer_cancel(&timer);
	return status;
}

int wait_sleep(struct wait_queue *q, unsigned long state, u64 deadline)
{
	struct thread *t = arch_current();
	int status;

	if (arch_irqs_masked(state))
		panic("thread %s sleeps in an interrupt or with interrupts masked", t->name);
	list_add_tail(&q->waiters, &t->wait_link);
	if (deadline == TIME_NEVER)
		status = sched_sleep(&q->lock);
	else
		status = sleep_until(&q->lock, t, deadline);
	if (unlikely(status)) {
		spin_lock(&q->lock);
		list_del(&t->wait_link);
		spin_unlock(&q->lock);
		sched_irq_restore(state);
		return status;
	}
	/* it was this thread's turn just now */
	arch_irq_restore(state);
	return 0;
}

/* Of several waiters, the one to wake. */
static __noinline struct list *most_urgent(struct wait_queue *q)
{
	struct thread *best = list_entry(q->waiters.next, struct thread, wait_link);

	list_for_each (t, &q->waiters, struct thread, wait_link)
		if (sched_policy_before(t, best))
			best = t;
	return &best->wait_link;
}

unsigned int wait_wake_one(struct wait_queue *q)
{
	struct list *link;

	while ((link = q->waiters.next) != &q->waiters) {
		if (unlikely(link->next != &q->waiters))
			link = most_urgent(q);
		list_del(link);
		/* one whose time is over, or that was cancelled, is awake already */
		if (likely(sched_wake(container_of(link, struct thread, wait_link), 0)))
			return 1;
	}
	return 0;
}

unsigned int wait_wake_all(struct wait_queue *q)
{
	unsigned int n = 0;

	while (!list_empty(&q->waiters)) {
		struct thread *t = list_entry(q->waiters.next, struct thread, wait_link);

		list_del(&t->wait_link);
		n += sched_wake(t, 0);
	}
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
