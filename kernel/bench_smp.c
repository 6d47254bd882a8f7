/* SPDX-License-Identifier: MIT */
/*
 * What CPUs cost each other: an interrupt from one to another, a wake-up on an idle one, a lock
 * that all want; and how much more two do than one. Where one CPU runs there is nothing to measure.
 */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <arch/timer.h>
#include <kernel/cpu.h>
#include <kernel/semaphore.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/bench.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#define ROUNDS	1000
#define CPUS	4U		/* that want the lock, at most */

static bool alone(void)
{
	return cpu_count(cpu_online()) < 2;
}

static int create_on(struct thread **t, unsigned int cpu, int (*entry)(void *arg), void *arg)
{
	const struct thread_attr attr = {
		/* less urgent than who has made it, and ends it */
		.name = "bench", .sched = { .priority = 1 }, .affinity = BIT(cpu),
	};

	return thread_create(t, &attr, entry, arg);
}

/* As many instructions as the rounds before differ in: the counter goes in steps of several. */
static void dither(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	for (u32 i = *seed >> 27; i; i--)
		__asm__ volatile("nop");
}

/*
 * --- To the other CPU ----------------------------------------------------------------------------
 */

static void stamp(void *arg)
{
	atomic_store_relaxed((u64 *)arg, arch_counter());
}

static int run_ipi(void *arg)
{
	u64 *ns = arg, sum = 0, entered;
	u32 seed = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		u64 sent;

		dither(&seed);
		sent = arch_counter();
		cpu_call(1, stamp, &entered);
		sum += entered - sent;
	}
	*ns = time_from_ticks(sum) / ROUNDS;
	return 0;
}

/* From cpu_call() on this CPU until the other one is in the function. */
static int ipi_enter(u64 *value)
{
	struct thread *t;
	int err = alone() ? -ENODEV : create_on(&t, 0, run_ipi, value);

	return err ? err : thread_join(t, TIME_NEVER, NULL);
}

static struct far {
	struct semaphore s;
	u64 given;
	u64 sum;
	u32 taken;
} far;

static int take_far(void *arg __unused)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		int err = semaphore_take(&far.s, TIME_NEVER);

		far.sum += arch_counter() - atomic_load_relaxed(&far.given);
		atomic_store_release(&far.taken, i + 1);
		if (err)
			return err;
	}
	return 0;
}

static int give_far(void *arg __unused)
{
	u32 seed = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		/* the other CPU has gone to sleep meanwhile */
		thread_sleep(20 * NS_PER_US);
		dither(&seed);
		atomic_store_relaxed(&far.given, arch_counter());
		semaphore_give(&far.s);
		while (atomic_load_acquire(&far.taken) == i)
			arch_relax();
	}
	return 0;
}

/* From semaphore_give() until the thread that took it runs on its own CPU, which was idle. */
static int wake_far(u64 *value)
{
	struct thread *taker, *giver;
	int err = alone() ? -ENODEV : semaphore_init(&far.s, 0, 1);

	if (err)
		return err;
	far.sum = 0;
	far.taken = 0;
	err = create_on(&taker, 1, take_far, NULL);
	if (err)
		return err;
	err = create_on(&giver, 0, give_far, NULL);
	if (err) {
		thread_kill(taker);
		thread_join(taker, TIME_NEVER, NULL);
		return err;
	}
	thread_join(giver, TIME_NEVER, NULL);
	thread_join(taker, TIME_NEVER, NULL);
	*value = time_from_ticks(far.sum) / ROUNDS;
	return 0;
}

/*
 * --- The lock that all want ----------------------------------------------------------------------
 */

#define ACQUISITIONS	1000000U
#define LOCK_PATIENCE	(2 * NS_PER_SEC)	/* where a host has more CPUs to run than it has */

static struct wanted {
	struct spinlock lock;
	u32 ready, done, cpus;
	u64 end;			/* ticks: at which enough is enough */
	struct waited {
		u64 count;
		u64 sum, longest;	/* ticks */
	} cpu[CPUS];
} wanted;

/* Takes the lock and gives it back. Returns how long that took to get. */
static u64 want_once(void)
{
	unsigned long state = arch_irq_save();
	u64 asked = arch_counter(), took;

	spin_lock(&wanted.lock);
	took = arch_counter() - asked;
	/* on an emulator that has CPUs take turns this is one: so all the others want it */
	arch_relax();
	spin_unlock_irqrestore(&wanted.lock, state);
	return took;
}

static int want(void *arg)
{
	struct waited *w = arg;

	atomic_add_relaxed(&wanted.ready, 1);
	while (atomic_load_acquire(&wanted.ready) < atomic_load_relaxed(&wanted.cpus))
		arch_relax();
	while (w->count < ACQUISITIONS && arch_counter() < wanted.end) {
		u64 took = want_once();

		w->count++;
		w->sum += took;
		w->longest = MAX(w->longest, took);
	}
	atomic_add_relaxed(&wanted.done, 1);
	/* until the last one is done as well, all want it */
	while (atomic_load_relaxed(&wanted.done) < atomic_load_relaxed(&wanted.cpus))
		want_once();
	return 0;
}

