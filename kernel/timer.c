/* SPDX-License-Identifier: MIT */
/*
 * Timers (see <kernel/timer.h>). The heap is ordered by the latest time at which a timer may be
 * called. When the first one's latest time comes, it is called, and with it those next behind it
 * whose earliest time has come as well, up to the first one whose has not.
 *
 * Most timers are timeouts: started, and soon taken back. So the last few that were started lie
 * unordered in a ring, from where they go into the heap when their places are needed, or when the
 * hardware timer, which is set to the first of all, says that something is due. Of the others
 * neither start nor cancel touches the heap.
 */
#include <arch/cpu.h>
#include <arch/frame.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <device/timer.h>
#include <kernel/cpu.h>
#include <kernel/lock_check.h>
#include <kernel/sched.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <kernel/trace.h>
#include <kernel/watchdog.h>
#include <lib/assert.h>

/* Of one interrupt, so that a storm of them leaves time to the rest of the system. */
#define CALLS_MAX	64

#define RING	32

/* Where a timer is: 1 to RING is its place in the ring. */
#define NOT_PENDING	0
#define IN_HEAP		(RING + 1)

struct timer_queue {
	struct spinlock lock;
	/* lock held: */
	unsigned int next;		/* the place in the ring that is used next, counting on */
	unsigned int fresh;		/* timers in the ring */
	struct timer *ring[RING + 1];	/* the first is not used */
	struct leftist heap;
	struct timer *running;		/* the one whose function runs */
	/* this CPU alone: */
	u64 unarmed;			/* ~ ticks that the hardware is set to: zeroed is never */
};

static struct timer_queue timer_queue PER_CPU;

void timer_init(struct timer *timer, timer_function *function, void *arg)
{
	timer->place = NOT_PENDING;
	timer->queue = NULL;
	timer->function = function;
	timer->arg = arg;
}

static __noinline void arm(struct timer_queue *q, u64 ticks)
{
	if (!time_source())
		return;
	/* what is past cannot come in time: report_late() counts from here */
	if ((IS_ENABLED(CONFIG_DEBUG_LOCKS) || IS_ENABLED(CONFIG_WATCHDOG)) && ticks)
		ticks = MAX(ticks, arch_counter());
	q->unarmed = ~ticks;
	arch_timer_set(ticks);
}

void timer_arm(u64 ticks)
{
	struct timer_queue *q = this_cpu(timer_queue);

	/* zeroed memory is armed for never */
	if (ticks < ~q->unarmed)
		arm(q, ticks);
}

/* Sets the times by which @timer is ordered. */
static inline void set_key(struct timer *timer)
{
	timer->earliest = time_to_ticks(timer->deadline);
	timer->node.key = timer->earliest;
	if (unlikely(timer->slack))
		timer->node.key = time_to_ticks(timer->deadline + timer->slack);
}

static void into_heap(struct timer_queue *q, struct timer *timer)
{
	timer->place = IN_HEAP;
	leftist_insert(&q->heap, &timer->node);
}

/* Moves the timer at @place, if there is one, from the ring to the heap. */
static __noinline void settle(struct timer_queue *q, unsigned int place)
{
	struct timer *timer = q->ring[place];

	if (!timer)
		return;
	q->ring[place] = NULL;
	q->fresh--;
	into_heap(q, timer);
}

static inline void into_ring(struct timer_queue *q, struct timer *timer)
{
	unsigned int place = q->next++ % RING + 1;

	if (unlikely(q->ring[place]))
		settle(q, place);
	q->ring[place] = timer;
	q->fresh++;
	timer->place = (u8)place;
}

static inline bool remove(struct timer_queue *q, struct timer *timer)
{
	unsigned int place = timer->place;

	if (place == NOT_PENDING)
		return false;
	timer->place = NOT_PENDING;
	if (unlikely(place == IN_HEAP)) {
		leftist_remove(&q->heap, &timer->node);
	} else {
		q->ring[place] = NULL;
		q->fresh--;
	}
	return true;
}

/* The first timer of all, or NULL. */
static struct timer *first(struct timer_queue *q)
{
	struct leftist_node *node;

	for (unsigned int place = 1; q->fresh && place <= RING; place++)
		settle(q, place);
	node = leftist_first(&q->heap);
	return node ? container_of(node, struct timer, node) : NULL;
}

