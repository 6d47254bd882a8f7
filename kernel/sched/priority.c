/* SPDX-License-Identifier: MIT */
/*
 * Fixed priority: of 32 levels, the most urgent one with a ready thread runs. A list for each level
 * and a bit for each list that is not empty: every step takes the same time, however many threads
 * there are. Within a level threads run in the order in which they became ready, each until it sleeps
 * or yields, or, where a slice is configured or asked for, until that is over. A thread that was
 * preempted has not had its turn: it goes to the front of its level, with what is left of its slice.
 * A thread that starves is not helped: that is what priorities mean.
 */
#include <arch/sections.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/list.h>

const char sched_policy_name[] = "fixed priority";

static struct queue {
	u32 ready;	/* a bit for each level, the most urgent one in bit 0 */
	struct list level[PRIORITY_LEVELS];
} queue PER_CPU;

struct entity {
	struct list link;
	u64 left;	/* ticks of its slice; 0: it gets a new one */
};

static int own_priority(const struct thread *t)
{
	return t->params.priority;
}

/* With what those lend it that wait for it, and those that wait for them. */
static int priority(const struct thread *t)
{
	int most = own_priority(t);

	while (unlikely(t->donor)) {
		t = t->donor;
		most = MAX(most, own_priority(t));
	}
	return most;
}

static u64 slice_of(const struct thread *t)
{
	if (t->params.slice)
		return time_to_ticks(t->params.slice);
	if (CONFIG_SCHED_PRIORITY_SLICE)
		return time_to_ticks(CONFIG_SCHED_PRIORITY_SLICE * NS_PER_MS);
	return SCHED_NO_SLICE;
}

void sched_policy_init(struct runqueue *rq)
{
	struct queue *q = rq_own(rq, queue);

	for (unsigned int i = 0; i < PRIORITY_LEVELS; i++)
		list_init(&q->level[i]);
}

int sched_policy_admit(struct thread *t __unused, const struct sched_params *params __unused)
{
	return 0;
}

void sched_policy_enqueue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	struct queue *q = rq_own(rq, queue);
	struct entity *e = sched_entity(struct entity, t);
	unsigned int level = (unsigned int)(PRIORITY_LEVELS - 1 - priority(t));
	struct list *list = &q->level[level];

	q->ready |= 1U << level;
	if (why == SCHED_PREEMPT) {
		list_add(list, &e->link);
	} else {
		e->left = 0;
		list_add_tail(list, &e->link);
	}
}

static void take(struct queue *q, struct thread *t, struct entity *e)
{
	struct list *next = e->link.next;

	(void)t;
	next->prev = e->link.prev;
	e->link.prev->next = next;
	/* the last one of a level leaves the head, which points at itself */
	if (next->next == next)
		q->ready &= ~(1U << (next - q->level));
}

void sched_policy_dequeue(struct runqueue *rq, struct thread *t)
{
	take(rq_own(rq, queue), t, sched_entity(struct entity, t));
}

struct thread *sched_policy_pick(struct runqueue *rq)
{
	struct queue *q = rq_own(rq, queue);
	struct entity *e;
	struct thread *t;

	if (!q->ready)
		return NULL;
	e = list_entry(q->level[__builtin_ctz(q->ready)].next, struct entity, link);
	t = sched_thread(e);
	take(q, t, e);
	if (!e->left)
		e->left = slice_of(t);
	rq->slice = e->left;
	return t;
}

bool sched_policy_before(const struct thread *a, const struct thread *b)
{
	return priority(a) > priority(b);
}

u64 sched_policy_charge(struct runqueue *rq __unused, struct thread *t, u64 ticks)
{
	struct entity *e = sched_entity(struct entity, t);

	if (e->left != SCHED_NO_SLICE)
		e->left -= MIN(ticks, e->left);
	return e->left;
}

int sched_policy_show(const struct thread *t, char *buf, size_t size)
{
	return snprintf(buf, size, "priority %d", priority(t));
}
