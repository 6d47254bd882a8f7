/* SPDX-License-Identifier: MIT */
/*
 * Tests of what several CPUs do together. What time they take is nobody's business here: on an
 * emulator a CPU may stand still for as long as it likes.
 */
#include <arch/irq.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/mutex.h>
#include <kernel/sched.h>
#include <kernel/seqlock.h>
#include <kernel/timer.h>
#include <lib/bench.h>
#include <lib/test.h>
#include <mm/heap.h>

#include "test_irq.h"
#include "test_sync.h"

#define CPUS_MAX	16

/* The CPU that runs this, as far as one can tell. */
static unsigned int here(void)
{
	return atomic_load_relaxed(&thread_current()->rq)->cpu;
}

static unsigned int cpus(void)
{
	return MIN(cpu_count(cpu_online()), CPUS_MAX + 0U);
}

static struct thread *spawn_on(u64 affinity, int (*entry)(void *arg), void *arg)
{
	const struct thread_attr attr = {
		.name = "smp", .sched = SCHED_PARAMS_DEFAULT, .affinity = affinity,
	};
	struct thread *t = NULL;

	TEST_EQ(thread_create(&t, &attr, entry, arg), 0);
	return t;
}

/*
 * --- Affinity ------------------------------------------------------------------------------------
 */

static int say_cpu(void *arg __unused)
{
	for (unsigned int i = 0; i < 10; i++) {
		thread_yield();
		thread_sleep(10 * NS_PER_US);
	}
	return (int)here();
}

static void threads_run_where_they_may(void)
{
	struct thread *t[CPUS_MAX];

	for (unsigned int i = 0; i < cpus(); i++)
		t[i] = spawn_on(BIT(i), say_cpu, NULL);
	for (unsigned int i = 0; i < cpus(); i++)
		TEST_EQ(test_join(t[i]), i);
}

static void affinity_without_a_cpu(void)
{
	const struct thread_attr attr = { .name = "smp", .affinity = ~cpu_online() };
	struct thread *t;

	if (!attr.affinity)
		return;
	TEST_EQ(thread_create(&t, &attr, say_cpu, NULL), -EINVAL);
	TEST_EQ(thread_set_affinity(thread_current(), attr.affinity), -EINVAL);
	TEST_EQ(thread_set_affinity(thread_current(), 0), -EINVAL);
}

static int move_about(void *arg __unused)
{
	int wrong = 0;

	for (unsigned int round = 0; round < 20; round++) {
		for (unsigned int i = 0; i < cpus(); i++) {
			TEST_EQ(thread_set_affinity(thread_current(), BIT(i)), 0);
			wrong += here() != i;
		}
	}
	return wrong;
}

