/* SPDX-License-Identifier: MIT */
/* Threads that load the CPU in a known way (see test_load.h). */
#include "test_load.h"

#include <arch/atomic.h>
#include <lib/bench.h>
#include <lib/test.h>

static bool stop;

const char *load_not_exact(void)
{
	return bench_counts() ? NULL : "the host may take the CPU away: needs --icount";
}

static u64 run_of(const struct thread *t)
{
	struct thread_info info;

	return thread_info(t->id, &info) ? info.run : 0;
}

struct thread_info load_info(const struct load *l)
{
	struct thread_info info = { .id = 0 };

	thread_info(l->thread->id, &info);
	return info;
}

static void work(u64 ns, const bool *enough)
{
	u64 end = thread_cpu_time() + ns;

	while (!atomic_load_relaxed(enough) && thread_cpu_time() < end)
		for (volatile unsigned int i = 0; i < 20; i++)
			;
}

void load_work(u64 ns)
{
	static const bool never;

	work(ns, &never);
}

static int hog(struct load *l)
{
	u64 last = time_now(), now;

	while (!atomic_load_relaxed(&stop)) {
		now = time_now();
		l->gap_max = MAX(l->gap_max, now - last);
		last = now;
	}
	return 0;
}

static int periodic(struct load *l)
{
	u64 release = time_now(), now;

	while (!atomic_load_relaxed(&stop)) {
		release += l->period;
		thread_sleep_until(release);
		now = time_now();
		l->late_max = MAX(l->late_max, now - release);
		work(l->work, &stop);
		l->took_max = MAX(l->took_max, time_now() - release);
		l->jobs++;
	}
	return 0;
}

static int run(void *arg)
{
	struct load *l = arg;

	return l->period ? periodic(l) : hog(l);
}

bool load_start(struct load *loads, unsigned int n)
{
	stop = false;
	for (unsigned int i = 0; i < n; i++) {
		struct thread_attr attr = { .name = "load", .sched = loads[i].sched };

		if (!TEST_EQ(thread_create(&loads[i].thread, &attr, run, &loads[i]), 0)) {
			load_stop(loads, i);
			return false;
		}
	}
	return true;
}

u64 load_measure(struct load *loads, unsigned int n, u64 ns, u64 *got)
{
	u64 began;

	/* not within the time measured: it reads the whole of a stack, of 64 KiB with such pages */
	for (unsigned int i = 0; i < n; i++)
		loads[i].run_before = run_of(loads[i].thread);
	began = time_now();
	thread_sleep(ns);
	ns = time_now() - began;
	for (unsigned int i = 0; i < n && got; i++)
		got[i] = run_of(loads[i].thread) - loads[i].run_before;
	return ns;
}

void load_stop(struct load *loads, unsigned int n)
{
	atomic_store_relaxed(&stop, true);
	for (unsigned int i = 0; i < n; i++)
		TEST_EQ(thread_join(loads[i].thread, TIME_NEVER, NULL), 0);
}

bool load_near(u64 value, u64 want, u64 margin, const char *file, int line, const char *what)
{
	if (value + margin >= want && value <= want + margin)
		return true;
	/* shows both numbers */
	return test_equal(value, want, file, line, what);
}
