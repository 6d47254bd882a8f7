/* SPDX-License-Identifier: MIT */
/* What the tests of several CPUs share: test_smp.c, test_balance.c or test_stay.c, and others. */
#ifndef KERNEL_TEST_SMP_H
#define KERNEL_TEST_SMP_H

#include <kernel/cpu.h>
#include <kernel/sched_policy.h>

#include "test_sync.h"

#define CPUS_MAX	16
#define SPINNERS	(2 * CPUS_MAX)

/*
 * test_smp.c: a thread that counts in *@arg and never asks for anything, until smp_stop; what
 * it returns is the CPU that it ends on. And how far each of the first @n of smp_counts has come
 * while the caller slept.
 */
extern bool smp_stop;
extern u64 smp_counts[SPINNERS];
int smp_spin(void *arg);
void smp_progress(u64 *gained, unsigned int n);

/* The CPU that runs this, as far as one can tell. */
static inline unsigned int here(void)
{
	return atomic_load_relaxed(&thread_current()->rq)->cpu;
}

static inline unsigned int cpus(void)
{
	return MIN(cpu_count(cpu_online()), CPUS_MAX + 0U);
}

static inline struct thread *spawn_on(u64 affinity, int (*entry)(void *arg), void *arg)
{
	const struct thread_attr attr = {
		/* less urgent than the test, which could not end them else */
		.name = "smp", .sched = { .priority = 1 }, .affinity = affinity,
	};
	struct thread *t = NULL;

	TEST_EQ(thread_create(&t, &attr, entry, arg), 0);
	return t;
}

/* Why there is nothing to test, or NULL. */
static inline const char *smp_not(void)
{
	return cpus() > 1 ? NULL : "one CPU runs";
}

#endif
