/* SPDX-License-Identifier: MIT */
/*
 * What the choice of the next thread costs, and how it grows with the number of those that are
 * ready; what it costs to make a thread. The ready ones are threads without stacks, which the
 * policy is shown while nobody else asks it anything: interrupts are masked, and they are gone
 * before they come again.
 */
#include <kernel/sched.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/bench.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#define ROUNDS 2000
#define FEW 10
#define MANY 1000
#define CREATED 200

/* For a policy that knows deadlines: together 1 %. */
static struct sched_params params = {
	.priority = PRIORITY_DEFAULT,
	.runtime = 10 * NS_PER_US,
};

#define SPREAD_SHIFT 23 /* deadlines of @n threads lie within 2^23 ns */

static u64 base; /* ns: no deadline is earlier */

/* @t's next job. Deadlines move on as those of @n periodic threads do whose periods differ. */
static int next_job(struct thread *t, unsigned int n)
{
	static u32 random = 1;

	random = random * 1664525 + 1013904223;
	base += BIT(SPREAD_SHIFT - 1) / n;
	params.deadline = base + (random >> (32 - SPREAD_SHIFT));
	params.period = params.deadline;
	return sched_policy_admit(t, &params);
}

/* As the core does it for a thread that goes. */
static struct thread *switch_from(struct runqueue *rq, struct thread *t)
{
	if (rq->slice)
		sched_policy_charge(rq, t, 1);
	return sched_policy_pick(rq, t, SCHED_YIELD);
}

/* Instructions for a thread to come into the queue and another one to leave it. */
static u64 measure(struct runqueue *rq, struct thread *threads, unsigned int n)
{
	struct thread *t = &threads[0];
	u64 took;

	for (unsigned int i = 1; i < n; i++)
		sched_policy_enqueue(rq, &threads[i], SCHED_NEW);
	took = BENCH_LOOP(ROUNDS, next_job(t, n); t = switch_from(rq, t));
	took -= BENCH_LOOP(ROUNDS, next_job(t, n));
	sched_policy_enqueue(rq, t, SCHED_CHANGE);
	for (unsigned int i = 0; i < n; i++)
		sched_policy_dequeue(rq, &threads[i]);
	return took;
}

static int pick(unsigned int n, u64 *value)
{
	struct thread *threads = kzalloc(n * sizeof(*threads));
	unsigned long state;
	struct runqueue *rq;
	int err = 0;

	if (!threads)
		return -ENOMEM;
	state = arch_irq_save();
	rq = sched_rq();
	spin_lock_untraced(&rq->lock);
	base = NS_PER_SEC;
	for (unsigned int i = 0; i < n && !err; i++) {
		threads[i].priority = PRIORITY_DEFAULT;
		threads[i].rq = rq;
		err = next_job(&threads[i], n);
	}
	if (!err)
		*value = measure(rq, threads, n);
	for (unsigned int i = 0; i < n; i++)
		sched_policy_admit(&threads[i], NULL);
	/* what the policy knows of the thread that runs is not what it was */
	rq->resched = SCHED_PREEMPT;
	spin_unlock(&rq->lock);
	sched_irq_restore(state);
	kfree(threads);
	return err;
}

static int pick_few(u64 *value)
{
	return pick(FEW, value);
}

static int pick_many(u64 *value)
{
	return pick(MANY, value);
}

/* With two decimals. */
static int pick_ratio(u64 *value)
{
	u64 few, many;
	int err = pick(FEW, &few);

	if (!err)
		err = pick(MANY, &many);
	if (!err)
		*value = (many * 100 + few / 2) / few;
	return err;
}

static int nothing(void *arg __unused)
{
	return 0;
}

/* Made and started, with a stack that is at hand. It runs outside of what is measured. */
static int create(u64 *value)
{
	struct thread_attr attr = { .name = "bench", .sched = SCHED_PARAMS_DEFAULT };
	struct thread *t;
	u64 took = 0, once;
	int err = 0;

	for (unsigned int i = 0; i <= CREATED && !err; i++) {
		struct bench_watch watch = bench_start();

		err = thread_create(&t, &attr, nothing, NULL);
		/* the first one's stack may be a new one */
		once = bench_stop(watch, 1);
		took += i ? once : 0;
		if (!err)
			err = thread_join(t, TIME_NEVER, NULL);
	}
	*value = took / CREATED;
	return err;
}

static const struct bench sched_pick_few_bench = {
	.group = "sched",
	.name = "sched.pick.10",
	.unit = BENCH_INSTRUCTIONS,
	.run = pick_few,
};
BENCH(sched_pick_few_bench);

static const struct bench sched_pick_many_bench = {
	.group = "sched",
	.name = "sched.pick.1000",
	.unit = BENCH_INSTRUCTIONS,
	.run = pick_many,
};
BENCH(sched_pick_many_bench);

static const struct bench sched_pick_ratio_bench = {
	.group = "sched",
	.name = "sched.pick.ratio",
	.unit = "times",
	.run = pick_ratio,
	.decimals = 2,
};
BENCH(sched_pick_ratio_bench);

static const struct bench thread_create_bench = {
	.group = "sched",
	.name = "thread.create",
	.unit = BENCH_INSTRUCTIONS,
	.run = create,
};
BENCH(thread_create_bench);
