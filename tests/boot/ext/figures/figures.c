/* SPDX-License-Identifier: MIT */
/*
 * Figures that are known beforehand, for tests/boot/test_bench.py: instructions in exact numbers,
 * decimals, and a measurement that fails. They come into the kernel from outside the tree (EXT=).
 */
#include <arch/irq.h>
#include <lib/bench.h>
#include <uapi/errno.h>

static int nothing(u64 *value)
{
	*value = BENCH_LOOP(1000, );
	return 0;
}

static int hundred(u64 *value)
{
	*value = BENCH_LOOP(1000, __asm__ volatile(".rept 100; nop; .endr"));
	return 0;
}

static int masked(u64 *value)
{
	u64 rounds = 0;

	BENCH_LOOP(100, rounds += arch_irqs_disabled());
	*value = rounds * 10 + arch_irqs_disabled();
	return 0;
}

static int tenths(u64 *value)
{
	*value = 1205;
	return 0;
}

static int failing(u64 *value)
{
	*value = 1;
	return -ENOMEM;
}

static const struct bench a_nothing_bench = {
	.group = "known", .name = "known.nothing", .unit = BENCH_INSTRUCTIONS, .run = nothing,
};
BENCH(a_nothing_bench);

static const struct bench b_hundred_bench = {
	.group = "known", .name = "known.hundred", .unit = BENCH_INSTRUCTIONS, .run = hundred,
};
BENCH(b_hundred_bench);

static const struct bench c_masked_bench = {
	.group = "known", .name = "known.masked", .unit = "tenths", .run = masked, .decimals = 1,
};
BENCH(c_masked_bench);

static const struct bench d_tenths_bench = {
	.group = "known", .name = "known.percent", .unit = "%", .run = tenths, .decimals = 2,
};
BENCH(d_tenths_bench);

static const struct bench e_failing_bench = {
	.group = "known", .name = "known.failing", .unit = "%", .run = failing,
};
BENCH(e_failing_bench);
