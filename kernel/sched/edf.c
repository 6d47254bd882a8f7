/* SPDX-License-Identifier: MIT */
/*
 * Earliest deadline first: a thread with a (runtime, deadline, period) is promised that much of
 * the CPU in each period, before the deadline, counted from the period's begin. Of those the one
 * whose deadline comes first runs. Ordinary threads, all 0, take turns with what is left.
 *
 * Admission: the sum of runtime / deadline of all may not exceed 1 less a reserve, which is for
 * interrupts, switches and ordinary threads. That is sufficient for every deadline to be kept,
 * and also necessary where deadlines are as long as periods. What does not fit gets -EBUSY.
 *
 * Jobs. A thread ends its period's job by sleeping until the next release. A job begins when its
 * thread is made or wakes up: the budget is its runtime then, the deadline counts from then.
 * Except:
 *  - A thread that wakes up before its deadline, with no more budget than it was promised for the
 *    time until then (budget / time <= runtime / deadline), has just slept within its job: it
 *    goes on with that budget and deadline. This is the rule of the constant bandwidth server
 *    (Abeni and Buttazzo, 1998).
 *  - Jobs come once a period. Periods follow each other from the first job on; after one or more
 *    without any job they begin anew with the next one. A thread that wakes up earlier than its
 *    next period begins waits until then; lateness does not add up.
 *  - A thread that is new, or has new parameters, may sleep until its first release, wherever that
 *    lies in the period that began with it: it wakes up with what is left of the budget, and
 *    deadline and period count from then.
 *
 * Budgets are enforced. A thread that has used up its budget waits, ready, until its next period
 * has begun and its deadline is past: then its next job begins. That its deadline was missed is
 * then its own doing, and counted so.
 *
 * A thread that is waited for has the earliest of its deadline and of those that wait; while one
 * lends it its deadline its own budget is not enforced, so that it can leave what it holds.
 *
 * When the budget of somebody who waits is renewed the CPU is told by the slice that the policy
 * gives to whoever runs then, the idle thread included: it ends at that time.
 */
#include <arch/sections.h>
#include <arch/timer.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/leftist.h>
#include <lib/list.h>
#include <uapi/errno.h>

#define DENSITY_ONE (1UL << 20)
#define DENSITY_MAX (DENSITY_ONE * (100 - CONFIG_SCHED_EDF_RESERVE) / 100)
#define NEVER UINT64_MAX
#define LAST (NEVER - 1) /* an ordinary thread's deadline: after all others */

const char sched_policy_name[] = "earliest deadline first";

static struct queue {
	struct leftist ready;	/* by deadline */
	struct leftist waiting; /* without budget, by the time when they get one */
	struct list ordinary;
	/* one call of sched_policy_admit() at a time: */
	u64 density; /* of all that were admitted */
} queue PER_CPU;

enum place { NOWHERE, READY, WAITING, ORDINARY };

struct entity {
	union {
		struct leftist_node node; /* READY, WAITING */
		struct list link;	  /* ORDINARY */
	};
	u64 deadline; /* ticks: of the present job */
	u64 next;     /* ticks: when the next period begins */
	u64 budget;   /* ticks left of the job's runtime, or of an ordinary one's slice */
	/* ticks; of an ordinary one runtime is its slice, the others are 0 */
	u64 runtime;
	u64 relative; /* deadline, from the job's begin */
	u64 period;
	u32 density;
	u32 missed;
	u32 overran;
	u8 place;
	bool late;  /* the job was counted as missed */
	bool fresh; /* no wake-up has begun a period yet */
};

void sched_policy_init(struct runqueue *rq)
{
	struct queue *q = this_cpu(queue);

	list_init(&q->ordinary);
	rq->policy = q;
}

