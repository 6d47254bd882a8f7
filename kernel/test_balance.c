/* SPDX-License-Identifier: MIT */
/* Tests of how CPUs share threads (kernel/balance.c), for policies that do: see test_stay.c. */
#include <arch/atomic.h>
#include <lib/bench.h>
#include <lib/test.h>

#include "test_smp.h"

/* One that runs and never asks for anything is moved as well. */
static void running_ones_are_moved(void)
{
	u64 count = 0;
	struct thread *t;

	smp_stop = false;
	t = spawn_on(BIT(1), smp_spin, &count);
	for (unsigned int i = 0; t && i < 50; i++) {
		unsigned int cpu = i % cpus();
		u64 before;

		TEST_EQ(thread_set_affinity(t, BIT(cpu)), 0);
		TEST_UNTIL(atomic_load_relaxed(&t->rq)->cpu == cpu);
		before = atomic_load_relaxed(&count);
		TEST_UNTIL(atomic_load_relaxed(&count) != before);
	}
	if (t)
		TEST_EQ(thread_set_affinity(t, BIT(1)), 0);
	TEST_UNTIL(!t || atomic_load_relaxed(&t->rq)->cpu == 1);
	atomic_store_relaxed(&smp_stop, true);
	TEST_EQ(test_join(t), 1);
}

/* As many as there are CPUs: none stands idle, and none has two. */
static void idle_cpus_take_work(void)
{
	unsigned int n = cpus(), last = 0;
	struct thread *t[CPUS_MAX];
	u64 gained[CPUS_MAX];

	smp_stop = false;
	for (unsigned int i = 0; i < n; i++)
		t[i] = test_spawn_at(1, smp_spin, &smp_counts[i]);
	for (unsigned int round = 0; round < 10; round++) {
		smp_progress(gained, n);
		for (unsigned int i = 0; i < n; i++)
			last += !gained[i];
	}
	/* this thread takes a CPU for a moment as well; elsewhere one may stand still */
	TEST(last < 5 || !bench_counts());
	atomic_store_relaxed(&smp_stop, true);
	for (unsigned int i = 0; i < n; i++)
		TEST(test_join(t[i]) >= 0);
}

/*
 * One waits behind another one, and may run on a second CPU, which idles; there are others that
 * idle, where it may not.
 */
static void the_right_idle_cpu_takes_it(void)
{
	u64 counted[2] = { 0 };
	struct thread *t[2];

	smp_stop = false;
	t[0] = spawn_on(BIT(0), smp_spin, &counted[0]);
	t[1] = spawn_on(BIT(0), smp_spin, &counted[1]);
	for (unsigned int i = 1; t[0] && t[1] && i < cpus(); i++) {
		TEST_EQ(thread_set_affinity(t[1], BIT(0) | BIT(i)), 0);
		TEST_UNTIL(atomic_load_relaxed(&t[1]->rq)->cpu == i);
		TEST_EQ(thread_set_affinity(t[1], BIT(0)), 0);
		TEST_UNTIL(atomic_load_relaxed(&t[1]->rq)->cpu == 0);
	}
	atomic_store_relaxed(&smp_stop, true);
	for (unsigned int i = 0; i < 2; i++)
		TEST_EQ(test_join(t[i]), 0);
}

static int wait_and_see(void *arg)
{
	unsigned int *cpu = arg;

	while (!atomic_load_relaxed(&smp_stop)) {
		thread_sleep(10 * NS_PER_US);
		atomic_store_relaxed(cpu, here());
	}
	return 0;
}

/* Where one may run changes while it is woken again and again. */
static void affinity_changes_with_wakeups(void)
{
	unsigned int on = 0;
	struct thread *t;

	smp_stop = false;
	t = test_spawn(wait_and_see, &on);
	for (unsigned int i = 0; t && i < 200; i++) {
		unsigned int cpu = i % cpus();

		TEST_EQ(thread_set_affinity(t, BIT(cpu)), 0);
		TEST_UNTIL(atomic_load_relaxed(&on) == cpu);
	}
	atomic_store_relaxed(&smp_stop, true);
	TEST_EQ(test_join(t), 0);
}

static const struct test_case cases[] = {
	TEST_CASE(running_ones_are_moved),
	TEST_CASE(idle_cpus_take_work),
	TEST_CASE(the_right_idle_cpu_takes_it),
	TEST_CASE(affinity_changes_with_wakeups),
};

static const struct test_suite balance_suite = {
	.name = "balance", .skip = smp_not, .cases = cases, .count = ARRAY_SIZE(cases),
};
TEST_SUITE(balance_suite);
