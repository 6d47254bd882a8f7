/* SPDX-License-Identifier: MIT */
/*
 * What changes of a thread while it is there: its parameters, who lends it urgency, the CPUs that
 * it may run on. One that is in a queue leaves it meanwhile, since its place may be another one
 * then; one that runs asks for its place again.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <uapi/errno.h>

#include "balance.h"
#include "thread.h"

static void leave_queue(struct runqueue *rq, struct thread *t)
{
	if (unlikely(rq->woken))
		sched_settle(rq);
	if (t->state == THREAD_READY && t != rq->current)
		sched_policy_dequeue(rq, t);
}

/* @rq's current thread shall ask for its place again, as if a more urgent one had come. */
static void contest(struct runqueue *rq)
{
	if (rq->resched)
		return;
	rq->resched = SCHED_PREEMPT;
#ifdef CONFIG_SMP
	if (rq != sched_rq())
		cpu_kick(rq->cpu);
#endif
}

/* The most urgent thread may be another one now, after @t's urgency has changed. */
static void changed(struct runqueue *rq, struct thread *t)
{
	if (t == rq->current) {
		/* it competes again with those that are ready, and has not had its turn */
		contest(rq);
	} else if (t->state == THREAD_READY) {
		sched_enter(rq, t, SCHED_CHANGE);
	}
}

static void set_priority(struct thread *t)
{
	t->priority = (unsigned int)t->params.priority;
	if (t->donor)
		t->priority = MAX(t->priority, t->donor->priority);
}

int sched_set_params(struct thread *t, const struct sched_params *params)
{
	struct runqueue *rq = lock_runqueue(t);
	int err;

	if (t == rq->idle) {
		spin_unlock(&rq->lock);
		return -EINVAL;
	}
	leave_queue(rq, t);
	err = sched_policy_admit(t, params);
	if (!err)
		t->params = *params;
	set_priority(t);
	changed(rq, t);
	spin_unlock(&rq->lock);
	sched_wait_changed(t);
	return err;
}

void sched_set_donor(struct thread *t, const struct thread *donor)
{
	struct runqueue *rq = lock_runqueue(t);

	leave_queue(rq, t);
	t->donor = donor;
	set_priority(t);
	changed(rq, t);
	spin_unlock(&rq->lock);
}

#ifdef CONFIG_SMP
int thread_set_affinity(struct thread *t, u64 affinity)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = lock_runqueue(t);
	int err = 0;

	if (t == rq->idle || !(affinity & cpu_online()))
		err = -EINVAL;
	else if (!IS_ENABLED(CONFIG_SCHED_SHARES) && !(affinity & BIT(rq->cpu)))
		err = -EOPNOTSUPP;
	if (err) {
		spin_unlock(&rq->lock);
		arch_irq_restore(state);
		return err;
	}
	leave_queue(rq, t);
	t->affinity = affinity;
	t->placement = (u8)placement(rq, t);
	if (t == rq->current && !may_run_on(rq, t)) {
		contest(rq);
	} else if (t->state == THREAD_READY && t != rq->current) {
		t->state = THREAD_MOVING;
		spin_unlock(&rq->lock);
		sched_arrive(rq, t, SCHED_CHANGE);
		sched_irq_restore(state);
		return 0;
	}
	spin_unlock(&rq->lock);
	sched_irq_restore(state);
	return 0;
}
#endif
