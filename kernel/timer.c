/* SPDX-License-Identifier: MIT */
/*
 * Timers (see <kernel/timer.h>). The heap is ordered by the latest time at which a timer may be
 * called. When the first one's latest time comes, it is called, and with it those behind it whose
 * earliest time has come as well.
 */
#include <arch/frame.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <device/timer.h>
#include <kernel/lock_check.h>
#include <kernel/sched.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <kernel/trace.h>
#include <kernel/watchdog.h>
#include <lib/assert.h>

struct timer_queue {
	struct spinlock lock;
	/* lock held: */
	struct leftist heap;
	struct timer *running;		/* the one whose function runs */
	/* this CPU alone: */
	u64 unarmed;			/* ticks that are left of all time: ~ what the hardware is set to */
};

static struct timer_queue timer_queue PER_CPU;

void timer_init(struct timer *timer, timer_function *function, void *arg)
{
	timer->pending = false;
	timer->queue = NULL;
	timer->function = function;
	timer->arg = arg;
}

void timer_arm(u64 ticks)
{
	struct timer_queue *q = this_cpu(timer_queue);

	/* zeroed memory is armed for never */
	if (ticks < ~q->unarmed && time_source()) {
		q->unarmed = ~ticks;
		arch_timer_set(ticks);
	}
}

static void insert(struct timer_queue *q, struct timer *timer)
{
	timer->earliest = time_to_ticks(timer->deadline);
	timer->node.key = timer->slack ? time_to_ticks(timer->deadline + timer->slack) :
					 timer->earliest;
	timer->pending = true;
	leftist_insert(&q->heap, &timer->node);
}

static bool remove(struct timer_queue *q, struct timer *timer)
{
	bool pending = timer->pending;

	if (pending) {
		leftist_remove(&q->heap, &timer->node);
		timer->pending = false;
	}
	return pending;
}

void timer_start(struct timer *timer, u64 deadline, u64 slack, u64 period)
{
	unsigned long state = arch_irq_save();
	struct timer_queue *q;

	if (timer->queue)
		timer_cancel(timer);
	q = this_cpu(timer_queue);
	spin_lock(&q->lock);
	timer->queue = q;
	timer->deadline = deadline;
	timer->slack = MIN(slack, TIME_NEVER - deadline);
	timer->period = period;
	insert(q, timer);
	if (leftist_first(&q->heap) == &timer->node)
		timer_arm(timer->node.key);
	spin_unlock(&q->lock);
	arch_irq_restore(state);
}

bool timer_cancel(struct timer *timer)
{
	struct timer_queue *q = timer->queue;
	unsigned long state;
	bool pending;

	if (!q)
		return false;
	state = spin_lock_irqsave(&q->lock);
	pending = remove(q, timer);
	/* on this CPU it runs only when it is the function itself that calls */
	while (q->running == timer && q != this_cpu(timer_queue)) {
		spin_unlock(&q->lock);
		arch_relax();
		spin_lock(&q->lock);
		pending = remove(q, timer) || pending;
	}
	spin_unlock_irqrestore(&q->lock, state);
	return pending;
}

/* Calls what is due at @now. The lock is held, but not while a function runs. */
static void run_due(struct timer_queue *q, u64 now)
{
	struct leftist_node *first;

	while ((first = leftist_first(&q->heap))) {
		struct timer *timer = container_of(first, struct timer, node);

		if (timer->earliest > now)
			break;
		remove(q, timer);
		if (timer->period) {
			/* from deadline to deadline, and past all that were missed */
			u64 late = time_from_ticks(now) - timer->deadline;

			timer->deadline += timer->period * (late / timer->period + 1);
			insert(q, timer);
		}
		q->running = timer;
		spin_unlock(&q->lock);
		trace_event(TRACE_TIMER, (u64)timer->function);
		timer->function(timer, timer->arg);
		spin_lock(&q->lock);
		q->running = NULL;
	}
}

/* The interrupt that was to come at @armed has come @now, because interrupts were masked. */
static void report_late(u64 armed, u64 now)
{
	/* one that was armed for 0, by sched_resched(), waits on purpose */
	if (!armed || armed >= now)
		return;
	lock_check_masked(now - armed, arch_irq_pc());
	watchdog_late(now - armed, arch_irq_pc());
}

void timer_expired(void)
{
	struct timer_queue *q = this_cpu(timer_queue);
	u64 now = arch_counter();

	if (IS_ENABLED(CONFIG_DEBUG_LOCKS) || IS_ENABLED(CONFIG_WATCHDOG))
		report_late(~q->unarmed, now);
	q->unarmed = 0;
	spin_lock(&q->lock);
	run_due(q, now);
	if (leftist_first(&q->heap))
		timer_arm(leftist_first(&q->heap)->key);
	spin_unlock(&q->lock);
	sched_tick(now);
}
