/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's core: switching, sleeping, waking, preemption and accounting, once for every
 * policy (<kernel/sched_policy.h>).
 *
 * A run queue's lock is held across the switch: who leaves takes it, who comes releases it. So
 * nobody wakes, moves or frees a thread between the moment when it is known to sleep and the one
 * when its registers are saved.
 *
 * Preemption happens in four places, and nowhere else: at the end of an interrupt, where a lock is
 * released by sched_irq_restore(), where wait_hand_over() wakes a more urgent thread, and, when a
 * thread was woken with interrupts masked by somebody further up, in an interrupt that the core
 * raises for it as soon as they are let in. There is no count of reasons not to preempt: masked
 * interrupts are that.
 *
 * A thread that takes the CPU as soon as it is woken comes into no queue: it is switched to at
 * once, or waits in @rq->woken for the end of the interrupt.
 *
 * More than 500 lines, since switching, sleeping and waking are inlined into each other: a call
 * takes as long as some of their steps.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <kernel/trace.h>
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/stack.h>
#include <uapi/errno.h>

#include "balance.h"
#include "smp.h"
#include "thread.h"

/* The first thing on the other side of a switch, on whatever CPU that is. */
static inline struct thread *finish_switch(void)
{
	struct thread *current = arch_current();
	struct runqueue *rq = current->rq;
	struct thread *gone = rq->gone;

	spin_unlock(&rq->lock);
	if (unlikely(gone)) {
		rq->gone = NULL;
#ifdef CONFIG_SMP
		if (gone->state == THREAD_MOVING) {
			balance_move(gone);
			/* it may be here again: callers look at @resched no more */
			if (unlikely(rq->resched))
				cpu_kick(rq->cpu);
		} else
#endif
			thread_gone(gone);
	}
	return current;
}

/* Whether @rq is this CPU's. */
static inline bool is_here(const struct runqueue *rq __unused)
{
#ifdef CONFIG_SMP
	if (unlikely(rq->shared))
		return rq == sched_rq();
#endif
	return true;
}

/* Accounts what the current thread has run up to @now. */
static inline u64 account(struct runqueue *rq, struct thread *current, u64 now)
{
	u64 ran = now - rq->since;

	rq->since = now;
	current->run_ticks += ran;
	return ran;
}

/* Whether @t's turn, less what it has had of it up to now, is over: 0; or what is left. */
static inline u64 charge(struct runqueue *rq, struct thread *t, u64 ran)
{
	/* the readings of the counter without a barrier need not come in order */
	return sched_policy_charge(rq, t, (s64)ran < 0 ? 0 : ran);
}

/* The end of the current thread's slice is @rq->slice from now on. */
static void begin_slice(struct runqueue *rq)
{
	rq->slice_end = rq->since + rq->slice;
	/* another CPU does it itself, in balance_look() */
	if (is_here(rq))
		timer_arm(rq->slice_end);
}

/* The current thread is to go: the policy says that its turn is over. */
static void end_turn(struct runqueue *rq)
{
	if (!rq->resched)
		rq->resched = rq->current == rq->idle ? SCHED_IDLE : SCHED_SLICE;
}

/* For the policies that have no shorter way. */
__weak struct thread *sched_policy_hand_over(struct thread *woken, struct thread *prev,
					     struct runqueue *rq)
{
	enum sched_why why = prev == rq->idle ? SCHED_IDLE : SCHED_PREEMPT;
	struct thread *next;

	sched_policy_enqueue(rq, woken, SCHED_WAKE);
	next = sched_policy_pick(rq, prev, why);
	return next ? next : rq->idle;
}

#ifdef CONFIG_SMP
/*
 * @prev, which leaves the CPU because of @why, may not run on it any more: true when it goes
 * elsewhere, as soon as no CPU is on its stack. @woken, if not NULL, has to be picked then.
 */
static __noinline bool expel(struct runqueue *rq, struct thread *prev, enum sched_why why,
			     struct thread *woken)
{
	if (prev->placement != THREAD_MISPLACED || !sched_stays(why))
		return false;
	prev->state = THREAD_MOVING;
	rq->gone = prev;
	if (woken)
		sched_policy_enqueue(rq, woken, SCHED_WAKE);
	return true;
}
#endif

