/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's core: switching, sleeping, waking, preemption and accounting, once for every
 * policy (<kernel/sched_policy.h>).
 *
 * A run queue's lock is held across the switch: who leaves takes it, who comes releases it. So
 * nobody wakes, moves or frees a thread between the moment when it is known to sleep and the one
 * when its registers are saved.
 *
 * Preemption happens in three places, and nowhere else: at the end of an interrupt, where a lock is
 * released by sched_irq_restore(), and, when a thread was woken with interrupts masked by somebody
 * further up, in an interrupt that the core raises for it as soon as they are let in. There is no
 * count of reasons not to preempt: masked interrupts are that.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/timer.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/stack.h>
#include <uapi/errno.h>

#include "thread.h"

struct runqueue runqueue PER_CPU;

static struct thread idle_thread PER_CPU;

/* The first thing on the other side of a switch, on whatever CPU that is. */
static void finish_switch(void)
{
	struct runqueue *rq = sched_rq();
	struct thread *gone = rq->gone;

	rq->gone = NULL;
	spin_unlock(&rq->lock);
	if (unlikely(gone))
		thread_gone(gone);
}

/* The end of the current thread's slice is @rq->slice from @now on. */
static void begin_slice(struct runqueue *rq, u64 now)
{
	rq->slice_end = now + rq->slice;
	timer_arm(rq->slice_end);
}

/* Accounts what the current thread has run up to @now. */
static u64 account(struct runqueue *rq, u64 now)
{
	u64 ran = now - rq->since;

	rq->since = now;
	rq->current->run_ticks += ran;
	return ran;
}

/*
 * Gives the CPU to the next thread. @rq's lock is held, and not any more when this returns, which
 * is when the caller's turn comes again.
 */
static void reschedule(struct runqueue *rq, enum sched_why why)
{
	struct thread *prev = rq->current, *next;
	u64 now = arch_counter();
	u64 ran = account(rq, now);

	assert(spin_is_locked(&rq->lock) && arch_irqs_disabled());
	rq->resched = SCHED_NONE;
	if (rq->slice != SCHED_NO_SLICE)
		sched_policy_charge(rq, prev, ran);
	if (why != SCHED_NONE && prev != rq->idle) {
		prev->state = THREAD_READY;
		prev->ready_since = now;
		sched_policy_enqueue(rq, prev, why);
	}
	next = sched_policy_pick(rq);
	if (likely(next)) {
		next->wait_ticks += now - next->ready_since;
		if (rq->slice != SCHED_NO_SLICE)
			begin_slice(rq, now);
	} else {
		next = rq->idle;
		rq->slice = SCHED_NO_SLICE;
	}
	next->state = THREAD_RUNNING;
	if (next == prev) {
		spin_unlock(&rq->lock);
		return;
	}
	rq->switches++;
	if (why == SCHED_PREEMPT || why == SCHED_SLICE)
		prev->preemptions++;
	else
		prev->switches++;
	rq->current = next;
	arch_set_current(next);
	arch_context_switch(&prev->context, &next->context);
	finish_switch();
}

void thread_yield(void)
{
	struct runqueue *rq;

	arch_irq_disable();
	rq = sched_rq();
	spin_lock(&rq->lock);
	reschedule(rq, SCHED_YIELD);
	arch_irq_enable();
}

static void preempt(struct runqueue *rq)
{
	spin_lock(&rq->lock);
	reschedule(rq, rq->resched);
}

void sched_resched(unsigned long state)
{
	struct runqueue *rq = sched_rq();

	if (!arch_irqs_masked(state))
		preempt(rq);
	else if (!rq->in_irq)
		timer_arm(0);	/* an interrupt comes as soon as it is let in, and ends in sched_irq_exit() */
}

void sched_irq_exit(void)
{
	preempt(sched_rq());
}

int sched_sleep(struct spinlock *lock)
{
	struct runqueue *rq = sched_rq();
	struct thread *t = rq->current;

	spin_lock(&rq->lock);
	if (unlikely(t->cancel)) {
		t->cancel = false;
		spin_unlock(&rq->lock);
		spin_unlock(lock);
		return -EINTR;
	}
	t->state = THREAD_SLEEPING;
	spin_unlock(lock);
	reschedule(rq, SCHED_NONE);
	return t->wake_status;
}

/* @t has come into @rq's queue: does it take the CPU from the current thread? */
static void check_preempt(struct runqueue *rq, const struct thread *t)
{
	struct thread *current = rq->current;

	if (rq->resched)
		return;
	if (current == rq->idle || sched_policy_before(t, current))
		rq->resched = SCHED_PREEMPT;
}

/* @t is ready from now on. */
static void make_ready(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	u64 now = arch_counter();

	/* policies compare by what was used so far */
	if (rq->slice != SCHED_NO_SLICE &&
	    !sched_policy_charge(rq, rq->current, account(rq, now)) && !rq->resched)
		rq->resched = SCHED_SLICE;
	t->state = THREAD_READY;
	t->ready_since = now;
	sched_policy_enqueue(rq, t, why);
	check_preempt(rq, t);
}

bool sched_wake(struct thread *t, int status)
{
	struct runqueue *rq = t->rq;
	bool asleep;

	spin_lock(&rq->lock);
	asleep = t->state == THREAD_SLEEPING;
	if (asleep) {
		t->wake_status = status;
		make_ready(rq, t, SCHED_WAKE);
	}
	spin_unlock(&rq->lock);
	return asleep;
}

