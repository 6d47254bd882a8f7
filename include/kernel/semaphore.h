/* SPDX-License-Identifier: MIT */
/*
 * Counting semaphores: a number of units that threads take, waiting for one when there is none, and
 * that anybody gives, interrupts included. A unit that is given while threads wait goes to the most
 * urgent of them (of equals, the one that came first); nobody who comes later can snatch it. For
 * mutual exclusion use a mutex, which knows its owner. With CONFIG_THREADS.
 */
#ifndef KERNEL_SEMAPHORE_H
#define KERNEL_SEMAPHORE_H

#include <arch/atomic.h>
#include <kernel/wait.h>
#include <lib/types.h>
#include <uapi/errno.h>

#define SEMAPHORE_MAX	0x7fffffff	/* units at most */

struct semaphore {
	struct wait_queue queue;
	/* atomic: units that are there; less than 0: everybody goes by way of the queue's lock */
	int count;
	int limit;	/* constant */
};

#define SEMAPHORE_INIT(s, units, most) \
	{ .count = (units), .limit = (most), .queue = WAIT_QUEUE_INIT((s).queue) }

/*
 * Makes a semaphore of @units, and of at most @limit. -EINVAL unless 0 <= @units <= @limit, 1 <=
 * @limit.
 */
int semaphore_init(struct semaphore *s, int units, int limit);

/* The ways of those who may have to wait, or who found a closed count and nobody that waits. */
int semaphore_take_slow(struct semaphore *s, u64 deadline);
int semaphore_give_slow(struct semaphore *s);

/*
 * Takes a unit, and waits for one until @deadline (ns as time_now(); TIME_NEVER) when there is
 * none. 0; -ETIMEDOUT; -EINTR when cancelled. Where a unit is there it may be called in any
 * context; where none is, in thread context only: elsewhere it panics.
 */
static inline int semaphore_take(struct semaphore *s, u64 deadline)
{
	int count = atomic_load_relaxed(&s->count);

	if (likely(count > 0) && likely(atomic_cas_acquire(&s->count, &count, count - 1)))
		return 0;
	return semaphore_take_slow(s, deadline);
}

/* Takes a unit if there is one: 0; -EAGAIN. Any context. */
static inline int semaphore_try_take(struct semaphore *s)
{
	int count = atomic_load_relaxed(&s->count);

	while (count > 0)
		if (likely(atomic_cas_acquire(&s->count, &count, count - 1)))
			return 0;
	return -EAGAIN;
}

/* Adds a unit to a count that is not closed: true when that is done, or *@err is set instead. */
static inline bool semaphore_give_open(struct semaphore *s, int *err)
{
	int count = atomic_load_relaxed(&s->count);

	while (likely(count >= 0)) {
		if (unlikely(count >= s->limit)) {
			*err = -EOVERFLOW;
			return true;
		}
		if (likely(atomic_cas_release(&s->count, &count, count + 1)))
			return true;
	}
	return false;
}

/*
 * Gives a unit: 0; -EOVERFLOW when there are as many as the limit allows, nothing done. Any
 * context.
 */
static inline int semaphore_give(struct semaphore *s)
{
	int err = 0;

	if (likely(semaphore_give_open(s, &err)))
		return err;
	return likely(!wait_hand_over(&s->queue)) ? 0 : semaphore_give_slow(s);
}

/* How many units there are right now. Any context. */
int semaphore_count(const struct semaphore *s);

/* Its memory is going to be used for something else: 0; -EBUSY while threads wait. Any context. */
int semaphore_destroy(struct semaphore *s);

#endif
