/* SPDX-License-Identifier: MIT */
/*
 * Cooperative: first come, first served, and nobody is made to go. A thread runs until it sleeps,
 * yields or ends; those that became ready meanwhile wait in the order in which they did. One that
 * never does any of it keeps the CPU for ever. A switch happens only where a thread's own code asks
 * for one, so threads that share data need no lock between two such places.
 */
#include <arch/sections.h>
#include <kernel/sched_policy.h>
#include <lib/list.h>

const char sched_policy_name[] = "cooperative";

static struct list queue PER_CPU;

struct entity {
	struct list link;
};

void sched_policy_init(struct runqueue *rq)
{
	struct list *q = this_cpu(queue);

	list_init(q);
	rq->policy = q;
}

int sched_policy_admit(struct thread *t __unused, const struct sched_params *params __unused)
{
	return 0;
}

/* One that is asked to go, as when its parameters change, stays in front: it has not offered to. */
static inline void insert(struct list *q, struct thread *t, enum sched_why why)
{
	struct list *link = &sched_entity(struct entity, t)->link;

	if (unlikely(why == SCHED_PREEMPT))
		list_add(q, link);
	else
		list_add_tail(q, link);
}

void sched_policy_enqueue(struct runqueue *rq, struct thread *t, enum sched_why why)
{
	insert(rq->policy, t, why);
}

void sched_policy_dequeue(struct runqueue *rq __unused, struct thread *t)
{
	list_del(&sched_entity(struct entity, t)->link);
}

struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why)
{
	struct list *q = rq->policy, *first;

	rq->slice = 0;
	if (sched_stays(why))
		insert(q, prev, why);
	if (list_empty(q))
		return NULL;
	first = q->next;
	list_del(first);
	return sched_thread(list_entry(first, struct entity, link));
}

int sched_policy_before(const struct thread *a __unused, const struct thread *b __unused)
{
	return false;
}

u64 sched_policy_charge(struct runqueue *rq __unused, struct thread *t __unused, u64 ticks __unused)
{
	return 1; /* there are no slices */
}

int sched_policy_show(const struct thread *t __unused, char *buf, size_t size)
{
	if (size)
		buf[0] = 0;
	return 0;
}