/* Two at once, so that they meet in the queues. */
static void threads_move_themselves(void)
{
	struct thread *t[2];

	if (!IS_ENABLED(CONFIG_SCHED_SHARES)) {
		TEST_EQ(thread_set_affinity(thread_current(), cpu_online() & ~BIT(here())),
			-EOPNOTSUPP);
		return;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		t[i] = test_spawn(move_about, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		TEST_EQ(test_join(t[i]), 0);
}

static bool stop;

static int spin(void *arg)
{
	u64 *count = arg;

	while (!atomic_load_relaxed(&stop))
		atomic_store_relaxed(count, *count + 1);
	return (int)here();
}

/* One that runs and never asks for anything is moved as well. */
static void running_ones_are_moved(void)
{
	u64 count = 0;
	struct thread *t;

	if (!IS_ENABLED(CONFIG_SCHED_SHARES))
		return;
	stop = false;
	t = spawn_on(BIT(1), spin, &count);
	for (unsigned int i = 0; t && i < 50; i++) {
		u64 before = atomic_load_relaxed(&count);

		TEST_EQ(thread_set_affinity(t, BIT(i % cpus() ? i % cpus() : 1)), 0);
		TEST_UNTIL(atomic_load_relaxed(&count) != before);
	}
	if (t)
		TEST_EQ(thread_set_affinity(t, BIT(1)), 0);
	TEST_UNTIL(!t || t->rq->cpu == 1);
	atomic_store_relaxed(&stop, true);
	TEST_EQ(test_join(t), 1);
}

/*
 * --- Calls ---------------------------------------------------------------------------------------
 */

struct called {
	u64 on;		/* where it was called */
	u32 times;
};

static void note(void *arg)
{
	struct called *c = arg;

	atomic_store_relaxed(&c->on, cpu_this());
	atomic_add_relaxed(&c->times, 1);
}

static int call_all(void *arg)
{
	struct called c = { 0 };
	int wrong = 0;

	for (unsigned int round = 0; round < 20; round++) {
		for (unsigned int i = 0; i < cpus(); i++) {
			unsigned long state = arg ? arch_irq_save() : 0;

			cpu_call(i, note, &c);
			if (arg)
				arch_irq_restore(state);
			wrong += c.on != i;
		}
	}
	return wrong + (c.times != 20 * cpus());
}

/* All CPUs call each other, with interrupts on and with interrupts masked. */
static void calls_cross(void)
{
	struct thread *t[CPUS_MAX];

	for (unsigned int masked = 0; masked < 2; masked++) {
		for (unsigned int i = 0; i < cpus(); i++)
			t[i] = spawn_on(BIT(i), call_all, masked ? &masked : NULL);
		for (unsigned int i = 0; i < cpus(); i++)
			TEST_EQ(test_join(t[i]), 0);
	}
}

/*
 * --- Locks ---------------------------------------------------------------------------------------
 */

#define ROUNDS	2000

static struct {
	struct spinlock spin;
	struct mutex mutex;
	u64 by_spin, by_mutex;
} counted;

static int count_both(void *arg __unused)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned long state = spin_lock_irqsave(&counted.spin);

		atomic_store_relaxed(&counted.by_spin, counted.by_spin + 1);
		spin_unlock_irqrestore(&counted.spin, state);
		if (mutex_lock(&counted.mutex, TIME_NEVER))
			return -1;
		atomic_store_relaxed(&counted.by_mutex, counted.by_mutex + 1);
		mutex_unlock(&counted.mutex);
	}
	return 0;
}

static void locks_keep_others_out(void)
{
	struct thread *t[CPUS_MAX];
	unsigned int n = cpus();

	mutex_init(&counted.mutex);
	counted.by_spin = counted.by_mutex = 0;
	for (unsigned int i = 0; i < n; i++)
		t[i] = spawn_on(BIT(i), count_both, NULL);
	for (unsigned int i = 0; i < n; i++)
		TEST_EQ(test_join(t[i]), 0);
	TEST_EQ(counted.by_spin, n * ROUNDS);
	TEST_EQ(counted.by_mutex, n * ROUNDS);
	TEST_EQ(mutex_destroy(&counted.mutex), 0);
}

static struct seqlock seq = SEQLOCK_INIT;
static u64 pair[2];

static int read_pairs(void *arg __unused)
{
	u64 last = 0, a, b;
	int wrong = 0;
	u32 began;

	while (last < ROUNDS) {
		do {
			began = seqlock_read_begin(&seq);
			a = atomic_load_relaxed(&pair[0]);
			b = atomic_load_relaxed(&pair[1]);
		} while (seqlock_read_again(&seq, began));
		wrong += a != b || a < last;
		last = a;
	}
	return wrong;
}

static void readers_see_what_belongs_together(void)
{
	struct thread *t[CPUS_MAX];

	pair[0] = pair[1] = 0;
	for (unsigned int i = 1; i < cpus(); i++)
		t[i] = spawn_on(BIT(i), read_pairs, NULL);
	for (u64 n = 1; n <= ROUNDS; n++) {
		unsigned long state = seqlock_write_begin(&seq);

		atomic_store_relaxed(&pair[0], n);
		arch_relax();
		atomic_store_relaxed(&pair[1], n);
		seqlock_write_end(&seq, state);
	}
	for (unsigned int i = 1; i < cpus(); i++)
		TEST_EQ(test_join(t[i]), 0);
}

