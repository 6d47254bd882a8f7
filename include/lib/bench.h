/* SPDX-License-Identifier: MIT */
/*
 * Figures of the running kernel, each beside the code that it measures (mm/bench_mem.c for the
 * pages and the heap). The shell's `bench` prints them as `name value unit`; make bench holds
 * them to the bounds in tests/budgets.toml. A file brings its own:
 *
 *   static int memcpy_4k(u64 *value)
 *   {
 *           *value = BENCH_LOOP(1000, memcpy(to, from, 4096));
 *           return 0;
 *   }
 *
 *   static const struct bench memcpy_4k_bench = {
 *           .group = "mem", .name = "memcpy.4k", .unit = BENCH_INSTRUCTIONS, .run = memcpy_4k,
 *   };
 *   BENCH(memcpy_4k_bench);
 *
 * Under `-icount shift=0` one instruction takes one nanosecond of the guest's time, so a count of
 * nanoseconds is one of instructions, exact and the same in every run. On anything else it is
 * time: bench_unit() finds out which, and names the figure after it.
 */
#ifndef LIB_BENCH_H
#define LIB_BENCH_H

#include <lib/table.h>
#include <lib/types.h>

/* The unit of a figure that is a number of nanoseconds. */
#define BENCH_INSTRUCTIONS	"instructions"

struct bench {
	const char *group;
	const char *name;	/* in the form subject.what, different from all others */
	const char *unit;	/* one word */
	/*
	 * Measures. 0 and the figure, times 10^decimals; else a negative errno, -ENODEV where the
	 * machine has not got what is measured. Thread context.
	 */
	int (*run)(u64 *value);
	unsigned int decimals;
	bool many_cpus;		/* of what CPUs do to each other; else it stays on one */
};

/* The variable's name must end in _bench: figures come in the order of these names. */
#define BENCH(b)	TABLE_ENTRY(bench, struct bench, b)

/* A stop-watch, and the interrupt mask that was found. */
struct bench_watch {
	u64 began;		/* ticks */
	unsigned long irqs;
};

/* Masks interrupts on this CPU and starts. */
struct bench_watch bench_start(void);

/*
 * Stops, and lets interrupts come again. Returns nanoseconds per round, rounded, of @n rounds,
 * each less what a round of an empty BENCH_LOOP() takes.
 */
u64 bench_stop(struct bench_watch watch, unsigned int n);

/*
 * What @statement takes once, in nanoseconds: it runs @n times, after once that is not counted. The
 * counter goes in steps of up to 20 ns, so @n is 1,000 or more for a figure that is exact. The
 * whole loop runs with interrupts masked.
 */
#define BENCH_LOOP(n, statement) \
	({ \
		struct bench_watch bench_watch_; \
		{ statement; } \
		bench_watch_ = bench_start(); \
		BENCH_ROUNDS(n, statement); \
		bench_stop(bench_watch_, n); \
	})

/* The loop alone. The asm keeps what a round does from moving out of it. */
#define BENCH_ROUNDS(n, statement) \
	for (unsigned int bench_left_ = (n); bench_left_ > 0; bench_left_--) { \
		statement; \
		__asm__ volatile("" ::: "memory"); \
	}

/* Whether the counter counts instructions, as under -icount. It looks each time. */
bool bench_counts(void);

/*
 * The unit to print for @b: its own, but "ns" for BENCH_INSTRUCTIONS when instructions are not
 * what the counter counts. @counts is bench_counts().
 */
const char *bench_unit(const struct bench *b, bool counts);

#endif
