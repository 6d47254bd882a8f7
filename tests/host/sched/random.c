/* SPDX-License-Identifier: MIT */
/*
 * A million random operations on a scheduler policy, one of which is linked: threads are made and
 * end, sleep and wake up, yield, use up their slices, change their parameters, lend each other
 * their urgency. world.c checks what is true of all policies, and here is a model of what each
 * promises.
 */
#include <lib/string.h>
#include <lib/test.h>

#include "host.h"
#include "sched/world.h"

#define STEPS 1000000UL
#define US NS_PER_US
#define MS NS_PER_MS

static u64 front, back;

static bool policy_is(const char *name)
{
	return !strcmp(sched_policy_name, name);
}

/* --- Those whose queue is a list, or one for each priority ----------------------------------- */

static bool by_priority;

static void list_entered(struct job *job, enum sched_why why)
{
	job->order = why == SCHED_PREEMPT ? front-- : back++;
}

static bool comes_first(const struct job *a, const struct job *b)
{
	if (by_priority && a->thread.priority != b->thread.priority)
		return a->thread.priority > b->thread.priority;
	return a->order < b->order;
}

static void list_picked(struct job *next, struct job *prev __unused, enum sched_why why __unused)
{
	const struct job *first = NULL;

	for (unsigned int i = 0; i < THREADS; i++)
		if (jobs[i].where == READY && (!first || comes_first(&jobs[i], first)))
			first = &jobs[i];
	good &= TEST_EQ(next, first);
}

/* --- Multi-level feedback: nobody waits for longer than it takes to be lifted ------------------
 */

static void level_picked(struct job *next, struct job *prev __unused, enum sched_why why __unused)
{
	u64 longest = 2 * CONFIG_SCHED_MLFQ_AGE * MS + THREADS * 256 * MS;

	if (next && sched_now - next->ready_since > longest)
		good &= TEST_EQ(sched_now - next->ready_since, longest);
}

/* --- Earliest deadline first: nobody gets more than was agreed ---------------------------------
 */

static void deadline_picked(struct job *next, struct job *prev, enum sched_why why __unused)
{
	const struct sched_params *p = prev ? &prev->thread.params : NULL;

	(void)next;
	/* one runtime for each period since it was made, begun ones included, and the interrupts */
	if (p && p->period && prev->born)
		good &= TEST(prev->run <=
			     ((sched_now - prev->born) / p->period + 2) * (p->runtime + 100));
}

/* --- All ------------------------------------------------------------------------------------- */

static struct sched_params any_params(void)
{
	struct sched_params p = { .priority = (int)host_random_below(PRIORITY_LEVELS),
				  .nice = (int)host_random_below(40) - 20 };

	if (host_random_below(4) == 0)
		p.slice = SCHED_SLICE_MIN + host_random_below(20 * MS);
	if (host_random_below(4) == 0) {
		p.period = MS + host_random_below(50 * MS);
		p.deadline = p.period / 2 + host_random_below(p.period / 2);
		p.runtime = SCHED_SLICE_MIN + host_random_below(p.deadline / 3);
	}
	return p;
}

/* Whether @donor is waited for by @job already, in however many steps. */
static bool is_circle(const struct job *job, const struct thread *donor)
{
	for (; donor; donor = donor->donor)
		if (donor == &job->thread)
			return true;
	return false;
}

static void donate(struct job *job, struct job *donor)
{
	/* it waits for one thing */
	if (is_circle(job, &donor->thread) || donor->where != ASLEEP || donor->lends || job->lends)
		return;
	world_donate(job, donor);
}

/* What @lender lends is @now's; and what those lend on changes as well, as with mutexes. */
static void lend(struct job *lender, struct job *now)
{
	for (unsigned int i = 0; i < THREADS; i++) {
		if (jobs[i].where != GONE && jobs[i].thread.donor == &lender->thread) {
			world_donate(&jobs[i], now);
			lend(&jobs[i], &jobs[i]);
			break;
		}
	}
}

static void leave(struct job *running, enum sched_why why)
{
	if (why == SCHED_IDLE && running->thread.donor)
		world_donate(running, NULL);
	if (world_running() == running)
		world_leave(why);
}