/*
 * Takes the CPU from @prev: returns the next thread, which @rq's current one is from now on.
 * @woken: NULL, or who it is taken for. @rq's lock is held.
 */
static __always_inline struct thread *choose_next(struct runqueue *rq, struct thread *prev,
						  enum sched_why why, struct thread *woken)
{
	u64 ran = account(rq, prev, arch_counter_early());
	struct thread *next;

	assert(spin_is_locked(&rq->lock) && arch_irqs_disabled());
	assert(!rq->woken && (!woken || !rq->slice));
	/* one whose turn is over just when it is preempted has had it */
	if (!woken && unlikely(rq->slice) && !charge(rq, prev, ran) &&
	    why == SCHED_PREEMPT)
		why = SCHED_SLICE;
	rq->resched = SCHED_SLEEP;
#ifdef CONFIG_SMP
	if (unlikely(prev->placement) && expel(rq, prev, why, woken)) {
		next = sched_policy_pick(rq, prev, SCHED_SLEEP);
		woken = NULL;
	} else
#endif
		next = woken ? sched_policy_hand_over(woken, prev, rq) :
			       sched_policy_pick(rq, prev, why);
	if (!woken && unlikely(!next))
		next = rq->idle;
#ifdef CONFIG_SMP
	if (unlikely(rq->shared))
		balance_chosen(rq, prev);
#endif
	if (unlikely(rq->slice))
		begin_slice(rq);
	if (likely(next != prev)) {
		prev->left[why]++;
		trace_switch(prev->id, next->id, why);
		rq->current = next;
		arch_set_current(next);
	}
	return next;
}

/*
 * Gives the CPU to the next thread, and returns when the caller's turn comes again. @rq's lock is
 * held, and not any more then. Inlined where a call more counts: a switch saves all registers, and
 * so the caller need not do it once more. Returns the calling thread.
 */
static __always_inline struct thread *switch_away(struct runqueue *rq, enum sched_why why,
						  struct thread *woken)
{
	struct thread *prev = arch_current(), *next = choose_next(rq, prev, why, woken);

	if (likely(next != prev)) {
		arch_context_user(&prev->context, &next->context);
		arch_context_switch(&prev->context, &next->context);
	}
	return finish_switch();
}

static __noinline void reschedule(struct runqueue *rq, enum sched_why why, unsigned long state)
{
	switch_away(rq, why, NULL);
	arch_irq_restore(state);
}

void thread_yield(void)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = sched_rq();

	spin_lock_untraced(&rq->lock);
	reschedule(rq, SCHED_YIELD, state);
}

void sched_preempt(struct runqueue *rq, unsigned long state)
{
	spin_lock_untraced(&rq->lock);
	reschedule(rq, rq->resched, state);
}

void sched_resched(unsigned long state)
{
	struct runqueue *rq = sched_rq();

	if (!arch_irqs_masked(state))
		sched_preempt(rq, state);
	else if (!rq->irq_frame)
		timer_arm(0);	/* comes as soon as it is let in, and ends in sched_irq_exit() */
}

/* All registers are in the interrupt's frame: nothing is saved once more. */
void sched_irq_exit(struct runqueue *rq)
{
	struct thread *prev = arch_current(), *next, *woken;
	struct arch_frame *frame;

	spin_lock_untraced(&rq->lock);
	woken = rq->woken;
	if (likely(woken)) {
		rq->woken = NULL;
		next = choose_next(rq, prev, rq->resched, woken);
	} else {
		next = choose_next(rq, prev, rq->resched, NULL);
	}
	frame = rq->irq_frame;
	rq->irq_frame = NULL;
	if (likely(next != prev)) {
		arch_context_user(&prev->context, &next->context);
		arch_context_leave(&prev->context, frame, &next->context);
	}
	spin_unlock(&rq->lock);
}

void sched_resumed(void)
{
	finish_switch();
}

/*
 * Marks the current thread, and releases @lock: false when it is not to sleep, but was cancelled.
 */