/*
 * --- Memory, timers, interrupts ------------------------------------------------------------------
 */

static int pass_objects(void *arg)
{
	void **slot = arg;

	/* what one CPU has taken another one gives back */
	for (unsigned int i = 0; i < ROUNDS; i++) {
		u64 *mine = kmalloc(16 + i % 200);

		if (!mine)
			continue;
		*mine = (u64)mine;
		mine = atomic_exchange_acq_rel(slot, mine);
		if (mine && *mine != (u64)mine)
			return -1;
		kfree(mine);
	}
	return 0;
}

static void objects_go_from_cpu_to_cpu(void)
{
	struct thread *t[CPUS_MAX];
	void *slot = NULL;

	for (unsigned int i = 0; i < cpus(); i++)
		t[i] = spawn_on(BIT(i), pass_objects, &slot);
	for (unsigned int i = 0; i < cpus(); i++)
		TEST_EQ(test_join(t[i]), 0);
	kfree(slot);
}

static bool in_function, was_in_function;

static void linger(struct timer *timer __unused, void *arg)
{
	atomic_store_relaxed((u64 *)arg, cpu_this());
	atomic_store_release(&in_function, true);
	atomic_store_release(&was_in_function, true);
	time_busy_wait(2 * NS_PER_MS);
	atomic_store_release(&in_function, false);
}

static void start_timer(void *arg)
{
	timer_start(arg, time_now(), 0, 0);
}

/* Who takes back a timer whose function runs on another CPU waits for its end. */
static void timers_are_taken_back_from_afar(void)
{
	unsigned int last = cpus() - 1;
	struct timer timer;
	u64 on = 99;

	/* not on the CPU that lingers, which runs nothing else meanwhile */
	test_one_cpu(true);
	if (last == here())
		last--;
	in_function = was_in_function = false;
	timer_init(&timer, linger, &on);
	cpu_call(last, start_timer, &timer);
	TEST_UNTIL(atomic_load_acquire(&was_in_function));
	timer_cancel(&timer);
	TEST(!atomic_load_acquire(&in_function));
	TEST_EQ(on, last);
	test_one_cpu(false);
}

static bool note_cpu(void *arg)
{
	atomic_store_relaxed((u64 *)arg, cpu_this());
	return true;
}

static void interrupts_go_where_they_are_sent(void)
{
	struct dt_interrupt cells;
	unsigned int irq = test_free_line(&cells, 32);	/* of which there is one only */
	u64 on;

	if (irq == NO_LINE)
		return;
	TEST_EQ(irq_request(irq, note_cpu, &on, "smp"), 0);
	for (unsigned int i = 0; i < cpus(); i++) {
		on = 99;
		TEST_EQ(irq_set_cpu(irq, i), 0);
		irq_raise(irq);
		TEST_UNTIL(atomic_load_relaxed(&on) != 99);
		TEST_EQ(on, i);
	}
	TEST_EQ(irq_set_cpu(irq, NR_CPUS), -EINVAL);
	TEST_EQ(irq_set_cpu(0, 0), -EINVAL);
	TEST_EQ(irq_set_cpu(irq, 0), 0);
	irq_free(irq);
}

/*
 * --- Sharing -------------------------------------------------------------------------------------
 */

#define SPINNERS	(2 * CPUS_MAX)

static u64 counts[SPINNERS];

/* How far each of @n has come while this thread slept. */
static void progress(u64 *gained, unsigned int n)
{
	u64 before[SPINNERS];

	for (unsigned int i = 0; i < n; i++)
		before[i] = atomic_load_relaxed(&counts[i]);
	thread_sleep(3 * NS_PER_MS);
	for (unsigned int i = 0; i < n; i++)
		gained[i] = atomic_load_relaxed(&counts[i]) - before[i];
}