void sched_start(struct thread *t)
{
	struct runqueue *rq = t->rq;

	spin_lock(&rq->lock);
	make_ready(rq, t, SCHED_NEW);
	spin_unlock(&rq->lock);
}

void sched_exit(void)
{
	struct runqueue *rq = sched_rq();

	spin_lock(&rq->lock);
	rq->current->state = THREAD_DEAD;
	rq->gone = rq->current;
	reschedule(rq, SCHED_NONE);
	panic("thread %s runs on after its end", arch_current()->name);
}

void thread_kill(struct thread *t)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = t->rq;
	bool asleep;

	spin_lock(&rq->lock);
	t->killed = true;
	asleep = t->state == THREAD_SLEEPING;
	t->cancel = !asleep;
	if (asleep) {
		t->wake_status = -EINTR;
		make_ready(rq, t, SCHED_WAKE);
	}
	spin_unlock(&rq->lock);
	sched_irq_restore(state);
}

/* The most urgent thread may be another one now, after @t's urgency has changed. */
static void changed(struct runqueue *rq, struct thread *t)
{
	if (t == rq->current) {
		/* it competes again with those that are ready, and has not had its turn */
		if (t != rq->idle && !rq->resched)
			rq->resched = SCHED_PREEMPT;
	} else if (t->state == THREAD_READY && t != rq->idle) {
		sched_policy_enqueue(rq, t, SCHED_CHANGE);
		check_preempt(rq, t);
	}
}

int sched_set_params(struct thread *t, const struct sched_params *params)
{
	struct runqueue *rq = t->rq;
	int err;

	spin_lock(&rq->lock);
	if (t->state == THREAD_READY && t != rq->idle)
		sched_policy_dequeue(rq, t);
	err = sched_policy_admit(t, params);
	if (!err)
		t->params = *params;
	changed(rq, t);
	spin_unlock(&rq->lock);
	return err;
}

void sched_set_donor(struct thread *t, const struct thread *donor)
{
	struct runqueue *rq = t->rq;

	spin_lock(&rq->lock);
	if (t->state == THREAD_READY)
		sched_policy_dequeue(rq, t);
	t->donor = donor;
	changed(rq, t);
	spin_unlock(&rq->lock);
}

void sched_tick(u64 now)
{
	struct runqueue *rq = sched_rq();
	u64 left;

	spin_lock(&rq->lock);
	if (rq->slice != SCHED_NO_SLICE) {
		if (now >= rq->slice_end) {
			left = sched_policy_charge(rq, rq->current, account(rq, now));
			if (left) {
				rq->slice = left;
				rq->slice_end = now + left;
			} else if (!rq->resched) {
				rq->resched = SCHED_SLICE;
			}
		}
		if (!rq->resched)
			timer_arm(rq->slice_end);
	}
	spin_unlock(&rq->lock);
}

void sched_stats_get(struct sched_stats *stats)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = sched_rq();

	spin_lock(&rq->lock);
	account(rq, arch_counter());
	stats->switches = rq->switches;
	stats->idle = time_from_ticks(rq->idle->run_ticks);
	spin_unlock(&rq->lock);
	arch_irq_restore(state);
}

int sched_check_params(const struct sched_params *p)
{
	bool real_time = p->runtime || p->deadline || p->period;

	if (p->priority < 0 || p->priority >= PRIORITY_LEVELS || p->nice < NICE_MIN ||
	    p->nice > NICE_MAX)
		return -EINVAL;
	if (real_time && (!p->runtime || p->runtime > p->deadline || p->deadline > p->period ||
			  p->period > SCHED_PERIOD_MAX))
		return -EINVAL;
	return 0;
}

void sched_tell(struct thread *t, struct thread_info *info)
{
	struct runqueue *rq = t->rq;

	if (!rq)
		return;		/* boot has not got that far */
	spin_lock(&rq->lock);
	if (t == rq->current)
		account(rq, arch_counter());
	info->cpu = rq->cpu;
	info->killed = t->killed;
	info->params = t->params;
	info->run = time_from_ticks(t->run_ticks);
	info->waited = time_from_ticks(t->wait_ticks);
	info->switches = t->switches;
	info->preemptions = t->preemptions;
	info->policy[0] = 0;
	if (t != rq->idle)
		sched_policy_show(t, info->policy, sizeof(info->policy));
	spin_unlock(&rq->lock);
}

void sched_begin(void)
{
	finish_switch();
	arch_irq_enable();
}

/* Waits for interrupts, which make threads ready. */
static void idle(void *arg)
{
	struct runqueue *rq = arg;

	finish_switch();
	for (;;) {
		/* masked, so that none comes between the look and the wait */
		if (rq->resched)
			preempt(rq);
		else
			arch_wait_for_interrupt();
		arch_irq_enable();
		arch_irq_disable();
	}
}

void sched_init(void)
{
	struct runqueue *rq = sched_rq();
	struct thread *t = this_cpu(idle_thread);
	void *stack = stack_alloc();

	if (!stack)
		panic("no memory for the idle thread's stack");
	strlcpy(t->name, "idle", sizeof(t->name));
	t->stack = (vaddr_t)stack;
	t->stack_size = STACK_SIZE;
	t->rq = rq;
	t->state = THREAD_READY;
	arch_context_init(&t->context, t->stack + STACK_SIZE, idle, rq);
	rq->percpu = arch_percpu_offset();
	rq->idle = t;
	rq->current = &boot_thread;
	rq->since = arch_counter();
	rq->slice = SCHED_NO_SLICE;
	sched_policy_init(rq);
	thread_create_init();
	thread_adopt(&boot_thread, rq);
	thread_adopt(t, rq);
}
