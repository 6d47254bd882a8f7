/* SPDX-License-Identifier: MIT */
/*
 * Completions: something will have happened, once, and whoever needs it waits for it. One on the
 * stack of the only thread that waits for it may go away as soon as completion_wait() has returned
 * 0. For something that happens again and again use a semaphore. With CONFIG_THREADS.
 */
#ifndef KERNEL_COMPLETION_H
#define KERNEL_COMPLETION_H

#include <kernel/wait.h>
#include <lib/types.h>

struct completion {
	struct wait_queue queue;
	bool done;	/* written with the queue's lock held */
};

#define COMPLETION_INIT(c)	{ .queue = WAIT_QUEUE_INIT((c).queue) }

/* Makes one that has not happened. */
static inline void completion_init(struct completion *c)
{
	wait_queue_init(&c->queue);
	c->done = false;
}

/*
 * Waits until it has happened, or until @deadline (ns as time_now(); TIME_NEVER): 0; -ETIMEDOUT;
 * -EINTR when cancelled. Where it has happened already it may be called in any context, else in
 * thread context only: elsewhere it panics.
 */
int completion_wait(struct completion *c, u64 deadline);

/* It has happened: wakes all that wait, and lets all pass that come later. Any context. */
void completion_finish(struct completion *c);

/* True when it has happened. Any context. */
bool completion_done(struct completion *c);

/* It has not happened any more. -EBUSY while threads wait. Any context. */
int completion_reset(struct completion *c);

#endif
