/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's core, for what builds sleeping and waking on it (kernel/). Everybody else uses
 * <kernel/thread.h>, <kernel/wait.h> and the locks. A thread that woke another one must pass a
 * preemption point afterwards: sched_irq_restore(), wait_unlock(), or the end of an interrupt.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <arch/atomic.h>
#include <arch/cpu.h>
#ifdef CONFIG_THREADS
#include <kernel/sched_policy.h>
#endif
#include <lib/types.h>

#ifdef CONFIG_THREADS

/* This CPU's. Interrupts off. */
static inline struct runqueue *sched_rq(void)
{
	return arch_current()->rq;
}

/*
 * Makes threads possible: the boot thread becomes one, and the CPU gets its idle thread. Boot CPU,
 * once, after the timer and the heap.
 */
void sched_init(void);

/*
 * Puts the calling thread to sleep and releases @lock, so that nobody who takes @lock sees it half
 * asleep. Interrupts off, no other spinlock held; when it returns interrupts are as @state, by
 * arch_irq_save(), says. The status that sched_wake() gave, or -EINTR when it was cancelled before.
 */
int sched_sleep(struct spinlock *lock, unsigned long state);

/* The same until the time @deadline (ns, TIME_NEVER), which gives -ETIMEDOUT. In kernel/wait.c. */
int sched_sleep_until(struct spinlock *lock, unsigned long state, u64 deadline);

/*
 * Ends @thread's sleep with @status: true when it slept. Interrupts off. Takes its run queue's
 * lock: that comes last in the order.
 */
bool sched_wake(struct thread *thread, int status);

/* The most urgent thread on a list of more than one waiter; of equals, the first. */
struct thread *wait_most_urgent(const struct list *waiters);

/*
 * For primitives that hand something to the one that they wake: the waiter that wait_wake_one()
 * would take from the list, which is not empty. The caller holds the lock that guards the list.
 */
static inline struct thread *wait_first(const struct list *waiters)
{
	struct list *first = waiters->next;

	if (likely(first->next == waiters))
		return list_entry(first, struct thread, wait_link);
	return wait_most_urgent(waiters);
}

/* Takes it off the list as well. What its link points at then is of no use. */
static inline struct thread *wait_take_first(struct list *waiters)
{
	struct list *first = waiters->next;
	struct thread *t;

	if (likely(first->next == waiters)) {
		list_init(waiters);
		return list_entry(first, struct thread, wait_link);
	}
	t = wait_most_urgent(waiters);
	list_unlink(&t->wait_link);
	return t;
}

/*
 * Wakes that waiter alone, which leaves the list. False when its time was over, or it was
 * cancelled, before: then it gets nothing. As wait_first().
 */
bool wait_wake(struct thread *thread);

/*
 * The rest of wait_sleep(), between kernel/sched.c and kernel/wait.c: with a deadline; and after a
 * sleep that nobody ended by a wake-up, or that was none, with @q's lock not held.
 */
int wait_sleep_until(struct wait_queue *q, unsigned long state, u64 deadline);
int wait_leave(struct wait_queue *q, unsigned long state, int status);

/*
 * @thread's sleep was ended by its deadline or by thread_kill(), or its urgency has changed: tells
 * the primitive that it sleeps in, if that wants to know. Interrupts off, no run queue's lock held.
 */
static inline void sched_wait_changed(struct thread *thread)
{
	void (*changed)(struct thread *) = atomic_load_relaxed(&thread->wait_changed);

	if (unlikely(changed))
		changed(thread);
}

/* A new thread is ready. Interrupts off. */
void sched_start(struct thread *thread);

/* The calling thread has ended. Interrupts off. */
__noreturn void sched_exit(void);

/*
 * A thread that sched_exit() ended does not run on its stack any more. Interrupts off. For
 * thread.c.
 */
void thread_gone(struct thread *thread);

/* The first call of a new thread, on its stack: from here on it is like any other. */
void sched_begin(void);

/* 0, or -EINVAL when something in @params is out of its range. Any context. */
int sched_check_params(const struct sched_params *params);

/*
 * Gives @thread checked parameters, if the policy admits them (its errors), and its @donor.
 * Interrupts off; thread_lock held for the first.
 */
int sched_set_params(struct thread *thread, const struct sched_params *params);
void sched_set_donor(struct thread *thread, const struct thread *donor);

/* Lets a more urgent thread run, with the interrupt mask that it is about to become @state. */
void sched_resched(unsigned long state);

/* As arch_irq_restore(), and lets a more urgent thread that was woken meanwhile run. */
static inline void sched_irq_restore(unsigned long state)
{
	if (unlikely(sched_rq()->resched))
		sched_resched(state);
	arch_irq_restore(state);
}

/*
 * Around an interrupt's handler: from here on threads that get woken do not run at once; and at its
 * end the current thread gives the CPU away, where that is due. Interrupts are let in for the first
 * time after sched_init().
 */
static inline struct runqueue *sched_irq_enter(struct arch_frame *frame)
{
	struct runqueue *rq = sched_rq();

	rq->irq_frame = frame;
	return rq;
}

/*
 * At the end of an interrupt, when @rq->resched. It returns only where the current thread keeps the
 * CPU: else another one goes on, and this one later, from @rq->irq_frame.
 */
void sched_irq_exit(struct runqueue *rq);

static inline void sched_irq_leave(struct runqueue *rq)
{
	if (unlikely(rq->resched))
		sched_irq_exit(rq);
	else
		rq->irq_frame = NULL;
}

/* The slice of the current thread may be over. From the timer's interrupt. */
void sched_tick(u64 now);

#else

static inline void sched_init(void)
{
}

static inline struct runqueue *sched_irq_enter(struct arch_frame *frame __unused)
{
	return NULL;
}

static inline void sched_irq_leave(struct runqueue *rq __unused)
{
}

#endif
#endif