static void step(void)
{
	struct job *job = &jobs[host_random_below(THREADS)], *running = world_running();
	struct sched_params params;

	switch (host_random_below(10)) {
	case 0:
	case 1:
		if (job->where == GONE) {
			params = any_params();
			world_make(job, &params);
		}
		break;
	case 2:
	case 3:
		if (job->where == ASLEEP) {
			lend(job, NULL);
			world_wake(job);
		}
		break;
	case 4:
		if (running)
			leave(running, SCHED_SLEEP);
		break;
	case 5:
		if (running)
			world_leave(SCHED_YIELD);
		break;
	case 6:
		if (running && host_random_below(4) == 0)
			leave(running, SCHED_IDLE);
		break;
	case 7:
		if (job->where == GONE || job->lends)
			break;
		params = any_params();
		/* what was used by the old parameters is not held against the new ones */
		job->born = 0;
		world_change(job, &params);
		break;
	case 8:
		if (job->where != READY && job->where != RUNNING)
			break;
		job->born = 0;
		if (job->thread.donor)
			world_donate(job, NULL);
		else
			donate(job, &jobs[host_random_below(THREADS)]);
		break;
	default: world_pass(host_random_below(host_random_below(8) ? 100 * US : 20 * MS)); break;
	}
}

static void any_operations(void)
{
	u64 steps = host_effort(STEPS);

	front = BIT(62);
	back = BIT(62) + 1;
	if (policy_is("cooperative") || policy_is("round robin") || policy_is("fixed priority")) {
		by_priority = policy_is("fixed priority");
		world_entered = list_entered;
		world_picked = list_picked;
	} else if (policy_is("multi-level feedback")) {
		world_picked = level_picked;
	} else if (policy_is("earliest deadline first")) {
		world_picked = deadline_picked;
	}
	world_start(1000 * MS);
	for (u64 i = 0; i < steps && good; i++)
		step();
	world_entered = NULL;
	world_picked = NULL;
}

/* Hogs of any nice: each gets its share of the time, with any of the others waking up in between.
 */
static void fair_shares(void)
{
	u64 sum = 0, start[8], total = 100000 * MS;
	double weight[8], all = 0;

	if (!policy_is("fair"))
		return;
	for (unsigned int round = 0; round < host_effort(20) && good; round++) {
		world_start(sched_now + MS);
		all = 0;
		sum = 0;
		for (unsigned int i = 0; i < 8; i++) {
			struct sched_params p = { .nice = (int)host_random_below(21) - 10 };

			weight[i] = 1;
			for (int n = p.nice; n < 0; n++)
				weight[i] *= 1.25;
			for (int n = p.nice; n > 0; n--)
				weight[i] /= 1.25;
			all += weight[i];
			world_make(&jobs[i], &p);
		}
		for (unsigned int i = 0; i < 8; i++)
			start[i] = jobs[i].run;
		for (u64 end = sched_now + total; sched_now < end;)
			world_pass(host_random_below(10 * MS));
		world_leave(SCHED_YIELD);
		for (unsigned int i = 0; i < 8; i++)
			sum += jobs[i].run - start[i];
		for (unsigned int i = 0; i < 8; i++) {
			double share = (double)(jobs[i].run - start[i]) / (double)sum;

			good &= TEST(share > weight[i] / all * 0.98 &&
				     share < weight[i] / all * 1.02);
		}
	}
}

