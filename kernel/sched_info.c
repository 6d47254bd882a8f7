/* SPDX-License-Identifier: MIT */
/* What can be told of threads by who schedules them, and which parameters make sense. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/timer.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <uapi/errno.h>

#include "balance.h"
#include "thread.h"

int sched_check_params(const struct sched_params *p)
{
	if (p->priority < 0 || p->priority >= PRIORITY_LEVELS || p->nice < NICE_MIN ||
	    p->nice > NICE_MAX)
		return -EINVAL;
	if (p->slice && (p->slice < SCHED_SLICE_MIN || p->slice > SCHED_PERIOD_MAX))
		return -EINVAL;
	if ((p->runtime | p->deadline | p->period) &&
	    (p->runtime < SCHED_SLICE_MIN || p->runtime > p->deadline || p->deadline > p->period ||
	     p->period > SCHED_PERIOD_MAX))
		return -EINVAL;
	return 0;
}

void sched_tell(struct thread *t, struct thread_info *info)
{
	struct runqueue *rq;
	u64 now, asleep, run, waited;

	if (!t->rq)
		return;		/* boot has not got that far */
	rq = lock_runqueue(t);
	now = arch_counter();
	info->state = t->state == THREAD_MOVING ? THREAD_READY : t->state;
	info->running = t == rq->current;
	asleep = t->sleep_ticks + (info->state == THREAD_READY ? 0 : now - t->asleep_since);
	info->cpu = rq->cpu;
	info->idle = t == rq->idle;
	info->killed = t->killed;
	info->params = t->params;
	/* not by account(): the policy would never be told of that time */
	run = t->run_ticks + (info->running && now > rq->since ? now - rq->since : 0);
	info->run = time_from_ticks(run);
	waited = now - t->born - asleep - run;
	info->waited = (s64)waited < 0 ? 0 : time_from_ticks(waited);
	info->switches = t->left[SCHED_SLEEP] + t->left[SCHED_YIELD];
	info->preemptions = t->left[SCHED_PREEMPT] + t->left[SCHED_SLICE];
	info->policy[0] = 0;
	if (t != rq->idle)
		sched_policy_show(t, info->policy, sizeof(info->policy));
	spin_unlock(&rq->lock);
}

u64 thread_cpu_time_of(struct thread *t)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = lock_runqueue(t);
	bool running = rq->current == t;
	u64 now = arch_counter(), ticks = t->run_ticks;

	if (running && now > rq->since)
		ticks += now - rq->since;
	spin_unlock(&rq->lock);
	arch_irq_restore(state);
	return time_from_ticks(ticks);
}

u64 thread_cpu_time(void)
{
	unsigned long state = arch_irq_save();
	struct thread *t = arch_current();
	struct runqueue *rq = lock_runqueue(t);
	u64 now = arch_counter(), ticks = t->run_ticks;

	/* another CPU may have accounted it just now */
	if (now > rq->since)
		ticks += now - rq->since;
	spin_unlock(&rq->lock);
	arch_irq_restore(state);
	return time_from_ticks(ticks);
}
