/* SPDX-License-Identifier: MIT */
/*
 * Counting semaphores (see <kernel/semaphore.h>). Without anybody waiting, take and give are one
 * compare-and-swap. The first one that has to wait closes the count under the queue's lock; while
 * it is closed all others take the lock as well, so that a unit goes to a waiter and to nobody
 * else. It is opened again by a unit that nobody waits for, not by the last waiter that leaves: so
 * two threads that wake each other in turn do not open and close it each time.
 */
#include <arch/atomic.h>
#include <kernel/sched.h>
#include <kernel/semaphore.h>
#include <lib/assert.h>
#include <uapi/errno.h>

/* Less than any number of units. */
#define CLOSED	(-1)
#define ENDED	(-2)

int semaphore_init(struct semaphore *s, int units, int limit)
{
	if (units < 0 || limit < 1 || units > limit)
		return -EINVAL;
	s->count = units;
	s->limit = limit;
	wait_queue_init(&s->queue);
	return 0;
}

static void check_alive(const struct semaphore *s)
{
	if (unlikely(atomic_load_relaxed(&s->count) == ENDED))
		panic("semaphore %p is used after its end", (const void *)s);
}

int semaphore_take_slow(struct semaphore *s, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	int count = atomic_load_relaxed(&s->count);

	while (unlikely(count != CLOSED)) {
		if (count > 0) {
			if (atomic_cas_acquire(&s->count, &count, count - 1)) {
				spin_unlock_irqrestore(&s->queue.lock, state);
				return 0;
			}
		} else {
			check_alive(s);
			if (atomic_cas_acquire(&s->count, &count, CLOSED))
				break;
		}
	}
	return wait_sleep(&s->queue, state, deadline);
}

/* Opens the count with one unit, if nobody waits: as semaphore_give(), or -EAGAIN. */
static int reopen(struct semaphore *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	int err = -EAGAIN;

	check_alive(s);
	if (list_empty(&s->queue.waiters)) {
		err = 0;
		/* somebody else may have opened it meanwhile */
		if (!semaphore_give_open(s, &err))
			atomic_store_release(&s->count, 1);
	}
	spin_unlock_irqrestore(&s->queue.lock, state);
	return err;
}

int semaphore_give_slow(struct semaphore *s)
{
	int err = reopen(s);

	/* somebody has come to wait meanwhile */
	while (err == -EAGAIN)
		err = !wait_hand_over(&s->queue) ? 0 : reopen(s);
	return err;
}

int semaphore_count(const struct semaphore *s)
{
	return MAX(atomic_load_relaxed(&s->count), 0);
}

int semaphore_destroy(struct semaphore *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	int err = list_empty(&s->queue.waiters) ? 0 : -EBUSY;

	if (!err)
		atomic_store_relaxed(&s->count, ENDED);
	spin_unlock_irqrestore(&s->queue.lock, state);
	return err;
}
