/* SPDX-License-Identifier: MIT */
/*
 * What an interrupt costs: from its vector to its handler, to the return, and until a thread that
 * the handler woke runs; and what a timer costs among many. The interrupt is one that no device
 * raises: it is made pending, and taken at the instruction that unmasks.
 */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <arch/timer.h>
#include <kernel/irq.h>
#include <kernel/semaphore.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/bench.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#define ROUNDS	4096
#define TIMERS	10000

/* ticks: at the unmasking, and at the first line of the handler */
static u64 asked, taken;

static bool empty(void *arg __unused)
{
	return true;
}

static bool note(void *arg __unused)
{
	taken = arch_counter_early();
	return true;
}

/* Knuth's MMIX generator: the upper bits are random. */
static inline u64 random_next(u64 seed)
{
	return seed * 6364136223846793005 + 1442695040888963407;
}

/* A number that the tree names and nobody has requested; negative when there is none. */
static int free_line(void)
{
	const struct dt_node *node = NULL;
	struct dt_interrupt cells;
	struct irq_stats stats;

	while ((node = dt_next(node))) {
		int irq = node->enabled ? dt_interrupt(node, 0, &cells) : -ENOENT;

		if (!irq)
			irq = irq_from_dt(&cells);
		if (irq >= 0 && !(irq_stats_get((unsigned int)irq, &stats) && stats.name))
			return irq;
	}
	return -ENODEV;
}

/*
 * Raises @irq, and takes it: how long, from the look at the clock right before the unmasking to
 * @taken, or to the next look.
 */
static u64 take_interrupt(int irq, bool to_handler)
{
	static u64 seed;
	unsigned long state = arch_irq_save();
	u64 after;

	if (irq >= 0)
		irq_raise((unsigned int)irq);
	/* anywhere within a step of the counter, so that the mean is exact */
	seed = random_next(seed);
	BENCH_ROUNDS((seed >> 32) % 64, );
	if (seed >> 63)
		__asm__ volatile("nop");
	asked = arch_counter();
	arch_irq_enable();
	after = arch_counter_early();
	arch_irq_restore(state);
	return (to_handler ? taken : after) - asked;
}

static u64 take_interrupts(int irq, bool to_handler)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < ROUNDS; i++)
		sum += take_interrupt(irq, to_handler);
	return sum;
}

/* The same less what the measuring itself takes, by round. */
static int measure(irq_handler *handler, bool to_handler, u64 *value)
{
	int irq = free_line(), err;
	u64 sum;

	if (irq < 0)
		return irq;
	err = irq_request((unsigned int)irq, handler, NULL, "bench");
	if (err)
		return err;
	sum = take_interrupts(irq, to_handler);
	irq_free((unsigned int)irq);
	*value = (time_from_ticks(sum - take_interrupts(-1, false)) + ROUNDS / 2) / ROUNDS;
	return 0;
}

static int entry(u64 *value)
{
	return measure(note, true, value);
}

static int all(u64 *value)
{
	return measure(empty, false, value);
}

static struct semaphore wake_up_call;
static u64 woken_after;		/* ticks, the sum */
static unsigned int woken;
static bool enough;

static bool give(void *arg __unused)
{
	semaphore_give(&wake_up_call);
	return true;
}

/* Sleeps until the handler wakes it, and notes when it runs. */
static int sleeper(void *arg __unused)
{
	for (;;) {
		semaphore_take(&wake_up_call, TIME_NEVER);
		if (enough)
			return 0;
		woken_after += arch_counter_early() - asked;
		atomic_store_release(&woken, woken + 1);
	}
}

static void wait_for(unsigned int wakes)
{
	/* not every policy has it run at once; once it runs, it goes to sleep again */
	do
		thread_sleep(NS_PER_US);
	while (atomic_load_acquire(&woken) != wakes);
}

/* Wakes a thread by ROUNDS interrupts. */
static int wake_by(int irq)
{
	const struct thread_attr attr = {
		.name = "bench", .sched = { .priority = PRIORITY_LEVELS - 1 },
	};
	struct thread *t;
	int err = thread_create(&t, &attr, sleeper, NULL);

	if (err)
		return err;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		wait_for(i);
		take_interrupt(irq, true);
	}
	wait_for(ROUNDS);
	enough = true;
	semaphore_give(&wake_up_call);
	return thread_join(t, TIME_NEVER, NULL);
}

/* To the return of the thread's semaphore_take(), from a handler that gives the semaphore. */
static int wake_up(u64 *value)
{
	int irq = free_line(), err;

	if (irq < 0)
		return irq;
	err = irq_request((unsigned int)irq, give, NULL, "bench");
	if (err)
		return err;
	semaphore_init(&wake_up_call, 0, SEMAPHORE_MAX);
	woken_after = 0;
	woken = 0;
	enough = false;
	err = wake_by(irq);
	irq_free((unsigned int)irq);
	*value = (time_from_ticks(woken_after - take_interrupts(-1, false)) + ROUNDS / 2) / ROUNDS;
	return err;
}

static void nothing(struct timer *timer __unused, void *arg __unused)
{
}

/* A timer started and taken back while others are pending, at times all over theirs. */
static int timer_pair(u64 *value)
{
	struct timer *timers = kmalloc((TIMERS + 1) * sizeof(*timers));
	u64 seed = 1, begin = time_now() + 3600 * NS_PER_SEC;

	if (!timers)
		return -ENOMEM;
	for (unsigned int i = 0; i <= TIMERS; i++) {
		timer_init(&timers[i], nothing, NULL);
		seed = random_next(seed);
		if (i < TIMERS)
			timer_start(&timers[i], begin + (seed >> 33), 0, 0);
	}
	*value = BENCH_LOOP(4 * TIMERS,
			    seed = random_next(seed);
			    timer_start(&timers[TIMERS], begin + (seed >> 33), 0, 0);
			    timer_cancel(&timers[TIMERS]));
	for (unsigned int i = 0; i < TIMERS; i++)
		timer_cancel(&timers[i]);
	kfree(timers);
	return 0;
}

static const struct bench irq_entry_bench = {
	.group = "sched", .name = "irq.entry", .unit = BENCH_INSTRUCTIONS, .run = entry,
};
BENCH(irq_entry_bench);

static const struct bench irq_return_bench = {
	.group = "sched", .name = "irq.return", .unit = BENCH_INSTRUCTIONS, .run = all,
};
BENCH(irq_return_bench);

static const struct bench irq_wake_bench = {
	.group = "sched", .name = "irq.wake", .unit = BENCH_INSTRUCTIONS, .run = wake_up,
};
BENCH(irq_wake_bench);

static const struct bench timer_pair_bench = {
	.group = "sched", .name = "timer.pair", .unit = BENCH_INSTRUCTIONS, .run = timer_pair,
};
BENCH(timer_pair_bench);