int sched_policy_admit(struct thread *t, const struct sched_params *p)
{
	struct queue *q = t->rq->policy;
	struct entity *e = sched_entity(struct entity, t);
	u64 density = 0, slice = CONFIG_SCHED_EDF_SLICE * NS_PER_MS, total;

	if (p && p->period)
		density = (p->runtime * DENSITY_ONE + p->deadline - 1) / p->deadline;
	total = q->density - e->density + density;
	if (density && total > DENSITY_MAX)
		return -EBUSY;
	q->density = total;
	e->density = (u32)density;
	if (!p)
		return 0;
	if (p->slice)
		slice = p->slice;
	e->runtime = time_to_ticks(p->period ? p->runtime : slice);
	e->relative = p->period ? time_to_ticks(p->deadline) : 0;
	e->period = p->period ? time_to_ticks(p->period) : 0;
	/* the first job of the new kind begins at once */
	e->fresh = true;
	e->budget = 0;
	e->deadline = 0;
	e->next = 0;
	return 0;
}

/* The earliest deadline of those that wait for what @t holds. */
static u64 lent(const struct thread *t)
{
	u64 earliest = NEVER;

	for (t = t->donor; t; t = t->donor) {
		const struct entity *e = sched_entity(const struct entity, t);

		if (e->period)
			earliest = MIN(earliest, e->deadline);
	}
	return earliest;
}

/* What threads are compared by. Who waits for a budget is not to run: ordinary ones go first. */
static u64 deadline_of(const struct thread *t)
{
	const struct entity *e = sched_entity(const struct entity, t);
	u64 own = e->period ? e->deadline : LAST;

	return MIN(e->place == WAITING ? NEVER : own, lent(t));
}

static void begin_job(struct entity *e, u64 now)
{
	e->next = e->next && now - e->next < e->period ? e->next + e->period : now + e->period;
	e->deadline = now + e->relative;
	e->budget = e->runtime;
	e->late = false;
}

/* Whether @e, which slept, has no more budget than it was promised for the time that is left. */
static bool goes_on(const struct entity *e, u64 now)
{
	return now < e->deadline && (unsigned __int128)e->budget * e->relative <=
					    (unsigned __int128)(e->deadline - now) * e->runtime;
}

static void miss(struct entity *e)
{
	if (!e->late)
		e->missed++;
	e->late = true;
}

/* Sees to it that @e has a budget, if it may: its job goes on, or the next one begins. */
static void renew(struct entity *e, enum sched_why why, u64 now)
{
	bool woke = why == SCHED_WAKE || why == SCHED_NEW;

	if (woke ? goes_on(e, now) : e->budget > 0)
		return;
	if (now >= e->next && (woke || now >= e->deadline)) {
		begin_job(e, now);
		e->fresh = e->fresh && why != SCHED_WAKE;
	} else if (woke && e->fresh && e->budget) {
		e->fresh = false;
		e->next = now + e->period;
		e->deadline = now + e->relative;
		e->late = false;
	} else if (woke || why == SCHED_CHANGE) {
		e->budget = 0;
	} else {
		e->overran++;
		miss(e);
	}
}

static void insert_ordinary(struct queue *q, struct entity *e)
{
	bool rest = e->budget && e->budget < e->runtime;

	e->place = ORDINARY;
	if (!rest)
		e->budget = e->runtime;
	/* what is left of a turn comes before the others' turns */
	if (rest)
		list_add(&q->ordinary, &e->link);
	else
		list_add_tail(&q->ordinary, &e->link);
}

static void insert(struct queue *q, struct thread *t, enum sched_why why, u64 now)
{
	struct entity *e = sched_entity(struct entity, t);
	u64 deadline = lent(t);

	if (e->period) {
		renew(e, why, now);
		if (!e->budget && deadline == NEVER) {
			e->place = WAITING;
			e->node.key = MAX(e->next, e->deadline);
			leftist_insert(&q->waiting, &e->node);
			return;
		}
		deadline = MIN(deadline, e->deadline);
	}
	if (deadline != NEVER) {
		e->place = READY;
		e->node.key = deadline;
		leftist_insert(&q->ready, &e->node);
	} else {
		if (why != SCHED_PREEMPT && why != SCHED_SLICE)
			e->budget = 0;
		insert_ordinary(q, e);
	}
}

