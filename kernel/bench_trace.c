/* SPDX-License-Identifier: MIT */
/* What an event of the trace costs, with its call; and the question alone, while none is wanted. */
#include <kernel/trace.h>
#include <lib/bench.h>

#define ROUNDS	10000

/* The ring is empty and still afterwards. */
static int event(u64 *value)
{
	trace_start();
	*value = BENCH_LOOP(ROUNDS, trace_wake(1, 2));
	trace_stop();
	trace_clear();
	return 0;
}

static int off(u64 *value)
{
	trace_stop();
	*value = BENCH_LOOP(ROUNDS, trace_wake(1, 2));
	return 0;
}

static const struct bench trace_event_bench = {
	.group = "trace", .name = "trace.event", .unit = BENCH_INSTRUCTIONS, .run = event,
};
BENCH(trace_event_bench);

static const struct bench trace_off_bench = {
	.group = "trace", .name = "trace.off", .unit = BENCH_INSTRUCTIONS, .run = off,
};
BENCH(trace_off_bench);
