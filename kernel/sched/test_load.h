/* SPDX-License-Identifier: MIT */
/*
 * Threads that load the CPU in a known way, for the tests of what each policy promises. Under
 * instruction counting all of it is the same in every run. Test context; one set of loads at a
 * time.
 */
#ifndef KERNEL_SCHED_TEST_LOAD_H
#define KERNEL_SCHED_TEST_LOAD_H

#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/types.h>

struct load {
	/* set by who starts it: */
	struct sched_params sched;
	u64 work;   /* ns of the CPU for each period's job; of a hog unused */
	u64 period; /* ns; 0: a hog, which does not sleep at all */
	/* what came of it: */
	u64 late_max; /* ns: from the end of a sleep to the first instruction after it */
	u64 took_max; /* ns: from there to the end of the job */
	u64 gap_max;  /* ns: for which a hog was away from the CPU */
	unsigned int jobs;
	struct thread *thread;
	u64 run_before; /* ns */
};

/* Starts @n loads. False, with the reason as a failed check, and none runs, when one cannot be
 * made. */
bool load_start(struct load *loads, unsigned int n);

/* Has the loads run for @ns, and writes to @run (NULL: not wanted) the ns that each of them got in
 * it. Returns how long it really was. */
u64 load_measure(struct load *loads, unsigned int n, u64 ns, u64 *run);

/* Has them end, and waits for that. */
void load_stop(struct load *loads, unsigned int n);

/* What can be told of a load's thread. */
struct thread_info load_info(const struct load *l);

/* For suites about times: why they cannot be run, or NULL where instructions are counted. */
const char *load_not_exact(void);

/* Uses the CPU for @ns, counted by what the calling thread has run. */
void load_work(u64 ns);

/* Checks that @value is within @margin of @want. */
bool load_near(u64 value, u64 want, u64 margin, const char *file, int line, const char *what);

#define TEST_NEAR(value, want, margin) \
	load_near((value), (want), (margin), __FILE__, __LINE__, #value " near " #want)

#endif
