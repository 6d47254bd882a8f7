/* SPDX-License-Identifier: MIT */
/* A CPU for host tests of a scheduler policy (see world.h). */
#include "world.h"

#include <lib/string.h>
#include <lib/test.h>

#include "host.h"

u64 sched_now;
struct job jobs[THREADS];
struct runqueue world;
bool good = true;
void (*world_picked)(struct job *next, struct job *prev, enum sched_why why);
void (*world_entered)(struct job *job, enum sched_why why);

static struct thread idle;

u64 time_to_ticks(u64 ns)
{
	return ns;
}

u64 time_from_ticks(u64 ticks)
{
	return ticks;
}

struct job *job_of(const struct thread *t)
{
	return t == &idle || !t ? NULL : container_of(t, struct job, thread);
}

struct job *world_running(void)
{
	return job_of(world.current);
}

static u64 account(void)
{
	u64 ran = sched_now - world.since;

	world.since = sched_now;
	world.current->run_ticks += ran;
	if (world_running())
		world_running()->run += ran;
	return ran;
}

static void end_turn(void)
{
	if (!world.resched)
		world.resched = world.current == &idle ? SCHED_IDLE : SCHED_SLICE;
}

static void begin_slice(void)
{
	world.slice_end = world.since + world.slice;
}

static void entered(struct job *job, enum sched_why why)
{
	job->where = READY;
	job->ready_since = sched_now;
	if (world_entered)
		world_entered(job, why);
}

/* What is true of whatever any policy picks. */
static void check_pick(const struct job *next)
{
	unsigned int ready = 0;

	for (unsigned int i = 0; i < THREADS; i++) {
		ready += jobs[i].where == READY;
		if (next && jobs[i].where == READY && &jobs[i] != next)
			good &= TEST(!sched_policy_before(&jobs[i].thread, &next->thread));
	}
	if (next)
		good &= TEST(next->where == READY);
	else
		/* whoever is left out knows when its time comes */
		good &= TEST(!ready || world.slice);
}

/* As in kernel/sched.c. */
__weak struct thread *sched_policy_hand_over(struct thread *woken, struct thread *prev,
					     struct runqueue *rq)
{
	enum sched_why why = prev == rq->idle ? SCHED_IDLE : SCHED_PREEMPT;
	struct thread *next;

	sched_policy_enqueue(rq, woken, SCHED_WAKE);
	next = sched_policy_pick(rq, prev, why);
	return next ? next : rq->idle;
}

static void switch_away(enum sched_why why, struct job *woken)
{
	struct thread *prev = world.current, *next;
	u64 ran = account();

	if (world.slice && !sched_policy_charge(&world, prev, ran) && why == SCHED_PREEMPT)
		why = SCHED_SLICE;
	world.resched = SCHED_SLEEP;
	if (sched_stays(why))
		entered(job_of(prev), why);
	next = woken ? sched_policy_hand_over(&woken->thread, prev, &world) :
		       sched_policy_pick(&world, prev, why);
	good &= TEST(next || !woken);
	if (next == &idle)
		next = NULL;
	check_pick(job_of(next));
	if (world_picked)
		world_picked(job_of(next), job_of(prev), why);
	if (next)
		job_of(next)->where = RUNNING;
	world.current = next ? next : &idle;
	if (world.slice)
		begin_slice();
}

static void reschedule(enum sched_why why)
{
	switch_away(why, NULL);
}

static void settle(void)
{
	for (unsigned int i = 0; world.resched && i < 3; i++)
		reschedule(world.resched);
	good &= TEST(!world.resched);
}

static void enter_queue(struct job *job, enum sched_why why)
{
	u64 slice = world.slice;

	if (slice && !sched_policy_charge(&world, world.current, account()))
		end_turn();
	entered(job, why);
	sched_policy_enqueue(&world, &job->thread, why);
	if (world.slice != slice) {
		account();
		if (world.slice)
			begin_slice();
	}
	if (world.resched)
		return;
	if (world.current == &idle)
		world.resched = SCHED_IDLE;
	else if (sched_policy_before(&job->thread, world.current))
		world.resched = SCHED_PREEMPT;
}

void world_start(u64 now)
{
	for (unsigned int i = 0; i < THREADS; i++) {
		if (jobs[i].where == READY)
			sched_policy_dequeue(&world, &jobs[i].thread);
		if (jobs[i].where != GONE)
			sched_policy_admit(&jobs[i].thread, NULL);
	}
	sched_now = now;
	memset(jobs, 0, sizeof(jobs));
	memset(&world, 0, sizeof(world));
	memset(&idle, 0, sizeof(idle));
	world.idle = &idle;
	world.current = &idle;
	world.since = now;
	sched_policy_init(&world);
}

bool world_make(struct job *job, const struct sched_params *params)
{
	struct thread *t = &job->thread;

	memset(job, 0, sizeof(*job));
	t->rq = &world;
	if (sched_policy_admit(t, params))
		return false;
	t->params = *params;
	t->priority = (unsigned int)params->priority;
	job->born = sched_now;
	enter_queue(job, SCHED_NEW);
	settle();
	return true;
}

void world_wake(struct job *job)
{
	job->thread.sleep_ticks += sched_now - job->thread.asleep_since;
	if (!world.slice && (world.current == &idle ||
			     sched_policy_before(&job->thread, world.current))) {
		entered(job, SCHED_WAKE);
		switch_away(world.current == &idle ? SCHED_IDLE : SCHED_PREEMPT, job);
	} else {
		enter_queue(job, SCHED_WAKE);
	}
	settle();
}

void world_leave(enum sched_why why)
{
	struct job *job = world_running();

	job->thread.asleep_since = sched_now;
	if (why == SCHED_YIELD) {
		reschedule(why);
	} else {
		job->where = why == SCHED_IDLE ? GONE : ASLEEP;
		reschedule(SCHED_SLEEP);
	}
	if (why == SCHED_IDLE)
		sched_policy_admit(&job->thread, NULL);
	settle();
}

static void changed(struct job *job)
{
	if (job->where == RUNNING && !world.resched)
		world.resched = SCHED_PREEMPT;
	else if (job->where == READY)
		enter_queue(job, SCHED_CHANGE);
	settle();
}

static void set_priority(struct thread *t)
{
	t->priority = (unsigned int)t->params.priority;
	if (t->donor)
		t->priority = MAX(t->priority, t->donor->priority);
}

bool world_change(struct job *job, const struct sched_params *params)
{
	int err;

	if (job->where == READY)
		sched_policy_dequeue(&world, &job->thread);
	err = sched_policy_admit(&job->thread, params);
	if (!err)
		job->thread.params = *params;
	set_priority(&job->thread);
	changed(job);
	return !err;
}

void world_donate(struct job *job, struct job *donor)
{
	if (job->where == READY)
		sched_policy_dequeue(&world, &job->thread);
	if (job->thread.donor)
		job_of(job->thread.donor)->lends--;
	if (donor)
		donor->lends++;
	job->thread.donor = donor ? &donor->thread : NULL;
	set_priority(&job->thread);
	changed(job);
}

void world_pass(u64 ticks)
{
	u64 end = sched_now + ticks;

	while (world.slice && world.slice_end <= end) {
		u64 left;

		sched_now = MAX(sched_now, world.slice_end);
		left = sched_policy_charge(&world, world.current, account());
		if (left)
			world.slice = left;
		else
			end_turn();
		world.slice_end = sched_now + left;
		settle();
		/* an interrupt takes some time */
		sched_now += 1;
		end = MAX(end, sched_now);
	}
	sched_now = end;
}
