/* SPDX-License-Identifier: MIT */
/*
 * Fair: each thread gets a share of the CPU by its weight, which one step of nice changes by a
 * quarter: who is one nicer than another one gets 1/1.25 of what that gets.
 *
 * Time is counted in virtual time, that is divided by the thread's weight. A thread asks for a
 * slice after the other. The request of one that has used the virtual time v ends at v + slice /
 * weight, its virtual deadline, and the thread with the earliest one runs: those that got less
 * than their share come first, and with equal claims those with the larger weight. Once the slice
 * is used up the next request begins. Two threads that are always ready are never further apart
 * than their slices. Those of threads nicer than 0 are shorter in proportion to their weights, so
 * small shares are as exact.
 *
 * A thread that slept comes back with what it had used, but at most one slice behind where the
 * others are by now: its deadline is then before all of theirs, and it runs at once. So a wake-up
 * takes as long as the slices of those others that woke up meanwhile and use less than their
 * shares; sleeping long is not saved for later. A new thread begins where the others are.
 *
 * The ready threads are a leftist heap by deadline: O(log n). A thread that is alone has no slice
 * to speak of, until another one becomes ready. One that is waited for has the weight of the
 * heaviest of those that wait, if larger than its own. Earliest eligible virtual deadline first
 * (Stoica and Abdel-Wahab, 1995) also bars threads that are ahead of their share; this does not.
 */
#include <arch/sections.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/leftist.h>

#define WEIGHT_NORMAL	1024		/* of nice 0 */
#define VIRTUAL_SHIFT	13		/* bits of virtual time for a tick at the weight 1 */
#define ALONE		NS_PER_SEC	/* ns: the slice of one that is alone */
#define SLICE_LEAST	(100 * NS_PER_US)

/* 1024 / 1.25^nice: it would take more code to compute them. */
static const u32 weights[] = {
	88818, 71054, 56843, 45475, 36380, 29104, 23283, 18626, 14901, 11921,
	 9537,  7629,  6104,  4883,  3906,  3125,  2500,  2000,  1600,  1280,
	 1024,   819,   655,   524,   419,   336,   268,   215,   172,   137,
	  110,    88,    70,    56,    45,    36,    29,    23,    18,    15,
};
static_assert(ARRAY_SIZE(weights) == NICE_MAX - NICE_MIN + 1, "a weight for each nice");

const char sched_policy_name[] = "fair";

static struct queue {
	struct leftist ready;	/* by deadline */
	u64 now;		/* virtual time: where those that run are; never goes back */
	u64 last;		/* the latest deadline that anybody had */
	bool alone;		/* the current thread has the slice ALONE */
} queue PER_CPU;

struct entity {
	struct leftist_node node;	/* its key: the virtual deadline */
	u64 used;			/* virtual time */
	u64 weight;			/* its own */
	u64 lent;			/* the one that counts */
	u64 slice;			/* ticks, at nice 0 or less */
	struct queue *at;			/* whose virtual time it goes by */
};

void sched_policy_init(struct runqueue *rq)
{
	rq->policy = this_cpu(queue);
}

int sched_policy_admit(struct thread *t, const struct sched_params *params)
{
	struct entity *e = sched_entity(struct entity, t);
	u64 slice = CONFIG_SCHED_FAIR_SLICE * NS_PER_MS;

	if (!params)
		return 0;
	if (params->slice)
		slice = params->slice;
	e->weight = weights[params->nice - NICE_MIN];
	if (IS_ENABLED(CONFIG_SMP) && !e->at)
		e->at = t->rq->policy;
	if (!e->lent)
		e->lent = e->weight;
	if (e->weight < WEIGHT_NORMAL)
		slice = MAX(slice * e->weight / WEIGHT_NORMAL, MIN(slice, SLICE_LEAST));
	e->slice = time_to_ticks(slice);
	return 0;
}

static u64 to_virtual(const struct entity *e, u64 ticks)
{
	return (ticks << VIRTUAL_SHIFT) / e->lent;
}

/* What is left of the present request. Not 0: a slice of 0 has no end. */
static u64 left(const struct entity *e)
{
	return e->node.key > e->used ? ((e->node.key - e->used) * e->lent >> VIRTUAL_SHIFT) + 1 : 1;
}

/* The next request begins. */
static void request(struct queue *q, struct entity *e)
{
	e->node.key = e->used + to_virtual(e, e->slice);
	q->last = MAX(q->last, e->node.key);
}

/* The weight that counts: its own, or that of somebody who waits for what it holds. */
static u64 weight_of(const struct thread *t)
{
	u64 weight = 0;

	for (; t; t = t->donor)
		weight = MAX(weight, sched_entity(struct entity, t)->weight);
	return weight;
}

