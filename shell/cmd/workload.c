/* SPDX-License-Identifier: MIT */
/*
 * workload: runs the threads that the initial ramdisk describes, and prints what each of them got,
 * for scripts/compare-sched. All begin at one time and end at another; who is late is seen by the
 * clock, not by asking the scheduler. Three kinds:
 *
 *   hog       works all the time
 *   sleeper   sleeps for a while, then works a little; how late it wakes up is its latency
 *   periodic  works a little in each period; what is not done within the deadline is missed, and so
 *             is a period that began only after that
 *
 * Work is a loop whose speed is measured first, so it takes the CPU time that was asked for whoever
 * else runs meanwhile. A thread that the policy does not admit does not run, and is said to be
 * refused. The ramdisk is little-endian words of 32 bits; scripts/workload.py writes it.
 */
#include <device/memory.h>
#include <kernel/sched_policy.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#define MAGIC		0x314c4b57	/* "WKL1" */
#define THREADS_MAX	256
#define CALIBRATION	1000000		/* rounds */
#define LEAD		(10 * NS_PER_MS)	/* from the first one's making to the begin */

enum kind { HOG, SLEEPER, PERIODIC, KINDS };

static const char *const kind_names[] = { "hog", "sleeper", "periodic" };

struct header {
	u32 magic;
	u32 count;	/* of entries that follow */
	u32 duration;	/* ms */
};

struct entry {
	u32 kind;
	s32 priority;
	s32 nice;
	u32 work;	/* us at a time; of a hog: unused */
	u32 pause;	/* us: a sleep, or a period */
	u32 deadline;	/* us from the begin of a period */
	u32 reserve;	/* us of each period: the runtime to ask for; 0: none */
	char name[THREAD_NAME_MAX];	/* ends with a 0 */
};

struct worker {
	const struct entry *entry;
	struct thread *thread;	/* NULL: refused */
	u64 begin, end;		/* ns */
	u64 run;		/* ns on a CPU */
	u64 wakes;
	u64 late, late_max;	/* ns, the sum and the most */
	u64 jobs, misses;
};

/* Rounds of the loop for a millisecond of work. Written before the threads begin. */
static u64 rounds_per_ms;

static __noinline void spin(u64 rounds)
{
	while (rounds--)
		__asm__ volatile("" ::: "memory");
}

/* The quickest of a few, in case something else ran meanwhile. */
static void calibrate(void)
{
	u64 best = TIME_NEVER;

	for (unsigned int i = 0; i < 3; i++) {
		u64 began = time_now();

		spin(CALIBRATION);
		best = MIN(best, time_now() - began);
	}
	rounds_per_ms = CALIBRATION * NS_PER_MS / MAX(best, 1UL);
}

static void work(u64 us)
{
	spin(us * rounds_per_ms / 1000);
}

/* Sleeps until @when, and notes how late that was. */
static void wait(struct worker *w, u64 when)
{
	u64 late;

	thread_sleep_until(when);
	late = time_now() - when;
	w->wakes++;
	w->late += late;
	w->late_max = MAX(w->late_max, late);
}

static void run_periodic(struct worker *w)
{
	u64 period = w->entry->pause * NS_PER_US, deadline = w->entry->deadline * NS_PER_US;

	for (u64 release = w->begin; release + deadline <= w->end; release += period) {
		w->jobs++;
		if (time_now() >= release + deadline) {
			w->misses++;
			continue;
		}
		wait(w, release);
		work(w->entry->work);
		if (time_now() > release + deadline)
			w->misses++;
	}
}

static int run(void *arg)
{
	struct worker *w = arg;

	thread_sleep_until(w->begin);
	if (w->entry->kind == PERIODIC)
		run_periodic(w);
	while (w->entry->kind == HOG && time_now() < w->end)
		work(100);
	while (w->entry->kind == SLEEPER && time_now() < w->end) {
		wait(w, time_now() + w->entry->pause * NS_PER_US);
		work(w->entry->work);
	}
	w->run = thread_cpu_time();
	return 0;
}

