/* SPDX-License-Identifier: MIT */
/*
 * Deferred work: a function that a thread is to call, soon or at a time, for those who may not
 * sleep or must not take long. A queue has one thread, which calls what was added to it, one after
 * the other, in the order in which it came.
 */
#ifndef KERNEL_WORK_H
#define KERNEL_WORK_H

#include <kernel/thread.h>
#include <kernel/timer.h>
#include <lib/list.h>
#include <lib/types.h>

struct work;
struct work_queue;

/* Called by the queue's thread; may sleep. May add @work again, and may free what it lies in. */
typedef void work_function(struct work *work, void *arg);

struct work {
	/* the queue's lock held: */
	struct list link;
	bool pending;
	/* set by work_init(): */
	struct work_queue *queue;
	work_function *function;
	void *arg;
	/* for work that has a time: */
	struct timer timer;
};

/*
 * Makes a queue whose thread has that name and those parameters (NULL: the default ones). 0 and
 * *@queue; -ENOMEM; errors of thread_create(). Thread context.
 */
int work_queue_create(struct work_queue **queue, const char *name,
		      const struct sched_params *params);

/* Calls what is pending still, then ends the queue. Nobody adds to it any more. Thread context. */
void work_queue_destroy(struct work_queue *queue);

/*
 * The queue for everybody's short work, made when it is asked for for the first time; NULL without
 * memory. Thread context.
 */
struct work_queue *work_queue_system(void);

/* Makes work for @queue that is not pending. @arg is handed to @function. */
void work_init(struct work *work, struct work_queue *queue, work_function *function, void *arg);

/* Has the function called: true, or false when it was pending already. Any context. */
bool work_add(struct work *work);

/*
 * Has it called at the time @deadline, ns, or up to @slack later; then every @period, if that is
 * not 0. A call that has not begun when the next one is due is one with it. A time that was set
 * before is set anew. Any context.
 */
void work_add_at(struct work *work, u64 deadline, u64 slack, u64 period);

/*
 * Takes the work back, its time too: true when it was pending. When it returns the function does
 * not run any more, unless it is the function itself that calls. Thread context.
 */
bool work_cancel(struct work *work);

/*
 * Waits until all that @queue had when it was called, or that one work, has been called; not for
 * times to come. 0; -ETIMEDOUT at the time @deadline (ns; TIME_NEVER); -EINTR; -EDEADLK from the
 * queue's own thread. Thread context.
 */
int work_queue_flush(struct work_queue *queue, u64 deadline);
int work_flush(struct work *work, u64 deadline);

#endif