/* The longest wait against the mean, in hundredths. */
static int spin_fair(u64 *value)
{
	unsigned int cpus = MIN(cpu_count(cpu_online()), CPUS);
	struct thread *t[CPUS];
	unsigned int made = 0;
	u64 count = 0, sum = 0, longest = 0;
	int err = 0;

	if (alone())
		return -ENODEV;
	wanted = (struct wanted){ .cpus = cpus, .end = UINT64_MAX };
	if (!bench_counts())
		wanted.end = arch_counter() + time_to_ticks(LOCK_PATIENCE);
	while (made < cpus && !err) {
		err = create_on(&t[made], made, want, &wanted.cpu[made]);
		made += !err;
	}
	/* those that are there do not wait for the others */
	atomic_store_relaxed(&wanted.cpus, made);
	for (unsigned int i = 0; i < made; i++) {
		thread_join(t[i], TIME_NEVER, NULL);
		count += wanted.cpu[i].count;
		sum += wanted.cpu[i].sum;
		longest = MAX(longest, wanted.cpu[i].longest);
	}
	*value = sum ? longest * 100 * count / sum : 0;
	return err;
}

/*
 * --- Two against one -----------------------------------------------------------------------------
 */

#define WINDOW	(50 * NS_PER_MS)

static bool over;

/* Two threads on a CPU of their own. */
struct pair {
	struct semaphore s[2];
};

/* One of them. */
struct half {
	struct pair *pair;
	unsigned int side;
	u64 done;
};

static int alloc_pairs(void *arg)
{
	struct half *h = arg;

	for (; !atomic_load_relaxed(&over); h->done++)
		kfree(kmalloc(64));
	return 0;
}

static int yield_pairs(void *arg)
{
	struct half *h = arg;

	for (; !atomic_load_relaxed(&over); h->done++)
		thread_yield();
	return 0;
}

/* The two wake each other; the last one does not wait for ever. */
static int semaphore_pairs(void *arg)
{
	struct half *h = arg;

	for (; !atomic_load_relaxed(&over); h->done++) {
		semaphore_give(&h->pair->s[!h->side]);
		semaphore_take(&h->pair->s[h->side], time_now() + WINDOW);
	}
	semaphore_give(&h->pair->s[!h->side]);
	return 0;
}

/* What @entry does on the first @cpus CPUs, a pair on each, in the same time. */
static int in_window(int (*entry)(void *arg), unsigned int cpus, u64 *sum)
{
	struct pair pair[2];
	struct half half[4] = { 0 };
	struct thread *t[4];
	unsigned int n = 0;
	int err = 0;

	for (unsigned int i = 0; i < 2 * cpus; i++) {
		semaphore_init(&pair[i / 2].s[i % 2], 0, 2);
		half[i] = (struct half){ .pair = &pair[i / 2], .side = i % 2 };
	}
	over = false;
	while (n < 2 * cpus && !err) {
		err = create_on(&t[n], n / 2, entry, &half[n]);
		n += !err;
	}
	thread_sleep(WINDOW);
	atomic_store_relaxed(&over, true);
	*sum = 0;
	while (n--) {
		thread_join(t[n], TIME_NEVER, NULL);
		*sum += half[n].done;
	}
	return err;
}

/* In hundredths. */
static int two_against_one(int (*entry)(void *arg), u64 *value)
{
	u64 one, two;
	int err = alone() ? -ENODEV : in_window(entry, 1, &one);

	if (!err)
		err = in_window(entry, 2, &two);
	if (!err)
		*value = one ? two * 100 / one : 0;
	return err;
}

static int scale_alloc(u64 *value)
{
	return two_against_one(alloc_pairs, value);
}

static int scale_yield(u64 *value)
{
	return two_against_one(yield_pairs, value);
}

static int scale_semaphore(u64 *value)
{
	return two_against_one(semaphore_pairs, value);
}

static const struct bench ipi_enter_bench = {
	.group = "smp", .name = "ipi.enter", .unit = BENCH_INSTRUCTIONS,
	.run = ipi_enter, .many_cpus = true,
};
BENCH(ipi_enter_bench);

static const struct bench wake_far_bench = {
	.group = "smp", .name = "wake.far", .unit = BENCH_INSTRUCTIONS,
	.run = wake_far, .many_cpus = true,
};
BENCH(wake_far_bench);

static const struct bench spin_fair_bench = {
	.group = "lock", .name = "spin.fair", .unit = "times",
	.run = spin_fair, .many_cpus = true, .decimals = 2,
};
BENCH(spin_fair_bench);

static const struct bench scale_alloc_bench = {
	.group = "scale", .name = "scale.alloc", .unit = "times",
	.run = scale_alloc, .many_cpus = true, .decimals = 2,
};
BENCH(scale_alloc_bench);

static const struct bench scale_semaphore_bench = {
	.group = "scale", .name = "scale.semaphore", .unit = "times",
	.run = scale_semaphore, .many_cpus = true, .decimals = 2,
};
BENCH(scale_semaphore_bench);

static const struct bench scale_yield_bench = {
	.group = "scale", .name = "scale.yield", .unit = "times",
	.run = scale_yield, .many_cpus = true, .decimals = 2,
};
BENCH(scale_yield_bench);
