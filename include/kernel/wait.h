/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: where threads sleep until somebody wakes them, their deadline comes, or they are
 * cancelled (thread_kill()). The queue's lock also guards the condition that is waited for, so that
 * no wake-up is lost between the look at it and the sleep:
 *
 *   state = spin_lock_irqsave(&q->lock);
 *   while (!condition && !err) {
 *           err = wait_sleep(q, state, deadline);
 *           state = spin_lock_irqsave(&q->lock);
 *   }
 *   spin_unlock_irqrestore(&q->lock, state);
 *
 * Whoever makes the condition true holds the lock, calls wait_wake_one() or wait_wake_all(), and
 * releases it by wait_unlock(), where a more urgent thread that it woke runs at once.
 *
 * Without CONFIG_THREADS the one thread that there is waits for interrupts instead.
 */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

#include <kernel/spinlock.h>
#include <lib/list.h>
#include <lib/types.h>

struct wait_queue {
	struct spinlock lock;
	/* lock held: */
	struct list waiters;	/* in the order in which they came */
};

#define WAIT_QUEUE_INIT(q)	{ .lock = SPINLOCK_INIT, .waiters = LIST_INIT((q).waiters) }

/* Makes @q an empty one. For the checker the words between the brackets are its lock's name. */
#define wait_queue_init(q) \
	do { \
		(q)->lock = (struct spinlock)SPINLOCK_INIT; \
		lock_check_name(&(q)->lock.check, #q); \
		list_init(&(q)->waiters); \
	} while (0)

/*
 * Sleeps. The caller holds @q's lock by spin_lock_irqsave(), which gave @state and found
 * interrupts on; it is released here, and not taken again. 0 when somebody woke the thread;
 * -ETIMEDOUT when the time @deadline (ns as time_now(); TIME_NEVER) came first; -EINTR when it was
 * cancelled. Exactly one of these happens: a thread that was woken does not time out any more.
 * Thread context; in interrupts, or with interrupts masked by the caller, it panics.
 */
int wait_sleep(struct wait_queue *q, unsigned long state, u64 deadline);

/*
 * Wakes the most urgent one of @q's waiters (of equals, the one that came first), or all of them.
 * The caller holds @q's lock. They return how many they woke. Any context.
 */
unsigned int wait_wake_one(struct wait_queue *q);
unsigned int wait_wake_all(struct wait_queue *q);

/*
 * Takes @q's lock, wakes as wait_wake_one() does, and releases the lock as wait_unlock() does: 0,
 * or -EAGAIN when nobody waited. The three in one are cheaper where the thread that was woken runs
 * at once. Any context. With CONFIG_THREADS only.
 */
int wait_hand_over(struct wait_queue *q);

/* As spin_unlock_irqrestore(), and lets a more urgent thread that was woken meanwhile run. */
void wait_unlock(struct wait_queue *q, unsigned long state);

#endif
