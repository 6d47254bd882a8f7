/* SPDX-License-Identifier: MIT */
/*
 * Conditions: threads wait, with a mutex that guards some state, for others to change it:
 *
 *   err = mutex_lock(&m, TIME_NEVER);
 *   while (!err && !ready)
 *           err = condition_wait(&c, &m, deadline);
 *
 * Between the release of the mutex and the sleep nothing is lost. Whoever was signalled gets the
 * mutex back like everybody else: another thread may have been there before it, so look at the
 * state again. With CONFIG_THREADS.
 */
#ifndef KERNEL_CONDITION_H
#define KERNEL_CONDITION_H

#include <kernel/mutex.h>
#include <kernel/wait.h>
#include <lib/types.h>

struct condition {
	struct wait_queue queue;
};

#define CONDITION_INIT(c)	{ .queue = WAIT_QUEUE_INIT((c).queue) }

static inline void condition_init(struct condition *c)
{
	wait_queue_init(&c->queue);
}

/*
 * Releases @m, sleeps until signalled or until @deadline (ns as time_now(); TIME_NEVER), and takes
 * @m again, for which it waits as long as it takes. 0; -ETIMEDOUT; -EINTR when cancelled, each with
 * @m taken; -EPERM when the caller does not have @m; -EDEADLK: @m could not be taken again, because
 * its owner waits for something that the caller has. Thread context.
 */
int condition_wait(struct condition *c, struct mutex *m, u64 deadline);

/*
 * Wakes the most urgent waiter, if there is one, or all of them. Any context, with or without @m.
 */
void condition_signal(struct condition *c);
void condition_broadcast(struct condition *c);

#endif
