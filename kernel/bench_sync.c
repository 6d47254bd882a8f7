/* SPDX-License-Identifier: MIT */
/*
 * What the locks cost. Where a figure ends in another thread than it began in, both run through the
 * same loop and the second one stops the watch; what the watch itself takes is taken off.
 */
#include <arch/atomic.h>
#include <arch/timer.h>
#include <kernel/mutex.h>
#include <kernel/semaphore.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/bench.h>
#include <uapi/errno.h>

#define ROUNDS	4000

static const struct thread_attr urgent = {
	.name = "bench", .sched = { .priority = PRIORITY_DEFAULT + 1 },
};

/* A more urgent thread that takes what the benchmark's thread gives. */
static struct ping {
	struct semaphore s;
	u64 stamp;
	u64 give;	/* ticks from the giver's call to the taker's return */
	u64 take;	/* ticks from the taker's call to the giver's return */
	unsigned int taken;
} ping;

static int taker(void *arg __unused)
{
	for (unsigned int i = 0; i <= ROUNDS; i++) {
		int err;

		ping.stamp = arch_counter();
		err = semaphore_take(&ping.s, TIME_NEVER);
		ping.give += arch_counter() - ping.stamp;
		ping.taken++;
		if (err)
			return err;
	}
	return 0;
}

/*
 * The counter goes in steps of many instructions: so that no figure depends on where within a step
 * each round begins, rounds begin at places that are as good as random.
 */
static void dither(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	for (u32 i = *seed >> 27; i; i--)
		__asm__ volatile("nop");
}

/* What two looks at the counter with a store in between take. */
static u64 empty_watch(void)
{
	u32 seed = 0;
	u64 sum = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		dither(&seed);
		ping.stamp = arch_counter();
		compiler_barrier();
		sum += arch_counter() - ping.stamp;
	}
	return sum;
}

static int ping_pong(u64 *give, u64 *take)
{
	struct thread *t;
	u32 seed = 0;
	u64 empty;
	int err = semaphore_init(&ping.s, 0, 1);

	if (!err)
		err = thread_create(&t, &urgent, taker, NULL);
	if (err)
		return err;
	/* what comes before the first round is not counted */
	ping.give = 0;
	ping.take = 0;
	ping.taken = 0;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		dither(&seed);
		ping.stamp = arch_counter();
		semaphore_give(&ping.s);
		ping.take += arch_counter() - ping.stamp;
		/* where the policy did not have it run at once, or it would miss some */
		while (atomic_load_relaxed(&ping.taken) <= i)
			thread_yield();
	}
	empty = empty_watch();
	*give = time_from_ticks(ping.give - MIN(ping.give, empty)) / ROUNDS;
	*take = time_from_ticks(ping.take - MIN(ping.take, empty)) / ROUNDS;
	semaphore_give(&ping.s);
	return thread_join(t, TIME_NEVER, NULL);
}

static int give_switch(u64 *value)
{
	u64 take;

	return ping_pong(value, &take);
}

static int take_switch(u64 *value)
{
	u64 give;

	return ping_pong(&give, value);
}

static int sem_pair(u64 *value)
{
	struct semaphore s = SEMAPHORE_INIT(s, 0, 1);

	*value = BENCH_LOOP(ROUNDS, semaphore_give(&s); semaphore_take(&s, TIME_NEVER));
	return 0;
}

/* With interrupts on, as mutexes want them. */
static int mutex_pair(u64 *value)
{
	struct mutex m = MUTEX_INIT(m);
	u64 began, took, empty;

	began = time_now();
	BENCH_ROUNDS(ROUNDS, mutex_lock(&m, TIME_NEVER); mutex_unlock(&m));
	took = time_now() - began;
	began = time_now();
	BENCH_ROUNDS(ROUNDS, );
	empty = time_now() - began;
	*value = (took - empty) / ROUNDS;
	return 0;
}

static int spin_pair(u64 *value)
{
	static struct spinlock lock;
	unsigned long state = arch_irq_save();	/* the round that is not counted as well */

	*value = BENCH_LOOP(ROUNDS, spin_lock(&lock); spin_unlock(&lock));
	arch_irq_restore(state);
	return 0;
}

static const struct bench sem_give_switch_bench = {
	.group = "sched", .name = "sem.give-switch", .unit = BENCH_INSTRUCTIONS, .run = give_switch,
};
BENCH(sem_give_switch_bench);

static const struct bench sem_take_switch_bench = {
	.group = "sched", .name = "sem.take-switch", .unit = BENCH_INSTRUCTIONS, .run = take_switch,
};
BENCH(sem_take_switch_bench);

static const struct bench sem_pair_bench = {
	.group = "sched", .name = "sem.pair", .unit = BENCH_INSTRUCTIONS, .run = sem_pair,
};
BENCH(sem_pair_bench);

static const struct bench mutex_pair_bench = {
	.group = "sched", .name = "mutex.pair", .unit = BENCH_INSTRUCTIONS, .run = mutex_pair,
};
BENCH(mutex_pair_bench);

static const struct bench spin_pair_bench = {
	.group = "sched", .name = "spin.pair", .unit = BENCH_INSTRUCTIONS, .run = spin_pair,
};
BENCH(spin_pair_bench);
