/* SPDX-License-Identifier: MIT */
/*
 * Lottery (Waldspurger and Weihl, 1994): whose turn it is, of 5 ms, is drawn. A thread has its
 * priority and one more as tickets. Nobody is preempted; every run draws the same numbers.
 */
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/list.h>

#define TURN	time_to_ticks(5 * NS_PER_MS)

static struct list ready;
static u32 seed = 1;
static u64 left;	/* ticks, of the present turn */

const char sched_policy_name[] = "lottery";

void sched_policy_init(struct runqueue *rq __unused)
{
	list_init(&ready);
}

int sched_policy_admit(struct thread *t __unused, const struct sched_params *params __unused)
{
	return 0;
}

void sched_policy_enqueue(struct runqueue *rq __unused, struct thread *t,
			  enum sched_why why __unused)
{
	list_add_tail(&ready, sched_entity(struct list, t));
}

void sched_policy_dequeue(struct runqueue *rq __unused, struct thread *t)
{
	list_del(sched_entity(struct list, t));
}

struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why)
{
	bool waits = why == SCHED_YIELD && !list_empty(&ready);	/* for another draw */
	unsigned int tickets = 0, drawn;

	if (sched_stays(why) && !waits)
		sched_policy_enqueue(rq, prev, why);
	for (struct list *l = ready.next; l != &ready; l = l->next)
		tickets += sched_thread(l)->priority + 1;
	seed = seed * 1664525 + 1013904223;
	drawn = (unsigned int)((u64)seed * tickets >> 32);
	rq->slice = left = tickets ? TURN : 0;
	for (struct list *l = ready.next; l != &ready; l = l->next) {
		if (drawn <= sched_thread(l)->priority) {
			list_del(l);
			if (waits)
				sched_policy_enqueue(rq, prev, why);
			return sched_thread(l);
		}
		drawn -= sched_thread(l)->priority + 1;
	}
	return NULL;
}

int sched_policy_before(const struct thread *a __unused, const struct thread *b __unused)
{
	return false;
}

u64 sched_policy_charge(struct runqueue *rq __unused, struct thread *t __unused, u64 ticks)
{
	return left -= MIN(ticks, left);
}

int sched_policy_show(const struct thread *t, char *buf, size_t size)
{
	return (int)snprintf(buf, size, "%u tickets", t->priority + 1);
}
