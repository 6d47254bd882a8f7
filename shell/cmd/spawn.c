/* SPDX-License-Identifier: MIT */
/*
 * spawn: threads to try schedulers with. A hog computes without end; a sleeper works for a
 * moment and sleeps for one to twenty ms; a periodic one works for RUNTIME in each PERIOD and
 * counts how often that was not done within DEADLINE. They end when they are killed; `spawn`
 * alone lists what they have done.
 *
 * Work is counted in rounds of an empty loop, not in time, so that whoever is preempted has as
 * much to do as before. Of RUNTIME a tenth is left for what switching costs.
 */
#include <kernel/spinlock.h>
#include <kernel/sched_policy.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "thread_options.h"

#define COUNT_MAX	1000
#define LOOK_NS		(5 * NS_PER_MS)		/* a hog looks up from its work so often, at best */
#define STARVED_NS	(100 * NS_PER_MS)

enum kind { HOG, SLEEPER, PERIODIC, KINDS };

static const char *const kinds[] = { "hog", "sleeper", "periodic" };

struct job {
	struct list link;	/* lock held */
	unsigned int id;	/* of the thread, 0 until it is known */
	enum kind kind;
	struct sched_params sched;
	/* the thread's own: */
	u64 times;		/* how often it has done its work */
	u64 missed;		/* deadlines */
	u64 worst;		/* ns from the begin of a period to the end of its work */
};

static struct spinlock lock;
static struct list jobs;

/* What a thread saw of the shell at its last look. */
struct look {
	u64 shell_run;	/* ticks that the shell had run */
	u64 own_run;	/* ns that the thread itself had, when that was last another number */
};

static u64 starved_at;		/* ticks that the shell had run when it was last found starved */

static u64 rounds_per_ms;

static __noinline void burn(u64 rounds)
{
	while (rounds--)
		compiler_barrier();
}

/* The best of some tries: nobody came in between. */
static void calibrate(void)
{
	u64 best = UINT64_MAX;

	for (unsigned int i = 0; i < 4; i++) {
		u64 began = time_now();

		burn(20000);
		best = MIN(best, MAX(time_now() - began, 1UL));
	}
	rounds_per_ms = 20000 * NS_PER_MS / best;
}

static void work(u64 ns)
{
	burn(ns / NS_PER_US * rounds_per_ms / 1000);
}

/* Whether the shell is ready, and does not run: it may, on another CPU. */
static bool shell_waits(void)
{
	return boot_thread.state == THREAD_READY && boot_thread.rq->current != &boot_thread;
}

/*
 * Whatever the policy and the priority: nothing takes the prompt away for good. When one of these
 * threads has had STARVED_NS of the CPU while the shell was ready and did not run, all of them,
 * as they come to look, sleep until it has.
 */
static void look(struct look *l)
{
	u64 run = boot_thread.run_ticks;

	if (!shell_waits() || run != l->shell_run) {
		l->shell_run = run;
		l->own_run = thread_cpu_time();
	} else if (thread_cpu_time() - l->own_run >= STARVED_NS) {
		starved_at = run;
	}
	while (shell_waits() && boot_thread.run_ticks == starved_at &&
	       !thread_killed() && !thread_sleep(LOOK_NS))
		;
}

static void hog(struct job *job)
{
	struct look l = { 0 };

	for (; !thread_killed(); job->times++) {
		work(LOOK_NS);
		look(&l);
	}
}

static void sleeper(struct job *job)
{
	u32 random = job->id + 1;

	do {
		random = random * 1664525 + 1013904223;
		work(100 * NS_PER_US);
		job->times++;
	} while (!thread_sleep(NS_PER_MS + random % (19 * NS_PER_MS)) && !thread_killed());
}

static void periodic(struct job *job)
{
	u64 begin = time_now();
	struct look l = { 0 };

	do {
		u64 took;

		look(&l);
		work(job->sched.runtime / 10 * 9);
		took = time_now() - begin;
		job->times++;
		job->missed += took > job->sched.deadline;
		job->worst = MAX(job->worst, took);
		begin += job->sched.period;
	} while (!time_sleep_until(begin) && !thread_killed());
}

static int run_job(void *arg)
{
	struct job *job = arg;
	unsigned long state;

	if (job->kind == HOG)
		hog(job);
	else if (job->kind == SLEEPER)
		sleeper(job);
	else
		periodic(job);
	state = spin_lock_irqsave(&lock);
	list_del(&job->link);
	spin_unlock_irqrestore(&lock, state);
	kfree(job);
	return 0;
}

