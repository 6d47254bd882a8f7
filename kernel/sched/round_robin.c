/* SPDX-License-Identifier: MIT */
/*
 * Round robin: one list, and a slice of the CPU for each thread in turn, the configured one or
 * the one that the thread asked for. So each of n threads that are always ready gets 1/n of the
 * CPU, give or take one slice. Nothing is more urgent than anything else: a thread that wakes up
 * waits for the slices of all that are in front of it. A thread that goes before its slice is
 * over, by a sleep or a yield, begins a new one when its turn comes. One that is alone has no
 * slice, and hence no interrupts at its end, until another one becomes ready.
 */
#include <arch/sections.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/list.h>

const char sched_policy_name[] = "round robin";

static struct list queue PER_CPU;

struct entity {
	struct list link;
	u64 slice; /* ticks */
	u64 left;  /* of it */
};

void sched_policy_init(struct runqueue *rq)
{
	struct list *q = this_cpu(queue);

	list_init(q);
	rq->policy = q;
}

int sched_policy_admit(struct thread *t, const struct sched_params *params)
{
	struct entity *e = sched_entity(struct entity, t);
	u64 slice = CONFIG_SCHED_ROUND_ROBIN_SLICE * NS_PER_MS;

	if (params && params->slice)
		slice = params->slice;
	e->slice = time_to_ticks(slice);
	e->left = e->slice;
	return 0;
}

/* One that was asked to go, as when its parameters change, has not had its turn yet. */
static inline void insert(struct list *q, struct thread *t, enum sched_why why)
{
	struct entity *e = sched_entity(struct entity, t);

	if (unlikely(why == SCHED_PREEMPT)) {
		list_add(q, &e->link);
	} else {
		e->left = e->slice;
		list_add_tail(q, &e->link);
	}
}

void sched_policy_enqueue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	insert(rq->policy, t, why);
	sched_set_ready(rq, 1);
	if (!rq->slice && rq->current != rq->idle)
		rq->slice = sched_entity(struct entity, rq->current)->left;
}

void sched_policy_dequeue(struct runqueue *rq __unused, struct thread *t)
{
	list_del(&sched_entity(struct entity, t)->link);
	sched_set_ready(rq, !list_empty((struct list *)rq->policy));
}

struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why)
{
	struct list *q = rq->policy, *first;
	struct entity *e;

	rq->slice = 0;
	if (sched_stays(why))
		insert(q, prev, why);
	sched_set_rank(rq, !list_empty(q));
	if (list_empty(q))
		return NULL;
	first = q->next;
	list_del(first);
	e = list_entry(first, struct entity, link);
	if (!list_empty(q))
		rq->slice = e->left;
	sched_set_ready(rq, !list_empty(q));
	return sched_thread(e);
}

int sched_policy_before(const struct thread *a __unused, const struct thread *b __unused)
{
	return false;
}

#ifdef CONFIG_SMP
unsigned int sched_policy_rank(const struct thread *t __unused)
{
	return 1;
}

struct thread *sched_policy_first(struct runqueue *rq, unsigned int cpu)
{
	const struct list *q = rq->policy;

	list_for_each (e, q, struct entity, link)
		if (sched_thread(e)->affinity >> cpu & 1)
			return sched_thread(e);
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
	const struct entity *e = sched_entity(struct entity, t);

	return (int)snprintf(buf, size, "slice %lu us", time_from_ticks(e->slice) / NS_PER_US);
}