static __always_inline bool fall_asleep(struct runqueue *rq, struct thread *t,
					struct spinlock *lock)
{
	spin_lock_untraced(&rq->lock);
	if (unlikely(t->cancel)) {
		t->cancel = false;
		spin_unlock(&rq->lock);
		spin_unlock(lock);
		return false;
	}
	t->state = THREAD_SLEEPING;
	t->wake_status = 0;
	t->asleep_since = arch_counter_early();
	spin_unlock(lock);
	return true;
}

int sched_sleep(struct spinlock *lock, unsigned long state)
{
	struct thread *t = arch_current();
	struct runqueue *rq = t->rq;

	if (!fall_asleep(rq, t, lock)) {
		sched_irq_restore(state);
		return -EINTR;
	}
	reschedule(rq, SCHED_SLEEP, state);
	return t->wake_status;
}

int wait_sleep(struct wait_queue *q, unsigned long state, u64 deadline)
{
	struct thread *t = arch_current();
	struct runqueue *rq = t->rq;
	int status;

	lock_check_sleep(&q->lock.check);
	if (arch_irqs_masked(state))
		panic("thread %s sleeps %s: %pS", t->name,
		      rq->irq_frame ? "in an interrupt" : "with interrupts masked",
		      __builtin_return_address(0));
	list_add_tail(&q->waiters, &t->wait_link);
	if (unlikely(deadline != TIME_NEVER))
		return wait_sleep_until(q, state, deadline);
	if (unlikely(!fall_asleep(rq, t, &q->lock)))
		return wait_leave(q, state, -EINTR);
	status = switch_away(rq, SCHED_SLEEP, NULL)->wake_status;
	arch_irq_enable();	/* the rest of the mask is the same in every thread */
	return likely(!status) ? 0 : wait_leave(q, state, status);
}

/* Why @t, which is ready, takes the CPU from @rq's current thread; 0: it does not. */
static __always_inline enum sched_why why_overtakes(const struct runqueue *rq,
						    const struct thread *t)
{
	if (unlikely(rq->current == rq->idle))
		return SCHED_IDLE;
	return sched_policy_before(t, rq->current) ? SCHED_PREEMPT : SCHED_SLEEP;
}

#ifdef CONFIG_SMP
/*
 * @t has come into @rq's queue, which had @before as reason for its current thread to go; @rearm:
 * its CPU has to set its timer.
 */
static __noinline void announce(struct runqueue *rq, struct thread *t, enum sched_why before,
				bool rearm)
{
	bool goes = rq->resched && !before;

	t->placement = (u8)placement(rq, t);
	if (t->placement != THREAD_PINNED)
		rq->in_vain = 0;
	if (!is_here(rq) && (goes || rearm))
		cpu_kick(rq->cpu);
	/* else the current one keeps the CPU, or is on its way out and looks then */
	if (!rq->resched)
		balance_queued(rq);
}
#endif

/* @t comes into @rq's queue, and the current thread is to go where it is more urgent. */
static __always_inline void enter_queue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	enum sched_why resched __unused = rq->resched;
	u64 slice = rq->slice;

	/* policies compare by what was used so far */
	if (unlikely(slice) &&
	    !charge(rq, rq->current, account(rq, rq->current, arch_counter_early())))
		end_turn(rq);
	sched_policy_enqueue(rq, t, why);
	if (unlikely(rq->slice != slice)) {
		account(rq, rq->current, arch_counter_early());
		if (rq->slice)
			begin_slice(rq);
	}
	if (!rq->resched)
		rq->resched = why_overtakes(rq, t);
#ifdef CONFIG_SMP
	if (unlikely(rq->shared))
		announce(rq, t, resched, rq->slice != slice);
#endif
}

/* Somebody needs @rq's queue before the interrupt has ended: who waits for that comes into it. */
void sched_settle(struct runqueue *rq)
{
	struct thread *t = rq->woken;

	rq->woken = NULL;
	enter_queue(rq, t, SCHED_WAKE);
}

void sched_enter(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	enter_queue(rq, t, why);
}

