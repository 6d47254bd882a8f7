/* SPDX-License-Identifier: MIT */
/*
 * Timers: a function that is called at a time, once or again and again. Each CPU keeps those that
 * were started on it in a leftist heap, and its hardware timer is set to the first: there is no
 * tick. Times are ns as time_now(); deadlines are absolute, so nothing drifts.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <lib/leftist.h>
#include <lib/types.h>

struct timer;
struct timer_queue;

/*
 * Called in the timer's interrupt, interrupts masked; may not sleep (work_add_at() in
 * <kernel/work.h> is for what has to). May start @timer again, or cancel it. However many are due,
 * they get about half of the CPU's time.
 */
typedef void timer_function(struct timer *timer, void *arg);

struct timer {
	/* the queue's lock held: */
	struct leftist_node node;	/* its key: the latest time, in ticks */
	u64 earliest;			/* ticks */
	u64 deadline;			/* ns: when it is due next */
	u64 period;			/* ns, 0: once */
	u64 slack;			/* ns */
	u8 place;			/* where it is pending, 0: it is not */
	/* set by timer_init(): */
	timer_function *function;
	void *arg;
	/* the CPU's that started it last: */
	struct timer_queue *queue;
};

/* Makes a timer that does not run. @arg is handed to @function. */
void timer_init(struct timer *timer, timer_function *function, void *arg);

/*
 * Has the function called between @deadline and @deadline + @slack, together with another timer's
 * where that saves an interrupt; then every @period from @deadline on, if that is not 0. A timer
 * that is pending is moved. A deadline that is past is due at once; periods that were missed are
 * made up for by one call; at TIME_NEVER nothing is called. Any context, one at a time for one
 * timer.
 */
void timer_start(struct timer *timer, u64 deadline, u64 slack, u64 period);

/*
 * Takes the timer back: true when it was pending. When it returns the function does not run any
 * more, unless it is the function that calls. Any context but with a lock held that the function
 * takes.
 */
bool timer_cancel(struct timer *timer);

struct timer_info {
	u64 deadline, slack, period;	/* ns */
	timer_function *function;
	void *arg;
};

/*
 * Writes what is pending on CPU @cpu, which runs, to @info: the first @max of them in the order of
 * their latest times (deadline + slack). Returns how many that are. Any context.
 */
unsigned int timer_list(unsigned int cpu, struct timer_info *info, unsigned int max);

/*
 * Has the CPU's hardware timer call timer_expired() at @ticks, or earlier. Interrupts off. For the
 * scheduler's slices.
 */
void timer_arm(u64 ticks);

#endif