/* Where @t, which has slept or is new, goes on. */
static void place(struct queue *q, struct thread *t, enum sched_why why)
{
	struct entity *e = sched_entity(struct entity, t);
	u64 behind = why == SCHED_NEW ? 0 : to_virtual(e, e->slice);
	u64 least = q->now > behind ? q->now - behind : 0;

	if (e->used < least) {
		e->used = least;
		request(q, e);
	}
}

/* What CPUs count has nothing to do with each other: @e keeps its distance to where others are. */
static void settle(struct queue *q, struct entity *e)
{
	if (e->at) {
		s64 ahead = (s64)(e->used - e->at->now);

		e->used = ahead < 0 && q->now < (u64)-ahead ? 0 : q->now + (u64)ahead;
		request(q, e);
	}
	e->at = q;
}

void sched_policy_enqueue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	struct queue *q = rq->policy;
	struct entity *e = sched_entity(struct entity, t);
	u64 weight = weight_of(t);

	if (IS_ENABLED(CONFIG_SMP) && e->at != q)
		settle(q, e);
	if (weight != e->lent || why == SCHED_NEW || why == SCHED_CHANGE) {
		e->lent = weight;
		request(q, e);
	}
	if (why != SCHED_CHANGE)
		place(q, t, why);
	leftist_insert(&q->ready, &e->node);
	sched_set_ready(rq, 1);
	if (q->alone && rq->slice) {
		q->alone = false;
		rq->slice = left(sched_entity(struct entity, rq->current));
	}
}

void sched_policy_dequeue(struct runqueue *rq, struct thread *t)
{
	struct queue *q = rq->policy;

	leftist_remove(&q->ready, &sched_entity(struct entity, t)->node);
	sched_set_ready(rq, leftist_first(&q->ready) != NULL);
}

/* @t goes on as one of those that are ready. */
static void requeue(struct queue *q, struct thread *t, enum sched_why why)
{
	struct entity *e = sched_entity(struct entity, t);
	u64 weight = weight_of(t);

	if (weight != e->lent) {
		e->lent = weight;
		request(q, e);
	}
	/* behind all others, once */
	if (why == SCHED_YIELD)
		e->node.key = ++q->last;
	leftist_insert(&q->ready, &e->node);
}

struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why)
{
	struct queue *q = rq->policy;
	struct leftist_node *first;
	struct entity *e;

	if (sched_stays(why))
		requeue(q, prev, why);
	first = leftist_first(&q->ready);
	sched_set_rank(rq, first != NULL);
	if (!first) {
		rq->slice = 0;
		return NULL;
	}
	leftist_remove(&q->ready, first);
	e = container_of(first, struct entity, node);
	q->now = MAX(q->now, e->used);
	q->alone = !leftist_first(&q->ready);
	sched_set_ready(rq, !q->alone);
	rq->slice = q->alone ? time_to_ticks(ALONE) : left(e);
	return sched_thread(e);
}

int sched_policy_before(const struct thread *a, const struct thread *b)
{
	if (IS_ENABLED(CONFIG_SMP) && a->rq != b->rq)
		return false;
	return sched_entity(struct entity, a)->node.key < sched_entity(struct entity, b)->node.key;
}

#ifdef CONFIG_SMP
unsigned int sched_policy_rank(const struct thread *t __unused)
{
	return 1;
}

struct thread *sched_policy_first(struct runqueue *rq, unsigned int cpu)
{
	struct queue *q = rq->policy;
	struct leftist_node *best = NULL;

	for (struct leftist_node *n = q->ready.root; n; n = leftist_next(n)) {
		struct thread *t = sched_thread(container_of(n, struct entity, node));

		if (t->affinity >> cpu & 1 && (!best || n->key < best->key))
			best = n;
	}
	return best ? sched_thread(container_of(best, struct entity, node)) : NULL;
}
#endif

u64 sched_policy_charge(struct runqueue *rq, struct thread *t, u64 ticks)
{
	struct queue *q = rq->policy;
	struct entity *e = sched_entity(struct entity, t);

	e->used += to_virtual(e, ticks);
	if (q->alone)
		q->now = MAX(q->now, e->used);
	if (e->used < e->node.key)
		return q->alone ? time_to_ticks(ALONE) : left(e);
	request(q, e);
	return 0;
}

int sched_policy_show(const struct thread *t, char *buf, size_t size)
{
	const struct entity *e = sched_entity(struct entity, t);

	return (int)snprintf(buf, size, "nice %d, weight %lu", t->params.nice, e->lent);
}
