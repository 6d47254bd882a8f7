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
#include <lib/test.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "test_irq.h"
#include "test_smp.h"

bool smp_stop;
u64 smp_counts[SPINNERS];

int smp_spin(void *arg)
{
	u64 *count = arg;

	while (!atomic_load_relaxed(&smp_stop))
		atomic_store_relaxed(count, *count + 1);
	return (int)here();
}

void smp_progress(u64 *gained, unsigned int n)
{
	u64 before[SPINNERS];

	for (unsigned int i = 0; i < n; i++)
		before[i] = atomic_load_relaxed(&smp_counts[i]);
	thread_sleep(3 * NS_PER_MS);
	for (unsigned int i = 0; i < n; i++)
		gained[i] = atomic_load_relaxed(&smp_counts[i]) - before[i];
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

static int until_killed(void *arg)
{
	u64 *count = arg;

	while (!thread_killed())
		atomic_store_relaxed(count, *count + 1);
	return 7;
}

static void killed_while_it_runs_elsewhere(void)
{
	u64 count = 0;
	struct thread *t = spawn_on(BIT(1), until_killed, &count);

	TEST_UNTIL(atomic_load_relaxed(&count));
	if (t)
		thread_kill(t);
	TEST_EQ(test_join(t), 7);
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

struct deaf {
	bool is, over;
};

static int be_deaf(void *arg)
{
	struct deaf *d = arg;
	unsigned long state = arch_irq_save();

	atomic_store_release(&d->is, true);
	while (!atomic_load_acquire(&d->over))
		arch_relax();
	arch_irq_restore(state);
	return 0;
}

static int call_deaf(void *arg)
{
	cpu_call(1, note, arg);
	return 0;
}

/* A call that is given up is never made; another one that waits for the same CPU is made, once. */
static void calls_are_taken_back(void)
{
	struct called given_up = { 0 }, waited_for = { 0 };
	u64 affinity = thread_current()->affinity;
	struct thread *t, *other = NULL;
	struct deaf deaf = { 0 };

	/* no timer of the deaf CPU's is waited for here; who cannot move is on the first one */
	if (IS_ENABLED(CONFIG_SCHED_SHARES))
		TEST_EQ(thread_set_affinity(thread_current(), BIT(0)), 0);
	t = spawn_on(BIT(1), be_deaf, &deaf);
	if (t && cpus() > 2)
		other = spawn_on(BIT(2), call_deaf, &waited_for);
	if (t)
		TEST_UNTIL(atomic_load_acquire(&deaf.is));
	for (unsigned int i = 0; t && i < 10; i++)
		TEST_EQ(cpu_call_for(1, note, &given_up, 100 * NS_PER_US), -ETIMEDOUT);
	atomic_store_release(&deaf.over, true);
	if (t)
		TEST_EQ(test_join(t), 0);
	if (other)
		TEST_EQ(test_join(other), 0);
	TEST_EQ(waited_for.times, other ? 1U : 0U);
	TEST_EQ(cpu_call_for(1, note, &waited_for, TIME_NEVER), 0);
	TEST_EQ(waited_for.times, other ? 2U : 1U);
	TEST_EQ(given_up.times, 0);
	if (IS_ENABLED(CONFIG_SCHED_SHARES))
		TEST_EQ(thread_set_affinity(thread_current(), affinity), 0);
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

static const struct test_case cases[] = {
	TEST_CASE(threads_run_where_they_may),
	TEST_CASE(affinity_without_a_cpu),
	TEST_CASE(threads_move_themselves),
	TEST_CASE(killed_while_it_runs_elsewhere),
	TEST_CASE(calls_cross),
	TEST_CASE(calls_are_taken_back),
	TEST_CASE(locks_keep_others_out),
	TEST_CASE(readers_see_what_belongs_together),
	TEST_CASE(objects_go_from_cpu_to_cpu),
	TEST_CASE(timers_are_taken_back_from_afar),
	TEST_CASE(interrupts_go_where_they_are_sent),
};

static const struct test_suite smp_suite = {
	.name = "smp", .skip = smp_not, .cases = cases, .count = ARRAY_SIZE(cases),
};
TEST_SUITE(smp_suite);