/* Those whose time has come get their budget. */
static void wake_waiting(struct queue *q, u64 now)
{
	struct leftist_node *first;

	while ((first = leftist_first(&q->waiting)) && first->key <= now) {
		struct entity *e = container_of(first, struct entity, node);

		leftist_remove(&q->waiting, first);
		begin_job(e, now);
		e->place = READY;
		first->key = e->deadline;
		leftist_insert(&q->ready, first);
	}
}

/* Whether @t, which runs, has to go when its budget is used up. */
static bool is_limited(const struct runqueue *rq, const struct thread *t)
{
	const struct queue *q = rq->policy;

	if (t == rq->idle || lent(t) != NEVER)
		return false;
	return sched_entity(const struct entity, t)->period || !list_empty(&q->ordinary);
}

/* How long @t, which runs at @now, may do so. */
static u64 slice_of(struct runqueue *rq, const struct thread *t, u64 now)
{
	const struct queue *q = rq->policy;
	const struct entity *e = sched_entity(const struct entity, t);
	const struct leftist_node *waiting = leftist_first(&q->waiting);
	u64 slice = NEVER;

	if (is_limited(rq, t))
		slice = e->budget;
	if (waiting)
		slice = MIN(slice, waiting->key > now ? waiting->key - now : 1);
	return slice == NEVER ? 0 : MAX(slice, 1UL);
}

void sched_policy_enqueue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	u64 now = arch_counter_early();

	insert(rq->policy, t, why, now);
	rq->slice = slice_of(rq, rq->current, now);
}

void sched_policy_dequeue(struct runqueue *rq, struct thread *t)
{
	struct queue *q = rq->policy;
	struct entity *e = sched_entity(struct entity, t);

	if (e->place == ORDINARY)
		list_del(&e->link);
	else
		leftist_remove(e->place == READY ? &q->ready : &q->waiting, &e->node);
	e->place = NOWHERE;
}

struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why)
{
	struct queue *q = rq->policy;
	struct entity *e = sched_entity(struct entity, prev);
	struct thread *next = NULL;

	if (sched_stays(why))
		insert(q, prev, why, rq->since);
	else if (e->period && rq->since > e->deadline)
		miss(e);
	wake_waiting(q, rq->since);
	if (leftist_first(&q->ready))
		next = sched_thread(container_of(leftist_first(&q->ready), struct entity, node));
	else if (!list_empty(&q->ordinary))
		next = sched_thread(list_entry(q->ordinary.next, struct entity, link));
	if (next)
		sched_policy_dequeue(rq, next);
	rq->slice = slice_of(rq, next ? next : rq->idle, rq->since);
	return next;
}

int sched_policy_before(const struct thread *a, const struct thread *b)
{
	return deadline_of(a) < deadline_of(b);
}

u64 sched_policy_charge(struct runqueue *rq, struct thread *t, u64 ticks)
{
	struct queue *q = rq->policy;
	struct entity *e = sched_entity(struct entity, t);
	const struct leftist_node *first;

	wake_waiting(q, rq->since);
	first = leftist_first(&q->ready);
	if (t == rq->idle)
		return first ? 0 : slice_of(rq, t, rq->since);
	e->budget -= MIN(ticks, e->budget);
	if (first && first->key < deadline_of(t))
		return 0;
	if (!e->budget && is_limited(rq, t))
		return 0;
	return slice_of(rq, t, rq->since);
}

int sched_policy_show(const struct thread *t, char *buf, size_t size)
{
	const struct entity *e = sched_entity(const struct entity, t);
	const struct sched_params *p = &t->params;

	if (!e->period)
		return (int)snprintf(buf, size, "ordinary");
	return (int)snprintf(buf, size, "%lu/%lu/%lu us, %u missed, %u overran",
			     p->runtime / NS_PER_US, p->deadline / NS_PER_US, p->period / NS_PER_US,
			     e->missed, e->overran);
}