static const char *entry_wrong(const struct entry *e)
{
	if (e->kind >= KINDS)
		return "unknown kind";
	if (!e->name[0] || e->name[sizeof(e->name) - 1])
		return "no name";
	if (e->kind == SLEEPER && (!e->work || !e->pause))
		return "a sleeper needs work and a sleep";
	if (e->kind == PERIODIC && (!e->work || !e->deadline || e->deadline > e->pause))
		return "a periodic thread needs work, and a deadline within its period";
	return NULL;
}

/* The description in the ramdisk, or NULL after a word on what is wrong with it. */
static const struct header *find(void)
{
	size_t size;
	const struct header *h = memory_initrd(&size);
	const struct entry *e;

	if (!h) {
		print("workload: no initial ramdisk\n");
		return NULL;
	}
	if (size < sizeof(*h) || (uintptr_t)h % sizeof(u32) || h->magic != MAGIC) {
		print("workload: the initial ramdisk holds no workload\n");
		return NULL;
	}
	if (!h->count || h->count > THREADS_MAX || !h->duration ||
	    size < sizeof(*h) + h->count * sizeof(*e)) {
		print("workload: the workload is cut off or its header is damaged\n");
		return NULL;
	}
	e = (const struct entry *)(h + 1);
	for (u32 i = 0; i < h->count; i++) {
		const char *wrong = entry_wrong(&e[i]);

		if (wrong) {
			print("workload: thread %u: %s\n", i + 1, wrong);
			return NULL;
		}
	}
	return h;
}

static int start(struct worker *w)
{
	const struct entry *e = w->entry;
	struct thread_attr attr = {
		.name = e->name,
		.sched = { .priority = e->priority, .nice = e->nice },
	};
	int err;

	if (e->reserve) {
		attr.sched.runtime = e->reserve * NS_PER_US;
		attr.sched.deadline = e->deadline * NS_PER_US;
		attr.sched.period = e->pause * NS_PER_US;
	}
	err = thread_create(&w->thread, &attr, run, w);
	if (err)
		w->thread = NULL;
	return err == -EBUSY ? 0 : err;
}

static void report(const struct worker *w)
{
	const struct entry *e = w->entry;

	print("workload %s kind %s", e->name, kind_names[e->kind]);
	if (!w->thread) {
		print(" refused 1\n");
		return;
	}
	print(" run %lu wakes %lu late-mean %lu late-max %lu jobs %lu misses %lu\n", w->run,
	      w->wakes, w->wakes ? w->late / w->wakes : 0, w->late_max, w->jobs, w->misses);
}

static int workload_run(int argc __unused, char **argv __unused)
{
	const struct header *h = find();
	struct worker *workers;
	u64 begin;
	int err = 0;
	u32 made = 0;

	if (!h)
		return STATUS_FAIL;
	workers = kcalloc(h->count, sizeof(*workers));
	if (!workers)
		return STATUS_FAIL;
	calibrate();
	begin = time_now() + LEAD;
	for (; made < h->count && !err; made++) {
		workers[made].entry = (const struct entry *)(h + 1) + made;
		workers[made].begin = begin;
		workers[made].end = begin + h->duration * NS_PER_MS;
		err = start(&workers[made]);
	}
	if (err)
		print("workload: thread %u: %pe\n", made, (void *)(long)err);
	for (u32 i = 0; i < made; i++)
		if (workers[i].thread)
			thread_join(workers[i].thread, TIME_NEVER, NULL);
	for (u32 i = 0; i < made && !err; i++)
		report(&workers[i]);
	if (!err)
		print("workload: ended after %lu ns, policy %s\n", time_now() - begin,
		      sched_policy_name);
	kfree(workers);
	return err ? STATUS_FAIL : STATUS_OK;
}

static const struct command workload_command = {
	.name = "workload", .usage = "",
	.help = "run the threads that the initial ramdisk describes",
	.run = workload_run, .min_args = 0, .max_args = 0, .ordinary = true,
};
COMMAND(workload_command);
