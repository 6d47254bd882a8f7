/* SPDX-License-Identifier: MIT */
/*
 * The stop-watch of the figures (lib/bench.h), and the answer to what it counts.
 *
 * Whether an instruction is a nanosecond shows in two loops of the same instructions but one: an
 * addition here, a division there, each waiting for the one before. Where instructions are
 * counted both take as long, to the counter's step. On a CPU a division takes several times as
 * long as an addition, and under an emulator that does not count, no two runs take the same
 * time. That a counted instruction is one nanosecond (shift=0) and not two is not looked at.
 */
#include <arch/irq.h>
#include <arch/timer.h>
#include <kernel/time.h>
#include <lib/bench.h>
#include <lib/string.h>

#define PROBE_ROUNDS	4096
#define PROBE_TIMES	3

struct bench_watch bench_start(void)
{
	struct bench_watch watch = { .irqs = arch_irq_save() };

	watch.began = arch_counter();
	return watch;
}

static __noinline u64 empty_loop(unsigned int n)
{
	u64 began = arch_counter();

	BENCH_ROUNDS(n, );
	return arch_counter() - began;
}

u64 bench_stop(struct bench_watch watch, unsigned int n)
{
	u64 took = arch_counter() - watch.began;
	u64 empty = empty_loop(n);

	arch_irq_restore(watch.irqs);
	return (time_from_ticks(took - MIN(took, empty)) + n / 2) / n;
}

static __noinline u64 additions(u64 x, u64 y)
{
	u64 began = arch_counter();

	BENCH_ROUNDS(PROBE_ROUNDS, __asm__ volatile("" : "+r"(x), "+r"(y)); x = x + y);
	return arch_counter() - began;
}

static __noinline u64 divisions(u64 x, u64 y)
{
	u64 began = arch_counter();

	BENCH_ROUNDS(PROBE_ROUNDS, __asm__ volatile("" : "+r"(x), "+r"(y)); x = x / y);
	return arch_counter() - began;
}

bool bench_counts(void)
{
	unsigned long irqs = arch_irq_save();
	bool same = true;

	for (unsigned int i = 0; i < PROBE_TIMES; i++) {
		u64 sum = additions(UINT64_MAX, 3);
		u64 quotient = divisions(UINT64_MAX, 3);

		/* each may begin anywhere within a step of the counter */
		same = same && sum <= quotient + 1 && quotient <= sum + 1;
	}
	arch_irq_restore(irqs);
	return same;
}

const char *bench_unit(const struct bench *b, bool counts)
{
	return counts || strcmp(b->unit, BENCH_INSTRUCTIONS) ? b->unit : "ns";
}
