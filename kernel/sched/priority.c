/* SPDX-License-Identifier: MIT */
/*
 * Fixed priority: of 32 levels, the most urgent one with a ready thread runs. A list for each
 * level and a bit for each list that is not empty: every step takes the same time, however many
 * threads there are. Within a level threads run in the order in which they became ready, each
 * until it sleeps or yields, or, where a slice is configured or asked for, until that is over.
 * What is left of a slice is kept until it is used up, as in Linux's SCHED_RR. A thread that was
 * preempted has not had its turn: it goes to the front of its level. A thread that starves is not
 * helped: that is what priorities mean.
 */
#include <arch/sections.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/list.h>

const char sched_policy_name[] = "fixed priority";

static struct queue {
	struct list level[PRIORITY_LEVELS];
	u32 ready;	/* a bit for each level that has a thread */
} queue PER_CPU;

struct entity {
	struct list link;
	u64 slice;	/* ticks, 0: none */
	u64 left;	/* of it */
};

void sched_policy_init(struct runqueue *rq)
{
	struct queue *q = this_cpu(queue);

	for (unsigned int i = 0; i < PRIORITY_LEVELS; i++)
		list_init(&q->level[i]);
	rq->policy = q;
}

int sched_policy_admit(struct thread *t, const struct sched_params *params)
{
	struct entity *e = sched_entity(struct entity, t);
	u64 slice = CONFIG_SCHED_PRIORITY_SLICE * NS_PER_MS;

	if (params && params->slice)
		slice = params->slice;
	e->slice = slice ? time_to_ticks(slice) : 0;
	e->left = e->slice;
	return 0;
}

/* One that was preempted has not had its turn yet. The caller sets the level's bit. */
static inline void insert(struct queue *q, struct thread *t, unsigned int level, enum sched_why why)
{
	struct list *list = &q->level[level];
	struct list *link = &sched_entity(struct entity, t)->link;

	if (unlikely(why == SCHED_PREEMPT))
		list_add(list, link);
	else
		list_add_tail(list, link);
}

void sched_policy_enqueue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	struct queue *q = rq->policy;
	unsigned int level = t->priority;

	q->ready |= 1U << level;
	sched_set_ready(rq, q->ready);
	insert(q, t, level, why);
}

void sched_policy_dequeue(struct runqueue *rq, struct thread *t)
{
	struct queue *q = rq->policy;
	struct list *link = &sched_entity(struct entity, t)->link, *next = link->next;

	list_del(link);
	/* the last one of a level leaves the head, which points at itself */
	if (list_empty(next))
		q->ready &= ~(1U << (next - q->level));
	sched_set_ready(rq, q->ready);
}

struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why)
{
	struct queue *q = rq->policy;
	u32 ready = q->ready;
	struct list *list, *next;
	unsigned int level;
	struct entity *e;

	if (likely(sched_stays(why))) {
		ready |= 1U << prev->priority;
		insert(q, prev, prev->priority, why);
	}
	if (unlikely(!ready)) {
		rq->slice = 0;
		sched_set_rank(rq, 0);
		return NULL;
	}
	level = (unsigned int)__builtin_clz(ready) ^ 31;
	list = &q->level[level];
	e = list_entry(list->next, struct entity, link);
	next = e->link.next;
	list->next = next;
	next->prev = list;
	if (unlikely(next == list)) {
		compiler_barrier();	/* or the mask is made each time, used or not */
		ready &= ~(1U << level);
	}
	q->ready = ready;
	sched_set_ready(rq, ready);
	sched_set_rank(rq, level + 1);
	rq->slice = e->left;
	return sched_thread(e);
}

/* Nobody in the queue is as urgent as @woken, or @prev would not have run. */
struct thread *sched_policy_hand_over(struct thread *woken, struct thread *prev,
				      struct runqueue *rq)
{
	struct queue *q = rq->policy;
	unsigned int level = prev->priority;

	if (likely(prev != rq->idle)) {
		q->ready |= 1U << level;
		list_add(&q->level[level], &sched_entity(struct entity, prev)->link);
		sched_set_ready(rq, q->ready);
	}
	sched_set_rank(rq, woken->priority + 1);
	rq->slice = sched_entity(struct entity, woken)->left;
	return woken;
}

int sched_policy_before(const struct thread *a, const struct thread *b)
{
	return a->priority > b->priority;
}

#ifdef CONFIG_SMP
unsigned int sched_policy_rank(const struct thread *t)
{
	return t->priority + 1;
}

struct thread *sched_policy_first(struct runqueue *rq, unsigned int cpu)
{
	struct queue *q = rq->policy;

	for (u32 ready = q->ready; ready; ready &= ~(1U << (31 - __builtin_clz(ready)))) {
		struct list *list = &q->level[31 - __builtin_clz(ready)];

		list_for_each (e, list, struct entity, link)
			if (sched_thread(e)->affinity >> cpu & 1)
				return sched_thread(e);
	}
	return NULL;
}
#endif

u64 sched_policy_charge(struct runqueue *rq __unused, struct thread *t, u64 ticks)
{
	struct entity *e = sched_entity(struct entity, t);

	if (ticks < e->left)
		return e->left -= ticks;
	e->left = e->slice;
	return 0;
}

int sched_policy_show(const struct thread *t, char *buf, size_t size)
{
	return (int)snprintf(buf, size, "priority %u", t->priority);
}