void timer_start(struct timer *timer, u64 deadline, u64 slack, u64 period)
{
	unsigned long state = arch_irq_save();
	struct timer_queue *q = this_cpu(timer_queue);

	if (timer->queue && timer->queue != q)
		timer_cancel(timer);
	spin_lock(&q->lock);
	remove(q, timer);
	timer->queue = q;
	timer->deadline = deadline;
	timer->slack = MIN(slack, TIME_NEVER - deadline);
	timer->period = period;
	set_key(timer);
	into_ring(q, timer);
	timer_arm(timer->node.key);
	spin_unlock(&q->lock);
	arch_irq_restore(state);
}

/* Another CPU calls @timer's function: waits for its end. True when that had started it again. */
static __noinline bool wait_for_call(struct timer_queue *q, struct timer *timer)
{
	bool pending = false;

	while (q->running == timer) {
		spin_unlock(&q->lock);
		arch_relax();
		spin_lock(&q->lock);
		pending = remove(q, timer) || pending;
	}
	return pending;
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
	if (unlikely(q->running == timer) && q != this_cpu(timer_queue))
		pending |= wait_for_call(q, timer);
	spin_unlock_irqrestore(&q->lock, state);
	return pending;
}

/* Begins the next period of @timer: from deadline to deadline, past all that were missed. */
static void renew(struct timer_queue *q, struct timer *timer, u64 now)
{
	u64 late = time_from_ticks(now);

	/* the conversion may have rounded it down below the deadline */
	late = late > timer->deadline ? late - timer->deadline : 0;
	if (late >= timer->period)
		late = late / timer->period * timer->period;
	else
		late = 0;
	late += timer->period;
	if (late >= TIME_NEVER - timer->deadline)
		return;		/* in 500 years */
	timer->deadline += late;
	set_key(timer);
	into_heap(q, timer);
}

/*
 * Calls what is due, but not for ever: of a storm, or of a period that is shorter than its function
 * takes, CALLS_MAX calls. Returns false then. The lock is held, but not while a function runs.
 */
static bool run_due(struct timer_queue *q, u64 now)
{
	struct timer *timer;

	for (unsigned int calls = 0; (timer = first(q)); calls++) {
		if (timer->earliest > now) {
			/* time has gone on meanwhile */
			now = arch_counter();
			if (timer->node.key > now)
				return true;
		}
		if (calls == CALLS_MAX)
			return false;
		remove(q, timer);
		if (timer->period)
			renew(q, timer, now);
		q->running = timer;
		spin_unlock(&q->lock);
		trace_event(TRACE_TIMER, (u64)timer->function);
		timer->function(timer, timer->arg);
		spin_lock(&q->lock);
		q->running = NULL;
	}
	return true;
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
	u64 began = arch_counter(), now;
	bool all;

	if (IS_ENABLED(CONFIG_DEBUG_LOCKS) || IS_ENABLED(CONFIG_WATCHDOG))
		report_late(~q->unarmed, began);
	q->unarmed = 0;
	spin_lock(&q->lock);
	all = run_due(q, began);
	now = arch_counter();
	/* what functions have started is in the heap by now */
	q->unarmed = 0;
	if (!all)
		timer_arm(now + (now - began));	/* as long as this took, others have the CPU */
	else if (leftist_first(&q->heap))
		timer_arm(leftist_first(&q->heap)->key);
	spin_unlock(&q->lock);
	/* not @began: threads that were woken since have been accounted later than that */
	sched_tick(now);
}

/* Puts what @timer is into @info, which is in order and has @n entries of at most @max. */
static unsigned int tell(const struct timer *timer, struct timer_info *info, unsigned int n,
			 unsigned int max)
{
	unsigned int at = n < max ? n++ : max - 1;
	u64 latest = timer->deadline + timer->slack;

	for (; at && info[at - 1].deadline + info[at - 1].slack > latest; at--)
		info[at] = info[at - 1];
	info[at] = (struct timer_info){
		.deadline = timer->deadline, .slack = timer->slack, .period = timer->period,
		.function = timer->function, .arg = timer->arg,
	};
	return n;
}

unsigned int timer_list(unsigned int cpu, struct timer_info *info, unsigned int max)
{
	struct timer_queue *q = per_cpu(timer_queue, cpu);
	unsigned long state = spin_lock_irqsave(&q->lock);
	unsigned int n = 0;

	for (struct leftist_node *node = first(q) ? q->heap.root : NULL; node && max;) {
		const struct timer *timer = container_of(node, struct timer, node);
		/* what is below one that is too late is too late as well */
		bool wanted = n < max || timer->deadline + timer->slack <
					 info[max - 1].deadline + info[max - 1].slack;

		if (wanted)
			n = tell(timer, info, n, max);
		node = wanted ? leftist_next(node) : leftist_skip(node);
	}
	spin_unlock_irqrestore(&q->lock, state);
	return n;
}
