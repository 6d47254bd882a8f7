/* SPDX-License-Identifier: MIT */
/*
 * Mutexes: mutual exclusion between threads, with an owner. While others wait for it, the owner
 * runs with the urgency of the most urgent of them (priority inheritance), and where the owner
 * waits for a mutex itself, so does that one's owner, to the end of the chain; what was lent is
 * taken back when the mutex is released, when a waiter's deadline comes, when it is killed, and
 * follows when its parameters change. A mutex that is released goes to the most urgent waiter (of
 * equals, the one that came first): it is never free in between.
 *
 * Recursive locking, and a lock that would close a circle of threads that wait for each other, are
 * errors. For thread context with interrupts on; used elsewhere it panics, also where it would not
 * sleep. With CONFIG_THREADS.
 */
#ifndef KERNEL_MUTEX_H
#define KERNEL_MUTEX_H

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <kernel/lock_check.h>
#include <kernel/thread.h>
#include <lib/list.h>
#include <lib/types.h>

#define MUTEX_WAITED	1UL	/* in the owner's word: others wait, all go by the slow way */

struct mutex {
	uintptr_t owner;	/* atomic: the owner's address and MUTEX_WAITED; 0: it is free */
	/* mutex_guard held (kernel/mutex.c): */
	struct list waiters;	/* in the order in which they came */
	struct list link;	/* on the owner's `owned`, while others wait */
	struct lock_check check;
};

#define MUTEX_INIT(m)	{ .waiters = LIST_INIT((m).waiters), .link = LIST_INIT((m).link) }

/* Makes a mutex that is free. */
void mutex_init(struct mutex *m);

/* The ways of those who may have to wait or to wake, and of errors. */
int mutex_lock_slow(struct mutex *m, u64 deadline);
int mutex_unlock_slow(struct mutex *m);

/*
 * Takes @m, and waits for it until @deadline (ns as time_now(); TIME_NEVER). 0; -ETIMEDOUT; -EINTR
 * when cancelled; -EDEADLK when the caller has it already, or its owner waits, directly or through
 * others, for something that the caller has.
 */
static inline int mutex_lock(struct mutex *m, u64 deadline)
{
	struct thread *t = arch_current();
	uintptr_t owner = 0;

	lock_check_wait(&m->check, LOCK_SLEEP);
	if (unlikely(arch_irqs_disabled()) ||
	    unlikely(!atomic_cas_acquire(&m->owner, &owner, (uintptr_t)t)))
		return mutex_lock_slow(m, deadline);
	t->held++;
	lock_check_taken(&m->check, LOCK_SLEEP);
	return 0;
}

/* Takes @m when it is free: 0; -EBUSY. */
int mutex_try_lock(struct mutex *m);

/* Releases @m: 0; -EPERM when the caller does not have it. */
static inline int mutex_unlock(struct mutex *m)
{
	struct thread *t = arch_current();
	uintptr_t owner = (uintptr_t)t;

	lock_check_release(&m->check, LOCK_SLEEP);
	if (unlikely(arch_irqs_disabled()) || unlikely(!atomic_cas_release(&m->owner, &owner, 0)))
		return mutex_unlock_slow(m);
	t->held--;
	return 0;
}

/* Who has @m at this moment, or NULL; it may be gone when the caller looks at it. Any context. */
static inline const struct thread *mutex_owner(const struct mutex *m)
{
	return (const struct thread *)(atomic_load_relaxed(&m->owner) & ~MUTEX_WAITED);
}

/* How many threads wait for @m. Any context. */
unsigned int mutex_waiters(const struct mutex *m);

/*
 * @m's memory is going to be used for something else: 0; -EBUSY while somebody has it. Any
 * context.
 */
int mutex_destroy(struct mutex *m);

#endif
