/* SPDX-License-Identifier: MIT */
/*
 * What a scheduler policy is: one file that defines the eight functions and the name below, chosen
 * by the `choice` SCHED and bound by linking. The core (kernel/sched.c) keeps the lock, switches,
 * accounts, and knows sleeping from ready; the policy keeps the ready threads in an order of its
 * own and says which is next, and for how long.
 *
 * A thread that runs is not in the policy's queue. All functions are called with interrupts off
 * and, but for sched_policy_admit() and sched_policy_before(), with the run queue's lock held; none
 * of them may sleep, allocate or log. Times are ticks of the counter (time_to_ticks()).
 */
#ifndef KERNEL_SCHED_POLICY_H
#define KERNEL_SCHED_POLICY_H

#include <kernel/sched_why.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <lib/types.h>

/* One for each CPU. */
struct runqueue {
	struct spinlock lock;
	/* lock held: */
	enum sched_why resched;		/* why the current thread is to go; 0: it is not */
	struct thread *current;
	struct thread *idle;		/* runs when no thread is ready; never in the queue */
	void *policy;			/* the policy's own, by sched_policy_init() */
	struct thread *gone;		/* has ended, and runs no more once another one does */
	struct thread *woken;		/* in no queue: has the CPU when the interrupt ends */
	u64 since;			/* ticks: the current one's time is accounted so far */
	u64 slice;			/* ticks: what the policy gives it; 0: no end */
	u64 slice_end;			/* ticks: when the core asks the policy again */
	/* this CPU alone: */
	struct arch_frame *irq_frame;	/* of the interrupt that is served; NULL: none is */
	/* set before the CPU starts, then constant: */
	unsigned int cpu;
#ifdef CONFIG_SMP
	/* lock held; read without it by other CPUs (kernel/balance.c): */
	u32 rank;			/* sched_policy_rank() of the current thread; 0: idle */
	u32 ready;			/* bit n: one of rank n + 1 is in the queue */
	/* lock held: */
	u64 in_vain;			/* CPUs that have found nothing here that may run there */
	/* set when a second CPU has started: */
	bool shared;			/* there are CPUs to share threads with */
	/* changes while CPUs start; read without a lock: */
	struct runqueue *next;		/* the queues of all CPUs that have started, in a ring */
#endif
};

/* For policies that share: what other CPUs are told of @rq, see there. */
#ifdef CONFIG_SMP
#define sched_set_rank(rq, value)	atomic_store_relaxed(&(rq)->rank, (value))
#define sched_set_ready(rq, bits)	atomic_store_relaxed(&(rq)->ready, (bits))
#else
#define sched_set_rank(rq, value)	((void)0)
#define sched_set_ready(rq, bits)	((void)0)
#endif

/* The policy's own data in a thread: a structure of its own, zeroed when the thread is made. */
#define sched_entity(type, thread) \
	({ \
		static_assert(sizeof(type) <= sizeof((thread)->entity), "fits into a thread"); \
		(type *)(void *)(thread)->entity; \
	})

/* The thread whose entity @e, a sched_entity(), is. */
#define sched_thread(e) \
	container_of((u64 (*)[SCHED_ENTITY_WORDS])(void *)(e), struct thread, entity)

/* For boot's last lines and for `sched`: "fixed priority"; without CONFIG_THREADS "none". */
extern const char sched_policy_name[];

/* Prepares @rq; from its own CPU, so that this_cpu() is what @rq->policy may point at. */
void sched_policy_init(struct runqueue *rq);

/*
 * Asks whether @thread may have @params, which are in their ranges, before it gets them; with NULL
 * says that it is gone. @thread's own params are the ones that it has had so far; those of a new
 * one are all zero. 0; -EBUSY: no room; -EINVAL: they make no sense to this policy. Interrupts off,
 * one call at a time; @thread has its run queue, and is not in its queue.
 */
int sched_policy_admit(struct thread *thread, const struct sched_params *params);

/*
 * @thread is ready. Where @rq's current one is not alone any more, or is needed earlier than it was
 * told, this may write another @rq->slice, which begins now: so one that is alone needs no slice.
 */
void sched_policy_enqueue(struct runqueue *rq, struct thread *thread, enum sched_why why);

/* @thread, which is in the queue, leaves it without running. */
void sched_policy_dequeue(struct runqueue *rq, struct thread *thread);

/*
 * Takes the next one out of the queue, or gives NULL for the idle thread, and writes to @rq->slice
 * how long it may run until the policy is asked again (0: without end). Before that @prev, which
 * has run so far, comes into the queue as by sched_policy_enqueue(), if sched_stays(@why).
 */
struct thread *sched_policy_pick(struct runqueue *rq, struct thread *prev, enum sched_why why);

/*
 * @woken, whose sleep is over, takes the CPU from @prev, than which it was more urgent before that,
 * or which is the idle thread: sched_policy_enqueue() and sched_policy_pick() in one, but that the
 * idle thread is named where no other one may run. A policy need not define it; one whose queue
 * need not be asked in this case may do so, and answer sooner.
 */
struct thread *sched_policy_hand_over(struct thread *woken, struct thread *prev,
				      struct runqueue *rq);

/*
 * True when @a is more urgent than @b: then @a takes the CPU from @b at once, and of those that
 * wait for something, @a gets it first. Equals are not more urgent. Counts donors. Any locks. An
 * int, which the caller of a bool would have to narrow first, on the way of each wake-up.
 */
int sched_policy_before(const struct thread *a, const struct thread *b);

/*
 * @thread, which is @rq's current one or has been until now, has run for @ticks since it was picked
 * or charged last, up to @rq->since. Not called while @rq->slice is 0; for the idle thread where it
 * was given a slice. Returns how long it may go on; 0: its turn is over.
 */
u64 sched_policy_charge(struct runqueue *rq, struct thread *thread, u64 ticks);

/*
 * With CONFIG_SCHED_SHARES, which a policy selects whose threads may go from one CPU to another;
 * with CONFIG_SMP only. How urgent @thread is on whatever CPU, 1 to 32, where more is more: for
 * threads of two CPUs sched_policy_before() says the same. A policy that shares keeps @rq->ready
 * right by sched_set_ready(), and has sched_policy_pick() and sched_policy_hand_over() write the
 * rank of the thread that they give by sched_set_rank(), 0 for none.
 */
unsigned int sched_policy_rank(const struct thread *thread);

/* Of the threads in @rq's queue that may run on CPU @cpu, the most urgent one, or NULL. */
struct thread *sched_policy_first(struct runqueue *rq, unsigned int cpu);

/* Writes what there is to say of @thread to @buf, in a few words. Returns as snprintf(). */
int sched_policy_show(const struct thread *thread, char *buf, size_t size);

#endif
