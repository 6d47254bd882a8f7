/* SPDX-License-Identifier: MIT */
/*
 * What a kernel stack takes, with giving it back: one that its CPU keeps, and one that is made of
 * pages, mapped, and unmapped again.
 */
#include <lib/bench.h>
#include <mm/stack.h>
#include <uapi/errno.h>

#define ROUNDS	1000

static int cached(u64 *value)
{
	void *stack = stack_alloc();

	if (!stack)
		return -ENOMEM;
	stack_free(stack);
	*value = BENCH_LOOP(ROUNDS, stack_free(stack_alloc()));
	return 0;
}

static int fresh(u64 *value)
{
	stack_drop_cached();
	*value = BENCH_LOOP(ROUNDS, stack_free(stack_alloc()); stack_drop_cached());
	return 0;
}

static const struct bench stack_cached_bench = {
	.group = "mem", .name = "stack.cached", .unit = BENCH_INSTRUCTIONS, .run = cached,
};
BENCH(stack_cached_bench);

static const struct bench stack_fresh_bench = {
	.group = "mem", .name = "stack.fresh", .unit = BENCH_INSTRUCTIONS, .run = fresh,
};
BENCH(stack_fresh_bench);
