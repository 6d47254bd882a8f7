/* SPDX-License-Identifier: MIT */
/* Between mutex.c and the primitives that are built beside it or on it. */
#ifndef KERNEL_PRIVATE_MUTEX_H
#define KERNEL_PRIVATE_MUTEX_H

#include <kernel/mutex.h>
#include <kernel/spinlock.h>

/*
 * Guards the waiters of all mutexes and reader-writer locks, and who lends what to whom. Taken
 * after thread_lock and the locks of wait queues, before a run queue's lock.
 */
extern struct spinlock mutex_guard;

/* Panics unless the caller may sleep. @what names the primitive. */
static inline void sleep_check(const char *what)
{
	if (unlikely(arch_irqs_disabled()))
		panic("thread %s uses a %s in an interrupt or with interrupts masked",
		      arch_current()->name, what);
}

/*
 * As mutex_unlock(), without a preemption point. Interrupts off; the caller has @m, and passes a
 * preemption point soon.
 */
void mutex_release(struct mutex *m);

/*
 * As mutex_lock() without a deadline, for those who have to have it again: a cancellation is kept
 * for the next sleep. 0; -EDEADLK.
 */
int mutex_lock_again(struct mutex *m);

#endif