/* Periodic threads of any parameters that are admitted miss nothing, whatever ordinary ones do. */
static void deadlines_are_kept(void)
{
	u64 release[THREADS], need[THREADS];

	if (!policy_is("earliest deadline first"))
		return;
	for (unsigned int round = 0; round < host_effort(200) && good; round++) {
		unsigned int n = 0;

		world_start(sched_now + MS);
		for (unsigned int tries = 0; tries < THREADS - 2; tries++) {
			struct sched_params p = { .period = MS + host_random_below(30 * MS) };

			p.deadline = p.period - host_random_below(p.period / 2);
			p.runtime = SCHED_SLICE_MIN + host_random_below(p.deadline / 3);
			if (!world_make(&jobs[n], &p))
				continue;
			release[n] = sched_now;
			need[n] = jobs[n].run + p.runtime - 200;
			n++;
		}
		for (unsigned int i = 0; i < 2; i++)
			world_make(&jobs[THREADS - 1 - i], &(struct sched_params){ .nice = 0 });
		for (u64 end = sched_now + 500 * MS; sched_now < end && good;) {
			struct job *r = world_running();
			unsigned int self = r ? (unsigned int)(r - jobs) : THREADS;
			u64 next = end;

			if (self < n && r->run + (sched_now - world.since) >= need[self]) {
				good &= TEST(sched_now <=
					     release[self] + r->thread.params.deadline);
				world_leave(SCHED_SLEEP);
				release[self] += r->thread.params.period;
				need[self] = r->run + r->thread.params.runtime - 200;
				continue;
			}
			for (unsigned int i = 0; i < n; i++) {
				if (jobs[i].where == ASLEEP && release[i] <= sched_now)
					world_wake(&jobs[i]);
				if (jobs[i].where == ASLEEP)
					next = MIN(next, release[i]);
			}
			r = world_running();
			self = r ? (unsigned int)(r - jobs) : THREADS;
			if (self < n) {
				u64 done = r->run + (sched_now - world.since);

				if (done < need[self])
					next = MIN(next, sched_now + need[self] - done);
			}
			/* no further than to the next event */
			if (world.slice)
				next = MIN(next, MAX(world.slice_end, sched_now));
			world_pass(next > sched_now ? next - sched_now : 0);
		}
	}
}

/* Also of a CPU that has not run for a period yet the second job comes a period after the first. */
static void first_period_is_whole(void)
{
	struct sched_params p = { .runtime = MS, .deadline = 2 * MS, .period = 10 * MS };

	if (!policy_is("earliest deadline first"))
		return;
	world_start(MS);
	TEST(world_make(&jobs[0], &p));
	world_pass(MS - 10);
	world_leave(SCHED_SLEEP);
	world_pass(8 * MS + 20);
	world_wake(&jobs[0]);
	/* what is left of the budget */
	world_pass(20);
	TEST_EQ(jobs[0].where, READY);
	world_pass(MS - 100);
	TEST_EQ(jobs[0].where, READY);
	world_pass(9 * MS + 100);
	TEST_EQ(jobs[0].where, RUNNING);
}

/*
 * A thread is made at some time and sleeps until its first release, wherever that is in the period
 * that began when it was made: each job has its whole runtime, less what the thread needed before.
 */
static void releases_at_any_phase(void)
{
	struct sched_params p = { .runtime = 2 * MS, .deadline = 5 * MS, .period = 20 * MS };

	if (!policy_is("earliest deadline first"))
		return;
	for (u64 phase = MS; phase < 60 * MS && good; phase += MS) {
		u64 release;

		world_start(sched_now + 1000 * MS);
		good &= TEST(world_make(&jobs[0], &p));
		release = sched_now + phase;
		world_make(&jobs[1], &(struct sched_params){ .nice = 0 });
		world_pass(10 * US);
		world_leave(SCHED_SLEEP);
		for (unsigned int i = 0; i < 5 && good; i++, release += p.period) {
			u64 before = jobs[0].run;

			world_pass(release - sched_now);
			world_wake(&jobs[0]);
			world_pass(p.runtime - 20 * US);
			good &= TEST(world_running() == &jobs[0]);
			world_leave(SCHED_SLEEP);
			good &= TEST_EQ(jobs[0].run - before, p.runtime - 20 * US);
		}
	}
}

static const struct test_case cases[] = { TEST_CASE(any_operations), TEST_CASE(fair_shares),
					  TEST_CASE(deadlines_are_kept),
					  TEST_CASE(first_period_is_whole),
					  TEST_CASE(releases_at_any_phase) };
static const struct test_suite sched_random_suite = TEST_SUITE_OF("sched_random", cases);
TEST_SUITE(sched_random_suite);