/* The rest of a wake-up, where @t has to come into the queue. */
static __noinline void enqueue_woken(struct runqueue *rq, struct thread *t)
{
	if (unlikely(rq->woken))
		sched_settle(rq);
	enter_queue(rq, t, SCHED_WAKE);
}

/* @t is ready from now on, and in no queue yet. */
static __always_inline void make_ready(struct thread *t, enum sched_why why)
{
	t->state = THREAD_READY;
	trace_wake(t->id, why);
	t->sleep_ticks += arch_counter_early() - t->asleep_since;
}

#ifdef CONFIG_SMP
/*
 * @t, which is on its way, has come to @rq, which is locked. Returns the locked one that it stays
 * on: another one where @t may not run here, which has changed meanwhile.
 */
static struct runqueue *admit(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	while (unlikely(!may_run_on(rq, t))) {
		struct runqueue *to = balance_place(rq, t, why);

		atomic_store_relaxed(&t->rq, to);
		spin_unlock(&rq->lock);
		rq = to;
		spin_lock_untraced(&rq->lock);
	}
	t->state = THREAD_READY;
	return rq;
}

void sched_arrive(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	spin_lock_untraced(&rq->lock);
	rq = admit(rq, t, why);
	if (unlikely(rq->woken))
		sched_settle(rq);
	enter_queue(rq, t, why);
	spin_unlock(&rq->lock);
}

void sched_leave(struct runqueue *rq, struct thread *t, struct runqueue *to)
{
	sched_policy_dequeue(rq, t);
	t->state = THREAD_MOVING;
	atomic_store_relaxed(&t->rq, to);
}

static __noinline struct runqueue *place_shared(struct runqueue *rq, struct thread *t)
{
	struct runqueue *to = balance_place(rq, t, SCHED_WAKE);

	if (to == rq)
		return rq;
	t->state = THREAD_MOVING;
	atomic_store_relaxed(&t->rq, to);
	spin_unlock(&rq->lock);
	spin_lock_untraced(&to->lock);
	to = admit(to, t, SCHED_WAKE);
	/* where it takes the CPU at once nobody else says so */
	t->placement = (u8)placement(to, t);
	return to;
}
#endif

/* As why_overtakes(); 0 also where a slice has to be counted, or the queue to be asked, first. */
static __always_inline enum sched_why overtakes(const struct runqueue *rq, const struct thread *t)
{
	if (unlikely(rq->slice) || unlikely(rq->resched))
		return SCHED_SLEEP;
	return why_overtakes(rq, t);
}

/* The same, in an interrupt: true when @t will have the CPU at its end, and needs no queue. */
static __always_inline bool overtakes_at_exit(struct runqueue *rq, struct thread *t)
{
	enum sched_why why = rq->irq_frame ? overtakes(rq, t) : SCHED_SLEEP;

	if (unlikely(!why))
		return false;
	rq->resched = why;
	rq->woken = t;
	return true;
}

/*
 * Where @t, which was on @rq last and is ready, shall run: another CPU's queue, where there are
 * several. @rq is locked, and afterwards the one that is returned.
 */
static __always_inline struct runqueue *place(struct runqueue *rq, struct thread *t __unused)
{
#ifdef CONFIG_SMP
	if (unlikely(rq->shared))
		return place_shared(rq, t);
#endif
	return rq;
}

/* Returns the locked run queue that @t has come to. */
static __noinline struct runqueue *end_sleep(struct runqueue *rq, struct thread *t, int status)
{
	t->wake_status = status;
	make_ready(t, SCHED_WAKE);
	rq = place(rq, t);
	if (!is_here(rq) || !overtakes_at_exit(rq, t))
		enqueue_woken(rq, t);
	return rq;
}

bool sched_wake(struct thread *t, int status)
{
	struct runqueue *rq = lock_runqueue(t);

	if (unlikely(t->state != THREAD_SLEEPING)) {
		spin_unlock(&rq->lock);
		return false;
	}
	rq = end_sleep(rq, t, status);
	spin_unlock(&rq->lock);
	return true;
}