/* As many as there are CPUs: none stands idle, and none has two. */
static void idle_cpus_take_work(void)
{
	unsigned int n = cpus(), last = 0;
	struct thread *t[CPUS_MAX];
	u64 gained[CPUS_MAX];

	if (!IS_ENABLED(CONFIG_SCHED_SHARES))
		return;
	stop = false;
	for (unsigned int i = 0; i < n; i++)
		t[i] = test_spawn_at(1, spin, &counts[i]);
	for (unsigned int round = 0; round < 10; round++) {
		progress(gained, n);
		for (unsigned int i = 0; i < n; i++)
			last += !gained[i];
	}
	/* this thread takes a CPU for a moment as well */
	TEST(last < 10 * n / 2);
	atomic_store_relaxed(&stop, true);
	for (unsigned int i = 0; i < n; i++)
		TEST(test_join(t[i]) >= 0);
}

#ifdef CONFIG_SCHED_PRIORITY

/* Whether those that gain are the most urgent ones of @n, as many as there are CPUs. */
static bool most_urgent_gain(struct thread *const *t, unsigned int n)
{
	u64 gained[SPINNERS];
	bool right = true;

	progress(gained, n);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int before = 0;

		for (unsigned int j = 0; j < n; j++)
			before += t[j]->priority > t[i]->priority;
		right = right && (before < cpus() || !gained[i]);
		right = right && (before >= cpus() || gained[i]);
	}
	return right;
}

/*
 * Fixed priority is global: of twice as many as there are CPUs, all of different priorities, the
 * more urgent half runs, however priorities change and wherever they were before.
 */
static void most_urgent_run(void)
{
	unsigned int n = MIN(2 * cpus(), 20U);
	struct thread *t[SPINNERS];
	u32 seed = 1, wrong = 0;

	/* elsewhere a CPU may stand still at any time, and then gains nothing */
	if (!bench_counts())
		return;
	stop = false;
	for (unsigned int i = 0; i < n; i++)
		t[i] = test_spawn_at((int)i + 1, spin, &counts[i]);
	for (unsigned int round = 0; round < 30; round++) {
		struct sched_params p;
		unsigned int a, b;

		/* the window begins when what was changed has come into force */
		thread_sleep(NS_PER_MS);
		wrong += !most_urgent_gain(t, n);
		seed = seed * 1664525 + 1013904223;
		a = (seed >> 8) % n;
		b = (seed >> 16) % n;
		/* two change places */
		p = t[a]->params;
		TEST_EQ(thread_set_params(t[a], &t[b]->params), 0);
		TEST_EQ(thread_set_params(t[b], &p), 0);
	}
	TEST_EQ(wrong, 0);
	atomic_store_relaxed(&stop, true);
	for (unsigned int i = 0; i < n; i++)
		TEST(test_join(t[i]) >= 0);
}
#endif

static const struct test_case cases[] = {
	TEST_CASE(threads_run_where_they_may),
	TEST_CASE(affinity_without_a_cpu),
	TEST_CASE(threads_move_themselves),
	TEST_CASE(running_ones_are_moved),
	TEST_CASE(calls_cross),
	TEST_CASE(locks_keep_others_out),
	TEST_CASE(readers_see_what_belongs_together),
	TEST_CASE(objects_go_from_cpu_to_cpu),
	TEST_CASE(timers_are_taken_back_from_afar),
	TEST_CASE(interrupts_go_where_they_are_sent),
	TEST_CASE(idle_cpus_take_work),
#ifdef CONFIG_SCHED_PRIORITY
	TEST_CASE(most_urgent_run),
#endif
};

static const char *why_not(void)
{
	return cpus() > 1 ? NULL : "one CPU runs";
}

static const struct test_suite smp_suite = {
	.name = "smp", .skip = why_not, .cases = cases, .count = ARRAY_SIZE(cases),
};
TEST_SUITE(smp_suite);
