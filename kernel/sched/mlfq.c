/* SPDX-License-Identifier: MIT */
/*
 * Multi-level feedback: the policy finds out by itself which threads are interactive. Of eight
 * levels the uppermost one with a ready thread runs, in turns within the level.
 *
 * - A thread begins at the top. Once it has run for its level's slice it sinks by one. It does
 *   not matter in how many pieces: a thread that sleeps just before its slice is over gains
 *   nothing. Slices double from level to level, so a hog reaches the bottom soon, where switches
 *   are rare.
 * - A thread that sleeps for longer than its level's slice rises by a level, for a long sleep by
 *   several. So what waits for people or devices stays up, and takes the CPU from hogs at once.
 * - A ready thread that was not picked for the time SCHED_MLFQ_AGE goes to the top: nobody
 *   starves.
 *
 * One that is preempted goes to the end of its level, but keeps what is left of its slice: so the
 * first one of a level is the one that has waited longest. Priority, nice and slice of a thread's
 * parameters say nothing here. A thread that another one waits for has that one's level, if
 * higher.
 */
#include <arch/sections.h>
#include <arch/timer.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/list.h>

#define LEVELS 8
#define BOTTOM (LEVELS - 1U)

const char sched_policy_name[] = "multi-level feedback";

static struct queue {
	struct list level[LEVELS]; /* 0: the top */
	u32 ready;		   /* a bit for each level that has a thread, see bit_of() */
	u64 slice;		   /* ticks, at the top */
	u64 age;		   /* ticks: who waits longer is starved */
	u64 look;		   /* ticks: when to look for one that is */
} queue PER_CPU;

struct entity {
	struct list link;
	unsigned int level; /* its own */
	u64 left;	    /* ticks until it sinks */
	u64 since;	    /* ticks: when it came into the queue */
	u64 slept;	    /* its sleep_ticks, as far as they were rewarded */
};

/* The top's is the highest: as CPUs tell each other how urgent threads are. */
static u32 bit_of(unsigned int level)
{
	return 1U << (BOTTOM - level);
}

void sched_policy_init(struct runqueue *rq)
{
	struct queue *q = this_cpu(queue);

	for (unsigned int i = 0; i < LEVELS; i++)
		list_init(&q->level[i]);
	q->slice = time_to_ticks(CONFIG_SCHED_MLFQ_SLICE * NS_PER_MS);
	q->age = time_to_ticks(CONFIG_SCHED_MLFQ_AGE * NS_PER_MS);
	rq->policy = q;
}

static void move_to(const struct queue *q, struct entity *e, unsigned int level)
{
	e->level = level;
	e->left = q->slice << level;
}

int sched_policy_admit(struct thread *t, const struct sched_params *params __unused)
{
	struct entity *e = sched_entity(struct entity, t);

	/* a new one: other parameters would not change anything */
	if (!e->left)
		move_to(this_cpu(queue), e, 0);
	return 0;
}

/* A thread's level, or the one that somebody who waits for it lends it. */
static unsigned int level_of(const struct thread *t)
{
	unsigned int level = BOTTOM;

	for (; t; t = t->donor)
		level = MIN(level, sched_entity(struct entity, t)->level);
	return level;
}

/* A thread that slept rises a level for each slice that it slept for. */
static void reward(const struct queue *q, struct thread *t)
{
	struct entity *e = sched_entity(struct entity, t);
	u64 slept = t->sleep_ticks - e->slept;

	e->slept = t->sleep_ticks;
	while (e->level && slept > q->slice << e->level) {
		slept -= q->slice << e->level;
		move_to(q, e, e->level - 1);
	}
}

static void append(struct queue *q, struct entity *e, unsigned int level, u64 now)
{
	e->since = now;
	list_add_tail(&q->level[level], &e->link);
	q->ready |= bit_of(level);
}

static void take_out(struct queue *q, struct entity *e)
{
	struct list *next = e->link.next;

	list_del(&e->link);
	/* the last one of a level leaves the head, which points at itself */
	if (list_empty(next))
		q->ready &= ~bit_of((unsigned int)(next - q->level));
}

void sched_policy_enqueue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	struct queue *q = rq->policy;
	struct entity *e = sched_entity(struct entity, t);

	if (why == SCHED_WAKE)
		reward(q, t);
	append(q, e, level_of(t), arch_counter_early());
	sched_set_ready(rq, q->ready);
	if (!rq->slice && rq->current != rq->idle)
		rq->slice = sched_entity(struct entity, rq->current)->left;
}

void sched_policy_dequeue(struct runqueue *rq, struct thread *t)
{
	struct queue *q = rq->policy;

	take_out(q, sched_entity(struct entity, t));
	sched_set_ready(rq, q->ready);
}

/* Lifts the first one of each level, if it is starved. The others' turn comes with the next picks.
 */
static void lift_starved(struct queue *q, u64 now)
{
	bool lifted = false;

	for (unsigned int i = 1; i < LEVELS; i++) {
		struct entity *e = list_entry(q->level[i].next, struct entity, link);

		if (!(q->ready & bit_of(i)) || now - e->since <= q->age)
			continue;
		take_out(q, e);
		move_to(q, e, 0);
		append(q, e, 0, now);
		lifted = true;
	}
	q->look = lifted ? now : now + q->age / 8;
}

struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why)
{
	struct queue *q = rq->policy;
	unsigned int level;
	struct entity *e;

	rq->slice = 0;
	if (sched_stays(why))
		append(q, sched_entity(struct entity, prev), level_of(prev), rq->since);
	sched_set_rank(rq, 0);
	if (!q->ready)
		return NULL;
	if (rq->since >= q->look)
		lift_starved(q, rq->since);
	level = BOTTOM - (31 - (unsigned int)__builtin_clz(q->ready));
	e = list_entry(q->level[level].next, struct entity, link);
	take_out(q, e);
	sched_set_ready(rq, q->ready);
	sched_set_rank(rq, LEVELS - level);
	if (q->ready)
		rq->slice = e->left;
	return sched_thread(e);
}

int sched_policy_before(const struct thread *a, const struct thread *b)
{
	return level_of(a) < level_of(b);
}

#ifdef CONFIG_SMP
unsigned int sched_policy_rank(const struct thread *t)
{
	return LEVELS - level_of(t);
}

struct thread *sched_policy_first(struct runqueue *rq, unsigned int cpu)
{
	const struct queue *q = rq->policy;

	for (unsigned int i = 0; i < LEVELS; i++)
		list_for_each (e, &q->level[i], struct entity, link)
			if (sched_thread(e)->affinity >> cpu & 1)
				return sched_thread(e);
	return NULL;
}
#endif

u64 sched_policy_charge(struct runqueue *rq, struct thread *t, u64 ticks)
{
	struct entity *e = sched_entity(struct entity, t);

	if (ticks < e->left)
		return e->left -= ticks;
	move_to(rq->policy, e, MIN(e->level + 1, BOTTOM));
	return 0;
}

int sched_policy_show(const struct thread *t, char *buf, size_t size)
{
	return (int)snprintf(buf, size, "level %u of 0-%u", level_of(t), BOTTOM);
}
