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
#include <arch/sections.h>
#include <arch/timer.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/stack.h>
#include <uapi/errno.h>

#include "thread.h"

static struct runqueue runqueue PER_CPU;

static struct thread idle_thread PER_CPU;

/* The first thing on the other side of a switch, on whatever CPU that is. */
static inline void finish_switch(void)
{
	struct runqueue *rq = sched_rq();
	struct thread *gone = rq->gone;

	spin_unlock(&rq->lock);
	if (unlikely(gone)) {
		rq->gone = NULL;
		thread_gone(gone);
	}
}

/* Accounts what the current thread has run up to @now. */
static inline u64 account(struct runqueue *rq, struct thread *current, u64 now)
{
	u64 ran = now - rq->since;

	rq->since = now;
	current->run_ticks += ran;
	return ran;
}

/* The end of the current thread's slice is @rq->slice from now on. */
static void begin_slice(struct runqueue *rq)
{
	rq->slice_end = rq->since + rq->slice;
	timer_arm(rq->slice_end);
}

/* What the policy wants to know of a current thread that had a slice. */
static __noinline void charge(struct runqueue *rq, struct thread *current, u64 ran)
{
	if (!sched_policy_charge(rq, current, ran) && !rq->resched)
		rq->resched = SCHED_SLICE;
}

/*
 * Gives the CPU to the next thread, and when the caller's turn comes again sets its interrupt mask
 * to @state. @rq's lock is held, and not any more when this returns.
 */
static void reschedule(struct runqueue *rq, enum sched_why why, unsigned long state)
{
	struct thread *prev = arch_current(), *next;
	u64 ran = account(rq, prev, arch_counter_early());

	assert(spin_is_locked(&rq->lock) && arch_irqs_disabled());
	if (unlikely(rq->slice))
		charge(rq, prev, ran);
	rq->resched = SCHED_SLEEP;
	next = sched_policy_pick(rq, prev, why);
	if (unlikely(!next)) {
		next = rq->idle;
		rq->slice = 0;
	}
	if (unlikely(rq->slice))
		begin_slice(rq);
	if (likely(next != prev)) {
		prev->left[why]++;
		rq->current = next;
		arch_set_current(next);
		arch_context_switch(&prev->context, &next->context);
	}
	finish_switch();
	arch_irq_restore(state);
}

void thread_yield(void)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = sched_rq();

	spin_lock_untraced(&rq->lock);
	reschedule(rq, SCHED_YIELD, state);
}

static void preempt(struct runqueue *rq, unsigned long state)
{
	spin_lock_untraced(&rq->lock);
	reschedule(rq, rq->resched, state);
}

void sched_resched(unsigned long state)
{
	struct runqueue *rq = sched_rq();

	if (!arch_irqs_masked(state))
		preempt(rq, state);
	else if (!rq->in_irq)
		timer_arm(0);	/* an interrupt comes as soon as it is let in, and ends in sched_irq_exit() */
}

void sched_irq_exit(void)
{
	preempt(sched_rq(), ARCH_IRQ_MASKED);
}

int sched_sleep(struct spinlock *lock)
{
	struct runqueue *rq = sched_rq();
	struct thread *t = rq->current;

	spin_lock_untraced(&rq->lock);
	if (unlikely(t->cancel)) {
		t->cancel = false;
		spin_unlock(&rq->lock);
		spin_unlock(lock);
		return -EINTR;
	}
	t->state = THREAD_SLEEPING;
	spin_unlock(lock);
	t->asleep_since = arch_counter_early();
	reschedule(rq, SCHED_SLEEP, arch_irq_save());
	return t->wake_status;
}

/* @t has come into @rq's queue: does it take the CPU from the current thread? */
static inline void check_preempt(struct runqueue *rq, const struct thread *t)
{
	if (unlikely(rq->resched))
		return;
	if (rq->current == rq->idle)
		rq->resched = SCHED_IDLE;
	else if (sched_policy_before(t, rq->current))
		rq->resched = SCHED_PREEMPT;
}

/* @t is ready from now on. */
static inline void make_ready(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	u64 now = arch_counter_early();

	/* policies compare by what was used so far */
	if (unlikely(rq->slice))
		charge(rq, rq->current, account(rq, rq->current, now));
	t->state = THREAD_READY;
	t->sleep_ticks += now - t->asleep_since;
	sched_policy_enqueue(rq, t, why);
	check_preempt(rq, t);
}

