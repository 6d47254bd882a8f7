/* SPDX-License-Identifier: MIT */
/*
 * Work queues (see <kernel/work.h>). Who waits for the end of a call puts a work of its own behind
 * it, which wakes it: so nothing is asked of a work whose function may have freed it.
 */
#include <arch/atomic.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/work.h>
#include <lib/assert.h>
#include <mm/heap.h>
#include <uapi/errno.h>

struct work_queue {
	struct wait_queue wait;		/* where its thread waits for work */
	/* that one's lock held: */
	struct list pending;
	struct work *running;
	bool stop;
	/* set when it is made: */
	struct thread *thread;
};

/* Behind the work that is waited for. */
struct barrier {
	struct work work;
	struct wait_queue done;
	bool ended;		/* done.lock held */
};

static struct work_queue *system_queue;

static void insert(struct list *pos, struct work *work)
{
	list_add(pos, &work->link);
	work->pending = true;
}

static void take(struct work *work)
{
	list_del(&work->link);
	work->pending = false;
}

/* The next work to call, or NULL at the queue's end. */
static struct work *next(struct work_queue *q)
{
	unsigned long state = spin_lock_irqsave(&q->wait.lock);
	struct work *work = NULL;

	q->running = NULL;
	while (list_empty(&q->pending) && !q->stop) {
		/* who kills it ends one sleep, and no more: others rely on the queue */
		wait_sleep(&q->wait, state, TIME_NEVER);
		state = spin_lock_irqsave(&q->wait.lock);
	}
	if (!list_empty(&q->pending)) {
		work = list_entry(q->pending.next, struct work, link);
		take(work);
		q->running = work;
	}
	spin_unlock_irqrestore(&q->wait.lock, state);
	return work;
}

static int run(void *arg)
{
	struct work *work;

	while ((work = next(arg)))
		work->function(work, work->arg);
	return 0;
}

int work_queue_create(struct work_queue **queue, const char *name,
		      const struct sched_params *params)
{
	struct thread_attr attr = {
		.name = name, .sched = SCHED_PARAMS_DEFAULT, .affinity = ~0UL,
	};
	struct work_queue *q = kzalloc(sizeof(*q));
	int err;

	if (!q)
		return -ENOMEM;
	if (params)
		attr.sched = *params;
	wait_queue_init(&q->wait);
	list_init(&q->pending);
	err = thread_create(&q->thread, &attr, run, q);
	if (err) {
		kfree(q);
		return err;
	}
	*queue = q;
	return 0;
}

void work_queue_destroy(struct work_queue *q)
{
	unsigned long state = spin_lock_irqsave(&q->wait.lock);

	q->stop = true;
	wait_wake_all(&q->wait);
	wait_unlock(&q->wait, state);
	while (thread_join(q->thread, TIME_NEVER, NULL) == -EINTR)
		;	/* the caller is to end; first it brings this to an end */
	kfree(q);
}

struct work_queue *work_queue_system(void)
{
	struct work_queue *q = atomic_load_acquire(&system_queue), *other = NULL;

	if (q || work_queue_create(&q, "work", NULL))
		return q;
	if (atomic_cas_acq_rel(&system_queue, &other, q))
		return q;
	work_queue_destroy(q);		/* somebody else was quicker */
	return other;
}

static void time_came(struct timer *timer __unused, void *arg)
{
	work_add(arg);
}

void work_init(struct work *work, struct work_queue *queue, work_function *function, void *arg)
{
	work->pending = false;
	work->queue = queue;
	work->function = function;
	work->arg = arg;
	timer_init(&work->timer, time_came, work);
}

bool work_add(struct work *work)
{
	struct work_queue *q = work->queue;
	unsigned long state = spin_lock_irqsave(&q->wait.lock);
	bool added = !work->pending;

	if (added) {
		insert(q->pending.prev, work);
		wait_wake_one(&q->wait);
	}
	wait_unlock(&q->wait, state);
	return added;
}

void work_add_at(struct work *work, u64 deadline, u64 slack, u64 period)
{
	timer_start(&work->timer, deadline, slack, period);
}

static void end_barrier(struct work *work __unused, void *arg)
{
	struct barrier *b = arg;
	unsigned long state = spin_lock_irqsave(&b->done.lock);

	b->ended = true;
	wait_wake_all(&b->done);
	/* once it is unlocked, @b may be gone */
	wait_unlock(&b->done, state);
}

static void barrier_init(struct barrier *b, struct work_queue *q)
{
	work_init(&b->work, q, end_barrier, b);
	wait_queue_init(&b->done);
	b->ended = false;
}

/* Takes a barrier back: false when its call has begun. */
static bool withdraw(struct barrier *b)
{
	struct work_queue *q = b->work.queue;
	unsigned long state = spin_lock_irqsave(&q->wait.lock);
	bool pending = b->work.pending;

	if (pending)
		take(&b->work);
	spin_unlock_irqrestore(&q->wait.lock, state);
	return pending;
}

/* Waits for a barrier that is in its queue. 0, -ETIMEDOUT, -EINTR. */
static int await(struct barrier *b, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&b->done.lock);
	int err = 0;

	while (!b->ended && !err) {
		err = wait_sleep(&b->done, state, deadline);
		state = spin_lock_irqsave(&b->done.lock);
	}
	spin_unlock_irqrestore(&b->done.lock, state);
	if (!err || withdraw(b))
		return err;
	/* it is being called, which takes no time; a kill ends one sleep only */
	return await(b, TIME_NEVER);
}

/*
 * Puts @b behind @work, or where that is NULL behind everything. False when there is nothing to
 * wait for. The queue's lock is held.
 */
static bool add_barrier(struct work_queue *q, const struct work *work, struct barrier *b)
{
	struct list *behind = NULL;

	if (!work)
		behind = q->pending.prev;
	else if (work->pending)
		behind = work->link.next->prev;	/* its own link, that may be written */
	else if (q->running == work)
		behind = &q->pending;
	if (!behind || (behind == &q->pending && !q->running))
		return false;
	insert(behind, &b->work);
	return true;
}

static int flush(struct work_queue *q, const struct work *work, u64 deadline)
{
	struct barrier b;
	unsigned long state;
	bool wait;

	if (arch_current() == q->thread)
		return -EDEADLK;
	barrier_init(&b, q);
	state = spin_lock_irqsave(&q->wait.lock);
	wait = add_barrier(q, work, &b);
	spin_unlock_irqrestore(&q->wait.lock, state);
	return wait ? await(&b, deadline) : 0;
}

int work_queue_flush(struct work_queue *q, u64 deadline)
{
	return flush(q, NULL, deadline);
}

int work_flush(struct work *work, u64 deadline)
{
	return flush(work->queue, work, deadline);
}

bool work_cancel(struct work *work)
{
	struct work_queue *q = work->queue;
	bool pending = timer_cancel(&work->timer);
	unsigned long state = spin_lock_irqsave(&q->wait.lock);

	if (work->pending) {
		take(work);
		pending = true;
	}
	spin_unlock_irqrestore(&q->wait.lock, state);
	/* a caller that was told to end waits all the same */
	while (flush(q, work, TIME_NEVER) == -EINTR)
		;
	return pending;
}