static int start(enum kind kind, const struct thread_attr *attr)
{
	struct job *job = kzalloc(sizeof(*job));
	unsigned long state;
	struct thread *t;
	int err;

	if (!job)
		return -ENOMEM;
	job->kind = kind;
	job->sched = attr->sched;
	state = spin_lock_irqsave(&lock);
	list_add_tail(&jobs, &job->link);
	spin_unlock_irqrestore(&lock, state);
	err = thread_create(&t, attr, run_job, job);
	if (err) {
		state = spin_lock_irqsave(&lock);
		list_del(&job->link);
		spin_unlock_irqrestore(&lock, state);
		kfree(job);
		return err;
	}
	job->id = t->id;	/* it is still there: nobody knew whom to kill */
	print(" %u", t->id);
	thread_detach(t);
	return 0;
}

static int start_all(enum kind kind, struct thread_attr *attr, const char *name, unsigned int count)
{
	char numbered[THREAD_NAME_MAX];
	unsigned int made = 0;
	int err = 0;

	attr->name = numbered;
	print("%s:", name);
	for (; made < count && !err; made += !err) {
		strlcpy(numbered, name, sizeof(numbered));
		if (count > 1)
			snprintf(numbered, sizeof(numbered), "%s%u", name, made + 1);
		err = start(kind, attr);
	}
	print("\n");
	if (!err)
		return STATUS_OK;
	if (made)
		print("spawn: %u of %u made\n", made, count);
	return thread_option_refused("spawn", err);
}

/* A copy of the job with the lowest id that is at least @id. */
static bool job_from(unsigned int id, struct job *job)
{
	unsigned long state = spin_lock_irqsave(&lock);
	bool found = false;

	list_for_each (other, &jobs, struct job, link) {
		if (other->id >= id && (!found || other->id < job->id)) {
			*job = *other;
			found = true;
		}
	}
	spin_unlock_irqrestore(&lock, state);
	return found;
}

static int list_jobs(void)
{
	struct job job;

	print("  id kind         times   missed  worst us\n");
	for (unsigned int id = 1; job_from(id, &job); id = job.id + 1) {
		print("%4u %-8s %9lu", job.id, kinds[job.kind], job.times);
		if (job.kind == PERIODIC)
			print(" %8lu %9lu", job.missed, job.worst / NS_PER_US);
		print("\n");
	}
	return STATUS_OK;
}

/* -c and the name; the rest is said by thread_option(). False when it was not understood. */
static bool read_words(char **words, struct sched_params *params, const char **name, u64 *count)
{
	for (; *words && **words == '-'; words += 2) {
		if (strcmp(*words, "-c")) {
			if (!thread_option("spawn", words, params))
				return false;
		} else if (!words[1] || parse_u64(words[1], 10, count) || !*count ||
			   *count > COUNT_MAX) {
			print("spawn: a count is 1 to %d\n", COUNT_MAX);
			return false;
		}
	}
	if (*words)
		*name = *words++;
	if (*words)
		print("spawn: %s: a word too many\n", *words);
	return !*words;
}

static int spawn_run(int argc, char **argv)
{
	struct thread_attr attr = { .sched = SCHED_PARAMS_DEFAULT };
	enum kind kind = HOG;
	const char *name;
	u64 count = 1;

	/* not by an initialiser, which would take a page of the image for what is written to */
	if (!jobs.next)
		list_init(&jobs);
	if (argc == 1)
		return list_jobs();
	while (kind < KINDS && strcmp(argv[1], kinds[kind]))
		kind++;
	if (kind == KINDS) {
		print("spawn: %s: no such kind of thread\n", argv[1]);
		return STATUS_USAGE;
	}
	if (kind == PERIODIC) {
		attr.sched.runtime = 2 * NS_PER_MS;
		attr.sched.deadline = 10 * NS_PER_MS;
		attr.sched.period = 10 * NS_PER_MS;
	}
	name = argv[1];
	if (!read_words(argv + 2, &attr.sched, &name, &count))
		return STATUS_USAGE;
	calibrate();
	return start_all(kind, &attr, name, (unsigned int)count);
}

static const struct command spawn_command = {
	.name = "spawn",
	.usage = "[hog|sleeper|periodic " THREAD_OPTIONS_USAGE " [-c COUNT] [NAME]]",
	.help = "start threads that compute, sleep or keep a period; or list them",
	.run = spawn_run, .min_args = 0, .max_args = 255,
};
COMMAND(spawn_command);
