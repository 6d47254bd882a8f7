/* SPDX-License-Identifier: MIT */
/*
 * A CPU with threads that do nothing but wait, get ready and use up time, for host tests of a
 * scheduler policy. It does with the policy what kernel/sched.c does, and after each step looks
 * whether what comes back holds together.
 */
#ifndef HOST_SCHED_WORLD_H
#define HOST_SCHED_WORLD_H

#include <arch/timer.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/types.h>

#define THREADS 40

enum where { GONE, ASLEEP, READY, RUNNING };

struct job {
	struct thread thread;
	enum where where;
	u64 order; /* of a list model: the smallest is first */
	u64 ready_since;
	u64 run; /* ticks, since it was made */
	u64 born;
	u64 lends; /* to how many */
};

extern struct job jobs[THREADS];
extern struct runqueue world;
extern bool good; /* no check has failed */

/* A check that a policy's own model asks for after each pick, or NULL: @next is NULL for idle. */
extern void (*world_picked)(struct job *next, struct job *prev, enum sched_why why);

/* Called when @job comes into the queue; NULL or a model's. */
extern void (*world_entered)(struct job *job, enum sched_why why);

/* A CPU without threads, at time @now. */
void world_start(u64 now);

/* Makes @job, ready; false when it was not admitted. */
bool world_make(struct job *job, const struct sched_params *params);

void world_wake(struct job *job);

/* The running one leaves the CPU for that reason, SCHED_SLEEP or SCHED_YIELD; SCHED_IDLE: it ends.
 */
void world_leave(enum sched_why why);

/* Other parameters, or another donor. True when the parameters were admitted. */
bool world_change(struct job *job, const struct sched_params *params);
void world_donate(struct job *job, struct job *donor);

/* Lets @ticks pass, with everything that happens at the ends of slices. */
void world_pass(u64 ticks);

/* The one that runs, or NULL. */
struct job *world_running(void);

struct job *job_of(const struct thread *t);

#endif
