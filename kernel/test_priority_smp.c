/* SPDX-License-Identifier: MIT */
/*
 * What fixed priority promises of several CPUs: the most urgent ready threads run, as many as there
 * are CPUs. Who gains how much in a time can be told where instructions are counted alone:
 * elsewhere a CPU may stand still at any moment.
 */
#include <arch/atomic.h>
#include <lib/bench.h>
#include <lib/test.h>

#include "test_smp.h"

/* Whether those that gain are the most urgent ones of @n, as many as there are CPUs. */
static bool most_urgent_gain(struct thread *const *t, unsigned int n)
{
	u64 gained[SPINNERS];
	bool right = true;

	smp_progress(gained, n);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int before = 0;

		for (unsigned int j = 0; j < n; j++)
			before += t[j]->priority > t[i]->priority;
		right = right && (before < cpus() || !gained[i]);
		right = right && (before >= cpus() || gained[i]);
	}
	return right;
}

/*
 * Of twice as many as there are CPUs, all of different priorities, the more urgent half runs,
 * however priorities change and wherever they were before.
 */
static void most_urgent_run(void)
{
	unsigned int n = MIN(2 * cpus(), 20U), made = 0;
	struct thread *t[SPINNERS];
	u32 seed = 1, wrong = 0;

	smp_stop = false;
	while (made < n && (t[made] = test_spawn_at((int)made + 1, smp_spin, &smp_counts[made])))
		made++;
	for (unsigned int round = 0; made == n && round < 30; round++) {
		struct sched_params p;
		unsigned int a, b;

		/* the window begins when what was changed has come into force */
		thread_sleep(NS_PER_MS);
		wrong += !most_urgent_gain(t, n);
		seed = seed * 1664525 + 1013904223;
		a = (seed >> 8) % n;
		b = (seed >> 16) % n;
		/* two change places */
		p = t[a]->params;
		TEST_EQ(thread_set_params(t[a], &t[b]->params), 0);
		TEST_EQ(thread_set_params(t[b], &p), 0);
	}
	TEST_EQ(wrong, 0);
	atomic_store_relaxed(&smp_stop, true);
	while (made)
		TEST(test_join(t[--made]) >= 0);
}

static const char *skip(void)
{
	return smp_not() ? smp_not() :
	       bench_counts() ? NULL : "the host may take a CPU away: needs --icount";
}

static const struct test_case cases[] = { TEST_CASE(most_urgent_run) };
static const struct test_suite sched_priority_smp_suite = {
	.name = "sched_priority_smp", .skip = skip, .cases = cases, .count = ARRAY_SIZE(cases),
};
TEST_SUITE(sched_priority_smp_suite);
