/* SPDX-License-Identifier: MIT */
/*
 * Tests of policies that do not share threads between CPUs (without CONFIG_SCHED_SHARES): each
 * stays on the CPU that it was started on, whatever waits there and idles elsewhere. Takes the
 * place of test_balance.c.
 */
#include <arch/atomic.h>
#include <lib/test.h>

#include "test_smp.h"

#define ROUNDS	50

/* The first CPU but this one: where a thread begins that may run on all others. */
static unsigned int next_one(void)
{
	return here() ? 0 : 1;
}

static u64 others(void)
{
	return cpu_online() & ~BIT(here());
}

/* Sleeps and yields. Returns how often it found itself on another CPU than *@arg. */
static int look_around(void *arg)
{
	const unsigned int *cpu = arg;
	int elsewhere = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		thread_sleep(10 * NS_PER_US);
		elsewhere += here() != *cpu;
		thread_yield();
		elsewhere += here() != *cpu;
	}
	return elsewhere;
}

static void sleepers_come_back_to_their_cpu(void)
{
	unsigned int first = here(), second = next_one();
	struct thread *t[6];

	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		t[i] = i % 2 ? spawn_on(cpu_online(), look_around, &first) :
			       spawn_on(others(), look_around, &second);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		TEST_EQ(test_join(t[i]), 0);
}

/* Two on one CPU that never ask for anything: one waits for the other, or they take turns there. */
static void busy_ones_are_not_taken(void)
{
	u64 gained[2];
	struct thread *t[2];

	smp_stop = false;
	for (unsigned int i = 0; i < 2; i++)
		t[i] = spawn_on(others(), smp_spin, &smp_counts[i]);
	for (unsigned int round = 0; round < 3; round++)
		smp_progress(gained, 2);
	for (unsigned int i = 0; i < 2 && t[i]; i++) {
		TEST_EQ(atomic_load_relaxed(&t[i]->rq)->cpu, next_one());
		TEST_EQ(thread_set_affinity(t[i], BIT(here())), -EOPNOTSUPP);
	}
	atomic_store_relaxed(&smp_stop, true);
	for (unsigned int i = 0; i < 2; i++)
		TEST_EQ(test_join(t[i]), next_one());
}

static const struct test_case cases[] = {
	TEST_CASE(sleepers_come_back_to_their_cpu),
	TEST_CASE(busy_ones_are_not_taken),
};

static const struct test_suite balance_suite = {
	.name = "balance", .skip = smp_not, .cases = cases, .count = ARRAY_SIZE(cases),
};
TEST_SUITE(balance_suite);
