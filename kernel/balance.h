/* SPDX-License-Identifier: MIT */
/*
 * How CPUs share threads, between sched.c and balance.c. Without CONFIG_SMP, or while one CPU runs,
 * nothing here is called; where the policy does not share (CONFIG_SCHED_SHARES) a thread stays on
 * the CPU that it was started on.
 */
#ifndef KERNEL_PRIVATE_BALANCE_H
#define KERNEL_PRIVATE_BALANCE_H

#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/sched_policy.h>

/* Locks the run queue that @t is on, and gives it: it may change up to then. Interrupts off. */
static __always_inline struct runqueue *lock_runqueue(struct thread *t)
{
	struct runqueue *rq = t->rq;

	spin_lock_untraced(&rq->lock);
#ifdef CONFIG_SMP
	while (unlikely(rq->shared) && rq != atomic_load_relaxed(&t->rq)) {
		spin_unlock(&rq->lock);
		rq = atomic_load_relaxed(&t->rq);
		spin_lock_untraced(&rq->lock);
	}
#endif
	return rq;
}

/*
 * sched.c, for its other files. Gives the CPU away where @rq->resched says so, and then has the
 * interrupt mask @state; interrupts are masked. @t comes into @rq's queue, and its CPU gets to
 * know. What @rq has set aside for the end of an interrupt comes into its queue. @rq is this CPU's,
 * or locked.
 */
void sched_preempt(struct runqueue *rq, unsigned long state);
void sched_enter(struct runqueue *rq, struct thread *t, enum sched_why why);
void sched_settle(struct runqueue *rq);

#ifdef CONFIG_SMP

/* Whether @t may run on @rq's CPU. */
static inline bool may_run_on(const struct runqueue *rq, const struct thread *t)
{
	return t->affinity >> rq->cpu & 1;
}

/* @t's placement, when it is on @rq. */
static inline enum thread_placement placement(const struct runqueue *rq, const struct thread *t)
{
	if (!may_run_on(rq, t))
		return THREAD_MISPLACED;
	return t->affinity & (t->affinity - 1) ? THREAD_FREE : THREAD_PINNED;
}

/* The run queue of CPU @cpu. */
struct runqueue *cpu_runqueue(unsigned int cpu);

/*
 * The run queue that @t, which is about to be ready and was on @home last, is to come to: one whose
 * CPU it gets at once, if there is one. @home's lock is held, or @t is in
 * nobody's hands but the caller's.
 */
struct runqueue *balance_place(struct runqueue *home, struct thread *t, enum sched_why why);

/*
 * After @rq's CPU has chosen who runs instead of @prev: sees to it that what is left in its queue
 * runs elsewhere, if it is more urgent than what runs there, and that it gets what waits elsewhere
 * and is more urgent. @rq is this CPU's, locked.
 */
void balance_chosen(struct runqueue *rq, const struct thread *prev);

/* Something has come into @rq's queue and does not run at once: has another CPU look for it. */
void balance_queued(struct runqueue *rq);

/*
 * Brings the most urgent thread that waits elsewhere, may run here, and is more urgent than the
 * current one into this CPU's queue: false when there is none. Interrupts off, no run queue locked.
 */
bool balance_pull(struct runqueue *rq);

/* In the interrupt that cpu_kick() raises. */
void balance_look(void);

/* Puts @t, on whose stack no CPU runs any more and which may not run here, where it may. */
void balance_move(struct thread *t);

/* sched.c: @t, which is on its way to @rq's queue, comes into it. @rq's lock is not held. */
void sched_arrive(struct runqueue *rq, struct thread *t, enum sched_why why);

/* sched.c: @t, which is in @rq's locked queue, leaves it, on its way to @to's. */
void sched_leave(struct runqueue *rq, struct thread *t, struct runqueue *to);

#endif
#endif