/*
 * Takes the first of @q's waiters whose sleep can be ended off @q: false when there is none. Its
 * run queue is locked then. @q's lock is held.
 */
static __always_inline bool claim_first(struct wait_queue *q, struct thread **first,
					struct runqueue **rq)
{
	while (likely(!list_empty(&q->waiters))) {
		struct thread *t = wait_take_first(&q->waiters);

		*first = t;
		*rq = lock_runqueue(t);
		if (likely(t->state == THREAD_SLEEPING))
			return true;
		spin_unlock(&(*rq)->lock);	/* its time is over, or it was cancelled */
		list_init(&t->wait_link);	/* it takes itself off as well */
	}
	return false;
}

/* wait_hand_over() where interrupts are masked. */
static __noinline int hand_over_masked(struct wait_queue *q)
{
	struct runqueue *rq;
	struct thread *t;

	spin_lock(&q->lock);
	if (unlikely(!claim_first(q, &t, &rq))) {
		spin_unlock(&q->lock);
		return -EAGAIN;
	}
	make_ready(t, SCHED_WAKE);
	rq = place(rq, t);
	if (likely(is_here(rq)) && likely(overtakes_at_exit(rq, t))) {
		spin_unlock(&q->lock);
		spin_unlock(&rq->lock);
		return 0;
	}
	enqueue_woken(rq, t);
	spin_unlock(&q->lock);
	spin_unlock(&rq->lock);
	/* in an interrupt its end is the preemption point */
	if (unlikely(sched_rq()->resched))
		sched_resched(ARCH_IRQ_MASKED);
	return 0;
}

int wait_hand_over(struct wait_queue *q)
{
	enum sched_why why;
	struct runqueue *rq;
	unsigned long state;
	struct thread *t;

	if (unlikely(arch_irqs_disabled()))
		return hand_over_masked(q);
	state = spin_lock_irqsave(&q->lock);
	if (unlikely(!claim_first(q, &t, &rq))) {
		wait_unlock(q, state);
		return -EAGAIN;
	}
	make_ready(t, SCHED_WAKE);
	rq = place(rq, t);
	why = likely(is_here(rq)) ? overtakes(rq, t) : SCHED_SLEEP;
	if (likely(why)) {
		spin_unlock(&q->lock);
		switch_away(rq, why, t);
		arch_irq_enable();
		return 0;
	}
	enqueue_woken(rq, t);
	spin_unlock(&q->lock);
	spin_unlock(&rq->lock);
	sched_irq_restore(state);
	return 0;
}

void sched_start(struct thread *t)
{
	struct runqueue *rq = t->rq;

	spin_lock_untraced(&rq->lock);
	make_ready(t, SCHED_NEW);
	if (unlikely(rq->woken))
		sched_settle(rq);
	enter_queue(rq, t, SCHED_NEW);
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
	struct runqueue *rq = lock_runqueue(t);
	bool asleep;

	t->killed = true;
	asleep = t->state == THREAD_SLEEPING;
	t->cancel = !asleep;
	if (asleep)
		rq = end_sleep(rq, t, -EINTR);
	spin_unlock(&rq->lock);
	if (asleep)
		sched_wait_changed(t);
	sched_irq_restore(state);
}

void thread_revive(void)
{
	unsigned long state = arch_irq_save();
	struct runqueue *rq = sched_rq();

	spin_lock_untraced(&rq->lock);
	rq->current->killed = rq->current->cancel = false;
	spin_unlock(&rq->lock);
	sched_irq_restore(state);
}

void sched_tick(u64 now)
{
	struct runqueue *rq = sched_rq();
	u64 left;

	spin_lock_untraced(&rq->lock);
	if (rq->slice && now >= rq->slice_end) {
		left = charge(rq, rq->current, account(rq, rq->current, now));
		if (left)
			rq->slice = left;
		else
			end_turn(rq);
		rq->slice_end = now + left;
	}
	/* when it is over the next one's begins at once, and arms the timer */
	if (rq->slice && !rq->resched)
		timer_arm(rq->slice_end);
	spin_unlock(&rq->lock);
}

void sched_begin(void)
{
	finish_switch();
	arch_irq_enable();
}
