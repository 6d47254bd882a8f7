/* SPDX-License-Identifier: MIT */
/*
 * How CPUs share threads. Each has its own run queue with its own lock, and no two are ever held
 * at once: a thread that goes from one to another is on its way in between (THREAD_MOVING), in no
 * queue, and already belongs to the one that it will come to.
 *
 * A run queue tells the others two things without its lock: @rank, how urgent its CPU's current
 * thread is (0: idle), and @ready, a bit for each rank of those that wait. With these
 *
 *  - a thread that becomes ready comes to a CPU that runs something less urgent, idle ones first,
 *    then the least urgent: the one where it was last, if several are alike (balance_place());
 *  - a CPU whose queue is left with something more urgent than what other CPUs run has those look
 *    (balance_queued(), cpu_kick());
 *  - a CPU that begins something less urgent than what waits elsewhere, the idle thread included,
 *    takes that (balance_pull()).
 *
 * So, when all is said, the m most urgent of the ready threads run on m CPUs, as far as they may.
 * What is read without a lock may be old. It is put right by whoever changes it: each CPU writes
 * what it has chosen, passes a full barrier, and then reads the others'; of two that change
 * something at once at least one sees what the other one wrote.
 */
#include "balance.h"

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <kernel/timer.h>

/* The highest of the ranks @ready; 0: none. */
static unsigned int highest(u32 ready)
{
	return ready ? 32 - (unsigned int)__builtin_clz(ready) : 0;
}

/* The highest rank that waits on @rq; 0: none. */
static unsigned int waiting(const struct runqueue *rq)
{
	return highest(atomic_load_relaxed(&rq->ready));
}

/* The highest rank that waits on any CPU; few steps for each, since every switch asks. */
static unsigned int waiting_anywhere(const struct runqueue *rq)
{
	const struct runqueue *other = rq;
	u32 ready = 0;

	do {
		ready |= atomic_load_relaxed(&other->ready);
		other = atomic_load_relaxed(&other->next);
	} while (other != rq);
	return highest(ready);
}

/* How urgent @rq's CPU is busy, with what it runs or is about to. */
static unsigned int busy(const struct runqueue *rq)
{
	return MAX(atomic_load_relaxed(&rq->rank), waiting(rq));
}

/* Where a search among equals begins, so that threads spread. */
static u32 turn;

/* @cpus from bit @first on, and then those before it. */
static unsigned int next_of(u64 cpus, unsigned int first)
{
	u64 behind = cpus & ~0UL << first;

	return (unsigned int)__builtin_ctzl(behind ? behind : cpus);
}

struct runqueue *balance_place(struct runqueue *home, struct thread *t, enum sched_why why)
{
	u64 cpus = cpu_online() & t->affinity;
	struct runqueue *best = may_run_on(home, t) ? home : NULL;
	unsigned int least = best ? busy(home) : UINT32_MAX, from = 0;

	if (!IS_ENABLED(CONFIG_SCHED_SHARES))
		return best ? best : cpu_runqueue((unsigned int)__builtin_ctzl(cpus));
	if (best && !least)
		return home;
	/* a new one has no CPU that it would better stay on */
	if (why == SCHED_NEW) {
		from = atomic_add_relaxed(&turn, 1) % NR_CPUS;
		least = UINT32_MAX;
	}
	while (cpus && least) {
		unsigned int cpu = next_of(cpus, from);
		struct runqueue *rq = cpu_runqueue(cpu);
		unsigned int its = busy(rq);

		if (its < least) {
			best = rq;
			least = its;
		}
		cpus &= ~BIT(cpu);
	}
	if (why != SCHED_NEW && may_run_on(home, t) && least >= sched_policy_rank(t))
		return home;
	return best;
}

/*
 * All that could take it are asked, not the best of them: that one may have got something else by
 * the time it looks, or may not run what it finds. Who comes too late finds nothing.
 */
void balance_queued(struct runqueue *rq)
{
	unsigned int urgent = waiting(rq);
	u64 cpus = cpu_online() & ~rq->in_vain & ~BIT(rq->cpu);

	if (!IS_ENABLED(CONFIG_SCHED_SHARES) || !urgent)
		return;
	atomic_fence();
	for (; cpus; cpus &= cpus - 1) {
		unsigned int cpu = (unsigned int)__builtin_ctzl(cpus);

		if (busy(cpu_runqueue(cpu)) < urgent)
			cpu_kick(cpu);
	}
}

/* The CPU on which the most urgent thread waits that may move, if above @rank; or NULL. */
static struct runqueue *find_waiting(const struct runqueue *rq, unsigned int rank, u64 cpus)
{
	struct runqueue *best = NULL;

	if (likely(waiting_anywhere(rq) <= rank))
		return NULL;
	for (; cpus; cpus &= cpus - 1) {
		struct runqueue *other = cpu_runqueue((unsigned int)__builtin_ctzl(cpus));
		unsigned int its = waiting(other);

		if (other != rq && its > rank &&
		    !(atomic_load_relaxed(&other->in_vain) & BIT(rq->cpu))) {
			best = other;
			rank = its;
		}
	}
	return best;
}

void balance_chosen(struct runqueue *rq, const struct thread *prev)
{
	if (!IS_ENABLED(CONFIG_SCHED_SHARES))
		return;
	/* it may be in the queue now */
	if (prev->placement != THREAD_PINNED)
		rq->in_vain = 0;
	atomic_fence();
	balance_queued(rq);
	/* the idle thread looks by itself */
	if (rq->rank && find_waiting(rq, MAX(rq->rank, waiting(rq)), cpu_online()))
		cpu_kick(rq->cpu);
}

/* Takes the most urgent one that may run on @rq's CPU from @other, if above @rank. */
static struct thread *take(struct runqueue *rq, struct runqueue *other, unsigned int rank)
{
	struct thread *t;

	spin_lock_untraced(&other->lock);
	t = sched_policy_first(other, rq->cpu);
	if (!t)
		other->in_vain |= BIT(rq->cpu);
	if (t && sched_policy_rank(t) > rank)
		sched_leave(other, t, rq);
	else
		t = NULL;
	spin_unlock(&other->lock);
	return t;
}

bool balance_pull(struct runqueue *rq)
{
	unsigned int rank = busy(rq);
	u64 cpus = cpu_online();
	struct runqueue *other;
	struct thread *t = NULL;

	if (!IS_ENABLED(CONFIG_SCHED_SHARES))
		return false;
	while (!t && (other = find_waiting(rq, rank, cpus))) {
		t = take(rq, other, rank);
		cpus &= ~BIT(other->cpu);	/* the most urgent one may not run here */
	}
	if (t)
		sched_arrive(rq, t, SCHED_PREEMPT);
	return t;
}

void balance_look(void)
{
	struct runqueue *rq = sched_rq();

	if (!rq->resched)
		balance_pull(rq);
	/* who came into the queue from elsewhere may have ended what had no end */
	if (rq->slice)
		timer_arm(rq->slice_end);
}

void balance_move(struct thread *t)
{
	struct runqueue *rq = balance_place(t->rq, t, SCHED_PREEMPT);

	atomic_store_relaxed(&t->rq, rq);
	sched_arrive(rq, t, SCHED_PREEMPT);
}
