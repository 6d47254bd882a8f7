/* SPDX-License-Identifier: MIT */
/* What threads cost: a switch by yield, making one and joining it. */
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/bench.h>
#include <uapi/errno.h>

#define ROUNDS	1000

static const struct thread_attr attr = { .name = "bench", .sched = SCHED_PARAMS_DEFAULT };

static int yielder(void *arg __unused)
{
	BENCH_ROUNDS(ROUNDS, thread_yield());
	return 0;
}

/* Two threads that yield to each other. Each round of either is one switch. */
static int yield(u64 *value)
{
	struct thread *t;
	u64 began, took, empty;
	int err = thread_create(&t, &attr, yielder, NULL);

	if (err)
		return err;
	thread_yield();
	began = time_now();
	BENCH_ROUNDS(ROUNDS - 1, thread_yield());
	took = time_now() - began;
	began = time_now();
	BENCH_ROUNDS(2 * ROUNDS, );
	empty = time_now() - began;
	*value = (took - empty) / (2 * ROUNDS - 2);
	return thread_join(t, TIME_NEVER, NULL);
}

static int nothing(void *arg __unused)
{
	return 0;
}

static int create_join(u64 *value)
{
	struct thread *t;
	u64 began = 0;
	int err = 0;

	for (unsigned int i = 0; i <= ROUNDS && !err; i++) {
		if (i == 1)
			began = time_now();
		err = thread_create(&t, &attr, nothing, NULL);
		if (!err)
			err = thread_join(t, TIME_NEVER, NULL);
	}
	*value = (time_now() - began) / ROUNDS;
	return err;
}

static const struct bench sched_yield_bench = {
	.group = "sched", .name = "sched.yield", .unit = BENCH_INSTRUCTIONS, .run = yield,
};
BENCH(sched_yield_bench);

static const struct bench thread_create_join_bench = {
	.group = "sched", .name = "thread.create-join", .unit = BENCH_INSTRUCTIONS,
	.run = create_join,
};
BENCH(thread_create_join_bench);