bool sched_wake(struct thread *t, int status)
{
	struct runqueue *rq = t->rq;

	spin_lock_untraced(&rq->lock);
	if (unlikely(t->state != THREAD_SLEEPING)) {
		spin_unlock(&rq->lock);
		return false;
	}
	t->wake_status = status;
	make_ready(rq, t, SCHED_WAKE);
	spin_unlock(&rq->lock);
	return true;
}

void sched_start(struct thread *t)
{
	struct runqueue *rq = t->rq;

	spin_lock_untraced(&rq->lock);
	make_ready(rq, t, SCHED_NEW);
	spin_unlock(&rq->lock);
}

void sched_exit(void)
{
	struct runqueue *rq = sched_rq();

	spin_lock_untraced(&rq->lock);
	rq->current->state = THREAD_DEAD;
	rq->gone = rq->current;
	reschedule(rq, SCHED_SLEEP, 0);
	panic("thread %s runs on after its end", arch_current()->name);
}

void thread_kill(struct thread *t)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = t->rq;
	bool asleep;

	spin_lock_untraced(&rq->lock);
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

static void leave_queue(struct runqueue *rq, struct thread *t)
{
	if (t->state == THREAD_READY && t != rq->current)
		sched_policy_dequeue(rq, t);
}

/* The most urgent thread may be another one now, after @t's urgency has changed. */
static void changed(struct runqueue *rq, struct thread *t)
{
	if (t == rq->current) {
		/* it competes again with those that are ready, and has not had its turn */
		if (!rq->resched)
			rq->resched = SCHED_PREEMPT;
	} else if (t->state == THREAD_READY) {
		sched_policy_enqueue(rq, t, SCHED_CHANGE);
		check_preempt(rq, t);
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
	struct runqueue *rq = t->rq;
	int err;

	spin_lock_untraced(&rq->lock);
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
	return err;
}

void sched_set_donor(struct thread *t, const struct thread *donor)
{
	struct runqueue *rq = t->rq;

	spin_lock_untraced(&rq->lock);
	leave_queue(rq, t);
	t->donor = donor;
	set_priority(t);
	changed(rq, t);
	spin_unlock(&rq->lock);
}

void sched_tick(u64 now)
{
	struct runqueue *rq = sched_rq();
	u64 left;

	spin_lock_untraced(&rq->lock);
	if (rq->slice && now >= rq->slice_end) {
		left = sched_policy_charge(rq, rq->current, account(rq, rq->current, now));
		if (left)
			rq->slice = left;
		else if (!rq->resched)
			rq->resched = SCHED_SLICE;
		rq->slice_end = now + left;
	}
	/* when it is over the next one's begins at once, and arms the timer */
	if (rq->slice && !rq->resched)
		timer_arm(rq->slice_end);
	spin_unlock(&rq->lock);
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
	u64 now = arch_counter(), asleep;

	if (!rq)
		return;		/* boot has not got that far */
	spin_lock_untraced(&rq->lock);
	info->running = t == rq->current;
	if (info->running)
		account(rq, t, now);
	asleep = t->sleep_ticks + (t->state == THREAD_READY ? 0 : now - t->asleep_since);
	info->cpu = rq->cpu;
	info->killed = t->killed;
	info->params = t->params;
	info->run = time_from_ticks(t->run_ticks);
	info->waited = time_from_ticks(now - t->born - asleep - t->run_ticks);
	info->switches = t->left[SCHED_SLEEP] + t->left[SCHED_YIELD];
	info->preemptions = t->left[SCHED_PREEMPT] + t->left[SCHED_SLICE];
	info->policy[0] = 0;
	if (t != rq->idle)
		sched_policy_show(t, info->policy, sizeof(info->policy));
	spin_unlock(&rq->lock);
}

u64 thread_cpu_time(void)
{
	unsigned long state = arch_irq_save();
	struct thread *t = arch_current();
	u64 ticks = t->run_ticks + arch_counter() - t->rq->since;

	arch_irq_restore(state);
	return time_from_ticks(ticks);
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
			preempt(rq, arch_irq_save());
		else
			arch_wait_for_interrupt();
		arch_irq_enable();
		arch_irq_disable();
	}
}

void sched_init(void)
{
	struct runqueue *rq = this_cpu(runqueue);
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
	rq->idle = t;
	rq->current = &boot_thread;
	rq->since = arch_counter();
	sched_policy_init(rq);
	thread_create_init();
	thread_adopt(&boot_thread, rq);
	thread_adopt(t, rq);
}
