/* SPDX-License-Identifier: MIT */
/*
 * Event flags: 32 bits that anybody sets, interrupts included, and that threads wait for: any or
 * all of some of them, which they clear or leave when they take them. Those that a new flag
 * satisfies are woken in the order of their urgency (of equals, the one that came first), each
 * with the flags that those before it left. With CONFIG_THREADS.
 */
#ifndef KERNEL_EVENT_H
#define KERNEL_EVENT_H

#include <kernel/wait.h>
#include <lib/types.h>

struct event_flags {
	struct wait_queue queue;
	u32 flags;	/* the queue's lock held */
};

#define EVENT_FLAGS_INIT(e)	{ .queue = WAIT_QUEUE_INIT((e).queue) }

/* How flags are waited for, or'ed: any of them is enough unless EVENT_ALL. */
#define EVENT_ANY	0U
#define EVENT_ALL	1U	/* all of them */
#define EVENT_CLEAR	2U	/* those that were waited for and are set are cleared */

/* Makes flags that are all clear. */
static inline void event_init(struct event_flags *e)
{
	wait_queue_init(&e->queue);
	e->flags = 0;
}

/*
 * Waits for @mask by @how, until @deadline (ns as time_now(); TIME_NEVER). 0, and to *@got (NULL:
 * not wanted) those of @mask that were set; -ETIMEDOUT; -EINTR when cancelled; -EINVAL for an empty
 * mask or an unknown @how. Where the flags are set already it may be called in any context, else in
 * thread context only: elsewhere it panics.
 */
int event_wait(struct event_flags *e, u32 mask, unsigned int how, u64 deadline, u32 *got);

/* The same without waiting: -EAGAIN when they are not set. Any context. */
int event_try_wait(struct event_flags *e, u32 mask, unsigned int how, u32 *got);

/*
 * Sets, or clears, the flags in @mask. Any context. @e has to stay until they return: whoever waits
 * for the flag that is set may be through before that.
 */
void event_set(struct event_flags *e, u32 mask);
void event_clear(struct event_flags *e, u32 mask);

/* Those that are set. Any context. */
u32 event_get(const struct event_flags *e);

#endif
