/* SPDX-License-Identifier: MIT */
/*
 * Waiting for any of several things, as poll(2) does. A thing has a queue of those who wait so,
 * beside the wait queue of those who wait for it alone, and guarded by the same lock: so nobody
 * misses what happens between his look and his sleep.
 *
 *   poller_begin(&p, places, n);
 *   for each thing: poll_wait(&p, &thing->polls, &thing->queue.lock); look at it
 *   while (nothing is ready and !poller_sleep(&p, deadline)) look again, at all of them
 *   poller_end(&p);
 *
 * Whoever changes a thing holds its lock and calls poll_wake(). A poller that does not sleep has a
 * function called (epoll). Without CONFIG_PROCESS nobody
 * waits, and queues are nothing.
 */
#ifndef KERNEL_POLL_H
#define KERNEL_POLL_H

#include <kernel/spinlock.h>
#include <kernel/wait.h>
#include <lib/list.h>
#include <lib/types.h>

struct poller;

#ifdef CONFIG_PROCESS
/* The lock of what it belongs to held. */
struct poll_queue {
	struct list waiters;
};

/* A poller in a queue. */
struct poll_place {
	struct list link;
	struct poller *poller;
	struct spinlock *lock;	/* the queue's */
};

#define POLL_QUEUES	2	/* that a file has one wait in, at most */

/*
 * Called in the place of waking who sleeps: one of the things has changed, so that @events (POLLIN,
 * ...) may be true now. Its queue's lock held; any context.
 */
typedef void poller_wake_fn(struct poller *p, unsigned int events);

struct poller {
	struct wait_queue wait;
	bool woken;		/* wait.lock held */
	poller_wake_fn *wake;	/* NULL: it sleeps; set before it waits for anything */
	struct poll_place *places;
	size_t used, size;
};

static inline void poll_queue_init(struct poll_queue *q)
{
	list_init(&q->waiters);
}

/* Somebody who waits in @size queues at most, for which @places are. Thread context. */
void poller_begin(struct poller *p, struct poll_place *places, size_t size);

/* @p waits in @q, whose lock is @lock, from now on; NULL: nobody does. Thread context. */
void poll_wait(struct poller *p, struct poll_queue *q, struct spinlock *lock);

/*
 * Sleeps until one of its things has changed since the last sleep, or since it was put into the
 * queue: 0, -ETIMEDOUT, -EINTR. Thread context.
 */
int poller_sleep(struct poller *p, u64 deadline);

/* It waits in no queue any more. Thread context. */
void poller_end(struct poller *p);

/* Something has changed: @events may be true now. The queue's lock held; any context. */
void poll_wake_for(struct poll_queue *q, unsigned int events);

/* The same of any events. */
static inline void poll_wake(struct poll_queue *q)
{
	poll_wake_for(q, ~0U);
}

/* Whether somebody waits so. The queue's lock held. */
static inline bool poll_is_waited(const struct poll_queue *q)
{
	return !list_empty(&q->waiters);
}
#else
struct poll_queue {
};

static inline void poll_queue_init(struct poll_queue *q __unused)
{
}

static inline void poll_wake_for(struct poll_queue *q __unused, unsigned int events __unused)
{
}

static inline void poll_wake(struct poll_queue *q __unused)
{
}

static inline bool poll_is_waited(const struct poll_queue *q __unused)
{
	return false;
}
#endif

#endif
